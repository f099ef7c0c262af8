// What each function of this room needs from its environment.
import * as z from 'zod';
import { TableName } from '../common/env.ts';

const table = { AGENTS_TABLE: TableName };
const bus = { EVENT_BUS: z.string().min(1) };
/** JSON: the handler's name, such as run-analyst, to the deployed function's name */
const AgentFunctions = z
  .string()
  .transform((text) => JSON.parse(text) as unknown)
  .pipe(z.record(z.string(), z.string()));

export const ServeHttpEnv = z.object({ ...table, ...bus, SAFETY_TABLE: TableName });
export const RegisterAgentsEnv = z.object({ ...table, AGENT_FUNCTIONS: AgentFunctions });
export const GreetAgentEnv = z.object({ ...table, ...bus });
/** only where the agent has to send its outcome itself */
export const RunAgentEnv = z.object({ OUTCOME_QUEUE_URL: z.string().min(1).optional() });
export const SummarizeAgentsEnv = z.object(table);
export const TransferStateEnv = z.object({ ...table, SNAPSHOT_BUCKET: z.string().min(1) });
export const RunToolsmithEnv = z.object({ SANDBOX_FUNCTION: z.string().min(1) });
