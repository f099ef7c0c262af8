// HTTP of snapshots, on its own: nothing else of this room may start a restore.
import { SFNClient } from '@aws-sdk/client-sfn';
import { readEnv } from '../common/env.ts';
import { serve } from '../common/http.ts';
import { openTables } from '../common/table-open.ts';
import { ServeSnapshotsEnv } from './env.ts';
import { routes } from './snapshot-routes.ts';
import { snapshotRunsOn } from './snapshot-runs.client.ts';
import { snapshotRecordsIn } from './snapshots.store.ts';

const env = readEnv(ServeSnapshotsEnv);
const tables = openTables();

export const handler = serve(
  routes({
    tables,
    table: env.SAFETY_TABLE,
    records: snapshotRecordsIn(tables, env.SAFETY_TABLE),
    runs: snapshotRunsOn(env, new SFNClient()),
    now: () => new Date(),
  }),
);
