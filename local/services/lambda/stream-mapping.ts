// A stream mapping: reads the feed, filters, and works the records off in lanes. Records of one key are in one lane,
// so they arrive in order; a lane that retries holds up its own keys only.
import type { Host } from '../../service.ts';
import { type Deliver, Stopped } from './batch.ts';
import type { Checkpoint } from './checkpoints.ts';
import type { Feed } from './stream-feed.ts';
import type { StreamRecord } from './stream-record.ts';

const pageMost = 500;
const unsavedMost = 500;
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

type Lane = { queue: StreamRecord[]; startSeq: number; busy: boolean };

export function makeStreamMapping(options: StreamMappingOptions): { start(): Promise<void>; stop(): void } {
  const { feed, checkpoint, deliver, batchSize, windowMs, clock } = options;
  const lanes: Lane[] = Array.from({ length: options.lanes }, () => ({ queue: [], startSeq: 0, busy: false }));
  const queuedMost = 10 * batchSize * options.lanes;
  let positionSeq = 0;
  let savedSeq = 0;
  let queued = 0;
  let saving = false;
  let dirty = false;
  let stopped = false;

  function pump(): void {
    while (!stopped && queued < queuedMost) {
      const records = feed.after(positionSeq, pageMost);
      if (records.length === 0) break;
      for (const record of records) take(record);
    }
    // Records that no filter lets through leave no batch behind, and must be passed all the same.
    if (positionSeq - savedSeq > unsavedMost && !saving) void save();
    for (const lane of lanes) if (!lane.busy && lane.queue.length > 0) void work(lane).catch(options.onError);
  }

  function take(record: StreamRecord): void {
    positionSeq = record.seq;
    const lane = lanes[laneOf(record.pk, lanes.length)]!;
    if (record.seq <= lane.startSeq || !options.matches(record.body)) return;
    queued += 1;
    if (lane.queue.push(record) === batchSize) fullLanes.get(lane)?.();
  }

  async function work(lane: Lane): Promise<void> {
    lane.busy = true;
    try {
      while (lane.queue.length > 0 && !stopped) {
        if (windowMs > 0 && lane.queue.length < batchSize) await filled(lane);
        const batch = nextBatch(lane.queue, batchSize);
        await deliver(batch);
        lane.queue.splice(0, batch.length);
        queued -= batch.length;
        void save();
        if (lane.queue.length < batchSize) pump();
      }
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    } finally {
      lane.busy = false;
    }
    void save();
  }

  const fullLanes = new Map<Lane, () => void>();

  /** resolves when the lane has a whole batch, or when the batching window is over */
  function filled(lane: Lane): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        timer.cancel();
        fullLanes.delete(lane);
        resolve();
      };
      const timer = clock.after(windowMs, done);
      fullLanes.set(lane, done);
    });
  }

  const progress = () => lanes.map(({ queue }) => (queue.length > 0 ? queue[0]!.seq - 1 : positionSeq));

  // One save at a time; what happens meanwhile goes into the next.
  async function save(): Promise<void> {
    dirty = true;
    if (saving) return;
    saving = true;
    try {
      while (dirty && !stopped) {
        dirty = false;
        const now = progress();
        await checkpoint.save(now);
        savedSeq = Math.min(...now);
        feed.passed();
      }
    } catch (error) {
      options.onError(error);
    } finally {
      saving = false;
    }
  }

  async function start(): Promise<void> {
    const saved = await checkpoint.load();
    const origin = saved ? Math.min(...saved) : options.fromLatest ? feed.lastSeq() : 0;
    for (const [i, lane] of lanes.entries()) lane.startSeq = saved?.length === lanes.length ? saved[i]! : origin;
    positionSeq = origin;
    savedSeq = origin;
    if (!saved) await checkpoint.save(progress());
    feed.join({ wake: pump, passedSeq: () => savedSeq });
    pump();
  }

  const stop = () => {
    stopped = true;
    for (const resume of fullLanes.values()) resume();
  };
  return { start, stop };
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
