// What each function of this room needs from its environment.
import * as z from 'zod';
import { TableName } from '../common/env.ts';

/** JSON: room → the name of its function that sums the room up */
const Summaries = z
  .string()
  .transform((text) => JSON.parse(text) as unknown)
  .pipe(z.object({ objectives: z.string(), agents: z.string(), safety: z.string(), audit: z.string() }));

export const ServeHttpEnv = z.object({ SUMMARIES: Summaries });
const table = { OPERATIONS_TABLE: TableName };
const operatorToken = { OPERATOR_TOKEN_SECRET: z.string().min(1) };

export const FollowAgentsEnv = z.object(table);
export const AuthorizeRequestEnv = z.object({ ...operatorToken, ...table });
export const RotateOperatorTokenEnv = z.object(operatorToken);

/** JSON: the name of a credential in config/credentials.yaml → its secret */
const secrets = {
  CREDENTIAL_SECRETS: z
    .string()
    .transform((text) => JSON.parse(text) as unknown)
    .pipe(z.record(z.string(), z.string())),
};
export const TendCredentialsEnv = z.object({ ...table, ...secrets, EVENT_BUS: z.string().min(1) });
export const ServePrincipalsEnv = z.object({ ...table, ...secrets });
