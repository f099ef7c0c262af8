// HTTP of the room audit.
import { readEnv } from '../common/env.ts';
import { serve } from '../common/http.ts';
import { openTables } from '../common/table-open.ts';
import { ServeHttpEnv } from './env.ts';
import { lanesIn } from './lanes.store.ts';
import { routes } from './routes.ts';

export const handler = serve(
  routes({ lanes: lanesIn(openTables(), readEnv(ServeHttpEnv).AUDIT_TABLE, () => new Date()) }),
);
