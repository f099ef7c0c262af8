// Takes the outcome of a task's attempt: check it, store it, release what waits for it, and settle its effect.
import { type Capability, misfits } from '../common/capability.ts';
import { parseTaskId, taskIdOf } from '../common/ids.ts';
import type { Tables, Value, Write } from '../common/table.ts';
import { effectIdOf, type Gate } from '../safety/gate.ts';
import { decideAfterFailure, isTransient, type TaskError } from './failure.ts';
import type { FinishObjective } from './finish-objective.ts';
import type { GiveUp } from './give-up.ts';
import { failureKey, resultKey } from './objective-items.ts';
import type { Reads } from './objective-reads.ts';
import type { Outcome } from './outcome.ts';
import type { TaskDefinition } from './plan-page.ts';
import { intentOf } from './proposal.ts';
import { givePlaceBack, holderOf } from './resources.ts';
import { asStatePage, isHeldBy, pageKey, pageOf, type StatePage, type TaskState, waitsForOf } from './state-page.ts';

export type SettleDeps = {
  tables: Tables;
  table: string;
  reads: Reads;
  gate: Gate;
  giveUp: GiveUp;
  finish: FinishObjective;
  capability(name: string): Capability | undefined;
  /** has the task looked at again after this delay */
  remindIn(delayMs: number, objectiveId: string, number: number): Promise<void>;
  random: () => number;
  now: () => Date;
};
export type SettleAnswer = 'succeeded' | 'retrying' | 'dead_letter' | 'too_late';
type Attempt = { objectiveId: string; number: number; definition: TaskDefinition; task: TaskState; fence: string };

const RESULT_BYTES_MAX = 200_000;

/**
 * The same outcome may come twice, late, or after the task went to somebody else: the fence decides, and the second time
 * changes nothing. A crash between the steps is repaired by the redelivery, which finds its own result and goes on there.
 */
export async function settleTask(outcome: Outcome, deps: SettleDeps): Promise<SettleAnswer> {
  const attempt = await attemptOf(outcome, deps);
  if (!attempt) return finishWhatWasBegun(outcome, deps);
  const error = outcome.kind === 'failed' ? outcome.error : faultOf(outcome.result, attempt.definition, deps);
  if (error) return settleFailure(attempt, error, deps);
  return settleSuccess(attempt, outcome.kind === 'done' ? outcome.result : null, deps);
}

async function attemptOf({ taskId, fence }: Outcome, { reads }: SettleDeps): Promise<Attempt | undefined> {
  const parsed = parseTaskId(taskId);
  const page = parsed && (await reads.page(parsed.objectiveId, pageOf(parsed.number)));
  const task = parsed && page?.tasks[parsed.number];
  if (!parsed || task?.status !== 'running' || task.fence !== fence) return undefined;
  return { ...parsed, definition: await reads.definition(parsed.objectiveId, parsed.number), task, fence };
}

/**
 * The task has moved on. If this very attempt moved it, what follows the move is done (again); if it was cancelled
 * meanwhile, its places are given back and its effect is closed.
 */
async function finishWhatWasBegun({ taskId, fence }: Outcome, deps: SettleDeps): Promise<'too_late'> {
  const parsed = parseTaskId(taskId);
  const page = parsed && (await deps.reads.page(parsed.objectiveId, pageOf(parsed.number)));
  const task = parsed && page?.tasks[parsed.number];
  if (!parsed || !task) return 'too_late';
  const definition = await deps.reads.definition(parsed.objectiveId, parsed.number);
  if (task.status === 'cancelled' && task.fence === fence) {
    const attempt = { ...parsed, definition, task, fence };
    await release(attempt, deps);
    await settleEffect(attempt, 'failed', 'the objective was cancelled meanwhile', deps);
    return 'too_late';
  }
  const stored = await deps.reads.result(parsed.objectiveId, parsed.number);
  if (stored?.fence !== fence || task.status !== 'succeeded') return 'too_late';
  const done: TaskState = { status: 'succeeded', agentId: stored.agentId, attempt: stored.attempt };
  await afterSuccess({ ...parsed, definition, task: done, fence }, page, deps);
  return 'too_late';
}

/** An answer that is no answer is a failed attempt: it does not fit the capability's schema, or is too large to keep. */
function faultOf(result: unknown, { capability }: TaskDefinition, deps: SettleDeps): TaskError | undefined {
  const schema = deps.capability(capability)?.result;
  const faults = schema ? misfits(schema, result, ['result']) : [];
  if (faults.length > 0) {
    const text = faults.map(({ path, expected, got }) => `${path}: expected ${expected}, got ${got}`).join('; ');
    return { name: 'InvalidResult', message: `The agent's answer is not what ${capability} promises: ${text}` };
  }
  const bytes = Buffer.byteLength(JSON.stringify(result ?? null));
  if (bytes <= RESULT_BYTES_MAX) return undefined;
  return {
    name: 'PermanentTaskError',
    message: `The agent's answer has ${bytes} bytes; at most ${RESULT_BYTES_MAX} are kept`,
  };
}

