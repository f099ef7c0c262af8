import { describe, expect, it } from 'vitest';
import { readConfig } from '../common/config.ts';
import { type Behaviour, BehaviourConfig, SLOT_MS } from './behaviour.ts';
import { type Fact, observe } from './observe-agent.ts';

const config = readConfig('behaviour.yaml', BehaviourConfig);
const START_MS = Date.parse('2026-03-01T10:00:00Z');

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
});
