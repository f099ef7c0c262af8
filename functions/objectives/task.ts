// A task of an objective: its statuses and the moves between them.
import * as z from 'zod';
import type { Moves } from './moves.ts';

export const TaskStatus = z.enum([
  'pending',
  'ready',
  'allocated',
  'running',
  'succeeded',
  'failed',
  'dead_letter',
  'cancelled',
]);
export type TaskStatus = z.infer<typeof TaskStatus>;

/**
 * pending: waits for other tasks · ready: waits for an agent · allocated: an agent was asked · running: it acknowledged ·
 * failed: an attempt failed and the next one waits for its time · dead_letter: no attempt is left, a person may redrive.
 * A ready task nobody can do reaches dead_letter when its deadline passes. A lost lease puts a task back to ready.
 */
export const ALLOWED_TASK_MOVES = {
  pending: ['ready', 'cancelled'],
  ready: ['allocated', 'dead_letter', 'cancelled'],
  allocated: ['running', 'ready', 'succeeded', 'failed', 'dead_letter', 'cancelled'],
  running: ['ready', 'succeeded', 'failed', 'dead_letter', 'cancelled'],
  failed: ['ready', 'dead_letter', 'cancelled'],
  dead_letter: ['ready', 'cancelled'],
  succeeded: [],
  cancelled: [],
} as const satisfies Moves<TaskStatus>;
