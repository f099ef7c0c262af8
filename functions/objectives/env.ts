// What each function of this room needs from its environment.
import * as z from 'zod';
import { TableName } from '../common/env.ts';

const table = { OBJECTIVES_TABLE: TableName };
const doors = { SAFETY_TABLE: TableName };
const timer = { TIMER_QUEUE_URL: z.string().min(1) };
const artifacts = { ARTIFACT_BUCKET: z.string().min(1) };

export const ServeHttpEnv = z.object({ ...table, ...artifacts });
/** the states of decompose-objective */
export const PlanningEnv = z.object(table);
/** dispatch-tasks and sweep-objectives */
export const DispatchTasksEnv = z.object({
  ...table,
  ...doors,
  ...timer,
  ...artifacts,
  EVENT_BUS: z.string().min(1),
  DECOMPOSE_MACHINE_ARN: z.string().min(1),
});
export const SettleTaskEnv = z.object({ ...table, ...doors, ...timer });
export const TrackRosterEnv = z.object(table);
export const SummarizeObjectivesEnv = z.object(table);
