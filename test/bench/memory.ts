// How much memory a process has held at most, as the kernel remembers it: asking once at the end costs nothing.
import { readFileSync } from 'node:fs';

/** Megabytes of the largest resident set since the process began; undefined where /proc does not say. */
export function peakMemoryMb(pid: number): number | undefined {
  try {
    const peakKb = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    return Number.isFinite(peakKb) ? Math.round(peakKb / 1024) : undefined;
  } catch {
    return undefined;
  }
}
