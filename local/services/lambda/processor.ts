// Whether this process has the processor's cores to itself and needs them all: then more threads only get in the way.
import { availableParallelism } from 'node:os';

const sampleEveryMs = 200;
const busyShare = 0.8;

export interface Processor {
  isBusy(): boolean;
  stop(): void;
}

export function watchProcessor(): Processor {
  let before = process.cpuUsage();
  let beforeMs = performance.now();
  let share = 0;
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    const nowMs = performance.now();
    share = (user + system) / 1000 / (nowMs - beforeMs) / availableParallelism();
    before = process.cpuUsage();
    beforeMs = nowMs;
  }, sampleEveryMs);
  timer.unref();
  return { isBusy: () => share > busyShare, stop: () => clearInterval(timer) };
}
