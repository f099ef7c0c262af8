// What a table cannot hold is refused with its place, whatever it is.
import { expect, it } from 'vitest';
import { isStorableNumber, unstorable } from './storable.ts';

const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

it.each([undefined, null, true, 0, -1.5, 1e100, 'ä 😈', [], {}, { a: [1, { b: 'c' }] }, nested(25)])(
  '%j can be stored',
  (value) => {
    expect(unstorable(value)).toBeUndefined();
  },
);

it.each([
  { value: 1e126, path: 'p', expected: /number/ },
  { value: { a: [0, 1e-131] }, path: 'p.a[1]', expected: /number/ },
  { value: Number.NaN, path: 'p', expected: /number/ },
  { value: JSON.parse('[1e400]'), path: 'p[0]', expected: /number/ },
  { value: ['\ud800'], path: 'p[0]', expected: /halves of characters/ },
  { value: JSON.parse('{"a":{"__proto__":1}}'), path: 'p.a', expected: /names/ },
  { value: { '': 1 }, path: 'p', expected: /names/ },
  { value: { ['x'.repeat(1_001)]: 1 }, path: 'p', expected: /names/ },
  { value: { '\ud800': 1 }, path: 'p', expected: /names/ },
  { value: nested(26), path: 'p', expected: /25 levels/ },
  { value: nested(50_000), path: 'p', expected: /25 levels/ },
])('$expected at $path', ({ value, path, expected }) => {
  const fault = unstorable(value, ['p']);
  expect(fault?.path).toBe(path);
  expect(fault?.expected).toMatch(expected);
  expect(fault?.got?.length).toBeLessThan(100);
});

it('knows the largest and the smallest number', () => {
  expect([9.9e125, 1e-130, -9.9e125, 0].map(isStorableNumber)).toEqual([true, true, true, true]);
  expect([1e126, 9e-131, -1e126, Number.POSITIVE_INFINITY].map(isStorableNumber)).toEqual([false, false, false, false]);
});
