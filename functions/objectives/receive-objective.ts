// Takes an objective in: judge it, rank it, store it. With a plan of its own it runs at once, without one it is queued.
import type { Capability } from '../common/capability.ts';
import { centsOf } from '../common/money.ts';
import type { FieldProblem } from '../common/problem.ts';
import type { Item, Tables, Write } from '../common/table.ts';
import type { ObjectiveRequest } from './objective.ts';
import { ACTIVE, artifactKey, objectiveKey, QUEUE, RECENT } from './objective-items.ts';
import { checkPlan } from './plan-check.ts';
import { definitionsOf, planPages, statePages, type TaskDefinition } from './plan-page.ts';
import { type Priority, priorityOf, rankKey } from './priority.ts';
import { pageKey, type StatePage } from './state-page.ts';

export type ReceiveDeps = {
  tables: Tables;
  table: string;
  capabilities: ReadonlyMap<string, Capability>;
  now: () => Date;
};
export type Received =
  | { kind: 'received'; objectiveId: string; status: 'queued' | 'running'; priority: Priority }
  | { kind: 'refused'; problems: FieldProblem[] };

/**
 * All or nothing: a refused objective leaves no trace. `objectiveId` is named by the caller, so that the same request
 * sent again stores nothing new and gets the same answer.
 */
export async function receiveObjective(
  request: ObjectiveRequest,
  objectiveId: string,
  by: string,
  deps: ReceiveDeps,
): Promise<Received> {
  const missing = await missingArtifacts(request, deps);
  if (missing.length > 0) return { kind: 'refused', problems: missing };
  const checked = request.plan?.length
    ? checkPlan(request.plan, { capabilities: deps.capabilities, budgetUsd: request.budgetUsd })
    : undefined;
  if (checked && !checked.ok) return { kind: 'refused', problems: checked.problems };

  const now = deps.now();
  const createdAt = now.toISOString();
  const priority = priorityOf({ ...request, createdAt }, now);
  const rank = rankKey(priority.score, createdAt, objectiveId);
  const base = { rank, createdAtMs: now.getTime() };
  const definitions = checked ? definitionsOf(checked.plan, defaultsIn(deps.capabilities)) : undefined;
  const pages = definitions
    ? statePages(objectiveId, definitions, { ...base, status: 'running' })
    : [{ ...pageKey(objectiveId, 0), ...base, status: 'queued' as const, pages: 1, tasks: {} }];
  const status = definitions ? 'running' : 'queued';
  await deps.tables.write([
    objectivePut(request, { objectiveId, by, createdAt, priority, planned: !!definitions }, deps.table),
    ...pages.map(
      (page, index): Write => ({ table: deps.table, put: index === 0 ? listed(page, createdAt, by) : asItem(page) }),
    ),
    ...plansOf(objectiveId, definitions, deps.table),
  ]);
  return { kind: 'received', objectiveId, status, priority };
}

type Facts = { objectiveId: string; by: string; createdAt: string; priority: Priority; planned: boolean };

function objectivePut({ plan: _plan, budgetUsd, ...request }: ObjectiveRequest, facts: Facts, table: string): Write {
  const { objectiveId, by, createdAt, priority, planned } = facts;
  const put = {
    ...objectiveKey(objectiveId),
    objectiveId,
    ...request,
    budgetCents: centsOf(budgetUsd),
    planned,
    ...priority,
    createdAt,
    by,
    why: 'received',
  };
  return { table, put: put as unknown as Item, if: { missing: 'pk' } };
}

/** Page 0 is in the lists: recent, active, and the queue while it waits to be planned. */
function listed(page: StatePage, createdAt: string, by: string): Item {
  const sort = `${createdAt}#${page.pk}`;
  const queue = page.status === 'queued' ? { queuePk: QUEUE, queueSk: page.rank } : {};
  return asItem({
    ...page,
    ...queue,
    activePk: ACTIVE,
    activeSk: sort,
    recentPk: RECENT,
    recentSk: sort,
    by,
    why: 'received',
  });
}

const asItem = (page: object): Item => page as unknown as Item;

const plansOf = (objectiveId: string, definitions: TaskDefinition[] | undefined, table: string): Write[] =>
  definitions ? planPages(objectiveId, definitions).map((put) => ({ table, put })) : [];

export const defaultsIn =
  (capabilities: ReadonlyMap<string, Capability>) =>
  (name: string): { timeoutSeconds: number; maxAttempts: number } => {
    const { timeoutSeconds = 60, maxAttempts = 3 } = capabilities.get(name) ?? {};
    return { timeoutSeconds, maxAttempts };
  };

async function missingArtifacts({ inputs }: ObjectiveRequest, { tables, table }: ReceiveDeps): Promise<FieldProblem[]> {
  const looked = inputs.map(async ({ artifactId }, index): Promise<FieldProblem[]> => {
    if (!artifactId || (await tables.get(table, artifactKey(artifactId)))) return [];
    return [
      { path: `inputs[${index}].artifactId`, expected: 'the id of an uploaded artifact', got: `"${artifactId}"` },
    ];
  });
  return (await Promise.all(looked)).flat();
}
