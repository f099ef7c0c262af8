// The contract, part 3: writes that happen together or not at all.
import { describe, expect, it } from 'vitest';
import { given, type Subject } from './table.contract.ts';
import { InvalidTableCall, type Write } from './table.ts';

export function transactionCases(subject: () => Subject): void {
  const put = (pk: string, sk: string | number, attributes = {}): Write => ({
    table: subject().table,
    put: { pk, sk: String(sk), ...attributes },
  });
  const all = async (pk: string) => (await subject().tables.query({ table: subject().table, pk, limit: 1000 })).items;

  describe('transactions', () => {
    it('all kinds of writes together', async () => {
      const { tables, table } = subject();
      await given(subject(), 'together', 'checked', { open: true });
      await given(subject(), 'together', 'deleted');
      const outcome = await tables.write([
        put('together', 'put'),
        { table, update: { pk: 'together', sk: 'updated' }, changes: { add: [['n', 1]] } },
        { table, delete: { pk: 'together', sk: 'deleted' } },
        { table, check: { pk: 'together', sk: 'checked' }, if: { path: 'open', equals: true } },
      ]);
      expect(outcome).toEqual({ written: true, items: [undefined, undefined, undefined, undefined] });
      expect((await all('together')).map((item) => item.sk)).toEqual(['checked', 'put', 'updated']);
    });

    it('one failed condition refuses all, names each that failed and tells what it found', async () => {
      const { tables, table } = subject();
      const taken = await given(subject(), 'nothing', 'taken', { owner: 'a', waits: new Set(['x']) });
      const outcome = await tables.write([
        put('nothing', 'fresh'),
        { ...put('nothing', 'taken'), if: { missing: 'pk' } } as Write,
        { table, update: { pk: 'nothing', sk: 'updated' }, changes: { set: [['a', 1]] } },
        { table, check: { pk: 'nothing', sk: 'none' }, if: { exists: 'pk' } },
      ]);
      const refused = [
        { index: 1, found: taken },
        { index: 3, found: undefined },
      ];
      expect(outcome).toEqual({ written: false, refused });
      expect(await all('nothing')).toEqual([taken]);
    });

    it('conditions see the items as they were before the transaction', async () => {
      const { tables, table } = subject();
      const outcome = await tables.write([
        put('before', 'a'),
        { table, check: { pk: 'before', sk: 'b' }, if: { missing: 'pk' } },
      ]);
      expect(outcome.written).toBe(true);
    });

    it('an invalid write stops the others', async () => {
      const { tables, table } = subject();
      const invalid: Write = { table, update: { pk: 'invalid', sk: 'b' }, changes: { set: [[['no', 'parent'], 1]] } };
      await expect(tables.write([put('invalid', 'a'), invalid])).rejects.toBeInstanceOf(InvalidTableCall);
      expect(await all('invalid')).toEqual([]);
    });

    it('two that overlap: both happen one after the other, or one is refused, never half of each', async () => {
      const { tables, table } = subject();
      const claim = (owner: string, order: string[]): Promise<{ written: boolean }> =>
        tables.write(order.map((sk) => ({ table, put: { pk: 'overlap', sk, owner }, if: { missing: 'pk' } as const })));
      const outcomes = await Promise.all([claim('one', ['a', 'b']), claim('two', ['b', 'a'])]);
      const owners = (await all('overlap')).map((item) => item.owner);
      expect(outcomes.filter(({ written }) => written)).toHaveLength(1);
      expect(new Set(owners).size).toBe(1);
      expect(owners).toHaveLength(2);
    });

    it('takes 100 writes and refuses 101, none, and the same item twice', async () => {
      const { tables, table } = subject();
      const many = (count: number) => Array.from({ length: count }, (_, i) => put('many', i));
      await expect(tables.write(many(101))).rejects.toBeInstanceOf(InvalidTableCall);
      await expect(tables.write([])).rejects.toBeInstanceOf(InvalidTableCall);
      const twice: Write[] = [put('many', 'x'), { table, delete: { pk: 'many', sk: 'x' } }];
      await expect(tables.write(twice)).rejects.toBeInstanceOf(InvalidTableCall);
      expect(await all('many')).toEqual([]);
      expect((await tables.write(many(100))).written).toBe(true);
      expect(await all('many')).toHaveLength(100);
    });

    it('takes 3.9 MB and refuses more than 4 MB', async () => {
      const { tables } = subject();
      const large = (count: number) =>
        Array.from({ length: count }, (_, i) => put('large', i, { d: 'x'.repeat(390_000) }));
      await expect(tables.write(large(11))).rejects.toBeInstanceOf(InvalidTableCall);
      expect((await tables.write(large(10))).written).toBe(true);
    });
  });
}
