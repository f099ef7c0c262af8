// When a place becomes free or an agent arrives, the tasks that waited for it are looked at again, highest priority first.

import { logger } from '../common/lambda.ts';
import type { Item, Key } from '../common/table.ts';
import type { RosterAgent } from './allocation.ts';
import { dispatchPage, isMarkedBy } from './dispatch-tasks.ts';
import { waitingFor } from './objective-items.ts';
import { persist } from './persist.ts';
import type { CausesOf, DispatchDeps } from './place-task.ts';
import type { RemindIn } from './reminder.ts';
import { isResource, resourceName } from './resources.ts';
import { isReady, pageNumberOf, pageOf, type StatePage } from './state-page.ts';

type WakeDeps = DispatchDeps & { remindIn: RemindIn };

const LOOKED_AT_MAX = 50;
const RETRY_SECONDS = 2;

/** One after the other, so that the first in the queue gets the place. Answers how many tasks were started. */
export async function wakeWaiting(blockedOn: readonly string[], cause: string, deps: WakeDeps): Promise<number> {
  const waiting = await Promise.all(
    blockedOn.map((name) =>
      deps.tables.query({ table: deps.table, index: 'waiting', pk: waitingFor(name), limit: LOOKED_AT_MAX }),
    ),
  );
  const keys = waiting.flatMap(({ items }) => items).sort((left, right) => (sortOf(left) < sortOf(right) ? -1 : 1));
  let started = 0;
  for (const key of keys) started += await wakeOne(key, cause, deps);
  return started;
}

/**
 * A task that waits no more leaves the line. One that starts here leaves it when the line is looked at next: until then
 * the same cause coming again finds it there, and calls the agent if a crash came between marking and calling.
 */
async function wakeOne({ pk, sk }: Key, cause: string, deps: WakeDeps): Promise<number> {
  const number = Number(sk.slice('waiting#'.length));
  const page = await deps.reads.page(pk, pageOf(number));
  const causesOf: CausesOf = (task) => [`${cause}#${task}`];
  if (page && (isReady(page, number, deps.now().getTime()) || isMarkedBy(page, number, causesOf)))
    return dispatchOrRemind(page, causesOf, deps);
  await deps.tables.write([{ table: deps.table, delete: { pk, sk } }]);
  return 0;
}

/** A page that fails is tried again by a timer message, which knows what may have been begun here. */
async function dispatchOrRemind(page: StatePage, causesOf: CausesOf, deps: WakeDeps): Promise<number> {
  try {
    return await persist(() => dispatchPage(page, causesOf, deps));
  } catch (error) {
    logger.warn('waking failed, tried again by timer', { page: page.pk, error: error as Error });
    const causes = Object.fromEntries(Object.keys(page.tasks).map((task) => [task, [...causesOf(Number(task))]]));
    await deps.remindIn(RETRY_SECONDS * 1_000, { objectiveId: page.pk, page: pageNumberOf(page), causes });
    return 0;
  }
}

const sortOf = (item: object): string => String((item as { waitingSk?: string }).waitingSk ?? '');

/** Whether a change of this item can let anything go on. */
export const mayUnblock = (key: Key): boolean => key.pk === 'roster' || isResource(key);

/**
 * What a change lets go on: a place that was given back frees its own line and the lines of its agent's capabilities, an
 * agent that has just become ready frees those of its capabilities.
 */
export function unblockedBetween(
  before: Item | undefined,
  after: Item | undefined,
  roster: readonly RosterAgent[],
): string[] {
  const item = after ?? before;
  if (!item) return [];
  if (item.pk === 'roster') {
    const agent = item as unknown as RosterAgent;
    return after && after.at !== before?.at && agent.status === 'ready' ? agent.capabilities.map(lineOf) : [];
  }
  if (!isResource(item) || placesTaken(after) >= placesTaken(before)) return [];
  const name = resourceName(item);
  const agent = roster.find(({ agentId }) => name === `agent:${agentId}`);
  return [name, ...(agent?.capabilities ?? []).map(lineOf)];
}

const lineOf = (capability: string): string => `capability:${capability}`;
const placesTaken = (item: Item | undefined): number => (item?.holders instanceof Set ? item.holders.size : 0);
