// Ends an objective when its last task has succeeded, and credits the agents and the pattern it was planned from.
import type { Tables } from '../common/table.ts';
import { patternKey, planningKey, rosterKey } from './objective-items.ts';
import { allSucceeded, asStatePage, pageKey, pageNumberOf, type StatePage } from './state-page.ts';

export type FinishObjective = (page: StatePage) => Promise<boolean>;

/**
 * Call it with a page whose last task may just have succeeded. Answers whether this call ended the objective: of many at
 * once exactly one does. A paused objective ends when it is resumed.
 */
export const finishIn =
  (tables: Tables, table: string, now: () => Date): FinishObjective =>
  async (page) => {
    if (!allSucceeded(page) || Object.keys(page.tasks).length === 0) return false;
    if (page.pages > 1 && !(await isLastPage(page, tables, table))) return false;
    const finished = await tables.write([
      {
        table,
        update: pageKey(page.pk, 0),
        changes: {
          set: [['status', 'succeeded'], ['finishedAtMs', now().getTime()], ['why', 'all tasks succeeded']],
          remove: ['activePk', 'activeSk'],
        },
        if: { path: 'status', equals: 'running' },
      },
    ]);
    if (finished.written) await credit(page, tables, table);
    return finished.written;
  };

async function isLastPage(page: StatePage, tables: Tables, table: string): Promise<boolean> {
  const mark = { addToSet: [['donePages', [`${pageNumberOf(page)}`]]] as const };
  const outcome = await tables.write([{ table, update: pageKey(page.pk, 0), changes: mark }]);
  const first = outcome.written && outcome.items[0] ? asStatePage(outcome.items[0]) : undefined;
  return first?.donePages?.size === first?.pages;
}

/** Records are hints for later choices: a crash right here may lose one, and nothing depends on it. */
async function credit(page: StatePage, tables: Tables, table: string): Promise<void> {
  const counts = new Map<string, number>();
  for (const { agentId } of Object.values(page.tasks)) {
    if (agentId) counts.set(agentId, (counts.get(agentId) ?? 0) + 1);
  }
  const planning = (await tables.get(table, planningKey(page.pk))) as { pattern?: string } | undefined;
  await Promise.all([
    ...[...counts].map(([agentId, count]) =>
      tables.write([{ table, update: rosterKey(agentId), changes: { add: [['succeeded', count]] }, if: { exists: 'functionName' } }]),
    ),
    ...(planning?.pattern
      ? [tables.write([{ table, update: patternKey(planning.pattern), changes: { add: [['succeeded', 1], ['total', 1]] } }])]
      : []),
  ]);
}
