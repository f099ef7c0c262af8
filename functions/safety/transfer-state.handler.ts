// What the room safety keeps, into a snapshot and back: policies and settings. Kills and stages are never undone by it.
import { readEnv } from '../common/env.ts';
import { lambda } from '../common/lambda.ts';
import { snapshotObjectsIn } from '../common/snapshot-objects.client.ts';
import { openTables } from '../common/table-open.ts';
import { TransferStep, transferState } from '../common/transfer-state.ts';
import { TransferStateEnv } from './env.ts';

const env = readEnv(TransferStateEnv);
const deps = {
  room: 'safety',
  tables: openTables(),
  table: env.SAFETY_TABLE,
  objects: snapshotObjectsIn(env.SNAPSHOT_BUCKET),
  rule: { volatile: [] },
};

export const handler = lambda(TransferStep, (step) => transferState(step, deps));
