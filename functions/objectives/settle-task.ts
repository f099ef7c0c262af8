// Takes the outcome of a task's attempt: check it, store it, release what waits for it, and settle its effect.
import { type Capability, misfits } from '../common/capability.ts';
import { parseTaskId, taskIdOf } from '../common/ids.ts';
import { unstorable } from '../common/storable.ts';
import type { Tables, Value } from '../common/table.ts';
import type { Gate } from '../safety/gate.ts';
import { decideAfterFailure, isTransient, type TaskError } from './failure.ts';
import type { FinishObjective } from './finish-objective.ts';
import type { GiveUp } from './give-up.ts';
import type { MarkSucceeded } from './mark-succeeded.ts';
import { failureKey, refusedKey, resultKey } from './objective-items.ts';
import { knows, type Reads } from './objective-reads.ts';
import type { Outcome } from './outcome.ts';
import type { TaskDefinition } from './plan-page.ts';
import { effectOf } from './proposal.ts';
import type { RemindIn } from './reminder.ts';
import { givePlaceBack, holderOf } from './resources.ts';
import { isHeldBy, pageKey, pageOf, type StatePage, type TaskState } from './state-page.ts';

export type SettleDeps = {
  tables: Tables;
  table: string;
  reads: Reads;
  gate: Gate;
  giveUp: GiveUp;
  finish: FinishObjective;
  capability(name: string): Capability | undefined;
  markSucceeded: MarkSucceeded;
  remindIn: RemindIn;
  random: () => number;
  now: () => Date;
};
export type SettleAnswer = 'succeeded' | 'retrying' | 'dead_letter' | 'too_late';
/** One attempt, as its outcome or its page tells it. */
export type Attempt = {
  objectiveId: string;
  number: number;
  definition: TaskDefinition;
  agentId: string;
  attempt: number;
  fence: string;
  startedAtMs: number;
};

const RESULT_BYTES_MAX = 200_000;

/**
 * The same outcome may come twice, late, or after the task went to somebody else: the fence decides, and the second time
 * changes nothing. A crash between the steps is repaired by the redelivery, which finds its own mark and goes on there.
 */
export async function settleTask(outcome: Outcome, deps: SettleDeps): Promise<SettleAnswer> {
  const parsed = parseTaskId(outcome.taskId);
  if (!parsed) return 'too_late';
  const { agentId, attempt: tries, fence, startedAt } = outcome;
  const definition = await deps.reads.definition(parsed.objectiveId, parsed.number);
  const attempt = { ...parsed, definition, agentId, attempt: tries, fence, startedAtMs: Date.parse(startedAt) };
  const error = outcome.kind === 'failed' ? outcome.error : faultOf(outcome.result, definition, deps);
  if (!error) return settleSuccess(attempt, outcome.kind === 'done' ? outcome.result : null, deps);
  const page = await deps.reads.page(parsed.objectiveId, pageOf(parsed.number));
  const task = page?.tasks[parsed.number];
  if (task?.status !== 'running' || task.fence !== fence) return finishWhatWasBegun(attempt, page, deps);
  return settleFailure(attempt, task, error, deps);
}

/**
 * The task has moved on. What follows the end of this attempt is done (again), because a crash may have left it undone:
 * as a success if this attempt is the one that counts, else its places are given back, its effect is closed, and the next
 * attempt gets its reminder.
 */
async function finishWhatWasBegun(
  attempt: Attempt,
  page: StatePage | undefined,
  deps: SettleDeps,
): Promise<'too_late'> {
  const task = page?.tasks[attempt.number];
  const isItsOwn = task?.fence === attempt.fence;
  if (!task || (task.status === 'running' && task.attempt === attempt.attempt && !isItsOwn)) return 'too_late';
  if (task.revoked?.fence === attempt.fence) return noteRefused(attempt, task.revoked.killId, deps);
  if (task.status === 'succeeded' && isItsOwn) {
    await afterSuccess(attempt, page, deps);
    return 'too_late';
  }
  await release(attempt, deps);
  await settleEffect(attempt, 'failed', 'the attempt had ended before', deps);
  if (task.status === 'failed' && task.attempt === attempt.attempt) {
    const delayMs = Math.max(0, (task.dueAtMs ?? 0) - deps.now().getTime());
    await deps.remindIn(delayMs, { objectiveId: attempt.objectiveId, page: pageOf(attempt.number) });
  }
  return 'too_late';
}

/** Its lease was taken back by a kill, which has closed all that belongs to the attempt: the answer is only noted. */
async function noteRefused(attempt: Attempt, killId: string, deps: SettleDeps): Promise<'too_late'> {
  const { objectiveId, number, definition, agentId, fence } = attempt;
  const put = {
    ...refusedKey(objectiveId, number, fence),
    number,
    attempt: attempt.attempt,
    agentId,
    fence,
    killId,
    refusedAtMs: deps.now().getTime(),
    by: 'objectives/settle-task',
    why: `${definition.id}: the answer of ${agentId} is refused, ${killId} had taken its lease back`,
  };
  await deps.tables.write([{ table: deps.table, put, if: { missing: 'pk' } }]);
  return 'too_late';
}

