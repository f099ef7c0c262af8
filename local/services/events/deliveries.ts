// Hands payloads over to targets for rules and schedules. What a target takes at once needs no row here; what it
// refuses is kept, tried again as its retry policy says, and ends in the dead-letter queue.

import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { ApiError, type Host } from '../../service.ts';
import { prepared } from '../prepared.ts';

export type RetryPolicy = { MaximumRetryAttempts?: number; MaximumEventAgeInSeconds?: number };
export type Delivery = {
  /** who sends, for the log: a rule or a schedule */
  from: string;
  targetArn: string;
  payload: unknown;
  roleArn?: string;
  retry?: RetryPolicy;
  deadLetterArn?: string;
};
type Kept = Delivery & { id: string; attempts: number; firstMs: number; nextMs: number };

/** EventBridge's defaults: 185 retries within 24 hours. */
const RETRIES_MAX = 185;
const AGE_SECONDS_MAX = 86_400;
const BACKOFF_MS_MAX = 600_000;
/** A target that is missing or forbidden stays so: EventBridge does not retry these either. */
const PERMANENT = [
  'AccessDeniedException',
  'ResourceNotFoundException',
  'StateMachineDoesNotExist',
  'QueueDoesNotExist',
];

export class Deliveries {
  readonly #host: Host;
  readonly #timers = new Map<string, { cancel(): void }>();
  #opened: Promise<void> | undefined;
  #resumed = false;
  constructor(host: Host) {
    this.#host = host;
  }

  open(): Promise<void> {
    this.#opened ??= this.#host.store.durably((db) =>
      db.exec(`CREATE TABLE IF NOT EXISTS rt_events_deliveries (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT`),
    );
    return this.#opened;
  }

  /** Takes up what was kept before this start; once. */
  async resume(): Promise<void> {
    if (this.#resumed) return;
    this.#resumed = true;
    const rows = await this.#host.store.durably((db) => prepared(db, 'SELECT body FROM rt_events_deliveries').all());
    for (const { body } of rows as { body: string }[]) this.#arm(JSON.parse(body));
  }

  /** Stops trying; what is kept is tried again after the next start. */
  close(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  /** Resolves once the payload is durable: with the target, with its dead-letter queue, or here to be tried again. */
  async handOver(delivery: Delivery): Promise<void> {
    try {
      await this.#send(delivery);
    } catch (error) {
      const nowMs = this.#host.clock.now();
      await this.#failed({ ...delivery, id: randomUUID(), attempts: 0, firstMs: nowMs, nextMs: nowMs }, error as Error);
    }
  }

  #send = ({ targetArn, payload, roleArn }: Delivery): Promise<void> =>
    this.#host.sendTo(targetArn, payload, { roleArn });

  /** After an attempt failed: keep it for later, or give it up. */
  async #failed(kept: Kept, error: Error): Promise<void> {
    const { clock, store } = this.#host;
    const backoffMs = Math.min(1000 * 2 ** Math.min(kept.attempts, 20), BACKOFF_MS_MAX);
    const next = { ...kept, attempts: kept.attempts + 1, nextMs: clock.now() + backoffMs };
    if (isHopeless(next, error)) return this.#giveUp(kept, error);
    await store.durably((db) => save(db, next));
    this.#arm(next);
  }

  async #giveUp(kept: Kept, error: Error): Promise<void> {
    const { id, from, targetArn, payload, deadLetterArn } = kept;
    this.#host.log({
      level: 'warn',
      service: 'events',
      message: 'delivery given up',
      from,
      targetArn,
      reason: error.message,
    });
    if (deadLetterArn)
      await this.#host.sendTo(deadLetterArn, payload, {}).catch((lost: Error) => this.#lost(kept, lost));
    await this.#host.store.durably((db) => remove(db, id));
  }

  #lost({ from, payload, deadLetterArn }: Kept, { message }: Error): void {
    this.#host.log({
      level: 'error',
      service: 'events',
      message: 'dead letter lost',
      from,
      deadLetterArn,
      payload,
      reason: message,
    });
  }

  #arm(kept: Kept): void {
    const again = () => {
      this.#timers.delete(kept.id);
      const settled = this.#send(kept).then(
        () => this.#host.store.durably((db) => void remove(db, kept.id)),
        (error: Error) => this.#failed(kept, error),
      );
      settled.catch(({ message }: Error) =>
        this.#host.log({ level: 'error', service: 'events', message, id: kept.id }),
      );
    };
    this.#timers.set(kept.id, this.#host.clock.at(kept.nextMs, again));
  }
}

function isHopeless({ attempts, firstMs, nextMs, retry = {} }: Kept, error: Error): boolean {
  if (error instanceof ApiError && PERMANENT.includes(error.code)) return true;
  const ageMs = (retry.MaximumEventAgeInSeconds ?? AGE_SECONDS_MAX) * 1000;
  return attempts > (retry.MaximumRetryAttempts ?? RETRIES_MAX) || nextMs - firstMs > ageMs;
}

const save = (db: DatabaseSync, kept: Kept) =>
  prepared(db, 'INSERT OR REPLACE INTO rt_events_deliveries VALUES (?, ?)').run(kept.id, JSON.stringify(kept));
const remove = (db: DatabaseSync, id: string) => prepared(db, 'DELETE FROM rt_events_deliveries WHERE id = ?').run(id);

export const deliveriesOf = (host: Host): Deliveries => host.shared('deliveries', () => new Deliveries(host));
