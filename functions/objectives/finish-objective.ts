// Ends an objective when its last task has succeeded, and credits the agents and the pattern it was planned from.
import type { Tables } from '../common/table.ts';
import { asResult, patternKey, planningKey, rosterKey } from './objective-items.ts';
import { allSucceeded, asStatePage, pageKey, pageNumberOf, type StatePage } from './state-page.ts';
import { countEnded } from './stats.ts';

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
          set: [
            ['status', 'succeeded'],
            ['finishedAtMs', now().getTime()],
            ['by', 'objectives/settle-task'],
            ['why', 'all tasks succeeded'],
          ],
          remove: ['activePk', 'activeSk'],
        },
        if: { path: 'status', equals: 'running' },
      },
    ]);
    if (finished.written) await credit(page, { tables, table, now });
    return finished.written;
  };

async function isLastPage(page: StatePage, tables: Tables, table: string): Promise<boolean> {
  const mark = { addToSet: [['donePages', [`${pageNumberOf(page)}`]]] as const };
  const outcome = await tables.write([{ table, update: pageKey(page.pk, 0), changes: mark }]);
  const first = outcome.written && outcome.items[0] ? asStatePage(outcome.items[0]) : undefined;
  return first?.donePages?.size === first?.pages;
}

type CreditDeps = { tables: Tables; table: string; now: () => Date };

/** Records are hints for later choices: a crash right here may lose one, and nothing depends on it. */
async function credit({ pk }: StatePage, deps: CreditDeps): Promise<void> {
  const { tables, table } = deps;
  const [results, planning] = await Promise.all([
    tables.query({ table, pk, sk: { beginsWith: 'result#' }, limit: 1_000 }),
    tables.get(table, planningKey(pk)) as Promise<{ pattern?: string } | undefined>,
  ]);
  const done = results.items.map(asResult);
  const byAgent = Map.groupBy(done, ({ agentId }) => agentId);
  const pattern = planning?.pattern;
  await Promise.all([
    ...[...byAgent].map(([agentId, group]) =>
      tables.write([
        {
          table,
          update: rosterKey(agentId),
          changes: { add: [['succeeded', group.length]], set: [['why', `credited for ${pk}`]] },
          if: { exists: 'functionName' },
        },
      ]),
    ),
    pattern &&
      tables.write([
        {
          table,
          update: patternKey(pattern),
          changes: {
            add: [
              ['succeeded', 1],
              ['total', 1],
            ],
            set: [['why', `credited for ${pk}`]],
          },
        },
      ]),
    countEnded(
      'succeeded',
      done.map(({ startedAtMs, finishedAtMs }) => finishedAtMs - startedAtMs),
      deps,
    ),
  ]);
}
