// What each function of this room needs from its environment.
import * as z from 'zod';

/** JSON: room → the name of its function that sums the room up */
const Summaries = z
  .string()
  .transform((text) => JSON.parse(text) as unknown)
  .pipe(z.object({ objectives: z.string(), agents: z.string(), safety: z.string(), audit: z.string() }));

export const ServeHttpEnv = z.object({ SUMMARIES: Summaries });
export const AuthorizeRequestEnv = z.object({ OPERATOR_TOKEN_SECRET: z.string().min(1) });
export const RotateOperatorTokenEnv = z.object({ OPERATOR_TOKEN_SECRET: z.string().min(1) });
