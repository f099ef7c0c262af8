// From the streams of all other tables: each change becomes an entry of the audit.
import type { DynamoDBStreamEvent } from 'aws-lambda';
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda } from '../common/lambda.ts';
import { openTables } from '../common/table-open.ts';
import type { Head } from './chain.ts';
import { RecordChangesEnv } from './env.ts';
import { lanesIn } from './lanes.store.ts';
import { recordChanges } from './record-changes.ts';
import { laneOf, streamChangeOf } from './stream-record.ts';

const lanes = lanesIn(openTables(), readEnv(RecordChangesEnv).AUDIT_TABLE, () => new Date());
const heads = new Map<string, Head>();

export const handler = lambda(z.custom<DynamoDBStreamEvent>(), async ({ Records }) => {
  const byLane = Map.groupBy(Records, ({ eventSourceARN }) => laneOf(eventSourceARN ?? ''));
  for (const [lane, records] of byLane) await recordChanges(lane, records.map(streamChangeOf), lanes, heads);
});