async function settleSuccess(attempt: Attempt, result: unknown, deps: SettleDeps): Promise<SettleAnswer> {
  const { objectiveId, number, definition, task, fence } = attempt;
  const finishedAtMs = deps.now().getTime();
  const { agentId = '', startedAtMs = finishedAtMs } = task;
  const put = {
    ...resultKey(objectiveId, number),
    number,
    result: (result ?? null) as Value,
    agentId,
    attempt: task.attempt ?? 1,
    fence,
    startedAtMs,
    finishedAtMs,
    why: `${definition.id} answered by ${agentId}`,
  };
  await deps.tables.write([{ table: deps.table, put }]);
  const outcome = await deps.tables.write([markSucceeded(attempt, finishedAtMs, deps.table)]);
  if (!outcome.written) return 'too_late';
  await afterSuccess(attempt, outcome.items[0] && asStatePage(outcome.items[0]), deps);
  return 'succeeded';
}

function markSucceeded(
  { objectiveId, number, definition, task, fence }: Attempt,
  movedAtMs: number,
  table: string,
): Write {
  const here = definition.dependents.filter((dependent) => pageOf(dependent) === pageOf(number));
  return {
    table,
    update: pageKey(objectiveId, pageOf(number)),
    changes: {
      set: [
        [['tasks', `${number}`], { status: 'succeeded', agentId: task.agentId ?? '' }],
        ['movedAtMs', movedAtMs],
        ['why', `${definition.id} succeeded`],
      ],
      removeFromSet: here.map((dependent) => [waitsForOf(dependent), [`${number}`]] as const),
    },
    if: isHeldBy(number, fence),
  };
}

async function afterSuccess(attempt: Attempt, page: StatePage | undefined, deps: SettleDeps): Promise<void> {
  await Promise.all([
    release(attempt, deps),
    settleEffect(attempt, 'confirmed', `${attempt.definition.capability} answered`, deps),
    page ? deps.finish(page) : undefined,
  ]);
}

/** A failed attempt: kept with its full error, then tried again later or given to people. Also used for lost agents. */
export async function settleFailure(attempt: Attempt, error: TaskError, deps: SettleDeps): Promise<SettleAnswer> {
  const { objectiveId, number, definition, task, fence } = attempt;
  const tries = task.attempt ?? 1;
  const nowMs = deps.now().getTime();
  const put = {
    ...failureKey(objectiveId, number, tries),
    number,
    attempt: tries,
    agentId: task.agentId ?? '',
    fence,
    error: { ...error },
    transient: isTransient(error),
    startedAtMs: task.startedAtMs ?? nowMs,
    failedAtMs: nowMs,
    why: `${definition.id} failed: ${error.name}`,
  };
  await deps.tables.write([{ table: deps.table, put }]);
  const decision = decideAfterFailure(error, tries - (task.spent ?? 0), definition.maxAttempts, deps.random());
  const answer =
    decision.kind === 'retry'
      ? await retryLater(attempt, nowMs + decision.delayMs, error, deps)
      : await deps.giveUp(objectiveId, definition, error, tries, isHeldBy(number, fence));
  await release(attempt, deps);
  await settleEffect(attempt, 'failed', `${error.name}: ${error.message}`.slice(0, 300), deps);
  if (answer === 'moved_on') return 'too_late';
  if (decision.kind === 'retry') await deps.remindIn(decision.delayMs, objectiveId, number);
  return decision.kind === 'retry' ? 'retrying' : 'dead_letter';
}

async function retryLater(
  { objectiveId, number, definition, task, fence }: Attempt,
  dueAtMs: number,
  error: TaskError,
  deps: SettleDeps,
) {
  const state = { status: 'failed', attempt: task.attempt ?? 1, spent: task.spent, dueAtMs };
  const why = `${definition.id} failed (${error.name}), next attempt at ${new Date(dueAtMs).toISOString()}`;
  const update = pageKey(objectiveId, pageOf(number));
  const changes = {
    set: [
      [['tasks', `${number}`], state],
      ['why', why],
    ] as const,
  };
  const outcome = await deps.tables.write([{ table: deps.table, update, changes, if: isHeldBy(number, fence) }]);
  return outcome.written ? ('retrying' as const) : ('moved_on' as const);
}

async function release(
  { objectiveId, number, definition, task }: Attempt,
  { tables, table, reads }: SettleDeps,
): Promise<void> {
  const agent = (await reads.roster()).find(({ agentId }) => agentId === task.agentId);
  const held = [
    ...(agent?.concurrency === undefined ? [] : [`agent:${agent.agentId}`]),
    ...definition.resources.map((name) => `lock:${name}`),
  ];
  const holder = holderOf(taskIdOf(objectiveId, number), task.attempt ?? 1);
  await Promise.all(held.map((name) => tables.write([givePlaceBack(table, name, holder)])));
}

async function settleEffect(
  { objectiveId, number, task, fence }: Attempt,
  status: 'confirmed' | 'failed',
  reason: string,
  { gate }: SettleDeps,
) {
  await gate.settle({
    effectId: effectIdOf(intentOf(objectiveId, number, task.attempt ?? 1, fence)),
    fence,
    status,
    reason,
  });
}
