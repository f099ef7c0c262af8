// When a place becomes free or an agent arrives, the tasks that waited for it are looked at again, highest priority first.

import type { Item, Key } from '../common/table.ts';
import type { RosterAgent } from './allocation.ts';
import { dispatchPage } from './dispatch-tasks.ts';
import { waitingFor } from './objective-items.ts';
import type { DispatchDeps } from './place-task.ts';
import { isResource, resourceName } from './resources.ts';
import { isReady, pageOf } from './state-page.ts';

const LOOKED_AT_MAX = 50;

/** One after the other, so that the first in the queue gets the place. Answers how many tasks were started. */
export async function wakeWaiting(blockedOn: readonly string[], cause: string, deps: DispatchDeps): Promise<number> {
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

/** A task that waits no more leaves the line; one that starts here leaves it when the line is looked at next. */
async function wakeOne({ pk, sk }: Key, cause: string, deps: DispatchDeps): Promise<number> {
  const number = Number(sk.slice('waiting#'.length));
  const page = await deps.reads.page(pk, pageOf(number));
  if (page && isReady(page, number, deps.now().getTime()))
    return dispatchPage(page, (ready) => `${cause}#${ready}`, deps);
  await deps.tables.write([{ table: deps.table, delete: { pk, sk } }]);
  return 0;
}

const sortOf = (item: object): string => String((item as { waitingSk?: string }).waitingSk ?? '');

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
