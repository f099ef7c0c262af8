// The states of take-snapshot and restore-snapshot that belong to no single room.

import { configFiles } from '../common/config.ts';
import { readEnv } from '../common/env.ts';
import { lambda } from '../common/lambda.ts';
import { snapshotObjectsIn } from '../common/snapshot-objects.client.ts';
import { controlDeps } from './control-deps.ts';
import { KeepSnapshotsEnv } from './env.ts';
import { keepSnapshots, SnapshotStep } from './keep-snapshots.ts';
import { snapshotRecordsIn } from './snapshots.store.ts';

const env = readEnv(KeepSnapshotsEnv);
const control = controlDeps(env);
const deps = {
  ...control,
  records: snapshotRecordsIn(control.tables, control.table),
  configuration: configFiles,
  putObject: snapshotObjectsIn(env.SNAPSHOT_BUCKET).put,
};

export const handler = lambda(SnapshotStep, (step) => keepSnapshots(step, deps));
