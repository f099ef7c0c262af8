// Counts table operations in the units that DynamoDB bills, by standing before the store's three methods.
import type { Item, Query, Tables, Value, WriteOutcome } from '../../functions/common/table.ts';
import { keyOf } from '../../functions/common/table-limits.ts';

/** Per table: calls, items written, and request units (a write unit is 1 KB, a read unit 4 KB read consistently). */
export type TableCounts = { calls: number; itemsWritten: number; writeUnits: number; readUnits: number };
export type Counts = Record<string, TableCounts>;
export type Counter = { counts(): Counts };

/** From now on every call is counted; sizes are taken from the items before and after, so it costs extra reads. */
export function countOperations(store: Tables): Counter {
  const counts: Counts = {};
  const get = store.get.bind(store);
  const query = store.query.bind(store);
  const write = store.write.bind(store);
  const add = (table: string, more: Partial<TableCounts>) => {
    const sum = counts[table] ?? { calls: 0, itemsWritten: 0, writeUnits: 0, readUnits: 0 };
    for (const [name, value] of Object.entries(more)) sum[name as keyof TableCounts] += value;
    counts[table] = sum;
  };
  store.get = async (table, key, options) => {
    const item = await get(table, key, options);
    add(table, { calls: 1, readUnits: readUnits(bytesOf(item)) / (options?.eventually ? 2 : 1) });
    return item;
  };
  store.query = async (asked: Query) => {
    const page = await query(asked);
    const bytes = page.items.reduce((sum, item) => sum + bytesOf(item), 0);
    add(asked.table, { calls: 1, readUnits: readUnits(bytes) / (asked.consistent ? 1 : 2) });
    return page;
  };
  store.write = async (writes) => {
    const look = () => Promise.all(writes.map((one) => get(one.table, keyOf(one))));
    const before = await look();
    const outcome: WriteOutcome = await write(writes);
    const after = await look();
    for (const [index, one] of writes.entries()) {
      const units = writeUnits(before[index], after[index], 'check' in one) * (writes.length > 1 ? 2 : 1);
      const written = outcome.written && !('check' in one) ? 1 : 0;
      add(one.table, { calls: index === 0 ? 1 : 0, itemsWritten: written, writeUnits: units });
    }
    return outcome;
  };
  return { counts: () => structuredClone(counts) };
}

/** What was added between two looks. */
export function countsSince(before: Counts, now: Counts): Counts {
  return Object.fromEntries(
    Object.entries(now).map(([table, counts]) => {
      const minus = before[table];
      const { calls, itemsWritten, writeUnits, readUnits } = counts;
      const difference = {
        calls: calls - (minus?.calls ?? 0),
        itemsWritten: itemsWritten - (minus?.itemsWritten ?? 0),
        writeUnits: writeUnits - (minus?.writeUnits ?? 0),
        readUnits: readUnits - (minus?.readUnits ?? 0),
      };
      return [table, difference];
    }),
  );
}

const readUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 4_096));

/** The larger of both images, and each index entry that appears, goes or moves (KEYS_ONLY: 1 unit, a move is two). */
export function writeUnits(before: Item | undefined, after: Item | undefined, isCheck: boolean): number {
  const own = Math.max(1, Math.ceil(Math.max(bytesOf(before), bytesOf(after)) / 1_024));
  if (isCheck) return own;
  const indexes = new Set([...indexesOf(before), ...indexesOf(after)]);
  const entry = (item: Item | undefined, index: string) => item && `${item[`${index}Pk`]} ${item[`${index}Sk`]}`;
  return [...indexes].reduce((sum, index) => {
    const had = indexesOf(before).includes(index);
    const has = indexesOf(after).includes(index);
    if (had && has) return sum + (entry(before, index) === entry(after, index) ? 0 : 2);
    return sum + 1;
  }, own);
}

const indexesOf = (item: Item | undefined): string[] =>
  Object.keys(item ?? {}).flatMap((name) => {
    const index = name.slice(0, -2);
    return name.endsWith('Pk') && item?.[`${index}Sk`] !== undefined && item[name] !== undefined ? [index] : [];
  });

/**
 * The size that DynamoDB bills (developer guide, "DynamoDB item sizes and formats"): names and texts in UTF-8, a number by its
 * significant digits, three bytes for a list or map and one for each member, a set as its members.
 */
export function bytesOf(item: Item | undefined): number {
  return Object.entries(item ?? {}).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );
}

function valueBytes(value: Value | undefined): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(significantDigits(value) / 2) + (value < 0 ? 2 : 1);
  if (value === null || typeof value === 'boolean') return 1;
  if (value === undefined) return 0;
  if (value instanceof Set) return [...value].reduce((sum, member) => sum + Buffer.byteLength(member), 0);
  const members = Array.isArray(value) ? value.map(valueBytes) : [bytesOf(value as Item)];
  return 3 + Object.keys(value).length + members.reduce((sum, bytes) => sum + bytes, 0);
}

const significantDigits = (value: number): number =>
  value.toExponential().split('e')[0]?.replace(/[-.]/g, '').length ?? 1;
