// Puts a task on the dead-letter list with everything known about it, and lets its objective say so.
import { taskIdOf } from '../common/ids.ts';
import type { Condition, Tables, Write } from '../common/table.ts';
import type { TaskError } from './failure.ts';
import { DEAD_LETTERS, deadKey, waitingKey } from './objective-items.ts';
import type { TaskDefinition } from './plan-page.ts';
import { asStatePage, pageKey, pageOf } from './state-page.ts';
import { countEnded } from './stats.ts';

export type GiveUp = (
  objectiveId: string,
  definition: TaskDefinition,
  error: TaskError,
  attempt: number,
  onlyIf?: Condition,
) => Promise<'given_up' | 'moved_on'>;

/**
 * `onlyIf` guards the task's page; without it any task that has not ended may be given up. The objective is marked as
 * failed on all its pages: what runs may finish, nothing new starts until the task is redriven.
 */
export const giveUpIn =
  (tables: Tables, table: string, now: () => Date): GiveUp =>
  async (objectiveId, definition, error, attempt, onlyIf) => {
    const { number, id, title } = definition;
    const first = await tables.get(table, pageKey(objectiveId, 0));
    if (!first) return 'moved_on';
    const nowMs = now().getTime();
    const problem = `Task ${id} (${title}) is on the dead-letter list: ${error.message}`.slice(0, 500);
    const dead = {
      ...deadKey(objectiveId, number),
      number,
      taskId: taskIdOf(objectiveId, number),
      title,
      error: { ...error },
      attempt,
      sinceMs: nowMs,
      waitingPk: DEAD_LETTERS,
      waitingSk: `${String(nowMs).padStart(15, '0')}#${objectiveId}#${number}`,
      why: problem,
    };
    const mayFail: Condition = { path: 'status', oneOf: ['running', 'paused', 'failed'] };
    const isOpen: Condition = { path: ['tasks', `${number}`, 'status'], oneOf: ['pending', 'failed', 'running'] };
    const pages = Array.from({ length: asStatePage(first).pages }, (_, page): Write => {
      const failed = [
        ['status', 'failed'],
        ['problem', problem],
        ['finishedAtMs', nowMs],
        ['by', 'objectives'],
        ['why', problem],
      ] as const;
      const state = [['tasks', `${number}`], { status: 'dead_letter', attempt }] as const;
      const holdsTask = page === pageOf(number);
      return {
        table,
        update: pageKey(objectiveId, page),
        changes: { set: holdsTask ? [...failed, state] : failed, remove: ['activePk', 'activeSk'] },
        if: holdsTask ? { all: [mayFail, onlyIf ?? isOpen] } : mayFail,
      };
    });
    const outcome = await tables.write([
      ...pages,
      { table, put: dead },
      { table, delete: waitingKey(objectiveId, number) },
    ]);
    if (outcome.written && asStatePage(first).status !== 'failed')
      await countEnded('failed', [], { tables, table, now });
    return outcome.written ? 'given_up' : 'moved_on';
  };
