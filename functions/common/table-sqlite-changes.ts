// A change of an item, as the log of a table with a stream keeps it.
import type { SQLOutputValue } from 'node:sqlite';
import type { Item } from './table.ts';
import { decodeItem } from './table-codec.ts';

export type Change = {
  seq: number;
  table: string;
  pk: string;
  sk: string;
  kind: 'INSERT' | 'MODIFY' | 'REMOVE';
  before?: Item;
  after?: Item;
  atMs: number;
  byTtl?: boolean;
};

/** The change in a row of the log. */
export function changeOf(table: string, row: Record<string, SQLOutputValue>): Change {
  return {
    seq: Number(row.seq),
    table,
    pk: String(row.pk),
    sk: String(row.sk),
    kind: row.kind as Change['kind'],
    ...(row.before === null ? {} : { before: decodeItem(String(row.before)) }),
    ...(row.after === null ? {} : { after: decodeItem(String(row.after)) }),
    atMs: Number(row.at_ms),
    ...(row.by_ttl === null ? {} : { byTtl: true }),
  };
}
