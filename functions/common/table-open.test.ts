// Which tables a handler gets.
import { afterEach, expect, it } from 'vitest';
import { InvalidTableCall, type Tables } from './table.ts';
import { openTables } from './table-open.ts';

const HOST_TABLES = Symbol.for('lazyark.tables');
const host = globalThis as { [HOST_TABLES]?: Tables };

afterEach(() => {
  delete host[HOST_TABLES];
});

it('takes the tables of its host', () => {
  const tables: Tables = {
    get: async () => undefined,
    query: async () => ({ items: [] }),
    write: async () => ({ written: true, items: [] }),
  };
  host[HOST_TABLES] = tables;
  expect(openTables()).toBe(tables);
});

it('opens DynamoDB once when there is no host', async () => {
  const tables = openTables();
  expect(openTables()).toBe(tables);
  await expect(tables.query({ table: 'any', pk: 'a', limit: 0 })).rejects.toBeInstanceOf(InvalidTableCall);
});
