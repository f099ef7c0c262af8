// The audit's part of the status: how long each lane is and where it ends.
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda } from '../common/lambda.ts';
import { openTables } from '../common/table-open.ts';
import { SummarizeLanesEnv } from './env.ts';
import { lanesIn } from './lanes.store.ts';
import { LANES } from './trail.ts';

const lanes = lanesIn(openTables(), readEnv(SummarizeLanesEnv).AUDIT_TABLE, () => new Date());

export const handler = lambda(z.unknown(), async () => ({
  lanes: await Promise.all(
    LANES.map(async (lane) => {
      const { seq, hash } = await lanes.head(lane);
      return { lane, entries: seq, head: hash };
    }),
  ),
}));
