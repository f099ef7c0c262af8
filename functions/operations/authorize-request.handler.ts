// The authorizer of the HTTP API.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda, logger } from '../common/lambda.ts';
import { openTables } from '../common/table-open.ts';
import { authorize } from './authorize-request.ts';
import { AuthorizeRequestEnv } from './env.ts';
import { operatorTokensIn } from './operator-tokens.client.ts';
import { principalsIn } from './principals.store.ts';

const { OPERATOR_TOKEN_SECRET, OPERATIONS_TABLE } = readEnv(AuthorizeRequestEnv);
const now = () => new Date();
const { find, used } = principalsIn(openTables(), OPERATIONS_TABLE);
const operatorTokens = operatorTokensIn(new SecretsManagerClient(), OPERATOR_TOKEN_SECRET, now);
const failed = ({ name, message }: Error) => logger.warn('last use not written', { errorName: name, message });
// The name of the message and of the reason are what the metric filter of lib/rooms/operations-identity.ts looks for.
const refused = (reason: string) => logger.warn('refused', { reason });
const deps = { operatorTokens, find, used, refused, failed, now };
const Request = z.object({ headers: z.record(z.string(), z.string().optional()).default({}) });

export const handler = lambda(Request, ({ headers }) => authorize(headers.authorization, deps));
