import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alarmsOf, HABITS, type Habit, secondsToNotice, seeded } from '../../test/bench/agent-weeks.ts';
import { readConfig } from '../common/config.ts';
import { type Behaviour, BehaviourConfig, BLOCK_SLOTS, METRICS, NEW_WATCH, SLOT_MS } from './behaviour.ts';
import { type Fact, observe } from './observe-agent.ts';
import { alarmOf, boundOf, thresholdFor, watchSlot } from './watch-rule.ts';

const config = readConfig('behaviour.yaml', BehaviourConfig);
const known = { ...NEW_WATCH, blocks: 100, mean: 0.5, variance: 0.01 };
const START_MS = Date.parse('2026-03-01T10:00:00Z');

describe('the bound of what is normal', () => {
  it.each([
    ['three standard deviations of a known agent', known, 0.5 + 3 * 0.1 * 1.1],
    ['half as much again where all blocks are alike', { ...known, variance: 0 }, 0.75],
    ['the floor where the baseline is nothing', { ...known, mean: 0, variance: 0 }, 0.05],
    ['what a newcomer may do', NEW_WATCH, 5],
    ['a newcomer that does more by its own baseline', { ...NEW_WATCH, blocks: 1, mean: 40 }, 60],
  ])('%s', (_, watch, bound) => {
    expect(boundOf(watch, 'effects', config)).toBeCloseTo(bound, 9);
  });
});

