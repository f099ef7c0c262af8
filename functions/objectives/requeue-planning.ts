// Puts objectives whose planning was stopped back into the queue, where the end of the kill finds them.
import type { Tables } from '../common/table.ts';
import { QUEUE } from './objective-items.ts';
import type { Reads } from './objective-reads.ts';
import { stoppedBy } from './proposal.ts';
import { pageKey } from './state-page.ts';

type RequeueDeps = { tables: Tables; table: string; reads: Pick<Reads, 'page'> };

/** A plan that was stored meanwhile stays. Answers how many are back in the queue. */
export async function requeuePlanning(
  objectiveIds: readonly string[],
  killId: string,
  { tables, table, reads }: RequeueDeps,
): Promise<number> {
  const outcomes = await Promise.all(
    objectiveIds.map(async (objectiveId) => {
      const page = await reads.page(objectiveId, 0);
      if (page?.status !== 'planning') return false;
      const set = [
        ['status', 'queued'],
        ['queuePk', QUEUE],
        ['queueSk', page.rank],
        ['by', 'objectives/sweep-objectives'],
        ['why', stoppedBy(killId)],
      ] as const;
      const changes = { set, remove: ['planningSinceMs'] };
      const isPlanned = { path: 'status', equals: 'planning' };
      return (await tables.write([{ table, update: pageKey(objectiveId, 0), changes, if: isPlanned }])).written;
    }),
  );
  return outcomes.filter(Boolean).length;
}
