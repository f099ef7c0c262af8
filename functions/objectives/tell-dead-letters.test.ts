import { describe, expect, it } from 'vitest';
import { openSqlite } from '../common/table-sqlite.ts';
import { tellDeadLetters, thresholdPassed } from './tell-dead-letters.ts';

describe('dead letters', () => {
  it.each([
    [0, undefined],
    [9, undefined],
    [10, 10],
    [19, 10],
    [20, 20],
    [79, 40],
    [80, 80],
    [1_000, 640],
  ])('%i have passed the threshold %s', (count, passed) => {
    expect(thresholdPassed(count)).toBe(passed);
  });

  it('are told from ten on, under one key, once for each threshold and day', async () => {
    const tables = openSqlite(':memory:');
    tables.defineTable({ name: 'objectives', indexes: [{ name: 'waiting' }], stream: false });
    const said: unknown[] = [];
    const deps = {
      tables,
      table: 'objectives',
      now: () => new Date('2026-11-20T12:00:00Z'),
      announce: async (_event: unknown, detail: unknown) => void said.push(detail),
    };
    const bury = (n: number) =>
      tables.write([
        { table: 'objectives', put: { pk: `obj_${n}`, sk: 'dead#1', waitingPk: 'dead_letters', waitingSk: `${n}` } },
      ]);
    for (let n = 0; n < 9; n += 1) await bury(n);
    expect(await tellDeadLetters(deps)).toBeUndefined();
    await bury(9);
    expect(await tellDeadLetters(deps)).toBe(10);
    expect(said).toMatchObject([{ key: 'dead-letters', kind: 'dead_letters', occurrence: '10#2026-11-20' }]);
  });
});
