// Tasks whose effect waits at the gate, or was forgotten there: what is done when the gate says more.
import { parseTaskId } from '../common/ids.ts';
import type { Condition } from '../common/table.ts';
import { dispatchPage } from './dispatch-tasks.ts';
import { asResult, resultKey } from './objective-items.ts';
import { persist } from './persist.ts';
import type { DispatchDeps } from './place-task.ts';
import { effectOf } from './proposal.ts';
import { pageOf, type StatePage } from './state-page.ts';

type News = { effectId: string; intentKey: string; reason: string };
type Owned = { objectiveId: string; number: number; attempt: number };

/** The attempt behind an effect of this room, or nothing when it is another's. */
export function attemptOf({ intentKey }: Pick<News, 'intentKey'>): Owned | undefined {
  const [taskId = '', attempt] = intentKey.split('#');
  const parsed = parseTaskId(taskId);
  return parsed && Number(attempt) > 0 ? { ...parsed, attempt: Number(attempt) } : undefined;
}

/** All that it waited for is there: its page is dispatched, which proposes it again. Answers how many tasks started. */
export async function effectCleared(news: News, cause: string, deps: DispatchDeps): Promise<number> {
  const owned = attemptOf(news);
  const page = owned && (await deps.reads.page(owned.objectiveId, pageOf(owned.number)));
  return page ? persist(() => dispatchPage(page, (number) => [`${cause}#${number}`], deps)) : 0;
}

/** It will not be: the task that waited for it, or was at it, is given to people with the reason. */
export async function effectRefused(news: News, deps: DispatchDeps): Promise<'given_up' | 'moved_on'> {
  const owned = attemptOf(news);
  if (!owned) return 'moved_on';
  const { objectiveId, number, attempt } = owned;
  const definition = await deps.reads.definition(objectiveId, number);
  const error = { name: 'EffectRefused', message: news.reason };
  return deps.giveUp(objectiveId, definition, error, attempt, isAt(number, attempt));
}

/** Before this attempt, or in it. */
function isAt(number: number, attempt: number): Condition {
  const task = (name: string) => ['tasks', `${number}`, name] as const;
  const before: Condition = { any: [{ missing: task('attempt') }, { path: task('attempt'), below: attempt }] };
  return {
    any: [
      { all: [{ path: task('status'), oneOf: ['pending', 'failed'] }, before] },
      {
        all: [
          { path: task('status'), equals: 'running' },
          { path: task('attempt'), equals: attempt },
        ],
      },
    ],
  };
}

/**
 * Open beyond its deadline: the page knows what became of it. An attempt that still has its lease, and a task that still
 * waits to begin, are left alone. Answers how the effect was settled.
 */
export async function effectOverdue(news: News, deps: DispatchDeps): Promise<'confirmed' | 'failed' | 'left_alone'> {
  const owned = attemptOf(news);
  if (!owned) return 'left_alone';
  const page = await deps.reads.page(owned.objectiveId, pageOf(owned.number));
  const status = fateOf(page, owned, await succeededAttempt(page, owned, deps));
  if (status === 'left_alone') return status;
  const { effectId, fence } = effectOf(owned.objectiveId, owned.number, owned.attempt);
  await deps.gate.settle({ effectId, fence, status, reason: 'looked up: its task has moved on' });
  return status;
}

/** Which attempt the task's result is of. */
export async function succeededAttempt(
  page: StatePage | undefined,
  { number }: Owned,
  { tables, table }: Pick<DispatchDeps, 'tables' | 'table'>,
) {
  const { status, fence = '' } = page?.tasks[number] ?? {};
  if (!page || status !== 'succeeded') return undefined;
  const item = await tables.get(table, resultKey(page.pk, number, fence));
  return item && asResult(item).attempt;
}

/** What the page says of an attempt. */
export function fateOf(
  page: StatePage | undefined,
  { number, attempt }: Owned,
  succeeded: number | undefined,
): 'confirmed' | 'failed' | 'left_alone' {
  const task = page?.tasks[number];
  if (!page || !task) return 'failed';
  if (task.status === 'running') return task.attempt === attempt ? 'left_alone' : 'failed';
  if (task.status === 'succeeded') return succeeded === attempt ? 'confirmed' : 'failed';
  const isBefore = (task.attempt ?? 0) < attempt;
  const mayBegin = (task.status === 'pending' || task.status === 'failed') && page.status !== 'cancelled';
  return isBefore && mayBegin ? 'left_alone' : 'failed';
}
