// Virtual time: how fast it runs, that it never goes back, and what a wrong speed says.
import { describe, expect, it } from 'vitest';
import { openClock, parseClockSpeed } from './clock.ts';
import { scratchFolder } from './test-assembly.ts';

/** A clock over a real time that the test moves. */
function clockAt(folder: string, speed: number, real: { ms: number }) {
  return openClock(folder, speed, () => real.ms);
}

describe('clock', () => {
  it('runs as fast as it is told', () => {
    const real = { ms: 1_000_000 };
    const clock = clockAt(scratchFolder(), 60, real);
    real.ms += 1_000;
    expect(clock.now()).toBe(1_000_000 + 60_000);
    expect(clock.realMs(60_000)).toBe(1_000);
    clock.close();
  });

  it('is real time at speed 1', () => {
    const real = { ms: 5_000 };
    const clock = clockAt(scratchFolder(), 1, real);
    real.ms += 7;
    expect(clock.now()).toBe(5_007);
    clock.close();
  });

  it('goes on where it was after a graceful stop, at any speed', () => {
    const [folder, real] = [scratchFolder(), { ms: 1_000_000 }];
    const fast = clockAt(folder, 100, real);
    real.ms += 10_000;
    const before = fast.now();
    fast.close();
    expect(clockAt(folder, 1, real).now()).toBe(before);
  });

  it('does not go back after a kill', () => {
    const [folder, real] = [scratchFolder(), { ms: 1_000_000 }];
    const killed = clockAt(folder, 100, real);
    real.ms += 1_500;
    const lastSeen = killed.now();
    const next = clockAt(folder, 100, real);
    expect(next.now()).toBeGreaterThanOrEqual(lastSeen);
    killed.close();
    next.close();
  });

  it('calls timers in virtual time, and not after they were cancelled', async () => {
    const clock = openClock(scratchFolder(), 10_000);
    const called: string[] = [];
    clock.after(10_000, () => called.push('cancelled')).cancel();
    const startMs = clock.now();
    await clock.sleep(100_000);
    expect(clock.now() - startMs).toBeGreaterThanOrEqual(100_000);
    expect(called).toEqual([]);
    clock.close();
  });

  it.each(['0', '-1', 'fast', '1e9'])('refuses the speed %s', (speed) => {
    expect(() => parseClockSpeed(speed)).toThrow('LAZYARK_CLOCK_SPEED must be a number above 0');
  });
});
