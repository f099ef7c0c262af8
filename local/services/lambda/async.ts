// Asynchronous invocations: a row before the caller is told 202, tried until it succeeds or its retries are spent, and
// then the destination. A row goes only when what follows from it is durable; so after kill -9 it is tried again.
import { randomUUID } from 'node:crypto';
import { AccessDenied, ApiError, type Host, type Timer } from '../../service.ts';
import { type AsyncRows, asyncRows, type Row } from './async-rows.ts';
import { type Attempted, destinationRecord, type InvokeConfig, recordMostBytes } from './destinations.ts';
import type { Outcome } from './environment.ts';
import type { Functions, LambdaFunction } from './functions.ts';

export const eventMostBytes = 1024 * 1024;
const retryAfterMs = [60_000, 120_000];
const destinationRetryMs = 1_000;

/** `pause` begins nothing new and lets what runs come to its end; `stop` follows it. */
export class AsyncInvocations {
  readonly #host: Host;
  readonly #functions: Functions;
  readonly #rows: AsyncRows;
  readonly #configs = new Map<string, InvokeConfig>();
  readonly #timers = new Set<Timer>();
  readonly #active = new Set<string>();
  #stopped = false;

  constructor(host: Host, functions: Functions) {
    this.#host = host;
    this.#functions = functions;
    this.#rows = asyncRows(host.store);
  }

  /** Retries and destinations of a function, from its EventInvokeConfig. */
  configure(functionName: string, config: InvokeConfig): void {
    this.#configs.set(functionName, config);
  }

  /** Durable when it resolves, with the request id. */
  async enqueue(fn: LambdaFunction, json: string): Promise<string> {
    refuseTooLarge(json);
    const row = newRow(fn.name, json, this.#host.clock.now());
    this.#active.add(row.id);
    await this.#rows.insert(row);
    this.#schedule(row, 0, () => this.#attempt(row));
    return row.id;
  }

  /** Takes up what an earlier run of this data folder left. */
  async start(): Promise<void> {
    const left = (await this.#rows.all()).filter(({ id }) => !this.#active.has(id));
    for (const row of left) this.#schedule(row, row.dueMs, () => this.#attempt(row));
  }

  pause(): void {
    for (const timer of this.#timers) timer.cancel();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#rows.flush();
  }

  #schedule(row: Row, atMs: number, step: () => Promise<void>): void {
    const guarded = () => step().catch((error: unknown) => this.#report(row, 'async invocation failed', error));
    if (atMs <= this.#host.clock.now()) return void guarded();
    const timer = this.#host.clock.at(atMs, () => {
      this.#timers.delete(timer);
      void guarded();
    });
    this.#timers.add(timer);
  }

  #report(row: Row, message: string, error: unknown): void {
    this.#host.log({ level: 'error', message, function: row.functionName, requestId: row.id, error: String(error) });
  }

  async #attempt(row: Row): Promise<void> {
    if (!this.#functions.has(row.functionName)) return this.#forget(row);
    const fn = this.#functions.find(row.functionName);
    const outcome = await this.#functions.run(fn, row.json, row.id);
    if (this.#stopped) return;
    row.attempts += 1;
    if (!outcome.failed) return this.#finish(fn, row, 'Success', outcome);
    const { maximumRetryAttempts = 2, maximumEventAgeMs = 6 * 3600_000 } = this.#configs.get(fn.name) ?? {};
    if (row.attempts > maximumRetryAttempts) return this.#finish(fn, row, 'RetriesExhausted', outcome);
    row.dueMs = this.#host.clock.now() + (retryAfterMs[row.attempts - 1] ?? 120_000);
    if (row.dueMs - row.createdMs > maximumEventAgeMs) return this.#finish(fn, row, 'EventAgeExceeded', outcome);
    await this.#rows.retry(row);
    this.#schedule(row, row.dueMs, () => this.#attempt(row));
  }

  #done(row: Row): void {
    this.#active.delete(row.id);
    this.#rows.removeSoon(row.id);
  }

  // The template of this start has the function no more: what waited for it goes, as with a deleted function on AWS.
  #forget(row: Row): void {
    this.#report(row, 'async invocation dropped', 'the function is gone from the template');
    this.#done(row);
  }

  async #finish(fn: LambdaFunction, row: Row, condition: Attempted['condition'], outcome: Outcome): Promise<void> {
    const { onSuccess, onFailure } = this.#configs.get(fn.name) ?? {};
    const destination = condition === 'Success' ? onSuccess : onFailure;
    const attempted = { fn, requestId: row.id, requestJson: row.json, attempts: row.attempts, condition, outcome };
    try {
      if (condition !== 'Success' && fn.deadLetterArn) {
        await this.#host.sendTo(fn.deadLetterArn, JSON.parse(row.json), { roleArn: fn.roleArn });
      }
      if (!destination) return this.#done(row);
      await this.#deliver(fn, row, destination, destinationRecord(attempted, this.#host.clock.date()));
    } catch (error) {
      this.#undeliverable(row, error, () => this.#finish(fn, row, condition, outcome));
    }
  }

  // A function as destination takes one commit: its row comes with the going of this one.
  async #deliver(fn: LambdaFunction, row: Row, destination: string, record: string): Promise<void> {
    if (Buffer.byteLength(record) > recordMostBytes)
      throw new ApiError(413, 'RequestTooLarge', 'the record is too large');
    if (destination.split(':')[2] !== 'lambda') {
      await this.#host.sendTo(destination, JSON.parse(record), { roleArn: fn.roleArn });
      return this.#done(row);
    }
    const target = this.#functions.find(destination);
    const caller = { kind: 'function', roleArn: fn.roleArn, functionArn: fn.arn } as const;
    this.#host.authorize(caller, 'lambda:InvokeFunction', target.arn);
    const next = newRow(target.name, record, this.#host.clock.now());
    this.#active.add(next.id);
    await this.#rows.replace(row, next);
    this.#active.delete(row.id);
    this.#schedule(next, 0, () => this.#attempt(next));
  }

  // As on AWS: what is refused for good is dropped and counted (here: logged); what may pass is tried again.
  #undeliverable(row: Row, error: unknown, again: () => Promise<void>): void {
    if (this.#stopped) return;
    const forGood = error instanceof AccessDenied || error instanceof ApiError;
    this.#report(row, forGood ? 'DestinationDeliveryFailures: dropped' : 'destination failed; trying again', error);
    if (forGood) this.#done(row);
    else this.#schedule(row, this.#host.clock.now() + destinationRetryMs, again);
  }
}

export function refuseTooLarge(json: string): void {
  const size = Buffer.byteLength(json);
  if (size <= eventMostBytes) return;
  const message = `${size} byte payload is too large for the Event invocation type (limit ${eventMostBytes} bytes)`;
  throw new ApiError(413, 'RequestTooLargeException', message, { Type: 'User' });
}

function newRow(functionName: string, json: string, nowMs: number): Row {
  return { id: randomUUID(), functionName, json, attempts: 0, createdMs: nowMs, dueMs: nowMs };
}
