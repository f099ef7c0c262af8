// The steps of decompose-objective: what each state of the machine does. Payloads are ids; the plan itself stays in the table.
import type { Capability } from '../common/capability.ts';
import type { FieldProblem } from '../common/problem.ts';
import type { Item, Tables, Write } from '../common/table.ts';
import type { ObjectiveItem } from './objective-items.ts';
import { draftKey, objectiveKey, planningKey, QUEUE } from './objective-items.ts';
import { checkPlan } from './plan-check.ts';
import { definitionsOf, planPages, statePages, waitingOf } from './plan-page.ts';
import { defaultsIn } from './receive-objective.ts';
import { asStatePage, pageKey, TASKS_PER_PAGE } from './state-page.ts';

export type PlanningDeps = {
  tables: Tables;
  table: string;
  capabilities: ReadonlyMap<string, Capability>;
  now: () => Date;
};
/** What travels between the states. */
export type PlanningRef = { objectiveId: string; repairs: number };
export type Draft = { plan: unknown; pattern?: string; reasons: string[] };

const CANDIDATES = 10;
const RUN_KEPT_SECONDS = 7 * 24 * 3_600;

/**
 * Takes the first of the queue. Of many that try at once each gets another objective, or none. `run` names the execution:
 * asked again, after a crash, it answers what it took before. `causedBy` is the objective that it was started for: an
 * index follows its table late, and an objective that nobody finds there would wait for the sweep.
 */
export async function selectObjective(
  run: string,
  deps: PlanningDeps,
  causedBy?: string,
): Promise<{ selected: boolean } & Partial<PlanningRef>> {
  const { tables, table, now } = deps;
  const taken = { pk: `planning#${run}`, sk: 'selected' };
  const before = await tables.get(table, taken);
  if (before) return { selected: true, objectiveId: String(before.objectiveId), repairs: 0 };
  const nowMs = now().getTime();
  const { items } = await tables.query({ table, index: 'queue', pk: QUEUE, limit: CANDIDATES });
  for (const pk of new Set([...items.map((item) => item.pk), ...(causedBy ? [causedBy] : [])])) {
    const outcome = await tables.write([
      {
        table,
        update: pageKey(pk, 0),
        changes: {
          set: [
            ['status', 'planning'],
            ['planningSinceMs', nowMs],
            ['by', 'objectives/select-objective'],
            ['why', 'first in the queue'],
          ],
          remove: ['queuePk', 'queueSk'],
        },
        if: { path: 'status', equals: 'queued' },
      },
      { table, put: { ...taken, objectiveId: pk, expiresAt: Math.floor(nowMs / 1_000) + RUN_KEPT_SECONDS } },
    ]);
    if (outcome.written) return { selected: true, objectiveId: pk, repairs: 0 };
  }
  return { selected: false };
}

export async function objectiveOf(objectiveId: string, { tables, table }: PlanningDeps): Promise<ObjectiveItem> {
  const item = await tables.get(table, objectiveKey(objectiveId));
  if (!item) throw new Error(`${objectiveId} is not stored`);
  return item as ObjectiveItem;
}

const DRAFT_BYTES_MAX = 350_000;
const NO_DRAFT = 'null';

/** As JSON text, because a planner may have written anything. What is no JSON, or too large to be kept, is no plan. */
function textOf(plan: unknown): string {
  try {
    const text = JSON.stringify(plan) ?? NO_DRAFT;
    return Buffer.byteLength(text) <= DRAFT_BYTES_MAX ? text : NO_DRAFT;
  } catch {
    return NO_DRAFT;
  }
}

/** Keeps the plan that is being worked on. */
export async function keepDraft(
  objectiveId: string,
  { plan, pattern, reasons }: Draft,
  deps: PlanningDeps,
): Promise<void> {
  const put = { ...draftKey(objectiveId), plan: textOf(plan), pattern, reasons, why: 'plan drafted' };
  await deps.tables.write([{ table: deps.table, put: put as Item }]);
}

