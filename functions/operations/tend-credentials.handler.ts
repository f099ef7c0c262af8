// Every five minutes: credentials are renewed in time, and people are told of those that only they can renew.
import { randomUUID } from 'node:crypto';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { announceOn } from '../common/announce.ts';
import { readEnv } from '../common/env.ts';
import { lambda, logger } from '../common/lambda.ts';
import { safeFetchWith } from '../common/safe-fetch.client.ts';
import { openTables } from '../common/table-open.ts';
import { credentialSecretsIn } from './credential-secrets.client.ts';
import { credentialsIn } from './credentials.store.ts';
import { catalogueOf, secretIdIn } from './credentials-deps.ts';
import { TendCredentialsEnv } from './env.ts';
import { providerVia } from './oauth.client.ts';
import { principalsIn } from './principals.store.ts';
import { tendCredentials } from './tend-credentials.ts';

const { OPERATIONS_TABLE: table, EVENT_BUS, CREDENTIAL_SECRETS } = readEnv(TendCredentialsEnv);
const tables = openTables();
const secrets = credentialSecretsIn(new SecretsManagerClient());
const credentials = credentialsIn(tables, table);
const announce = announceOn(EVENT_BUS, new EventBridgeClient());
const failed = (name: string, error: Error) => logger.error('credential not tended', { name, errorName: error.name });
const found = { catalogue: catalogueOf(CREDENTIAL_SECRETS), secretIdOf: secretIdIn(CREDENTIAL_SECRETS) };
const outside = { provider: providerVia(safeFetchWith()), newId: randomUUID, now: () => new Date() };
const deps = { ...found, ...outside, credentials, secrets, principals: principalsIn(tables, table), announce, failed };

export const handler = lambda(z.any(), () => tendCredentials(deps));