describe('the evidence against one metric', () => {
  it('follows from the allowed false alarms: once a week for all metrics together', () => {
    expect(Math.exp(thresholdFor(config))).toBeCloseTo(((7 * 86_400 * 1_000) / SLOT_MS) * METRICS.length, 0);
    expect(thresholdFor({ falseAlarmsPerWeekMax: 10 })).toBeLessThan(thresholdFor(config));
  });

  it('changes nothing without exposure', () => {
    expect(watchSlot(known, 'effects', 0, 0, config)).toBe(known);
  });

  it('is no bet that wins on average while the mean is within the bound, whatever the distribution', () => {
    const shape = fc.record({
      exposure: fc.double({ min: 0.1, max: 50, noNaN: true }),
      jumps: fc.integer({ min: 1, max: 1_000 }),
    });
    fc.assert(
      fc.property(shape, ({ exposure, jumps }) => {
        // All or nothing: `jumps` times the bound with probability 1/jumps, so the mean is the bound exactly.
        const evidence = { ...known, evidence: 10 };
        const most = boundOf(known, 'effects', config) * exposure;
        const won = watchSlot(evidence, 'effects', most * jumps, exposure, config).evidence - 10;
        const lost = watchSlot(evidence, 'effects', 0, exposure, config).evidence - 10;
        expect(Math.exp(won) / jumps + Math.exp(lost) * (1 - 1 / jumps)).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  it('learns from a block of calm slots, and nothing while it is suspicious', () => {
    const fill = (watch: typeof known, count: number) => {
      let now = watch;
      for (let slot = 0; slot < BLOCK_SLOTS; slot += 1) now = watchSlot(now, 'effects', count, 1, config);
      return now;
    };
    expect(fill(NEW_WATCH, 2)).toMatchObject({ blocks: 1, mean: 2, variance: 0, blockSlots: 0 });
    expect(fill(known, 0.6).mean).toBeCloseTo(0.5 + 0.1 / 101, 6);
    expect(fill(known, 10)).toMatchObject({ blocks: 100, mean: 0.5, variance: 0.01, blockSlots: 0 });
  });

  it('is moved by one wild block no further than by four standard deviations', () => {
    const almost = { ...known, blockSlots: BLOCK_SLOTS - 1, blockCount: 500, blockExposure: BLOCK_SLOTS - 1 };
    expect(watchSlot(almost, 'effects', 0, 1, config).mean).toBeCloseTo(0.5 + 0.4 / 101, 6);
  });
});

const habits = HABITS.map((make) => [make().name, make] as const);
const named = (name: string): Habit => habits.find(([one]) => one === name)![1]();

describe('false alarms', () => {
  it.each(habits)('%s: none in 10 agent-weeks (of an agent that is active 1 % of the time)', (_, make) => {
    const random = seeded(7);
    const slots = (7 * 86_400_000) / SLOT_MS / 100;
    const alarms = Array.from({ length: 10 }, () => alarmsOf(make(), slots, random, config, thresholdFor(config)));
    expect(alarms.reduce((sum, one) => sum + one, 0)).toBe(0);
  });

  // The bound is on the time between alarms for any threshold; a low one can be tried often.
  it.each(habits)('%s: with a threshold for one alarm in 1,000 slots there are no more than that', (_, make) => {
    const random = seeded(11);
    const alarms = Array.from({ length: 10 }, () => alarmsOf(make(), 10_000, random, config, Math.log(1_000)));
    expect(alarms.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(100);
  });
});

describe('an agent that does ten times as much', () => {
  it.each(['an act a second', 'ten acts a second', 'waves of 1 to 100 tasks'])('%s: noticed within 10 s', (name) => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const { seconds, sigmas } = secondsToNotice(named(name), 7_200, seeded(seed), config);
      expect(seconds).toBeLessThanOrEqual(10);
      expect(sigmas).toBeGreaterThanOrEqual(3);
    }
  });
});

const fact = (atMs: number, more: Partial<Fact> = {}): Fact => ({
  ...{ atMs, kind: 'acted', operation: 'obj_1', calls: 1, spendCents: 0 },
  ...more,
});
/** `perSecond(second)` facts in each second, told in batches of five seconds. */
function live(seconds: number, perSecond: (second: number) => Fact[], agentId = 'agt_a') {
  let behaviour: Behaviour | undefined;
  for (let from = 0; from < seconds; from += 5) {
    const facts = [0, 1, 2, 3, 4].flatMap((offset) => perSecond(from + offset));
    if (facts.length === 0) continue;
    const seen = observe(behaviour, agentId, facts, config);
    if (seen.alarm) return { second: from + 5, alarm: seen.alarm };
    behaviour = seen.behaviour;
  }
  return { behaviour };
}
const atSecond = (second: number) => START_MS + second * 1_000;
const times = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n));

describe('what an agent does', () => {
  it('is counted where it belongs', () => {
    const { behaviour } = observe(
      undefined,
      'agt_a',
      [
        fact(START_MS + 3, { kind: 'refused' }),
        fact(START_MS + 2, { kind: 'acted', calls: 4, spendCents: 20 }),
        fact(START_MS + 2, { kind: 'acted', calls: 4, spendCents: 20 }),
        fact(START_MS + 1, { kind: 'task_started' }),
        fact(START_MS + 4, { kind: 'failed' }),
        fact(START_MS + 5, { kind: 'succeeded' }),
      ],
      config,
    );
    expect(behaviour.open).toEqual({
      ...{ effects: 2, calls: 8, spendCents: 40, failures: 1, refusals: 1 },
      ...{ started: 1, ended: 2, proposed: 4, operations: ['obj_1'] },
    });
  });

  it('is the same in whatever portions it is told, late facts aside', () => {
    const facts = times(300, (n) => fact(START_MS + n * 170, { kind: n % 7 === 0 ? 'task_started' : 'acted' }));
    const whole = observe(undefined, 'agt_a', facts, config).behaviour;
    let parts: Behaviour | undefined;
    for (let from = 0; from < 300; from += 13)
      parts = observe(parts, 'agt_a', facts.slice(from, from + 13), config).behaviour;
    expect(parts).toEqual(whole);
  });

  it('counts a late fact in the open slot, and forgets its tasks over a night', () => {
    const busy = observe(
      undefined,
      'agt_a',
      [fact(START_MS, { kind: 'task_started' }), fact(START_MS + 9_000)],
      config,
    );
    expect(busy.behaviour.tasks).toBeCloseTo(Math.exp(-18 / 120), 6);
    const late = observe(busy.behaviour, 'agt_a', [fact(START_MS + 10)], config);
    expect(late.behaviour.slot).toBe(busy.behaviour.slot);
    expect(late.behaviour.open.effects).toBe(2);
    const night = observe(late.behaviour, 'agt_a', [fact(START_MS + 8 * 3_600_000)], config).behaviour;
    expect(night.tasks).toBe(0);
    expect(night.slot).toBe(Math.floor((START_MS + 8 * 3_600_000) / SLOT_MS));
  });

  it('names so many operations and no more', () => {
    const many = times(500, (n) => fact(START_MS, { operation: `obj_${n}` }));
    expect(observe(undefined, 'agt_a', many, config).behaviour.open.operations).toHaveLength(100);
    expect(observe(undefined, 'agt_a', [], config).behaviour.slot).toBe(0);
  });

  it('is no anomaly while it is idle, and none when a hundred objectives come at once', () => {
    // Half an hour of one task a second with two acts each, ten minutes of nothing, then a hundred times as much.
    const load = (second: number) => (second < 1_800 ? 1 : second < 2_400 ? 0 : 100);
    const seen = live(2_700, (second) =>
      times(load(second), (n) => `obj_${second}_${n}`).flatMap((operation) => [
        fact(atSecond(second), { kind: 'task_started', operation }),
        fact(atSecond(second), { operation }),
        fact(atSecond(second) + 400, { operation }),
        fact(atSecond(second) + 500, { kind: 'succeeded', operation }),
      ]),
    );
    expect(seen.alarm).toBeUndefined();
  });

  it('is an anomaly when the same tasks lead to ten times as many acts, within 10 s and beyond 3 sigma', () => {
    const seen = live(2_000, (second) => [
      ...(second % 60 === 0 ? [fact(atSecond(second), { kind: 'task_started' })] : []),
      ...times(second < 1_800 ? 1 : 10, (n) => fact(atSecond(second) + n * 90)),
    ]);
    expect(seen.second).toBeLessThanOrEqual(1_810);
    expect(seen.alarm).toMatchObject({ metric: 'effects' });
    expect(seen.alarm?.sigmas).toBeGreaterThanOrEqual(3);
  });

  it.each([
    [
      'a newcomer that refuses to stop',
      'effects',
      (second: number) => times(40, (n) => fact(atSecond(second) + n * 20)),
    ],
    [
      'everything fails',
      'failures',
      (second: number) => times(4, () => fact(atSecond(second), { kind: second < 1_800 ? 'succeeded' : 'failed' })),
    ],
    [
      'everything is refused',
      'refusals',
      (second: number) => times(4, () => fact(atSecond(second), { kind: second < 1_800 ? 'task_started' : 'refused' })),
    ],
    [
      'it spends ten times as much',
      'spendCents',
      (second: number) => [fact(atSecond(second), { spendCents: second < 1_800 ? 10 : 100 })],
    ],
    [
      'it calls ten times as often',
      'calls',
      (second: number) => [fact(atSecond(second), { calls: second < 1_800 ? 3 : 30 })],
    ],
  ] as const)('%s: an anomaly of %s', (_, metric, perSecond) => {
    expect(live(1_900, (second) => [...perSecond(second)]).alarm).toMatchObject({ metric });
  });

  it('is not watched by a metric that it is exempt from', () => {
    const failing = (second: number) =>
      times(4, () => fact(atSecond(second), { kind: second < 1_800 ? 'succeeded' : 'failed' }));
    expect(live(1_900, failing, 'agt_drill').alarm).toBeUndefined();
    expect(live(1_900, failing, 'agt_a').alarm).toBeDefined();
  });

  it('gives the evidence with an alarm, also when the baseline never varied', () => {
    const sure = { ...known, variance: 0, evidence: 99, count: 10, exposure: 2 };
    expect(alarmOf(sure, 'effects', 15)).toMatchObject({ observed: 5, expected: 0.5, sigmas: Number.MAX_SAFE_INTEGER });
    expect(alarmOf(known, 'effects', 15)).toBeUndefined();
  });
});
