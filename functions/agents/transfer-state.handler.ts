// The registry, into a snapshot and back. Whether an agent answers is a fact of now, and stays.
import { readEnv } from '../common/env.ts';
import { lambda } from '../common/lambda.ts';
import { snapshotObjectsIn } from '../common/snapshot-objects.client.ts';
import { openTables } from '../common/table-open.ts';
import { TransferStep, transferState } from '../common/transfer-state.ts';
import { TransferStateEnv } from './env.ts';

const env = readEnv(TransferStateEnv);
const deps = {
  room: 'agents',
  tables: openTables(),
  table: env.AGENTS_TABLE,
  objects: snapshotObjectsIn(env.SNAPSHOT_BUCKET),
  rule: { volatile: ['status', 'lastSeenAt', 'version'] },
};

export const handler = lambda(TransferStep, (step) => transferState(step, deps));
