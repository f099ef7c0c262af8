// How often an agent that behaves as always is taken for anomalous, and how soon one that does not: simulated.
import { describe, expect, it } from 'vitest';
import { alarmsOf, HABITS, type Habit, secondsToNotice, seeded } from '../../test/bench/agent-weeks.ts';
import { readConfig } from '../common/config.ts';
import { BehaviourConfig, SLOT_MS } from './behaviour.ts';
import { thresholdFor } from './watch-rule.ts';

const config = readConfig('behaviour.yaml', BehaviourConfig);
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
