// The authorizer of the HTTP API.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda } from '../common/lambda.ts';
import { authorize } from './authorize-request.ts';
import { AuthorizeRequestEnv } from './env.ts';
import { operatorTokensIn } from './operator-tokens.client.ts';

const { OPERATOR_TOKEN_SECRET } = readEnv(AuthorizeRequestEnv);
const now = () => new Date();
const operatorTokens = operatorTokensIn(new SecretsManagerClient(), OPERATOR_TOKEN_SECRET, now);
const deps = { operatorTokens, find: async () => undefined, now };
const Request = z.object({ headers: z.record(z.string(), z.string().optional()).default({}) });

export const handler = lambda(Request, ({ headers }) => authorize(headers.authorization, deps));