/** An answer that is no answer is a failed attempt: it does not fit the capability's schema, or cannot be kept. */
function faultOf(result: unknown, { capability }: TaskDefinition, deps: SettleDeps): TaskError | undefined {
  const schema = deps.capability(capability)?.result;
  const lost = unstorable(result, ['result']);
  const faults = lost ? [lost] : schema ? misfits(schema, result, ['result']) : [];
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

/**
 * The result is kept under its attempt's fence, so that a late attempt can never write over the one that counts; and
 * once, because an attempt that was called twice answers twice, and who depends on it may have read the first answer.
 */
async function settleSuccess(attempt: Attempt, result: unknown, deps: SettleDeps): Promise<SettleAnswer> {
  const { objectiveId, definition, ...facts } = attempt;
  const finishedAtMs = deps.now().getTime();
  const put = {
    ...resultKey(objectiveId, facts.number, facts.fence),
    ...facts,
    result: (result ?? null) as Value,
    finishedAtMs,
    why: `${definition.id} answered by ${facts.agentId}`,
  };
  await deps.tables.write([{ table: deps.table, put, if: { missing: 'pk' } }]);
  const { marked, page } = await deps.markSucceeded(attempt, finishedAtMs);
  if (!marked) return finishWhatWasBegun(attempt, page, deps);
  await afterSuccess(attempt, page, deps);
  return 'succeeded';
}

async function afterSuccess(attempt: Attempt, page: StatePage | undefined, deps: SettleDeps): Promise<void> {
  await Promise.all([
    release(attempt, deps),
    settleEffect(attempt, 'confirmed', `${attempt.definition.capability} answered`, deps),
    page ? deps.finish(page) : undefined,
  ]);
}

/** A failed attempt: kept with its full error, then tried again later or given to people. Also used for lost agents. */
export async function settleFailure(
  attempt: Attempt,
  task: TaskState,
  error: TaskError,
  deps: SettleDeps,
): Promise<SettleAnswer> {
  const { objectiveId, number, definition, attempt: tries, fence } = attempt;
  const nowMs = deps.now().getTime();
  const put = {
    ...failureKey(objectiveId, number, tries),
    number,
    attempt: tries,
    agentId: attempt.agentId,
    fence,
    error: { ...error },
    transient: isTransient(error),
    startedAtMs: attempt.startedAtMs,
    failedAtMs: nowMs,
    why: `${definition.id} failed: ${error.name}`,
  };
  await deps.tables.write([{ table: deps.table, put }]);
  const decision = decideAfterFailure(error, tries - (task.spent ?? 0), definition.maxAttempts, deps.random());
  const moved =
    decision.kind === 'retry'
      ? await retryLater(attempt, task, nowMs + decision.delayMs, error, deps)
      : (await deps.giveUp(objectiveId, definition, error, tries, isHeldBy(number, fence))) === 'given_up';
  if (!moved) return finishWhatWasBegun(attempt, await deps.reads.page(objectiveId, pageOf(number)), deps);
  await release(attempt, deps);
  await settleEffect(attempt, 'failed', `${error.name}: ${error.message}`.slice(0, 300), deps);
  if (decision.kind === 'retry') await deps.remindIn(decision.delayMs, { objectiveId, page: pageOf(number) });
  return decision.kind === 'retry' ? 'retrying' : 'dead_letter';
}

async function retryLater(attempt: Attempt, { spent }: TaskState, dueAtMs: number, error: TaskError, deps: SettleDeps) {
  const { objectiveId, number, definition, fence } = attempt;
  const state = { status: 'failed', attempt: attempt.attempt, spent, dueAtMs };
  const why = `${definition.id} failed (${error.name}), next attempt at ${new Date(dueAtMs).toISOString()}`;
  const update = pageKey(objectiveId, pageOf(number));
  const set = [[['tasks', `${number}`], state] as const, ['by', attempt.agentId] as const, ['why', why] as const];
  const outcome = await deps.tables.write([
    { table: deps.table, update, changes: { set }, if: isHeldBy(number, fence) },
  ]);
  return outcome.written;
}

/** Gives back what the attempt held. */
export async function release(
  attempt: Attempt,
  { tables, table, reads }: Pick<SettleDeps, 'tables' | 'table' | 'reads'>,
): Promise<void> {
  const { objectiveId, number, definition, agentId } = attempt;
  const agent = (await reads.roster(knows(agentId))).find((one) => one.agentId === agentId);
  const held = [
    ...(agent?.concurrency === undefined ? [] : [`agent:${agentId}`]),
    ...definition.resources.map((name) => `lock:${name}`),
  ];
  const holder = holderOf(taskIdOf(objectiveId, number), attempt.attempt);
  await Promise.all(held.map((name) => tables.write([givePlaceBack(table, name, holder)])));
}

async function settleEffect(attempt: Attempt, status: 'confirmed' | 'failed', reason: string, { gate }: SettleDeps) {
  const { effectId, fence } = effectOf(attempt.objectiveId, attempt.number, attempt.attempt);
  await gate.settle({ effectId, fence, status, reason });
}
