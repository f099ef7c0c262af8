// How much memory a process holds at most: its share of resident pages (Pss on Linux), looked at four times a second.
import { readFileSync } from 'node:fs';

export type MemoryWatch = { peakMb(): number | undefined; stop(): void };

const lookEveryMs = 250;

export function watchMemory(pid: number): MemoryWatch {
  let peakKb = 0;
  const look = () => {
    peakKb = Math.max(peakKb, residentKb(pid));
  };
  const timer = setInterval(look, lookEveryMs);
  look();
  return {
    peakMb: () => (peakKb > 0 ? Math.round(peakKb / 1024) : undefined),
    stop: () => clearInterval(timer),
  };
}

/** 0 where /proc does not say. */
function residentKb(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
