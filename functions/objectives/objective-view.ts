// An objective as people see it: everything of its collection put together. Pure.
import { taskIdOf } from '../common/ids.ts';
import type { Item } from '../common/table.ts';
import {
  asFailure,
  asResult,
  type FailureItem,
  type ObjectiveItem,
  type PlanningItem,
  type ResultItem,
  type WaitingItem,
} from './objective-items.ts';
import { asPlanPage, type TaskDefinition } from './plan-page.ts';
import { asStatePage, isReady, isStatePage, type StatePage, type TaskState } from './state-page.ts';

type Parts = {
  objective: ObjectiveItem;
  planning?: PlanningItem;
  pages: StatePage[];
  definitions: TaskDefinition[];
  results: Map<number, ResultItem>;
  failures: Map<number, FailureItem[]>;
  waiting: Map<number, WaitingItem>;
};

/** The answer of GET /objectives/{id} from all items under the objective's id; undefined when there is no objective. */
export function objectiveView(items: readonly Item[], nowMs: number) {
  const parts = partsOf(items);
  const [first] = parts?.pages ?? [];
  if (!parts || !first) return undefined;
  const { objective, planning } = parts;
  const tasks = parts.definitions.map((definition) => taskView(definition, parts, nowMs));
  return {
    objectiveId: objective.objectiveId,
    text: objective.text,
    status: first.status,
    priority: { score: scoreOf(first, objective), reasons: objective.reasons },
    progress: progressOf(tasks, nowMs),
    tasks,
    result: first.status === 'succeeded' ? resultOf(parts) : null,
    pattern: planning?.pattern ? { name: planning.pattern, why: planning.reasons.join('; ') } : null,
    problem: first.problem ?? null,
    inputs: objective.inputs.map(({ name, mediaType, artifactId, content }) => ({
      name,
      mediaType: mediaType ?? null,
      artifactId: artifactId ?? null,
      bytes: content === undefined ? null : Buffer.byteLength(content),
    })),
    budgetUsd: objective.budgetCents / 100,
    createdAt: objective.createdAt,
    createdBy: objective.by,
    finishedAt: iso(first.finishedAtMs),
  };
}

/** One line of a list. */
export function objectiveSummary(objective: ObjectiveItem, pages: readonly StatePage[], nowMs: number) {
  const [first] = pages;
  const states = pages.flatMap(({ tasks }) => Object.values(tasks));
  const done = states.filter(({ status }) => status === 'succeeded').length;
  return {
    objectiveId: objective.objectiveId,
    text: objective.text,
    status: first?.status ?? 'queued',
    priority: { score: first ? scoreOf(first, objective) : objective.score, reasons: objective.reasons },
    progress: { percent: percent(done, states.length), done, total: states.length, etaAt: null, asOf: iso(nowMs) },
    problem: first?.problem ?? null,
    createdAt: objective.createdAt,
    finishedAt: iso(first?.finishedAtMs),
  };
}

const scoreOf = (first: StatePage, { score }: ObjectiveItem): number => (first as { score?: number }).score ?? score;

function partsOf(items: readonly Item[]): Parts | undefined {
  const objective = items.find(({ sk }) => sk === 'objective') as ObjectiveItem | undefined;
  if (!objective) return undefined;
  const having = (prefix: string) => items.filter(({ sk }) => sk.startsWith(prefix));
  const failures = having('failure#').map(asFailure);
  const pages = items.filter(isStatePage).map(asStatePage);
  return {
    objective,
    planning: items.find(({ sk }) => sk === 'planning') as PlanningItem | undefined,
    pages,
    definitions: having('plan#')
      .flatMap((item) => Object.values(asPlanPage(item).tasks))
      .sort((a, b) => a.number - b.number),
    results: resultsThatCount(having('result#').map(asResult), pages),
    failures: Map.groupBy(failures, ({ number }) => number),
    waiting: new Map(
      having('waiting#').map((item) => [(item as unknown as WaitingItem).number, item as unknown as WaitingItem]),
    ),
  };
}

/** A late attempt may have left a result of its own; the fence on the page says which one counts. */
function resultsThatCount(results: readonly ResultItem[], pages: readonly StatePage[]): Map<number, ResultItem> {
  const counting = results.filter(({ number, fence }) => pages.some(({ tasks }) => tasks[number]?.fence === fence));
  return new Map(counting.map((result) => [result.number, result]));
}

function taskView(definition: TaskDefinition, parts: Parts, nowMs: number) {
  const { number } = definition;
  const page = parts.pages.find(({ tasks }) => tasks[number]);
  const state: TaskState = page?.tasks[number] ?? { status: 'pending' };
  const result = parts.results.get(number);
  const failures = parts.failures.get(number) ?? [];
  const last = failures.at(-1);
  const succeeded = state.status === 'succeeded' ? result : undefined;
  const ready = page !== undefined && isReady(page, number, nowMs);
  return {
    taskId: taskIdOf(parts.objective.objectiveId, number),
    id: definition.id,
    title: definition.title,
    capability: definition.capability,
    status: state.status === 'pending' && ready ? ('ready' as const) : state.status,
    agentId: succeeded?.agentId ?? state.agentId ?? last?.agentId ?? null,
    attempts: succeeded?.attempt ?? state.attempt ?? 0,
    dependsOn: definition.dependsOn.map((needed) => parts.definitions[needed]?.id ?? String(needed)),
    parameters: definition.parameters,
    result: succeeded?.result ?? null,
    error: last && state.status !== 'succeeded' ? errorView(last, failures) : null,
    waiting: ready ? (parts.waiting.get(number)?.reason ?? null) : null,
    startedAt: iso(succeeded?.startedAtMs ?? state.startedAtMs),
    finishedAt: iso(succeeded?.finishedAtMs ?? (state.status === 'dead_letter' ? last?.failedAtMs : undefined)),
    retryAt: state.status === 'failed' ? iso(state.dueAtMs) : null,
    timeoutSeconds: definition.timeoutSeconds,
    maxAttempts: definition.maxAttempts,
  };
}
export type TaskView = ReturnType<typeof taskView>;

const errorView = (last: FailureItem, failures: readonly FailureItem[]) => ({
  ...last.error,
  transient: last.transient,
  attempts: failures.map(({ attempt, agentId, error, startedAtMs, failedAtMs }) => ({
    attempt,
    agentId,
    error,
    startedAt: iso(startedAtMs),
    failedAt: iso(failedAtMs),
  })),
});

/** The estimate assumes that what is left takes as long as what is done did, on average, along the same width. */
function progressOf(tasks: readonly TaskView[], nowMs: number) {
  const done = tasks.filter(({ status }) => status === 'succeeded').length;
  const total = tasks.length;
  const startedMs = Math.min(...tasks.map(({ startedAt }) => (startedAt ? Date.parse(startedAt) : nowMs)));
  const moving = tasks.some(({ status }) => status === 'running') && done > 0;
  const etaAt = moving ? iso(nowMs + ((nowMs - startedMs) / done) * (total - done)) : null;
  return { percent: percent(done, total), done, total, etaAt };
}

const percent = (done: number, total: number): number => (total === 0 ? 0 : Math.floor((done / total) * 100));

/** The results of the tasks that nothing builds on: of one such task its own, of several all by their plan ids. */
function resultOf({ definitions, results }: Parts): unknown {
  const last = definitions.filter(({ dependents }) => dependents.length === 0);
  if (last.length === 1) return results.get(last[0]?.number ?? 0)?.result ?? null;
  return Object.fromEntries(last.map(({ id, number }) => [id, results.get(number)?.result ?? null]));
}

const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
