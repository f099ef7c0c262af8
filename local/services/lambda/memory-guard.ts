// Holds a worker to its function's memory. V8's own limit cannot: where one allocation overshoots it by more than a
// little, V8 ends the whole process. So that limit is set far above, and the heap (buffers included) is watched.
import type { Worker } from 'node:worker_threads';

/** Garbage that V8 has not collected yet counts as used; this much of it is let pass for a moment. */
const garbageMb = 256;
const lookEveryMs = 50;
/** Short jobs, one after the other, are looked at every so many times. */
const shortJobsEvery = 10;
const overMostLooks = 40;

/** What to tell V8, in megabytes: beyond anything that the watching lets happen. */
export const v8LimitMb = (memoryMb: number): number => memoryMb + 2048;

/**
 * Calls `onOver` once the worker uses far more than `memoryMb` at any look, or more than it at each look for two
 * seconds of a job. `currentJob` tells jobs apart; undefined is none. Returns how to stop watching.
 */
export function guardMemory(
  worker: Worker,
  memoryMb: number,
  currentJob: () => object | undefined,
  onOver: () => void,
): () => void {
  let looking = false;
  let looksOver = 0;
  let lastJob: object | undefined;
  let skipped = 0;
  const look = async () => {
    looking = true;
    const { used_heap_size, external_memory } = await worker.getHeapStatistics();
    looking = false;
    const usedMb = (used_heap_size + external_memory) / 1024 / 1024;
    looksOver = usedMb > memoryMb ? looksOver + 1 : 0;
    if (usedMb > memoryMb + garbageMb || looksOver > overMostLooks) onOver();
  };
  const timer = setInterval(() => {
    const job = currentJob();
    const isLong = job !== undefined && job === lastJob;
    lastJob = job;
    skipped = isLong ? 0 : skipped + (job ? 1 : 0);
    if (looking || (!isLong && skipped < shortJobsEvery)) return;
    skipped = 0;
    // A worker that ends while it is looked at rejects: there is nothing left to guard.
    look().catch(() => {});
  }, lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}
