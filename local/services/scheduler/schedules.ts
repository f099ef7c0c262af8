// Makes schedules tick: remembers each one's last run, and after a downtime runs once what was missed.
import { setTimeout as realDelay } from 'node:timers/promises';
import type { Host, Timer } from '../../service.ts';
import { readExpression, type Ticks } from './expression.ts';

export type Schedule = {
  /** the ARN of the rule or schedule; what is remembered is kept under it */
  key: string;
  expression: string;
  timeZone?: string;
  startMs?: number;
  endMs?: number;
  /** does the run of that tick; durable before it resolves */
  fire(scheduledMs: number): Promise<void>;
  /** after the last tick has run */
  completed?(): void | Promise<void>;
};
type Memory = { expression: string; anchor_ms: number; last_ms: number | null };

/** A tick that is this late in real time was missed, by a downtime or a sleeping machine. */
const MISSED_REAL_MS = 10_000;
const RETRY_REAL_MS = 1_000;
const HOUR_MS = 3_600_000;

export class Schedules {
  readonly #host: Host;
  readonly #timers = new Map<string, Timer>();
  #opened: Promise<void> | undefined;
  constructor(host: Host) {
    this.#host = host;
  }

  open(): Promise<void> {
    this.#opened ??= this.#host.store.durably((db) =>
      db.exec(`CREATE TABLE IF NOT EXISTS rt_scheduler_runs (
        key TEXT PRIMARY KEY, expression TEXT NOT NULL, anchor_ms INTEGER NOT NULL, last_ms INTEGER) STRICT`),
    );
    return this.#opened;
  }

  /**
   * Follows a schedule from where it was left; a new or changed one starts now. Throws InvalidScheduleExpression.
   */
  async follow(schedule: Schedule): Promise<void> {
    const { key, timeZone } = schedule;
    const expression = `${schedule.expression} ${timeZone ?? 'UTC'} ${schedule.startMs ?? ''}`.trim();
    const nowMs = this.#host.clock.now();
    readExpression(schedule.expression, nowMs, timeZone);
    const memory = await this.#host.store.durably((db) => {
      const known = db.prepare('SELECT * FROM rt_scheduler_runs WHERE key = ?').get(key) as Memory | undefined;
      if (known?.expression === expression) return known;
      db.prepare('INSERT OR REPLACE INTO rt_scheduler_runs VALUES (?, ?, ?, NULL)').run(key, expression, nowMs);
      return { expression, anchor_ms: nowMs, last_ms: null };
    });
    const ticks = readExpression(schedule.expression, memory.anchor_ms, timeZone);
    this.pause(key);
    this.#wait(schedule, withinDates(ticks, schedule), memory.last_ms ?? memory.anchor_ms);
  }

  /** Ends it and forgets its runs. */
  async forget(key: string): Promise<void> {
    this.pause(key);
    await this.#host.store.durably((db) => db.prepare('DELETE FROM rt_scheduler_runs WHERE key = ?').run(key));
  }

  pause(key: string): void {
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
  }

  /** Stops ticking; the next start goes on from what is remembered. */
  close(): void {
    for (const key of [...this.#timers.keys()]) this.pause(key);
  }

  #wait(schedule: Schedule, ticks: Ticks, afterMs: number): void {
    const { clock } = this.#host;
    const dueMs = ticks.next(afterMs);
    if (dueMs === undefined) return void schedule.completed?.();
    const timer: Timer = clock.at(dueMs, () => {
      const isMissed = clock.realMs(clock.now() - dueMs) > MISSED_REAL_MS;
      const tickMs = isMissed ? latestTick(ticks, dueMs, clock.now()) : dueMs;
      void this.#run(schedule, ticks, tickMs, timer);
    });
    this.#timers.set(schedule.key, timer);
  }

  /** Fires and remembers, in this order: a crash in between runs the tick again, never loses it. */
  async #run(schedule: Schedule, ticks: Ticks, tickMs: number, timer: Timer): Promise<void> {
    const { store, log } = this.#host;
    try {
      await schedule.fire(tickMs);
      await store.durably((db) =>
        db.prepare('UPDATE rt_scheduler_runs SET last_ms = ? WHERE key = ?').run(tickMs, schedule.key),
      );
    } catch (error) {
      log({ level: 'error', service: 'scheduler', schedule: schedule.key, message: (error as Error).message });
      await realDelay(RETRY_REAL_MS, undefined, { ref: false });
      if (this.#timers.get(schedule.key) === timer) await this.#run(schedule, ticks, tickMs, timer);
      return;
    }
    if (this.#timers.get(schedule.key) === timer) this.#wait(schedule, ticks, tickMs);
  }
}

/** StartDate: nothing before it, and a rate counts from it. EndDate: nothing after it. */
function withinDates(ticks: Ticks, { expression, timeZone, startMs, endMs }: Schedule): Ticks {
  if (startMs === undefined && endMs === undefined) return ticks;
  const counted = startMs === undefined ? ticks : readExpression(expression, startMs, timeZone);
  const next = (afterMs: number) => {
    const isBeforeStart = startMs !== undefined && afterMs < startMs;
    if (isBeforeStart && ticks.kind === 'rate') return startMs;
    const dueMs = counted.next(isBeforeStart ? startMs - 1 : afterMs);
    return dueMs !== undefined && dueMs <= (endMs ?? Number.POSITIVE_INFINITY) ? dueMs : undefined;
  };
  return { kind: ticks.kind, next };
}

/** The last tick that is not after now; `firstMs` is one. Looks back step by step, since ticks may be dense. */
export function latestTick(ticks: Ticks, firstMs: number, nowMs: number): number {
  for (let backMs = HOUR_MS; nowMs - backMs > firstMs; backMs *= 24) {
    const found = lastBetween(ticks, nowMs - backMs, nowMs);
    if (found !== undefined) return found;
  }
  return lastBetween(ticks, firstMs - 1, nowMs) ?? firstMs;
}

function lastBetween(ticks: Ticks, afterMs: number, nowMs: number): number | undefined {
  let last: number | undefined;
  for (let at = ticks.next(afterMs); at !== undefined && at <= nowMs; at = ticks.next(at)) last = at;
  return last;
}

export const schedulesOf = (host: Host): Schedules => host.shared('schedules', () => new Schedules(host));
