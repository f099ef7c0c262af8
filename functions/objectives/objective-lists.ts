// Reads for people: lists, one objective, one task. Indexes give keys; the items are fetched beside each other.
import { parseTaskId, taskIdOf } from '../common/ids.ts';
import type { Item, Tables } from '../common/table.ts';
import type { ObjectiveStatus } from './objective.ts';
import { ACTIVE, DEAD_LETTERS, QUEUE, RECENT } from './objective-items.ts';
import type { Reads } from './objective-reads.ts';
import { objectiveSummary, objectiveView } from './objective-view.ts';

export type ListDeps = {
  tables: Tables;
  table: string;
  reads: Pick<Reads, 'page' | 'pages' | 'objective'>;
  now: () => Date;
};
export type WaitDeps = ListDeps & { pause(ms: number): Promise<void> };
type PageOf = { limit: number; cursor?: string; status?: ObjectiveStatus };

/** With a status, pages are filtered after reading, so a page may hold fewer than `limit` and still have a cursor. */
export async function listObjectives({ limit, cursor, status }: PageOf, deps: ListDeps) {
  const index = indexFor(status);
  const found = await deps.tables.query({ table: deps.table, ...index, limit, cursor });
  const nowMs = deps.now().getTime();
  const summaries = await Promise.all(
    found.items.map(async ({ pk }) => {
      const [objective, pages] = await Promise.all([deps.reads.objective(pk), deps.reads.pages(pk)]);
      return objective && objectiveSummary(objective, pages, nowMs);
    }),
  );
  const items = summaries.filter((summary) => summary && (!status || summary.status === status));
  return { items, ...(found.cursor ? { cursor: found.cursor } : {}) };
}

/** The smallest list that holds all of a status: the queue in its order, what has not ended, or everything. */
function indexFor(status: ObjectiveStatus | undefined) {
  if (status === 'queued') return { index: 'queue', pk: QUEUE };
  if (status === 'planning' || status === 'running' || status === 'paused')
    return { index: 'active', pk: ACTIVE, newestFirst: true };
  return { index: 'recent', pk: RECENT, newestFirst: true };
}

export async function lookAtObjective(objectiveId: string, deps: ListDeps) {
  if (!/^obj_[0-9A-HJKMNP-TV-Z]{26}$/.test(objectiveId)) return undefined;
  return objectiveView(await collectionOf(objectiveId, deps), deps.now().getTime());
}

export async function lookAtTask(taskId: string, deps: ListDeps) {
  const parsed = parseTaskId(taskId);
  const view = parsed && (await lookAtObjective(parsed.objectiveId, deps));
  const task = view?.tasks.find((one) => one.taskId === taskId);
  return task && view && { ...task, objectiveId: view.objectiveId, objectiveStatus: view.status };
}

async function collectionOf(pk: string, { tables, table }: ListDeps): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await tables.query({ table, pk, limit: 1_000, cursor, consistent: true });
    items.push(...page.items);
    cursor = page.cursor;
  } while (cursor);
  return items;
}

export async function listDeadLetters(
  { limit, cursor }: Pick<PageOf, 'limit' | 'cursor'>,
  { tables, table }: ListDeps,
) {
  const found = await tables.query({ table, index: 'waiting', pk: DEAD_LETTERS, limit, cursor });
  const dead = await Promise.all(found.items.map(({ pk, sk }) => tables.get(table, { pk, sk })));
  const items = dead
    .filter((item) => item !== undefined)
    .map(({ pk, number, title, error, attempt, sinceMs }) => ({
      taskId: taskIdOf(pk, number as number),
      objectiveId: pk,
      title,
      error,
      attempts: attempt,
      since: new Date(sinceMs as number).toISOString(),
    }));
  return { items, ...(found.cursor ? { cursor: found.cursor } : {}) };
}

const LOOK_EVERY_MS = 100;
const ENDED: readonly ObjectiveStatus[] = ['succeeded', 'failed', 'cancelled'];

/** Answers when the objective has ended, or after the given time; looks at one small item ten times a second. */
export async function waitForEnd(objectiveId: string, seconds: number, deps: WaitDeps): Promise<void> {
  const until = deps.now().getTime() + seconds * 1_000;
  while (deps.now().getTime() < until) {
    const page = await deps.reads.page(objectiveId, 0);
    if (!page || ENDED.includes(page.status)) return;
    await deps.pause(LOOK_EVERY_MS);
  }
}
