// The items of one objective's collection besides its pages: what was asked, results, failures, waiting and dead tasks. Pure.
import type { Item, Key } from '../common/table.ts';
import type { TaskError } from './failure.ts';
import type { ObjectiveInput } from './objective.ts';

/** Written once when the objective is received. */
export type ObjectiveItem = Key & {
  objectiveId: string;
  text: string;
  impact: number;
  urgency?: string;
  deadline?: string;
  budgetCents: number;
  projectedRoi?: number;
  inputs: ObjectiveInput[];
  /** a plan came with it */
  planned: boolean;
  score: number;
  reasons: string[];
  createdAt: string;
  by: string;
};
/** What the planner chose, and why; or why no plan could be made. */
export type PlanningItem = Key & {
  pattern?: string;
  reasons: string[];
  problems?: { path: string; expected: string; got?: string }[];
};
export type ResultItem = Key & {
  number: number;
  result: unknown;
  agentId: string;
  attempt: number;
  fence: string;
  startedAtMs: number;
  finishedAtMs: number;
};
export type FailureItem = Key & {
  number: number;
  attempt: number;
  agentId: string;
  fence: string;
  error: TaskError;
  transient: boolean;
  startedAtMs: number;
  failedAtMs: number;
};
export type WaitingItem = Key & { number: number; reason: string; sinceMs: number };

const padded = (number: number): string => String(number).padStart(4, '0');

export const objectiveKey = (objectiveId: string): Key => ({ pk: objectiveId, sk: 'objective' });
export const planningKey = (objectiveId: string): Key => ({ pk: objectiveId, sk: 'planning' });
export const draftKey = (objectiveId: string): Key => ({ pk: objectiveId, sk: 'draft' });
export const resultKey = (objectiveId: string, number: number, fence: string): Key => ({
  pk: objectiveId,
  sk: `result#${padded(number)}#${fence}`,
});
export const failureKey = (objectiveId: string, number: number, attempt: number): Key => ({
  pk: objectiveId,
  sk: `failure#${padded(number)}#${padded(attempt)}`,
});
/** An answer that came after a kill had taken the attempt's lease back. */
export const refusedKey = (objectiveId: string, number: number, fence: string): Key => ({
  pk: objectiveId,
  sk: `refused#${padded(number)}#${fence}`,
});
export const waitingKey = (objectiveId: string, number: number): Key => ({
  pk: objectiveId,
  sk: `waiting#${padded(number)}`,
});
export const deadKey = (objectiveId: string, number: number): Key => ({
  pk: objectiveId,
  sk: `dead#${padded(number)}`,
});
export const resourceKey = (name: string): Key => ({ pk: `resource#${name}`, sk: 'holders' });
export const rosterKey = (agentId: string): Key => ({ pk: 'roster', sk: agentId });
export const patternKey = (name: string): Key => ({ pk: 'pattern', sk: name });
export const artifactKey = (artifactId: string): Key => ({ pk: artifactId, sk: 'artifact' });

/** Partition of the `waiting` index for tasks blocked on this: `agent:agt_x`, `capability:feedback.nps`, `lock:prices`. */
export const waitingFor = (blockedOn: string): string => `waiting#${blockedOn}`;
/** What a task is blocked on that is more than is left of a limit; the sweep asks again every minute. */
export const LIMITS = 'limits';
/** What a task that waits for its effect is blocked on. */
export const lineOfEffect = (effectId: string): string => `effect:${effectId}`;
export const isLineOfEffect = (blockedOn: string): boolean => blockedOn.startsWith('effect:');
export const DEAD_LETTERS = 'dead_letters';
export const ACTIVE = 'active';
export const QUEUE = 'queue';
export const RECENT = 'recent';

export const asResult = (item: Item): ResultItem => item as unknown as ResultItem;
export const asFailure = (item: Item): FailureItem => item as unknown as FailureItem;
