// What each function of this room needs from its environment.
import * as z from 'zod';
import { TableName } from '../common/env.ts';

export const ServeHttpEnv = z.object({ BOOTSTRAP_MACHINE_ARN: z.string().min(1) });
export const ValidateSwarmEnv = z.object({
  OBJECTIVES_TABLE: TableName,
  AGENTS_TABLE: TableName,
  SAFETY_TABLE: TableName,
  AUDIT_TABLE: TableName,
  TIMER_QUEUE_URL: z.string().min(1),
  EVENT_BUS: z.string().min(1),
});
