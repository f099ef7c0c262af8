// What is too large to be stored is refused by its size, before anything is stored.
import { describe, expect, it } from 'vitest';
import { openSqlite } from '../common/table-sqlite.ts';
import type { Plan } from './plan.ts';
import { definitionsOf, planPages } from './plan-page.ts';
import { oversized } from './plan-size.ts';

const task = (n: number, characters: number): Plan[number] => ({
  ...{ id: `t${n}`, title: 't', capability: 'sandbox.run', dependsOn: [], resources: [] },
  parameters: { code: 'c'.repeat(characters) },
});
const plan = (tasks: number, characters: number): Plan => Array.from({ length: tasks }, (_, n) => task(n, characters));

describe('a plan', () => {
  it('of ordinary size is taken', () => {
    expect(oversized(plan(10, 100))).toEqual([]);
    expect(oversized(plan(1_000, 500))).toEqual([]);
    expect(oversized(plan(12, 32_000))).toEqual([]);
  });

  it('is refused by the page that is too large', () => {
    const second = [...plan(25, 10), ...plan(20, 25_000).map((one, n) => ({ ...one, id: `u${n}` }))];
    expect(oversized(second)).toEqual([
      {
        path: 'plan[25]',
        expected: 'tasks 25 to 44 to have less than 400 KB together',
        got: expect.stringMatching(/KB$/),
      },
    ]);
  });

  it('is refused as a whole when every page is small enough', () => {
    expect(oversized(plan(1_000, 4_000))).toEqual([
      { path: 'plan', expected: 'at most 3072 KB in all', got: expect.stringMatching(/^\d{4} KB$/) },
    ]);
  });

  it('that is taken can be stored, up to the last one that fits', async () => {
    const tables = openSqlite(':memory:');
    tables.defineTable({ name: 'objectives', indexes: [], stream: false });
    const sizes = [10_000, 16_000, 16_200, 16_300, 16_350, 16_400, 17_000];
    const taken = sizes.filter((size) => oversized(plan(25, size)).length === 0);
    expect(taken.length).toBeGreaterThan(1);
    expect(taken.length).toBeLessThan(sizes.length);
    for (const size of taken) {
      const puts = planPages(
        'obj_1',
        definitionsOf(plan(25, size), () => ({ timeoutSeconds: 1, maxAttempts: 1 })),
      );
      expect((await tables.write(puts.map((put) => ({ table: 'objectives', put })))).written).toBe(true);
    }
  });
});
