// A stream mapping: reads the feed, filters, and works the records off in lanes. Records of one key are in one lane,
// so they arrive in order; a lane that retries holds up its own keys only.
import type { Host } from '../../service.ts';
import { type Deliver, Stopped } from './batch.ts';
import type { Checkpoint } from './checkpoints.ts';
import type { Feed } from './stream-feed.ts';
import type { StreamRecord } from './stream-record.ts';

const pageMost = 500;
const unsavedMost = 500;
const saveAfterMs = 20;
const batchMostBytes = 6 * 1024 * 1024;

export type StreamMappingOptions = {
  feed: Feed;
  checkpoint: Checkpoint;
  deliver: Deliver;
  matches(body: Record<string, unknown>): boolean;
  lanes: number;
  batchSize: number;
  windowMs: number;
  fromLatest: boolean;
  clock: Host['clock'];
  onError(error: unknown): void;
};

type Lane = { queue: StreamRecord[]; startSeq: number; busy: boolean; onFull?: () => void };

export class StreamMapping {
  readonly #options: StreamMappingOptions;
  readonly #lanes: Lane[];
  readonly #queuedMost: number;
  #positionSeq = 0;
  #savedSeq = 0;
  #queued = 0;
  #saving: NodeJS.Timeout | undefined;
  #started = false;
  #stopped = false;

  constructor(options: StreamMappingOptions) {
    this.#options = options;
    this.#lanes = Array.from({ length: options.lanes }, () => ({ queue: [], startSeq: 0, busy: false }));
    this.#queuedMost = 10 * options.batchSize * options.lanes;
  }

  /** Goes on where the checkpoint says; a mapping that has never run begins at the first or after the last record. */
  async start(): Promise<void> {
    const { checkpoint, feed, fromLatest } = this.#options;
    const saved = await checkpoint.load();
    const origin = saved ? Math.min(...saved) : fromLatest ? feed.lastSeq() : 0;
    const sameLanes = saved?.length === this.#lanes.length;
    for (const [i, lane] of this.#lanes.entries()) lane.startSeq = sameLanes ? saved[i]! : origin;
    this.#started = true;
    this.#positionSeq = origin;
    this.#savedSeq = origin;
    if (!saved) await checkpoint.save(this.#progress());
    feed.join({ wake: () => this.#pump(), passedSeq: () => this.#savedSeq });
    this.#pump();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#saving);
    for (const lane of this.#lanes) lane.onFull?.();
    if (this.#started) await this.#options.checkpoint.save(this.#progress());
  }

  #pump(): void {
    while (!this.#stopped && this.#queued < this.#queuedMost) {
      const records = this.#options.feed.after(this.#positionSeq, pageMost);
      if (records.length === 0) break;
      for (const record of records) this.#take(record);
    }
    // Records that no filter lets through leave no batch behind, and must be passed all the same.
    if (this.#positionSeq - this.#savedSeq > unsavedMost) this.#saveSoon();
    for (const lane of this.#lanes) {
      if (!lane.busy && lane.queue.length > 0) void this.#work(lane).catch(this.#options.onError);
    }
  }

  #take(record: StreamRecord): void {
    this.#positionSeq = record.seq;
    const lane = this.#lanes[laneOf(record.pk, this.#lanes.length)]!;
    if (record.seq <= lane.startSeq || !this.#options.matches(record.body)) return;
    this.#queued += 1;
    if (lane.queue.push(record) === this.#options.batchSize) lane.onFull?.();
  }

  async #work(lane: Lane): Promise<void> {
    const { batchSize, windowMs, deliver } = this.#options;
    lane.busy = true;
    try {
      while (lane.queue.length > 0 && !this.#stopped) {
        if (windowMs > 0 && lane.queue.length < batchSize) await this.#filled(lane);
        const batch = nextBatch(lane.queue, batchSize);
        await deliver(batch);
        lane.queue.splice(0, batch.length);
        this.#queued -= batch.length;
        this.#saveSoon();
        if (lane.queue.length < batchSize) this.#pump();
      }
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    } finally {
      lane.busy = false;
    }
  }

  /** Resolves when the lane has a whole batch, or when the batching window is over. */
  #filled(lane: Lane): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        timer.cancel();
        lane.onFull = undefined;
        resolve();
      };
      const timer = this.#options.clock.after(this.#options.windowMs, done);
      lane.onFull = done;
    });
  }

  #progress(): number[] {
    return this.#lanes.map(({ queue }) => (queue.length > 0 ? queue[0]!.seq - 1 : this.#positionSeq));
  }

  // Saved now and then, not per batch: a commit costs more than what a crash makes to be delivered twice.
  #saveSoon(): void {
    this.#saving ??= setTimeout(() => void this.#save().catch(this.#options.onError), saveAfterMs);
  }

  async #save(): Promise<void> {
    this.#saving = undefined;
    if (this.#stopped) return;
    const now = this.#progress();
    await this.#options.checkpoint.save(now);
    this.#savedSeq = Math.min(...now);
    this.#options.feed.passed();
  }
}

function nextBatch(queue: readonly StreamRecord[], batchSize: number): StreamRecord[] {
  const batch: StreamRecord[] = [];
  let bytes = 0;
  for (const record of queue.slice(0, batchSize)) {
    bytes += record.json().length;
    if (batch.length > 0 && bytes > batchMostBytes) break;
    batch.push(record);
  }
  return batch;
}

/** FNV-1a over the partition key: the same key is always in the same lane. */
export function laneOf(pk: string, lanes: number): number {
  if (lanes === 1) return 0;
  let hash = 0x811c9dc5;
  for (let i = 0; i < pk.length; i++) hash = Math.imul(hash ^ pk.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % lanes;
}
