// Every minute, and when somebody asks: a signed root over all lanes, anchored in the archive.
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda, logger } from '../common/lambda.ts';
import { signerOn } from '../common/signer.client.ts';
import { openTables } from '../common/table-open.ts';
import { ageFigure } from './age-figure.ts';
import { archiveIn } from './archive.client.ts';
import { SealRootEnv } from './env.ts';
import { lanesIn } from './lanes.store.ts';
import { rootsIn } from './roots.store.ts';
import { sealRoot } from './seal-root.ts';
import { LANES } from './trail.ts';

const { AUDIT_TABLE, ARCHIVE_BUCKET, SIGNING_KEY, STACK } = readEnv(SealRootEnv);
const now = () => new Date();
const deps = {
  lanes: lanesIn(openTables(), AUDIT_TABLE, now),
  roots: rootsIn(openTables(), AUDIT_TABLE),
  archive: archiveIn(ARCHIVE_BUCKET),
  signer: signerOn(SIGNING_KEY),
  now,
  laneNames: LANES,
  entriesMax: 50_000,
  tellAge: (seconds: number) => logger.info('age of what is not anchored', ageFigure(STACK, seconds, now())),
};

export const handler = lambda(z.unknown(), () => sealRoot(deps));
