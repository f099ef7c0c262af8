// Ticks and bars of the timeline.
import { describe, expect, it } from 'vitest';
import { taskBar, timelineSpan, timelineTicks } from './timeline.ts';

const at = (seconds: number) => new Date(1_000_000_000_000 + seconds * 1000).toISOString();
const span = timelineSpan(at(0), at(100), 0);

describe('timelineSpan', () => {
  it('ends now while the objective is open', () =>
    expect(timelineSpan(at(0), null, Date.parse(at(7))).toMs).toBe(Date.parse(at(7))));
  it('is never empty', () => expect(timelineSpan(at(0), at(0), 0).toMs).toBeGreaterThan(Date.parse(at(0))));
});

describe('timelineTicks', () => {
  it.each([
    [100, 6, [0, 30_000, 60_000, 90_000]],
    [0.01, 4, [0, 5, 10]],
    [90, 3, [0, 30_000, 60_000, 90_000]],
  ])('%d s, at most %d', (seconds, most, ticks) =>
    expect(timelineTicks(timelineSpan(at(0), at(seconds), 0), most)).toEqual(ticks),
  );
});

describe('taskBar', () => {
  it('runs from start to finish', () =>
    expect(taskBar({ startedAt: at(10), finishedAt: at(30) }, span)).toEqual({
      leftPercent: 10,
      widthPercent: 20,
      ms: 20_000,
    }));
  it('runs to the end while open', () => expect(taskBar({ startedAt: at(75) }, span)?.widthPercent).toBe(25));
  it('has no bar before the start', () => expect(taskBar({ startedAt: null }, span)).toBeUndefined());
});
