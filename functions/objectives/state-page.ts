// The moving part of an objective: its status and what each task waits for, in pages of one small item each. Pure.
//
// A page holds up to 25 tasks, so an ordinary objective is one item under 1 KB and every step is one plain conditional
// update of it. Page 0 also carries the objective's own status, which the other pages repeat.
import type { Condition, Item, Key } from '../common/table.ts';
import type { ObjectiveStatus } from './objective.ts';
import type { TaskStatus } from './task.ts';

export const TASKS_PER_PAGE = 25;

/** `ready` and `allocated` are not stored: a pending task that waits for none is ready, a Lambda accepts as it is asked. */
export type StoredTaskStatus = Exclude<TaskStatus, 'ready' | 'allocated'>;

export type TaskState = {
  status: StoredTaskStatus;
  attempt?: number;
  /** attempts that count no more: those before the last redrive, and those that a kill has taken back */
  spent?: number;
  agentId?: string;
  fence?: string;
  startedAtMs?: number;
  leaseUntilMs?: number;
  /** the attempt that a kill has taken back: its answer is refused */
  revoked?: { killId: string; fence: string };
  /** a failed attempt is followed by the next one at this time */
  dueAtMs?: number;
};

export type StatePage = Key & {
  status: ObjectiveStatus;
  pages: number;
  /** highest priority first when compared as text */
  rank: string;
  tasks: Record<string, TaskState>;
  /** for each task that still waits, the numbers of those that have to succeed first: `waitsFor3` is gone with the last */
  [waitsFor: `waitsFor${number}`]: Set<string> | undefined;
  /** on page 0: the pages whose tasks have all succeeded */
  donePages?: Set<string>;
  createdAtMs: number;
  /** when a task last started or ended */
  movedAtMs?: number;
  finishedAtMs?: number;
  /** on page 0, until the objective has ended */
  activePk?: string;
  problem?: string;
};

export const pageKey = (objectiveId: string, page: number): Key => ({
  pk: objectiveId,
  sk: `graph#${String(page).padStart(2, '0')}`,
});
export const pageOf = (taskNumber: number): number => Math.floor(taskNumber / TASKS_PER_PAGE);
export const pageNumberOf = ({ sk }: Key): number => Number(sk.slice('graph#'.length));
export const isStatePage = ({ pk, sk }: Key): boolean => pk.startsWith('obj_') && sk.startsWith('graph#');
export const asStatePage = (item: Item): StatePage => item as unknown as StatePage;

/** Tasks that could start now: nothing to wait for, and a failed one's pause is over. */
export function readyTasks(page: StatePage, nowMs: number): number[] {
  return Object.entries(page.tasks)
    .filter(([number]) => isReady(page, Number(number), nowMs))
    .map(([number]) => Number(number));
}

/** A set of its own on the item's top level, because that is where DynamoDB takes members out of sets. */
export const waitsForOf = (task: number) => `waitsFor${task}` as const;

export function isReady(page: StatePage, number: number, nowMs: number): boolean {
  const task = page.tasks[number];
  if (!task || page[waitsForOf(number)]) return false;
  return task.status === 'pending' || (task.status === 'failed' && (task.dueAtMs ?? 0) <= nowMs);
}

/** What a store checks before it starts a task: still startable, nothing to wait for, and the objective running. */
export const mayStart = (task: number): Condition => ({
  all: [
    { path: ['tasks', `${task}`, 'status'], oneOf: ['pending', 'failed'] },
    { missing: waitsForOf(task) },
    { path: 'status', equals: 'running' },
  ],
});

/** What a store checks before it takes an answer: this very attempt is still running. */
export const isHeldBy = (task: number, fence: string): Condition => ({
  all: [
    { path: ['tasks', `${task}`, 'status'], equals: 'running' },
    { path: ['tasks', `${task}`, 'fence'], equals: fence },
  ],
});

export const allSucceeded = (page: StatePage): boolean =>
  Object.values(page.tasks).every(({ status }) => status === 'succeeded');

/** The tasks that succeeded between two images of a page. */
export function newlySucceeded(before: StatePage | undefined, after: StatePage): number[] {
  return Object.entries(after.tasks)
    .filter(([number, task]) => task.status === 'succeeded' && before?.tasks[number]?.status !== 'succeeded')
    .map(([number]) => Number(number));
}
