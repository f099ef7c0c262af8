// The authorizer of the HTTP API.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda } from '../common/lambda.ts';
import { authorize } from './authorize-request.ts';
import { AuthorizeRequestEnv } from './env.ts';
import { operatorTokensIn } from './operator-tokens.client.ts';

const { OPERATOR_TOKEN_SECRET } = readEnv(AuthorizeRequestEnv);
const tokens = operatorTokensIn(new SecretsManagerClient(), OPERATOR_TOKEN_SECRET, () => new Date());
const Request = z.object({ headers: z.record(z.string(), z.string().optional()).default({}) });

export const handler = lambda(Request, async ({ headers }) => authorize(headers.authorization, await tokens()));
