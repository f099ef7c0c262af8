// Gives back places that a crash left taken: their holder is an attempt that no longer runs.
import { parseTaskId } from '../common/ids.ts';
import type { Tables } from '../common/table.ts';
import { resourceKey } from './objective-items.ts';
import type { Reads } from './objective-reads.ts';
import { givePlaceBack } from './resources.ts';
import { pageOf } from './state-page.ts';

type StalePlaceDeps = { tables: Tables; table: string; reads: Pick<Reads, 'page' | 'roster'> };

/** Looks at the places of all agents that have a limit, and at the locks that are `wanted`. Answers how many were freed. */
export async function freeStalePlaces(
  wanted: ReadonlySet<string>,
  { tables, table, reads }: StalePlaceDeps,
): Promise<number> {
  const limited = (await reads.roster()).filter(({ concurrency }) => concurrency !== undefined);
  let freed = 0;
  const locks = [...wanted].filter((name) => name.startsWith('lock:'));
  for (const name of [...limited.map(({ agentId }) => `agent:${agentId}`), ...locks]) {
    const holders = ((await tables.get(table, resourceKey(name)))?.holders ?? new Set()) as Set<string>;
    for (const holder of holders) {
      if (await stillRuns(holder, reads)) continue;
      const outcome = await tables.write([givePlaceBack(table, name, holder)]);
      if (outcome.written) freed += 1;
    }
  }
  return freed;
}

async function stillRuns(holder: string, { page }: Pick<Reads, 'page'>): Promise<boolean> {
  const [taskId = '', attempt] = holder.split('#');
  const parsed = parseTaskId(taskId);
  const found = parsed && (await page(parsed.objectiveId, pageOf(parsed.number)));
  const task = parsed && found?.tasks[parsed.number];
  return task?.status === 'running' && `${task.attempt}` === attempt;
}
