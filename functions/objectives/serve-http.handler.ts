// HTTP of the room objectives.
import { setTimeout as pause } from 'node:timers/promises';
import { readEnv } from '../common/env.ts';
import { serve } from '../common/http.ts';
import { openTables } from '../common/table-open.ts';
import { artifactsIn } from './artifacts.client.ts';
import { ServeHttpEnv } from './env.ts';
import { knownCapabilities } from './execution-deps.ts';
import { readsIn } from './objective-reads.ts';
import { routes } from './routes.ts';

const { OBJECTIVES_TABLE: table, ARTIFACT_BUCKET } = readEnv(ServeHttpEnv);
const tables = openTables();
const now = () => new Date();

export const handler = serve(
  routes({
    tables,
    table,
    now,
    capabilities: knownCapabilities(),
    reads: readsIn(tables, table, now),
    artifacts: artifactsIn(ARTIFACT_BUCKET),
    pause,
  }),
);
