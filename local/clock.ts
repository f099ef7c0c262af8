// The runtime's clock: real time, or faster (LAZYARK_CLOCK_SPEED). Virtual time never goes back, also not when the
// same data folder is started again after it ran ahead of real time.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Timer } from './service.ts';

/** What a clock must know to agree with another thread's: virtual = startVirtualMs + (real − startRealMs) × speed. */
export type ClockBase = { startRealMs: number; startVirtualMs: number; speed: number };
export type RuntimeClock = Clock & { readonly base: ClockBase; close(): void };

const timerMostMs = 2 ** 31 - 1;
const saveEveryMs = 2_000;

/** A speed as text or number; must be above 0 and at most 100,000. */
export function parseClockSpeed(value: string | number | undefined): number {
  if (value === undefined || value === '') return 1;
  const speed = Number(value);
  if (!(speed > 0 && speed <= 100_000)) {
    throw new Error(`LAZYARK_CLOCK_SPEED must be a number above 0 and at most 100000, got ${JSON.stringify(value)}`);
  }
  return speed;
}

/**
 * Opens the clock of a data folder. A file in it holds a time that virtual time has not passed yet, so that a start
 * after kill -9 continues from there.
 */
export function openClock(dataDir: string, speed = 1, realNow: () => number = Date.now): RuntimeClock {
  const file = join(dataDir, 'clock.json');
  const startRealMs = realNow();
  const base = { startRealMs, startVirtualMs: Math.max(startRealMs, savedMs(file)), speed };
  const now = () => virtualNow(base, realNow());
  const apart = speed !== 1 || base.startVirtualMs > startRealMs;
  const save = (virtualMs: number) => {
    writeFileSync(`${file}.new`, JSON.stringify({ virtualMs }));
    renameSync(`${file}.new`, file);
  };
  const reserve = () => save(now() + saveEveryMs * 2 * speed);
  if (apart) reserve();
  const saver = apart ? setInterval(reserve, saveEveryMs).unref() : undefined;
  const timers = new Set<NodeJS.Timeout>();
  const close = () => {
    clearInterval(saver);
    for (const timer of timers) clearTimeout(timer);
    if (apart) save(now());
  };
  return { ...makeClock(now, speed, timers), base, close };
}

export function virtualNow({ startRealMs, startVirtualMs, speed }: ClockBase, realMs: number): number {
  return Math.floor(startVirtualMs + (realMs - startRealMs) * speed);
}

function makeClock(now: () => number, speed: number, timers: Set<NodeJS.Timeout>): Clock {
  const at = (atMs: number, fn: () => void): Timer => {
    let handle: NodeJS.Timeout;
    const step = () => {
      timers.delete(handle);
      if (now() >= atMs) fn();
      else arm();
    };
    const arm = () => {
      handle = setTimeout(step, Math.min(Math.max(0, Math.ceil((atMs - now()) / speed)), timerMostMs));
      timers.add(handle);
    };
    arm();
    const cancel = () => {
      clearTimeout(handle);
      timers.delete(handle);
    };
    return { cancel };
  };
  const after = (delayMs: number, fn: () => void) => at(now() + delayMs, fn);
  return {
    speed,
    now,
    date: () => new Date(now()),
    at,
    after,
    sleep: (delayMs) => new Promise((resolve) => after(delayMs, resolve)),
    realMs: (virtualMs) => virtualMs / speed,
  };
}

function savedMs(file: string): number {
  try {
    const { virtualMs } = JSON.parse(readFileSync(file, 'utf8')) as { virtualMs: unknown };
    return typeof virtualMs === 'number' ? virtualMs : 0;
  } catch {
    return 0;
  }
}
