// When a place becomes free or an agent arrives, the tasks that waited for it are looked at again, highest priority first.

import { dispatchStored } from './dispatch-tasks.ts';
import { waitingFor } from './objective-items.ts';
import type { DispatchDeps } from './place-task.ts';
import { pageOf } from './state-page.ts';

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
  const seen = new Set<string>();
  for (const { pk, sk } of keys) {
    const page = pageOf(Number(sk.slice('waiting#'.length)));
    if (seen.has(`${pk}#${page}`)) continue;
    seen.add(`${pk}#${page}`);
    started += await dispatchStored(pk, page, `${cause}#${pk}`, deps);
  }
  return started;
}

const sortOf = (item: object): string => String((item as { waitingSk?: string }).waitingSk ?? '');

/** What a freed place may let go on: tasks blocked on the place itself, and on any capability of the agent it belongs to. */
export function unblockedBy(
  resource: string,
  roster: readonly { agentId: string; capabilities: string[] }[],
): string[] {
  const agent = roster.find(({ agentId }) => resource === `agent:${agentId}`);
  return [resource, ...(agent?.capabilities ?? []).map((capability) => `capability:${capability}`)];
}
