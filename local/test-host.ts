// A small Host for the services' tests: a store that can crash, a clock that is turned by hand, functions as closures.
import { DatabaseSync } from 'node:sqlite';
import type { SqliteStore } from '../functions/common/table-sqlite.ts';
import {
  AccessDenied,
  ApiError,
  type Caller,
  type Clock,
  type Host,
  type InvokeResult,
  type Timer,
} from './service.ts';

/** Virtual time that moves only by `advanceTo`; timers fire in order of their due time. */
export class HandClock implements Clock {
  readonly speed = 1;
  #nowMs: number;
  #timers: { atMs: number; fn: () => void }[] = [];
  constructor(nowMs = Date.parse('2026-01-01T00:00:00Z')) {
    this.#nowMs = nowMs;
  }
  now = (): number => this.#nowMs;
  date = (): Date => new Date(this.#nowMs);
  realMs = (virtualMs: number): number => virtualMs;
  at(atMs: number, fn: () => void): Timer {
    const timer = { atMs, fn };
    this.#timers.push(timer);
    const cancel = () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
    return { cancel };
  }
  after = (delayMs: number, fn: () => void): Timer => this.at(this.#nowMs + delayMs, fn);
  sleep = (delayMs: number): Promise<void> => new Promise((resolve) => void this.after(delayMs, resolve));
  /** Due times of what waits, soonest first. */
  waiting = (): number[] => this.#timers.map((timer) => timer.atMs).sort((a, b) => a - b);
  /** Moves time forward and lets everything that became due run, timers set on the way included. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (await turns(20); ; await turns(20)) {
      const next = this.#timers.filter((timer) => timer.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.fn();
    }
    this.#nowMs = untilMs;
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Lets everything that waits on nothing but the event loop go on, `count` turns long. */
export async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await turn();
}

/** Waits, event-loop turn by turn, until the condition yields something truthy; fails after 5,000 turns. */
export async function until<T>(condition: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (let n = 0; n < 5_000; n++) {
    const value = await condition();
    if (value) return value;
    await turn();
  }
  throw new Error(`until: never true: ${condition}`);
}

/** Group commit on a given database; after `crash()` nothing is written and nothing resolves any more. */
function testStore(db: DatabaseSync): { store: SqliteStore; crash(): void; commits(): number } {
  type Job = { fn: (db: DatabaseSync) => unknown; resolve: (value: unknown) => void; reject: (error: unknown) => void };
  let queue: Job[] = [];
  let crashed = false;
  let commits = 0;
  const flush = () => {
    if (crashed) return;
    const settled = queue.splice(0).map((job) => attempt(db, job));
    commits++;
    for (const settle of settled) settle();
  };
  const durably = <T>(fn: (db: DatabaseSync) => T): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (queue.push({ fn, resolve: resolve as (value: unknown) => void, reject }) === 1) setImmediate(flush);
    });
  const crash = () => {
    crashed = true;
    queue = [];
  };
  return { store: { durably } as unknown as SqliteStore, crash, commits: () => commits };
}

function attempt(
  db: DatabaseSync,
  job: { fn: (db: DatabaseSync) => unknown; resolve: (value: unknown) => void; reject: (error: unknown) => void },
): () => void {
  db.exec('BEGIN');
  try {
    const value = job.fn(db);
    db.exec('COMMIT');
    return () => job.resolve(value);
  } catch (error) {
    db.exec('ROLLBACK');
    return () => job.reject(error);
  }
}

export type TestHost = Host & {
  readonly clock: HandClock;
  readonly db: DatabaseSync;
  /** what was delivered by sendTo and invokeAsync, in order */
  readonly sent: { targetArn: string; payload: unknown; roleArn?: string }[];
  readonly logs: Record<string, unknown>[];
  /** the functions that exist; a closure that throws is a function error */
  readonly functions: Record<string, (payload: unknown) => unknown>;
  /** actions that authorize() refuses */
  readonly denied: Set<string>;
  /** replaces sendTo's recording, to fail or to hang */
  onSend?: (targetArn: string, payload: unknown) => void | Promise<void>;
  /** kill -9: what was not committed is lost, and nothing of this host goes on */
  crash(): void;
  commits(): number;
};

/** A host on a new in-memory database, or on the database and the time of one that crashed. */
export function testHost(before?: { db: DatabaseSync; clock: HandClock }): TestHost {
  const db = before?.db ?? new DatabaseSync(':memory:');
  const clock = new HandClock(before?.clock.now());
  const shared = new Map<string, unknown>();
  const host: Partial<TestHost> = {
    db,
    clock,
    ...testStore(db),
    region: 'eu-central-1',
    account: '000000000000',
    sent: [],
    logs: [],
    functions: {},
    denied: new Set(),
  };
  return Object.assign(host as TestHost, {
    chaos: { active: false, strikes: () => false, delayMs: () => 0, pick: () => 0 },
    log: (record: Record<string, unknown>) => void host.logs!.push(record),
    invoke: (arn: string, payload: unknown) => invoke(host as TestHost, arn, payload),
    invokeAsync: async (arn: string, payload: unknown) => void host.sent!.push({ targetArn: arn, payload }),
    sendTo: async (targetArn: string, payload: unknown, from: { roleArn?: string }) => {
      await host.onSend?.(targetArn, payload);
      host.sent!.push({ targetArn, payload, roleArn: from.roleArn });
    },
    authorize: (caller: Caller, action: string, resourceArn: string) => {
      if (caller.kind !== 'operator' && host.denied!.has(action)) {
        throw new AccessDenied(
          `User: ${JSON.stringify(caller)} is not authorized to perform: ${action} on ${resourceArn}`,
        );
      }
    },
    shared: <T>(name: string, make: () => T): T => {
      if (!shared.has(name)) shared.set(name, make());
      return shared.get(name) as T;
    },
  });
}

async function invoke(host: TestHost, arn: string, payload: unknown): Promise<InvokeResult> {
  const fn = host.functions[arn];
  if (!fn) throw new ApiError(404, 'ResourceNotFoundException', `Function not found: ${arn}`);
  try {
    return { payload: await fn(payload) };
  } catch (error) {
    const { name, message } = error as Error;
    return { payload: { errorType: name, errorMessage: message, trace: [] }, functionError: 'Unhandled' };
  }
}
