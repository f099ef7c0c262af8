// Where task tokens are given out and answers to them come in; an answer is durable before its sender hears so.
import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { ApiError, type Caller, type Host } from '../../service.ts';
import { jsonWithinLimit, PAYLOAD_BYTES_MAX, StateFailure } from './failure.ts';
import { executionByArn } from './rows.ts';
import { endToken, saveBeat, saveOutcome, type TaskOutcome, type TokenRow, tokenRow } from './token-rows.ts';
import { beforeTime } from './waiting.ts';

type Waiter = { settle(outcome: TaskOutcome): void; beat(beatMs: number): void };

export class TaskDesk {
  readonly #host: Host;
  readonly #waiters = new Map<string, Waiter>();
  constructor(host: Host) {
    this.#host = host;
  }

  newToken(): string {
    return randomBytes(48).toString('base64url');
  }

  /** Within the transaction that leaves or retries the task: later answers hear that it is over. */
  end(db: DatabaseSync, token: string | undefined): void {
    if (token) endToken(db, token);
  }

  /**
   * Waits for the answer to a token, also one that came before a crash. Fails with the sender's error, with
   * States.HeartbeatTimeout when no beat came for `heartbeatMs`, and with CalledOff on the signal.
   */
  async answer(token: string, heartbeatMs: number, signal: AbortSignal): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<TaskOutcome>();
    const { clock, store } = this.#host;
    let timer: { cancel(): void } | undefined;
    const beat = (beatMs: number) => {
      timer?.cancel();
      if (!Number.isFinite(heartbeatMs)) return;
      timer = clock.at(beatMs + heartbeatMs, () => reject(new StateFailure('States.HeartbeatTimeout', '')));
    };
    this.#waiters.set(token, { settle: resolve, beat });
    try {
      const row = await store.durably((db) => tokenRow(db, token));
      if (row?.outcome) resolve(JSON.parse(row.outcome));
      else if (row) beat(row.beat_ms);
      const never = { clock, atMs: Number.POSITIVE_INFINITY, late: () => new Error('never'), signal };
      return outcomeValue(await beforeTime(promise, never));
    } finally {
      timer?.cancel();
      this.#waiters.delete(token);
    }
  }

  /** SendTaskSuccess and SendTaskFailure. Throws InvalidOutput, InvalidToken, TaskDoesNotExist or TaskTimedOut. */
  async settle(token: string, outcome: TaskOutcome, call: { caller: Caller; action: string }): Promise<void> {
    if ('output' in outcome) checkOutput(outcome.output);
    await this.#host.store.durably((db) => {
      this.#open(db, token, call);
      saveOutcome(db, token, JSON.stringify(outcome));
    });
    this.#waiters.get(token)?.settle(outcome);
  }

  /** SendTaskHeartbeat. */
  async beat(token: string, call: { caller: Caller; action: string }): Promise<void> {
    const beatMs = this.#host.clock.now();
    await this.#host.store.durably((db) => {
      this.#open(db, token, call);
      saveBeat(db, token, beatMs);
    });
    this.#waiters.get(token)?.beat(beatMs);
  }

  #open(db: DatabaseSync, token: string, { caller, action }: { caller: Caller; action: string }): TokenRow {
    const row = tokenRow(db, token);
    const execution = row && executionByArn(db, row.execution);
    if (!row || !execution) throw new ApiError(400, 'InvalidToken', 'Invalid token');
    this.#host.authorize(caller, action, execution.machine);
    if (row.ended || row.outcome) {
      throw new ApiError(400, 'TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    }
    return row;
  }
}

function checkOutput(output: string): void {
  if (Buffer.byteLength(output) > PAYLOAD_BYTES_MAX) {
    throw new ApiError(400, 'ValidationException', `output: at most ${PAYLOAD_BYTES_MAX} bytes are allowed`);
  }
  try {
    JSON.parse(output);
  } catch {
    throw new ApiError(400, 'InvalidOutput', 'Invalid Output: the output is not JSON');
  }
}

function outcomeValue(outcome: TaskOutcome): unknown {
  if ('error' in outcome) throw new StateFailure(outcome.error, outcome.cause);
  const value: unknown = JSON.parse(outcome.output);
  jsonWithinLimit(value, 'task output');
  return value;
}
