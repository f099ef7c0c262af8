// Amounts as people read them, gauges that never promise more than there is, and deadlines that tick.
import { describe, expect, it } from 'vitest';
import { dueIn, formatAmount, formatBare, gaugeOf } from './amounts.ts';

it.each([
  ['spendCents', 1_050, '$10.50'],
  ['apiCalls', 1, '1 call'],
  ['tokens', 2_000, '2,000 tokens'],
  ['spendCents', 'unknown', 'unknown spend'],
  ['files', 'unknown', 'unknown files'],
  ['bananas', 2, '2 bananas'],
] as const)('%s of %s is written %s', (unit, amount, words) => expect(formatAmount(unit, amount)).toBe(words));

it('leaves the unit out where it is said once', () => {
  expect(formatBare('spendCents', 5_000)).toBe('$50.00');
  expect(formatBare('tokens', 5_000)).toBe('5,000');
});

describe('a gauge', () => {
  it.each([
    [
      { most: 100, used: 10, reserved: 20 },
      { usedPercent: 10, reservedPercent: 20, tone: 'blue' },
    ],
    [
      { most: 100, used: 60, reserved: 20 },
      { usedPercent: 60, reservedPercent: 20, tone: 'amber' },
    ],
    [
      { most: 100, used: 90, reserved: 10 },
      { usedPercent: 90, reservedPercent: 10, tone: 'red' },
    ],
    [
      { most: 100, used: 90, reserved: 60 },
      { usedPercent: 90, reservedPercent: 10, tone: 'red' },
    ],
    [
      { most: 0, used: 0, reserved: 0 },
      { usedPercent: 100, reservedPercent: 0, tone: 'red' },
    ],
  ])('of %o is %o', (limit, gauge) => expect(gaugeOf(limit)).toMatchObject(gauge));
});

describe('a deadline', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  it.each([
    ['2026-11-20T12:30:00Z', '30 m left', 'grey'],
    ['2026-11-20T12:01:20.400Z', '1 m 20 s left', 'amber'],
    ['2026-11-20T11:58:00Z', 'overdue by 2 m', 'red'],
    ['never', 'no deadline', 'grey'],
  ])('%s is %s', (deadline, words, tone) => expect(dueIn(deadline, now)).toEqual({ words, tone }));
});
