// Takes a task off the dead-letter list and lets it, and with it its objective, run again under the same id.
import { parseTaskId } from '../common/ids.ts';
import type { Tables, Write } from '../common/table.ts';
import { ACTIVE, deadKey } from './objective-items.ts';
import type { Reads } from './objective-reads.ts';
import { pageKey, pageNumberOf, pageOf } from './state-page.ts';

export type RedriveDeps = { tables: Tables; table: string; reads: Pick<Reads, 'pages'>; now: () => Date };
export type RedriveAnswer = { kind: 'redriven' } | { kind: 'not_found' } | { kind: 'refused'; status: string };

/** The attempts made so far count no more; what had succeeded is not run again. */
export async function redriveTask(taskId: string, by: string, deps: RedriveDeps): Promise<RedriveAnswer> {
  const parsed = parseTaskId(taskId);
  const pages = parsed ? await deps.reads.pages(parsed.objectiveId) : [];
  const task = parsed && pages[pageOf(parsed.number)]?.tasks[parsed.number];
  const [first] = pages;
  if (!parsed || !task || !first) return { kind: 'not_found' };
  const { objectiveId, number } = parsed;
  const attempt = task.attempt ?? 0;
  const why = `task ${number} redriven by ${by}`;
  const listed = [
    ['activePk', ACTIVE],
    ['activeSk', `${new Date(first.createdAtMs).toISOString()}#${objectiveId}`],
  ] as const;
  const writes = pages.map((page): Write => {
    const here = pageNumberOf(page) === pageOf(number);
    return {
      table: deps.table,
      update: pageKey(objectiveId, pageNumberOf(page)),
      changes: {
        set: [
          ['status', 'running'],
          ['by', by],
          ['why', why],
          ...(pageNumberOf(page) === 0 ? listed : []),
          ...(here ? [[['tasks', `${number}`], { status: 'pending', attempt, spent: attempt }] as const] : []),
        ],
        remove: ['problem', 'finishedAtMs'],
      },
      if: here ? { path: ['tasks', `${number}`, 'status'], equals: 'dead_letter' } : { exists: 'pk' },
    };
  });
  const outcome = await deps.tables.write([...writes, { table: deps.table, delete: deadKey(objectiveId, number) }]);
  return outcome.written ? { kind: 'redriven' } : { kind: 'refused', status: task.status };
}
