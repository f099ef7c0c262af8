// HTTP of principals: apart from the function that serves the console to everybody, because this one says who may come in.
import { randomBytes } from 'node:crypto';
import { readEnv } from '../common/env.ts';
import { serve } from '../common/http.ts';
import { openTables } from '../common/table-open.ts';
import { ServePrincipalsEnv } from './env.ts';
import { principalRoutes } from './principal-routes.ts';
import { principalsIn } from './principals.store.ts';

const { OPERATIONS_TABLE: table } = readEnv(ServePrincipalsEnv);
const tables = openTables();
const principals = principalsIn(tables, table);
const newToken = () => `lzk_${randomBytes(32).toString('base64url')}`;

export const handler = serve(principalRoutes({ tables, table, principals, newToken, now: () => new Date() }));
