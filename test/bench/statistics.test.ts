import { expect, it } from 'vitest';
import { median, percentile, rounded } from './statistics.ts';

it.each([
  { values: [3], share: 0.99, value: 3 },
  { values: [4, 1, 3, 2], share: 0.5, value: 2 },
  { values: Array.from({ length: 100 }, (_, index) => 100 - index), share: 0.99, value: 99 },
  { values: [10, 9], share: 0, value: 9 },
])('percentile $share of $values.length values is $value', ({ values, share, value }) => {
  expect(percentile(values, share)).toBe(value);
});

it('median of three is the middle one, and of nothing an error', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(() => median([])).toThrow('no values');
  expect(rounded(1.26)).toBe(1.3);
});
