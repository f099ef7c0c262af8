// The contract, part 4: ranges, order, pages and indexes.
import { beforeAll, describe, expect, it } from 'vitest';
import { given, type Subject } from './table.contract.ts';
import { InvalidTableCall, type Item, type Query, type SortKeyRange } from './table.ts';

const KEYS = ['a', 'a#1', 'a#2', 'b', 'b\u{FFFF}', 'b\u{1F600}', 'c'];

const RANGES: [string, SortKeyRange, string[]][] = [
  ['beginsWith', { beginsWith: 'a#' }, ['a#1', 'a#2']],
  ['beginsWith a character beyond the basic plane', { beginsWith: 'b\u{1F600}' }, ['b\u{1F600}']],
  ['equals', { equals: 'b' }, ['b']],
  ['between, both ends included', { between: ['a#1', 'b'] }, ['a#1', 'a#2', 'b']],
  ['atLeast', { atLeast: 'b\u{FFFF}' }, ['b\u{FFFF}', 'b\u{1F600}', 'c']],
  ['above', { above: 'b\u{FFFF}' }, ['b\u{1F600}', 'c']],
  ['atMost', { atMost: 'a#1' }, ['a', 'a#1']],
  ['below', { below: 'a#1' }, ['a']],
];

export function queryCases(subject: () => Subject): void {
  const query = (about: Omit<Query, 'table'>) => subject().tables.query({ table: subject().table, ...about });

  async function readAll(about: Omit<Query, 'table'>): Promise<{ items: Item[]; pages: number }> {
    const items: Item[] = [];
    for (let pages = 1, cursor: string | undefined; ; pages++) {
      const page = await query({ ...about, cursor });
      items.push(...page.items);
      cursor = page.cursor;
      if (cursor === undefined) return { items, pages };
      expect(pages).toBeLessThan(100);
    }
  }

  describe('queries', () => {
    beforeAll(async () => {
      for (const sk of KEYS) await given(subject(), 'ranges', sk);
    });

    it.each(RANGES)('%s', async (_name, sk, expected) => {
      expect((await query({ pk: 'ranges', sk })).items.map((item) => item.sk)).toEqual(expected);
      const newest = await query({ pk: 'ranges', sk, newestFirst: true, consistent: true });
      expect(newest.items.map((item) => item.sk)).toEqual(expected.toReversed());
    });

    it('without a range: everything under the key in order of its bytes', async () => {
      expect((await query({ pk: 'ranges' })).items.map((item) => item.sk)).toEqual(KEYS);
      expect((await query({ pk: 'no such key' })).items).toEqual([]);
    });

    it.each([false, true])('pages by limit, newest first: %s', async (newestFirst) => {
      const { items, pages } = await readAll({ pk: 'ranges', limit: 2, newestFirst });
      expect(items.map((item) => item.sk)).toEqual(newestFirst ? KEYS.toReversed() : KEYS);
      expect(pages).toBe(4);
    });

    it('pages within a range', async () => {
      const { items } = await readAll({ pk: 'ranges', limit: 1, sk: { between: ['a#1', 'b'] } });
      expect(items.map((item) => item.sk)).toEqual(['a#1', 'a#2', 'b']);
    });

    it('reads 100 items unless told otherwise, and a page ends after 1 MB', async () => {
      const { tables, table } = subject();
      for (let from = 0; from < 120; from += 60) {
        const puts = Array.from({ length: 60 }, (_, i) => ({
          table,
          put: { pk: 'pages', sk: `${1000 + from + i}`, d: 'x'.repeat(20_000) },
        }));
        await tables.write(puts);
      }
      const first = await query({ pk: 'pages', limit: 1000 });
      expect(first.items.length).toBeGreaterThan(45);
      expect(first.items.length).toBeLessThan(60);
      expect((await readAll({ pk: 'pages' })).items.map((item) => item.sk)).toEqual(
        Array.from({ length: 120 }, (_, i) => `${1000 + i}`),
      );
    });

    it('a cursor serves no other query, and nonsense is refused', async () => {
      const { cursor } = await query({ pk: 'ranges', limit: 1 });
      expect(cursor).toBeTypeOf('string');
      for (const other of [
        { pk: 'pages', cursor },
        { pk: 'ranges', cursor, newestFirst: true },
        { pk: 'ranges', cursor, sk: { beginsWith: 'a' } },
        { pk: 'ranges', cursor, index: 'queue' },
        { pk: 'ranges', cursor: 'nonsense' },
      ]) {
        await expect(query(other)).rejects.toBeInstanceOf(InvalidTableCall);
      }
    });

    it.each<[string, Omit<Query, 'table'>]>([
      ['an empty key', { pk: '' }],
      ['a limit of 0', { pk: 'a', limit: 0 }],
      ['a limit of 1,001', { pk: 'a', limit: 1001 }],
      ['bounds the wrong way round', { pk: 'a', sk: { between: ['b', 'a'] } }],
      ['an unknown index', { pk: 'a', index: 'nowhere' }],
      ['a consistent read of an index', { pk: 'a', index: 'queue', consistent: true }],
    ])('refuses %s', async (_name, about) => {
      await expect(query(about)).rejects.toBeInstanceOf(InvalidTableCall);
    });
  });

  describe('an index', () => {
    const queued = async (pk: string) => (await readAll({ pk, index: 'queue', limit: 2 })).items.map((item) => item.sk);
    const entry = (queuePk: string, queueSk: string) => ({ queuePk, queueSk, title: queueSk });

    it('holds only items with both keys, in the order of its own sort key', async () => {
      await given(subject(), 'index', '1', entry('sparse', 'c'));
      await given(subject(), 'index', '2', entry('sparse', 'a'));
      await given(subject(), 'index', '3', { queuePk: 'sparse' });
      await given(subject(), 'index', '4', { queueSk: 'a' });
      await given(subject(), 'index', '5', entry('sparse', 'b'));
      expect(await queued('sparse')).toEqual(['2', '5', '1']);
      const range = await query({ pk: 'sparse', index: 'queue', sk: { atLeast: 'b' }, newestFirst: true });
      expect(range.items.map((item) => item.title)).toEqual(['c', 'b']);
    });

    it('is followed by updates, transactions and deletes', async () => {
      const { tables, table } = subject();
      for (const sk of ['1', '2', '3', '4']) await given(subject(), 'moved', sk, entry('from', sk));
      const key = (sk: string) => ({ pk: 'moved', sk });
      await tables.write([{ table, update: key('1'), changes: { set: [['queuePk', 'to']] } }]);
      await tables.write([
        { table, update: key('2'), changes: { remove: ['queueSk'] } },
        { table, delete: key('3') },
      ]);
      expect(await queued('from')).toEqual(['4']);
      expect(await queued('to')).toEqual(['1']);
      await tables.write([{ table, update: key('2'), changes: { set: [['queueSk', '9']] } }]);
      expect(await queued('from')).toEqual(['4', '2']);
    });

    it('pages over items with the same index key', async () => {
      for (const sk of ['1', '2', '3', '4', '5']) await given(subject(), `same ${sk}`, sk, entry('same', 'key'));
      expect((await queued('same')).sort()).toEqual(['1', '2', '3', '4', '5']);
    });
  });
}
