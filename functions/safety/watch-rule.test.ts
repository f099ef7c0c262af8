import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../common/config.ts';
import { BehaviourConfig, BLOCK_SLOTS, METRICS, NEW_WATCH, SLOT_MS, type Watch } from './behaviour.ts';
import { alarmOf, boundOf, thresholdFor, watchSlot } from './watch-rule.ts';

const config = readConfig('behaviour.yaml', BehaviourConfig);
const known: Watch = { ...NEW_WATCH, blocks: 100, mean: 0.5, variance: 0.01 };

describe('the bound of what is normal', () => {
  it.each([
    ['three standard deviations of a known agent', known, 0.5 + 3 * 0.1 * 1.1],
    ['half as much again where all blocks are alike', { ...known, variance: 0 }, 0.75],
    ['the floor where the baseline is nothing', { ...known, mean: 0, variance: 0 }, 0.05],
    ['what a newcomer may do', NEW_WATCH, 5],
    ['a newcomer that does more by its own baseline', { ...NEW_WATCH, blocks: 1, mean: 40 }, 60],
    ['and far more where a single block has shown a spread', { ...NEW_WATCH, blocks: 1, mean: 40, variance: 4 }, 106],
    ['a newcomer in its last block as such', { ...NEW_WATCH, blocks: 19 }, 5],
    ['and one that is known from now on', { ...NEW_WATCH, blocks: 20 }, 0.05],
  ])('%s', (_, watch, bound) => {
    expect(boundOf(watch, 'effects', config)).toBeCloseTo(bound, 9);
  });
});

describe('the evidence against one metric', () => {
  it('follows from the allowed false alarms: once a week for all metrics together', () => {
    const slotsOfAWeek = (7 * 86_400 * 1_000) / SLOT_MS;
    expect(Math.exp(thresholdFor(config))).toBeCloseTo(slotsOfAWeek * METRICS.length, 3);
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

  // The bound of these is half as much again as their mean.
  const rare = { ...known, mean: 0.2, variance: 0, evidence: 1, count: 7, exposure: 3 };
  const busy = { ...rare, mean: 2 };
  it.each([
    ['rises by a bet against three times the bound where counts are small', rare, 1.2, 1, 1 + Math.log(2.8)],
    ['rises by a bet of four fifths of the capital where they are not', busy, 6, 1, 1 + Math.log(1.8)],
    ['rises by the count for each unit of exposure', busy, 24, 4, 1 + Math.log(1.8)],
    ['stays when so much happens as the bound allows', busy, 3, 1, 1],
    ['falls when less happens', busy, 1.5, 1, 1 + Math.log(0.6)],
  ])('%s; what was seen is added up', (_, watch, count, exposure, evidence) => {
    expect(watchSlot(watch, 'effects', count, exposure, config)).toEqual({
      ...watch,
      evidence: expect.closeTo(evidence, 12),
      ...{ count: 7 + count, exposure: 3 + exposure },
      ...{ blockCount: count, blockExposure: exposure, blockSlots: 1 },
    });
  });

  it('never falls below none; what was seen until then says nothing any more', () => {
    const calm = watchSlot(busy, 'effects', 0, 2, config);
    expect(calm).toEqual({ ...busy, evidence: 0, count: 0, exposure: 0, blockExposure: 2, blockSlots: 1 });
  });
});

/** A whole block at that rate, of which only the last slot is told. */
const afterBlock = (watch: Watch, rate: number, evidence = 0): Watch => {
  const slots = BLOCK_SLOTS - 1;
  const almost = { ...watch, evidence, blockSlots: slots, blockCount: rate * slots, blockExposure: slots };
  return watchSlot(almost, 'effects', rate, 1, config);
};

describe('the baseline', () => {
  it('is learned from whole blocks of calm slots, and nothing while they are suspicious', () => {
    const fill = (watch: Watch, count: number) => {
      let now = watch;
      for (let slot = 0; slot < BLOCK_SLOTS; slot += 1) {
        expect(now).toMatchObject({ blocks: watch.blocks, blockSlots: slot, blockExposure: slot });
        now = watchSlot(now, 'effects', count, 1, config);
      }
      return now;
    };
    const next = { blockCount: 0, blockExposure: 0, blockSlots: 0 };
    expect(fill(NEW_WATCH, 2)).toMatchObject({ blocks: 1, mean: 2, variance: 0, ...next });
    expect(fill(known, 0.6).mean).toBeCloseTo(0.5 + 0.1 / 101, 6);
    expect(fill(known, 10)).toMatchObject({ blocks: 100, mean: 0.5, variance: 0.01, ...next });
  });

  it('is not learned from a block at whose end the evidence is more than 1 : 20', () => {
    const asAllowed = boundOf(known, 'effects', config);
    expect(afterBlock(known, asAllowed, Math.log(20)).blocks).toBe(101);
    expect(afterBlock(known, asAllowed, Math.log(20.5))).toMatchObject({ blocks: 100, mean: 0.5 });
  });

  it('is the mean and the variance of the first blocks', () => {
    const rates = fc.array(fc.double({ min: 0, max: 4, noNaN: true }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rates, (each) => {
        const mean = each.reduce((sum, rate) => sum + rate, 0) / each.length;
        const variance = each.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / each.length;
        const learned = each.reduce((watch, rate) => afterBlock(watch, rate), NEW_WATCH);
        expect(learned.blocks).toBe(each.length);
        expect(learned.mean).toBeCloseTo(mean, 9);
        expect(learned.variance).toBeCloseTo(variance, 9);
      }),
    );
  });

  it.each([
    ['is moved by one wild block no further than by four standard deviations', known, 0.5 + 0.4 / 101],
    ['is moved so already by the sixth block', { ...known, blocks: 5 }, 0.5 + 0.4 / 6],
    ['is moved by the whole of the fifth, because the spread is not known', { ...known, blocks: 4 }, 0.5 + 3.5 / 5],
    ['is moved by the whole of a block where all were alike', { ...known, variance: 0 }, 0.5 + 3.5 / 101],
  ])('%s', (_, watch, mean) => {
    expect(afterBlock(watch, 4).mean).toBeCloseTo(mean, 9);
  });

  it.each([239, 240])('has forgotten what is more than 240 blocks ago, after %d', (blocks) => {
    const { blocks: remembered, mean } = afterBlock({ ...known, blocks }, 0.6);
    expect(remembered).toBe(240);
    expect(mean).toBeCloseTo(0.5 + 0.1 / 240, 9);
  });
});

describe('an alarm', () => {
  const sure = { ...known, evidence: 20, count: 10, exposure: 4 };

  it('says what was expected and seen, and by how much that differs', () => {
    expect(alarmOf(sure, 'calls', 15)).toEqual({
      ...{ metric: 'calls', expected: 0.5, deviation: 0.1, observed: 2.5 },
      ...{ sigmas: expect.closeTo(20, 9), score: 20, threshold: 15 },
    });
  });

  it('comes when the evidence is all that is asked for, and not before', () => {
    expect(alarmOf(sure, 'effects', 20)).toBeDefined();
    expect(alarmOf(sure, 'effects', 20.01)).toBeUndefined();
  });

  it('has a figure also when the baseline never varied', () => {
    expect(alarmOf({ ...sure, variance: 0 }, 'effects', 15)).toMatchObject({ sigmas: Number.MAX_SAFE_INTEGER });
  });
});
