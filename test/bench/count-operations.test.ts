import { expect, it } from 'vitest';
import { openSqlite } from '../../functions/common/table-sqlite.ts';
import { bytesOf, countOperations, countsSince, writeUnits } from './count-operations.ts';
import { tableUsd } from './prices.ts';

const kilobytes = (count: number) => 'x'.repeat(count * 1_024);

it.each([
  { what: 'a small new item', before: undefined, after: { pk: 'a', sk: 'b' }, units: 1 },
  { what: 'the larger image', before: { pk: 'a', sk: 'b', text: kilobytes(2) }, after: { pk: 'a', sk: 'b' }, units: 3 },
  {
    what: 'a new index entry',
    before: { pk: 'a', sk: 'b' },
    after: { pk: 'a', sk: 'b', queuePk: 'q', queueSk: '1' },
    units: 2,
  },
  {
    what: 'an index entry that moves',
    before: { pk: 'a', sk: 'b', queuePk: 'q', queueSk: '1' },
    after: { pk: 'a', sk: 'b', queuePk: 'q', queueSk: '2' },
    units: 3,
  },
  {
    what: 'an index entry that stays',
    before: { pk: 'a', sk: 'b', queuePk: 'q', queueSk: '1' },
    after: { pk: 'a', sk: 'b', queuePk: 'q', queueSk: '1', n: 2 },
    units: 1,
  },
  {
    what: 'a delete with its index entry',
    before: { pk: 'a', sk: 'b', queuePk: 'q', queueSk: '1' },
    after: undefined,
    units: 2,
  },
])('$what: $units write units', ({ before, after, units }) => {
  expect(writeUnits(before, after, false)).toBe(units);
});

it.each([
  [{ pk: 'ab', sk: 'é' }, 2 + 2 + 2 + 2],
  [{ pk: 'a', sk: 'b', n: 1500 }, 6 + 1 + 2],
  [{ pk: 'a', sk: 'b', n: -0.25 }, 6 + 1 + 3],
  [{ pk: 'a', sk: 'b', yes: true, no: null }, 6 + 4 + 3],
  [{ pk: 'a', sk: 'b', set: new Set(['x', 'yz']) }, 6 + 3 + 3],
  [{ pk: 'a', sk: 'b', list: ['x', 7] }, 6 + 4 + 3 + 2 + 1 + 2],
  [{ pk: 'a', sk: 'b', map: { to: 'x' } }, 6 + 3 + 3 + 1 + 2 + 1],
])('%j has %i bytes', (item, bytes) => {
  expect(bytesOf(item)).toBe(bytes);
});

it('counts calls, items and units per table, transactions double, refusals as tried but not written', async () => {
  const store = openSqlite(':memory:');
  for (const name of ['one', 'two']) store.defineTable({ name, indexes: [], stream: false });
  const counter = countOperations(store);
  await store.write([{ table: 'one', put: { pk: 'p', sk: '1' } }]);
  await store.write([
    { table: 'one', update: { pk: 'p', sk: '1' }, changes: { set: [['n', 1]] } },
    { table: 'two', check: { pk: 'p', sk: '1' }, if: { missing: 'pk' } },
  ]);
  await store.write([{ table: 'one', put: { pk: 'p', sk: '1' }, if: { missing: 'pk' } }]);
  await store.get('one', { pk: 'p', sk: '1' });
  await store.get('one', { pk: 'p', sk: '1' }, { eventually: true });
  await store.query({ table: 'two', pk: 'p' });
  const counts = counter.counts();
  store.close();
  expect(counts).toEqual({
    one: { calls: 5, itemsWritten: 2, writeUnits: 4, readUnits: 1.5 },
    two: { calls: 1, itemsWritten: 0, writeUnits: 2, readUnits: 0.5 },
  });
  expect(tableUsd(counts)).toBeCloseTo((6 * 0.625 + 2 * 0.125) / 1e6, 12);
});

it('the difference of two looks knows tables that came in between', () => {
  const one = { calls: 1, itemsWritten: 2, writeUnits: 3, readUnits: 4 };
  const more = { calls: 2, itemsWritten: 2, writeUnits: 5, readUnits: 4.5 };
  expect(countsSince({ first: one }, { first: more, second: one })).toEqual({
    first: { calls: 1, itemsWritten: 0, writeUnits: 2, readUnits: 0.5 },
    second: one,
  });
});
