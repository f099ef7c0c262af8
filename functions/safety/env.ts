// What each function of this room needs from its environment.
import * as z from 'zod';
import { TableName } from '../common/env.ts';

const table = { SAFETY_TABLE: TableName };
const bus = { EVENT_BUS: z.string().min(1) };

export const ServeHttpEnv = z.object({ ...table, ...bus });
export const ActivateSwarmEnv = z.object({ ...table, ...bus });
export const SummarizeControlEnv = z.object(table);
export const FollowEffectsEnv = z.object(bus);
