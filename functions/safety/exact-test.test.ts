import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failsAtLeast, failsMoreOften, logFactorial, upperShare } from './exact-test.ts';

/** The numbers below 2 ** `bits` are all ways in which so many can fail or succeed. */
const ways = (bits: number) => Array.from({ length: 2 ** bits }, (_, way) => way);
const failedOf = (way: number): number => (way === 0 ? 0 : (way % 2) + failedOf(Math.floor(way / 2)));

const group = (most: number) => fc.nat(most).chain((of) => fc.record({ of: fc.constant(of), failed: fc.nat(of) }));

describe('ln(n!)', () => {
  it('grows by ln(n), on both sides of where the series begins', () => {
    expect(logFactorial(0)).toBe(0);
    for (let n = 1; n <= 200; n += 1) expect(logFactorial(n) - logFactorial(n - 1)).toBeCloseTo(Math.log(n), 10);
  });

  it('is known of a million without counting that far', () => {
    expect(logFactorial(1_000_000)).toBeCloseTo(12_815_518.384_658_169, 6);
  });
});

describe('the probability that a group has so many of all failures by chance', () => {
  it('is the share of the ways to deal them out', () => {
    fc.assert(
      fc.property(group(6), group(6), (first, second) => {
        const dealt = ways(first.of + second.of).filter((way) => failedOf(way) === first.failed + second.failed);
        const asBad = dealt.filter((way) => failedOf(way % 2 ** first.of) >= first.failed);
        expect(failsMoreOften(first, second)).toBeCloseTo(asBad.length / dealt.length, 9);
      }),
    );
  });

  it.each([
    ['the lady who tastes tea: 4 of 4 right', { failed: 4, of: 4 }, { failed: 0, of: 4 }, 1 / 70],
    ['the lady who tastes tea: 3 of 4 right', { failed: 3, of: 4 }, { failed: 1, of: 4 }, 17 / 70],
    ['2 of 5, and nobody else', { failed: 2, of: 5 }, { failed: 0, of: 3 }, 20 / 56],
    ['no failure at all', { failed: 0, of: 50 }, { failed: 0, of: 50 }, 1],
    ['nobody on the other side', { failed: 3, of: 3 }, { failed: 0, of: 0 }, 1],
    ['nobody on this side', { failed: 0, of: 0 }, { failed: 3, of: 3 }, 1],
  ])('%s', (_, first, second, probability) => {
    expect(failsMoreOften(first, second)).toBeCloseTo(probability, 12);
  });
});

describe('the probability of so many failures or more', () => {
  it('is the weight of the ways in which they happen', () => {
    const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(group(8), share, ({ failed, of }, each) => {
        const weights = ways(of)
          .map(failedOf)
          .filter((count) => count >= failed)
          .map((count) => each ** count * (1 - each) ** (of - count));
        const weight = weights.reduce((sum, one) => sum + one, 0);
        expect(failsAtLeast({ failed, of }, each)).toBeCloseTo(weight, 9);
        expect(failsAtLeast({ failed, of }, each)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is not lost where each of the first terms is nothing in floating point', () => {
    expect(failsAtLeast({ failed: 1, of: 3_000 }, 0.5)).toBeCloseTo(1, 9);
  });

  it('is known of a million tries without adding up what no longer counts', () => {
    expect(failsAtLeast({ failed: 100, of: 1_000_000 }, 1e-5)).toBeLessThan(1e-50);
  });
});

describe('the largest share that is still possible', () => {
  it('is the one at which so few failures would be seen one time in twenty', () => {
    const some = fc
      .integer({ min: 1, max: 400 })
      .chain((of) => fc.record({ of: fc.constant(of), failed: fc.nat(of - 1) }));
    fc.assert(
      fc.property(some, ({ failed, of }) => {
        const upper = upperShare({ failed, of });
        expect(failsAtLeast({ failed: failed + 1, of }, upper)).toBeCloseTo(0.95, 7);
      }),
    );
  });

  it.each([
    ['of 300 without a failure: 1 %', { failed: 0, of: 300 }, 1 - 0.05 ** (1 / 300)],
    ['of 20 with a single success', { failed: 19, of: 20 }, 0.95 ** (1 / 20)],
    ['of two that both failed', { failed: 2, of: 2 }, 1],
    ['of nobody', { failed: 0, of: 0 }, 1],
  ])('%s', (_, seen, share) => {
    expect(upperShare(seen)).toBeCloseTo(share, 10);
  });
});