export async function draftOf(objectiveId: string, { tables, table }: PlanningDeps): Promise<Draft> {
  const item = await tables.get(table, draftKey(objectiveId));
  if (!item) throw new Error(`${objectiveId} has no draft of a plan`);
  const { plan, pattern, reasons } = item as unknown as { plan: string; pattern?: string; reasons: string[] };
  return { plan: JSON.parse(plan), reasons, ...(pattern === undefined ? {} : { pattern }) };
}

/** Judges the draft; what is wrong with it is kept for people and for the repair. */
export async function validateDraft(
  { objectiveId, repairs }: PlanningRef,
  deps: PlanningDeps,
): Promise<PlanningRef & { valid: boolean }> {
  const [objective, draft] = await Promise.all([objectiveOf(objectiveId, deps), draftOf(objectiveId, deps)]);
  const verdict = checkPlan(draft.plan, { capabilities: deps.capabilities, budgetUsd: objective.budgetCents / 100 });
  const problems: FieldProblem[] = verdict.ok ? [] : verdict.problems;
  const put = {
    ...planningKey(objectiveId),
    pattern: draft.pattern,
    reasons: draft.reasons,
    problems,
    why: verdict.ok ? 'plan is valid' : 'plan is not valid',
  };
  await deps.tables.write([{ table: deps.table, put: put as Item }]);
  return { objectiveId, repairs, valid: verdict.ok };
}

/** Writes the tasks, all or nothing, and lets the objective run. Doing it twice changes nothing. */
export async function storePlan(
  { objectiveId }: PlanningRef,
  deps: PlanningDeps,
): Promise<{ objectiveId: string; tasks: number }> {
  const [objective, draft] = await Promise.all([objectiveOf(objectiveId, deps), draftOf(objectiveId, deps)]);
  const verdict = checkPlan(draft.plan, { capabilities: deps.capabilities, budgetUsd: objective.budgetCents / 100 });
  if (!verdict.ok) throw new Error(`The plan of ${objectiveId} is not valid and is not stored`);
  const stored = await deps.tables.get(deps.table, pageKey(objectiveId, 0));
  const definitions = definitionsOf(verdict.plan, defaultsIn(deps.capabilities));
  if (!stored || asStatePage(stored).status !== 'planning') return { objectiveId, tasks: 0 };
  const { rank, createdAtMs } = asStatePage(stored);
  const [first, ...others] = statePages(objectiveId, definitions, { status: 'running', rank, createdAtMs });
  const begin: Write = {
    table: deps.table,
    update: pageKey(objectiveId, 0),
    changes: {
      set: [
        ['status', 'running'],
        ['pages', first?.pages ?? 1],
        ['tasks', (first?.tasks ?? {}) as never],
        ...Object.entries(waitingOf(definitions.slice(0, TASKS_PER_PAGE))),
        ['by', 'objectives/store-plan'],
        ['why', `planned: ${definitions.length} tasks`],
      ],
      remove: ['planningSinceMs'],
    },
    if: { path: 'status', equals: 'planning' },
  };
  const rest = [...others, ...planPages(objectiveId, definitions)].map(
    (put): Write => ({ table: deps.table, put: put as unknown as Item }),
  );
  await deps.tables.write([begin, ...rest]);
  return { objectiveId, tasks: definitions.length };
}

/** No plan could be made: the objective ends as failed and says why. */
export async function rejectObjective(
  { objectiveId, error }: { objectiveId: string; error?: unknown },
  deps: PlanningDeps,
): Promise<void> {
  const planning = (await deps.tables.get(deps.table, planningKey(objectiveId))) as
    | { problems?: FieldProblem[] }
    | undefined;
  const faults = planning?.problems?.map(({ path, expected }) => `${path}: expected ${expected}`).join('; ');
  const problem = faults
    ? `No valid plan was found: ${faults}`
    : `Planning broke: ${JSON.stringify(error ?? 'no reason given')}`;
  const set = [
    ['status', 'failed'],
    ['problem', problem.slice(0, 1_000)],
    ['finishedAtMs', deps.now().getTime()],
    ['by', 'objectives/reject-objective'],
    ['why', 'no plan'],
  ] as const;
  await deps.tables.write([
    {
      table: deps.table,
      update: pageKey(objectiveId, 0),
      changes: { set, remove: ['activePk', 'activeSk'] },
      if: { path: 'status', equals: 'planning' },
    },
  ]);
}
