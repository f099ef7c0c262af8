// HTTP of the room audit.
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { announceOn } from '../common/announce.ts';
import { readEnv } from '../common/env.ts';
import { serve } from '../common/http.ts';
import { openTables } from '../common/table-open.ts';
import { archiveIn } from './archive.client.ts';
import { ServeHttpEnv } from './env.ts';
import { lanesIn } from './lanes.store.ts';
import { rootsIn } from './roots.store.ts';
import { routes } from './routes.ts';
import { sealBy } from './seal-function.client.ts';

const { AUDIT_TABLE, ARCHIVE_BUCKET, SEAL_FUNCTION, EVENT_BUS } = readEnv(ServeHttpEnv);
const now = () => new Date();
export const handler = serve(
  routes({
    lanes: lanesIn(openTables(), AUDIT_TABLE, now),
    roots: rootsIn(openTables(), AUDIT_TABLE),
    archive: archiveIn(ARCHIVE_BUCKET),
    seal: sealBy(SEAL_FUNCTION),
    announce: announceOn(EVENT_BUS, new EventBridgeClient()),
    now,
  }),
);
