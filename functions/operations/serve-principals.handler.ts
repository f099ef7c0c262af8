// HTTP of principals and credentials: apart from the function that serves the console to everybody.
import { randomBytes } from 'node:crypto';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readEnv } from '../common/env.ts';
import { serve } from '../common/http.ts';
import { openTables } from '../common/table-open.ts';
import { rotationsOn } from './credential-secrets.client.ts';
import { credentialsIn } from './credentials.store.ts';
import { catalogueOf, secretIdIn } from './credentials-deps.ts';
import { ServePrincipalsEnv } from './env.ts';
import { identityRoutes } from './identity-routes.ts';
import { principalsIn } from './principals.store.ts';

const { OPERATIONS_TABLE: table, CREDENTIAL_SECRETS } = readEnv(ServePrincipalsEnv);
const tables = openTables();
const stores = { principals: principalsIn(tables, table), credentials: credentialsIn(tables, table) };
const found = { catalogue: catalogueOf(CREDENTIAL_SECRETS), secretIdOf: secretIdIn(CREDENTIAL_SECRETS) };
const rotate = rotationsOn(new SecretsManagerClient());
const newToken = () => `lzk_${randomBytes(32).toString('base64url')}`;

export const handler = serve(
  identityRoutes({ tables, table, ...stores, ...found, rotate, newToken, now: () => new Date() }),
);
