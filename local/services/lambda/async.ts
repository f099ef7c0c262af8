// Asynchronous invocations: a row before the caller is told 202, tried until it succeeds or its retries are spent, and
// then the destination. A row goes only when what follows from it is durable; so after kill -9 it is tried again.
import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { AccessDenied, ApiError, type Host, type Timer } from '../../service.ts';
import { type Attempted, destinationRecord, type InvokeConfig, recordMostBytes } from './destinations.ts';
import type { Outcome } from './environment.ts';
import type { Functions, LambdaFunction } from './functions.ts';

export const eventMostBytes = 1024 * 1024;
const retryAfterMs = [60_000, 120_000];
const destinationRetryMs = 1_000;

type Row = { id: string; functionName: string; json: string; attempts: number; createdMs: number; dueMs: number };

export interface AsyncInvocations {
  /** retries and destinations of a function, from its EventInvokeConfig */
  configure(functionName: string, config: InvokeConfig): void;
  /** durable when it resolves; the request id */
  enqueue(fn: LambdaFunction, json: string): Promise<string>;
  /** takes up what an earlier run of this data folder left */
  start(): Promise<void>;
  /** begins nothing new; what still runs may come to its end */
  pause(): void;
  stop(): void;
}

export function makeAsyncInvocations(host: Host, functions: Functions): AsyncInvocations {
  const configs = new Map<string, InvokeConfig>();
  const timers = new Set<Timer>();
  const rows = rowStatements();
  let stopped = false;

  function schedule(row: Row, atMs: number, step: () => Promise<void>): void {
    const guarded = () => step().catch((error: unknown) => report(row, 'async invocation failed', error));
    if (atMs <= host.clock.now()) return void guarded();
    const timer = host.clock.at(atMs, () => {
      timers.delete(timer);
      void guarded();
    });
    timers.add(timer);
  }

  function report(row: Row, message: string, error: unknown): void {
    host.log({ level: 'error', message, function: row.functionName, requestId: row.id, error: String(error) });
  }

  async function enqueue(fn: LambdaFunction, json: string): Promise<string> {
    refuseTooLarge(json);
    const row = newRow(fn.name, json, host.clock.now());
    await host.store.durably((db) => rows.insert(db, row));
    schedule(row, 0, () => attempt(row));
    return row.id;
  }

  async function attempt(row: Row): Promise<void> {
    const fn = functions.has(row.functionName) ? functions.find(row.functionName) : undefined;
    if (!fn) return forget(row);
    const outcome = await functions.run(fn, row.json, row.id);
    if (stopped) return;
    row.attempts += 1;
    if (!outcome.failed) return finish(fn, row, 'Success', outcome);
    const { maximumRetryAttempts = 2, maximumEventAgeMs = 6 * 3600_000 } = configs.get(fn.name) ?? {};
    if (row.attempts > maximumRetryAttempts) return finish(fn, row, 'RetriesExhausted', outcome);
    row.dueMs = host.clock.now() + (retryAfterMs[row.attempts - 1] ?? 120_000);
    if (row.dueMs - row.createdMs > maximumEventAgeMs) return finish(fn, row, 'EventAgeExceeded', outcome);
    await host.store.durably((db) => rows.retry(db, row));
    schedule(row, row.dueMs, () => attempt(row));
  }

  // The template of this start has the function no more: what waited for it goes, as with a deleted function on AWS.
  async function forget(row: Row): Promise<void> {
    report(row, 'async invocation dropped', 'the function is gone from the template');
    await host.store.durably((db) => rows.remove(db, row.id));
  }

  async function finish(
    fn: LambdaFunction,
    row: Row,
    condition: Attempted['condition'],
    outcome: Outcome,
  ): Promise<void> {
    const { onSuccess, onFailure } = configs.get(fn.name) ?? {};
    const destination = condition === 'Success' ? onSuccess : onFailure;
    const attempted = { fn, requestId: row.id, requestJson: row.json, attempts: row.attempts, condition, outcome };
    const record = destination && destinationRecord(attempted, host.clock.date());
    try {
      if (condition !== 'Success' && fn.deadLetterArn) {
        await host.sendTo(fn.deadLetterArn, JSON.parse(row.json), { roleArn: fn.roleArn });
      }
      if (destination && record) await deliver(fn, row, destination, record);
      else await host.store.durably((db) => rows.remove(db, row.id));
    } catch (error) {
      await undeliverable(row, error, () => finish(fn, row, condition, outcome));
    }
  }

  // A function as destination takes one commit: its row comes with the going of this one.
  async function deliver(fn: LambdaFunction, row: Row, destination: string, record: string): Promise<void> {
    if (Buffer.byteLength(record) > recordMostBytes)
      throw new ApiError(413, 'RequestTooLarge', 'the record is too large');
    if (destination.split(':')[2] !== 'lambda') {
      await host.sendTo(destination, JSON.parse(record), { roleArn: fn.roleArn });
      return host.store.durably((db) => rows.remove(db, row.id));
    }
    const target = functions.find(destination);
    const caller = { kind: 'function', roleArn: fn.roleArn, functionArn: fn.arn } as const;
    host.authorize(caller, 'lambda:InvokeFunction', target.arn);
    const next = newRow(target.name, record, host.clock.now());
    await host.store.durably((db) => {
      rows.insert(db, next);
      rows.remove(db, row.id);
    });
    schedule(next, 0, () => attempt(next));
  }

  // As on AWS: what is refused for good is dropped and counted (here: logged); what may pass is tried again.
  async function undeliverable(row: Row, error: unknown, again: () => Promise<void>): Promise<void> {
    if (stopped) return;
    const forGood = error instanceof AccessDenied || error instanceof ApiError;
    report(row, forGood ? 'DestinationDeliveryFailures: dropped' : 'destination failed; trying again', error);
    if (forGood) await host.store.durably((db) => rows.remove(db, row.id));
    else schedule(row, host.clock.now() + destinationRetryMs, again);
  }

  return {
    configure: (functionName, config) => void configs.set(functionName, config),
    enqueue,
    async start() {
      const left = await host.store.durably((db) => rows.all(db));
      for (const row of left) schedule(row, row.dueMs, () => attempt(row));
    },
    pause() {
      for (const timer of timers) timer.cancel();
    },
    stop() {
      stopped = true;
    },
  };
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

/** The statements over rt_lambda_async, prepared at their first use inside a transaction. */
function rowStatements() {
  const prepared = new Map<string, StatementSync>();
  const statement = (db: DatabaseSync, sql: string) => {
    if (prepared.size === 0) db.exec(schema);
    const known = prepared.get(sql) ?? db.prepare(sql);
    prepared.set(sql, known);
    return known;
  };
  return {
    insert: (db: DatabaseSync, { id, functionName, json, attempts, createdMs, dueMs }: Row) =>
      void statement(db, 'INSERT INTO rt_lambda_async VALUES (?, ?, ?, ?, ?, ?)').run(
        id,
        functionName,
        json,
        attempts,
        createdMs,
        dueMs,
      ),
    retry: (db: DatabaseSync, { id, attempts, dueMs }: Row) =>
      void statement(db, 'UPDATE rt_lambda_async SET attempts = ?, due_ms = ? WHERE id = ?').run(attempts, dueMs, id),
    remove: (db: DatabaseSync, id: string) => void statement(db, 'DELETE FROM rt_lambda_async WHERE id = ?').run(id),
    all: (db: DatabaseSync) =>
      statement(db, `SELECT ${columns} FROM rt_lambda_async ORDER BY created_ms`).all() as Row[],
  };
}

const schema = `CREATE TABLE IF NOT EXISTS rt_lambda_async (id TEXT PRIMARY KEY, function_name TEXT NOT NULL,
  json TEXT NOT NULL, attempts INTEGER NOT NULL, created_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID`;
const columns = 'id, function_name AS "functionName", json, attempts, created_ms AS "createdMs", due_ms AS "dueMs"';
