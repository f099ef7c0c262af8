// Pause, resume, cancel and reorder an objective: one transaction over all its pages, allowed by the table of moves.
import type { Changes, Condition, Tables, Value, Write } from '../common/table.ts';
import { statusesBefore } from './moves.ts';
import { ALLOWED_OBJECTIVE_MOVES, type ObjectiveStatus } from './objective.ts';
import { QUEUE, waitingKey } from './objective-items.ts';
import type { Reads } from './objective-reads.ts';
import { rankKey } from './priority.ts';
import { pageNumberOf, readyTasks, type StatePage, type TaskState } from './state-page.ts';

export type ControlDeps = { tables: Tables; table: string; reads: Pick<Reads, 'pages'>; now: () => Date };
export type ControlAnswer =
  | { kind: 'done'; status: ObjectiveStatus }
  | { kind: 'not_found' }
  | { kind: 'refused'; status: ObjectiveStatus };

type Move = { to: ObjectiveStatus; by: string; why: string; extra?: (page: StatePage) => Extra };
type Extra = Pick<Changes, 'set' | 'remove'>;

export const pauseObjective = (objectiveId: string, by: string, deps: ControlDeps): Promise<ControlAnswer> =>
  move(
    objectiveId,
    () => ({ to: 'paused', by, why: `paused by ${by}`, extra: () => ({ remove: ['queuePk', 'queueSk'] }) }),
    deps,
  );

/** Back to where it was: an objective without tasks goes to the queue again, another runs on. */
export const resumeObjective = (objectiveId: string, by: string, deps: ControlDeps): Promise<ControlAnswer> =>
  move(
    objectiveId,
    (pages) =>
      hasTasks(pages)
        ? { to: 'running', by, why: `resumed by ${by}` }
        : {
            to: 'queued',
            by,
            why: `resumed by ${by}`,
            extra: (page) => ({
              set: [
                ['queuePk', QUEUE],
                ['queueSk', page.rank],
              ],
            }),
          },
    deps,
    'paused',
  );

/** What has not ended is cancelled; an answer that still comes in is refused, because its task no longer runs. */
export const cancelObjective = (objectiveId: string, by: string, deps: ControlDeps): Promise<ControlAnswer> =>
  move(
    objectiveId,
    () => ({
      to: 'cancelled',
      by,
      why: `cancelled by ${by}`,
      extra: (page) => ({
        set: [
          ...Object.entries(page.tasks)
            .filter(([, { status }]) => status !== 'succeeded')
            .map(([number, task]) => [['tasks', number], cancelled(task)] as const),
          ['finishedAtMs', deps.now().getTime()],
        ],
        remove: ['activePk', 'activeSk', 'queuePk', 'queueSk'],
      }),
    }),
    deps,
  );

/** A person's word on the order: the score 0..100 replaces what was computed. */
export async function reorderObjective(
  objectiveId: string,
  score: number,
  by: string,
  deps: ControlDeps,
): Promise<ControlAnswer> {
  const pages = await deps.reads.pages(objectiveId);
  const [first] = pages;
  if (!first) return { kind: 'not_found' };
  const rank = rankKey(score, new Date(first.createdAtMs).toISOString(), objectiveId);
  const writes = pages.map(
    (page): Write => ({
      table: deps.table,
      update: keyOf(page),
      changes: {
        set: [
          ['rank', rank],
          ['score', score],
          ['by', by],
          ['why', `put at ${score} by ${by}`],
          ...(page.status === 'queued' && pageNumberOf(page) === 0 ? [['queueSk', rank] as const] : []),
        ],
      },
      if: { path: 'status', equals: page.status },
    }),
  );
  const outcome = await deps.tables.write(writes);
  if (!outcome.written) return { kind: 'refused', status: first.status };
  await reorderWaiting(objectiveId, rank, deps);
  return { kind: 'done', status: first.status };
}

/** Tasks that wait for an agent or a lock stand in its line by the same rank. */
async function reorderWaiting(objectiveId: string, rank: string, { tables, table }: ControlDeps): Promise<void> {
  const { items } = await tables.query({ table, pk: objectiveId, sk: { beginsWith: 'waiting#' }, limit: 1_000 });
  await Promise.all(
    items.map(({ pk, sk, number }) => {
      const set = [['waitingSk', `${rank}#${pk}#${number}`]] as const;
      return tables.write([{ table, update: { pk, sk }, changes: { set }, if: { exists: 'pk' } }]);
    }),
  );
}

const TRIES_MAX = 5;

async function move(
  objectiveId: string,
  moveOf: (pages: StatePage[]) => Move,
  deps: ControlDeps,
  onlyFrom?: ObjectiveStatus,
  triesLeft = TRIES_MAX,
): Promise<ControlAnswer> {
  const pages = await deps.reads.pages(objectiveId);
  const [first] = pages;
  if (!first) return { kind: 'not_found' };
  const { to, by, why, extra } = moveOf(pages);
  if (first.status === to) return { kind: 'done', status: to };
  const from: ObjectiveStatus[] = onlyFrom ? [onlyFrom] : statusesBefore(ALLOWED_OBJECTIVE_MOVES, to);
  if (!from.includes(first.status) || triesLeft === 0) return { kind: 'refused', status: first.status };
  const writes = pages.map((page): Write => {
    const { set = [], remove = [] } = extra?.(page) ?? {};
    const allowed: Condition = { path: 'status', oneOf: from };
    return {
      table: deps.table,
      update: keyOf(page),
      changes: { set: [['status', to], ['by', by], ['why', why], ...set], remove },
      if: to === 'cancelled' ? { all: [allowed, ...asRead(page)] } : allowed,
    };
  });
  const outcome = await deps.tables.write(writes);
  if (!outcome.written) return move(objectiveId, moveOf, deps, onlyFrom, triesLeft - 1);
  if (to === 'cancelled') await stopWaiting(pages, deps);
  return { kind: 'done', status: to };
}

/** Cancelling overwrites each task it read; one that moved meanwhile makes it read again. */
const asRead = (page: StatePage): Condition[] =>
  Object.entries(page.tasks).map(([number, { status }]) => ({ path: ['tasks', number, 'status'], equals: status }));

async function stopWaiting(pages: readonly StatePage[], { tables, table }: ControlDeps): Promise<void> {
  const waiting = pages.flatMap((page) =>
    readyTasks(page, Number.MAX_SAFE_INTEGER).map((number) => waitingKey(page.pk, number)),
  );
  await Promise.all(waiting.map((key) => tables.write([{ table, delete: key }])));
}

/** Who worked on it stays, so that what comes back late can be recognised and its places given back. */
const cancelled = ({ attempt, agentId, fence }: TaskState): Value =>
  ({ status: 'cancelled', attempt, agentId, fence }) as Value;

const hasTasks = ([first]: StatePage[]): boolean => Object.keys(first?.tasks ?? {}).length > 0;
const keyOf = ({ pk, sk }: StatePage) => ({ pk, sk });
