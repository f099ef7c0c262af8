// The queues of one runtime: who waits for messages of which queue, and what wakes them.
import type { DatabaseSync } from 'node:sqlite';
import { ApiError, type Host, type Timer } from '../../service.ts';
import type { Queue } from './queue.ts';
import {
  addMessage,
  changeVisibility,
  type Message,
  type NewMessage,
  nextVisibleMs,
  prepareRows,
  purge,
  removeExpired,
  removeMessage,
  type Sent,
  showReceived,
  takeMessages,
} from './rows.ts';

const SWEEP_EVERY_MS = 3600_000;

type Entry = { queue: Queue; listeners: Set<() => void>; alarm?: { atMs: number; timer: Timer }; sweep?: Timer };

/** All queues of a runtime; `boardOf(host)` of services/sqs.ts makes it. */
export class QueueBoard {
  readonly #host: Host;
  readonly #entries = new Map<string, Entry>();
  #stopped = false;

  constructor(host: Host) {
    this.#host = host;
  }

  async add(queue: Queue): Promise<void> {
    await this.#host.store.durably(prepareRows);
    this.#entries.set(queue.arn, { queue, listeners: new Set() });
  }

  /** Sweeps what is too old and sets the alarm for what was hidden when the runtime ended. */
  async start(queueArn: string): Promise<void> {
    const entry = this.#entry(queueArn);
    await this.#host.store.durably((db) => removeExpired(db, entry.queue, this.#host.clock.now()));
    if (this.#stopped) return;
    entry.sweep = this.#host.clock.after(SWEEP_EVERY_MS, () => void this.start(queueArn));
    await this.#setAlarm(entry);
  }

  stop(): void {
    this.#stopped = true;
    for (const { alarm, sweep } of this.#entries.values()) {
      alarm?.timer.cancel();
      sweep?.cancel();
    }
  }

  find(queueArn: string): Queue {
    return this.#entry(queueArn).queue;
  }

  /** Adds messages to a queue; durable when it resolves. */
  async send(queueArn: string, messages: readonly NewMessage[]): Promise<Sent[]> {
    const entry = this.#entry(queueArn);
    const nowMs = this.#host.clock.now();
    const sent = await this.#host.store.durably((db) => messages.map((one) => addMessage(db, entry.queue, one, nowMs)));
    const laterMs = sent.map(({ visibleMs }) => visibleMs).filter((visibleMs) => visibleMs > nowMs);
    if (laterMs.length < sent.length) wake(entry);
    if (laterMs.length > 0) this.#alarmAt(entry, Math.min(...laterMs));
    return sent.map(({ visibleMs: _, ...answer }) => answer);
  }

  async receive(queueArn: string, max: number, hiddenSeconds?: number): Promise<Message[]> {
    const entry = this.#entry(queueArn);
    const nowMs = this.#host.clock.now();
    const hiddenUntilMs = nowMs + (hiddenSeconds ?? entry.queue.visibilitySeconds) * 1000;
    const { messages, deadLettered } = await this.#host.store.durably((db) =>
      takeMessages(db, entry.queue, max, nowMs, hiddenUntilMs),
    );
    if (messages.length > 0) this.#alarmAt(entry, hiddenUntilMs);
    const deadLetters = this.#entries.get(entry.queue.redrive?.deadLetterTargetArn ?? '');
    if (deadLettered > 0 && deadLetters) wake(deadLetters);
    return messages;
  }

  /** Which of the handles were no handles at all. */
  async remove(queueArn: string, receiptHandles: readonly string[]): Promise<string[]> {
    const { queue } = this.#entry(queueArn);
    return this.#host.store.durably((db) => receiptHandles.filter((handle) => !removeMessage(db, queue, handle)));
  }

  async changeVisibility(queueArn: string, receiptHandles: readonly string[], seconds: number) {
    const entry = this.#entry(queueArn);
    const nowMs = this.#host.clock.now();
    const visibleMs = nowMs + seconds * 1000;
    const outcomes = await this.#host.store.durably((db) =>
      receiptHandles.map((handle) => changeVisibility(db, entry.queue, handle, nowMs, visibleMs)),
    );
    if (seconds === 0) wake(entry);
    else this.#alarmAt(entry, visibleMs);
    return outcomes;
  }

  /** For the one consumer of a queue, before it begins: what it held when the runtime died waits no longer. */
  async takeBack(queueArn: string): Promise<void> {
    const { queue } = this.#entry(queueArn);
    await this.#host.store.durably((db) => showReceived(db, queue, this.#host.clock.now()));
  }

  async purge(queueArn: string): Promise<void> {
    const { queue } = this.#entry(queueArn);
    await this.#host.store.durably((db) => purge(db, queue));
  }

  read<T>(fn: (db: DatabaseSync, nowMs: number) => T): Promise<T> {
    return this.#host.store.durably((db) => fn(db, this.#host.clock.now()));
  }

  onMessage(queueArn: string, listener: () => void): () => void {
    const { listeners } = this.#entry(queueArn);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  #entry(queueArn: string): Entry {
    const entry = this.#entries.get(queueArn);
    if (!entry) throw new ApiError(400, 'QueueDoesNotExist', 'The specified queue does not exist.');
    return entry;
  }

  async #setAlarm(entry: Entry): Promise<void> {
    const atMs = await this.read((db, nowMs) => nextVisibleMs(db, entry.queue, nowMs));
    if (atMs !== undefined) this.#alarmAt(entry, atMs);
  }

  /** One timer per queue, for the earliest message; when it rings, the next one is looked up. */
  #alarmAt(entry: Entry, atMs: number): void {
    if (this.#stopped || (entry.alarm && entry.alarm.atMs <= atMs)) return;
    entry.alarm?.timer.cancel();
    const ring = () => {
      entry.alarm = undefined;
      wake(entry);
      void this.#setAlarm(entry);
    };
    entry.alarm = { atMs, timer: this.#host.clock.at(atMs, ring) };
  }
}

function wake({ listeners }: Entry): void {
  for (const listener of [...listeners]) listener();
}
