// Writes of the SQLite adapter: everything is judged first, then applied, so that a refusal needs no roll-back.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import type { Item, Key, Write, WriteOutcome } from './table.ts';
import { applyChanges } from './table-changes.ts';
import { checkChanges, checkCondition } from './table-checks.ts';
import { decodeItem, encodeItem } from './table-codec.ts';
import { holds } from './table-conditions.ts';
import { checkItemSize, checkTransactionSize, checkValue, checkWrites, keyOf } from './table-limits.ts';
import {
  type Columns,
  changesOf,
  columnNames,
  columnsOf,
  itemsOf,
  type TableDefinition,
  TTL_COLUMN,
} from './table-sqlite-schema.ts';

type Stored = { text: string; columns: Columns };
/** A write that has been judged: what is there now and what will be there. */
export type Step = {
  table: OpenTable;
  key: Key;
  before: Stored | undefined;
  after: (Stored & { item: Item }) | undefined;
};

/** A table with its prepared statements. */
export type OpenTable = {
  definition: TableDefinition;
  /** sequence number of the newest change, and of the newest one that is durable */
  seq: number;
  durableSeq: number;
  read: StatementSync;
  insert: StatementSync;
  update: StatementSync;
  updateBody: StatementSync;
  remove: StatementSync;
  expired: StatementSync | undefined;
  log: StatementSync | undefined;
  changes: StatementSync | undefined;
};

/** Prepares the statements of a table whose schema is in place. */
export function openTable(db: DatabaseSync, definition: TableDefinition, seq: number): OpenTable {
  const items = itemsOf(definition.name);
  const columns = columnNames(definition);
  const all = ['pk', 'sk', 'body', ...columns];
  const assignments = ['body', ...columns].map((column) => `${column} = ?`).join(', ');
  const log = `INSERT INTO ${changesOf(definition.name)} (seq, pk, sk, kind, before, after, at_ms, by_ttl) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
  const expired = `SELECT pk, sk FROM ${items} WHERE ${TTL_COLUMN} <= ? AND ${TTL_COLUMN} > ? LIMIT ?`;
  const changes = `SELECT * FROM ${changesOf(definition.name)} WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?`;
  const read = db.prepare(`SELECT ${['body', ...columns].join(', ')} FROM ${items} WHERE pk = ? AND sk = ?`);
  read.setReturnArrays(true);
  return {
    definition,
    seq,
    durableSeq: seq,
    read,
    insert: db.prepare(`INSERT INTO ${items} (${all.join(', ')}) VALUES (${all.map(() => '?').join(', ')})`),
    update: db.prepare(`UPDATE ${items} SET ${assignments} WHERE pk = ? AND sk = ?`),
    updateBody: db.prepare(`UPDATE ${items} SET body = ? WHERE pk = ? AND sk = ?`),
    remove: db.prepare(`DELETE FROM ${items} WHERE pk = ? AND sk = ?`),
    expired: definition.ttlAttribute === undefined ? undefined : db.prepare(expired),
    log: definition.stream ? db.prepare(log) : undefined,
    changes: definition.stream ? db.prepare(changes) : undefined,
  };
}

/** The item's text and columns as they are now. */
export function readStored(table: OpenTable, key: Key): Stored | undefined {
  const row = table.read.get(key.pk, key.sk) as unknown as Columns | undefined;
  return row && { text: row[0] as string, columns: row.slice(1) };
}

/** Judges the writes without changing anything: a refusal, or the steps to apply. Throws InvalidTableCall. */
export function judge(
  writes: readonly Write[],
  tableOf: (name: string) => OpenTable,
): { refusal: WriteOutcome } | { steps: Step[] } {
  checkWrites(writes);
  for (const write of writes) {
    if ('put' in write) checkValue(write.put);
    if ('update' in write) checkChanges(write.changes);
    if (write.if !== undefined) checkCondition(write.if);
  }
  const found = writes.map((write) => {
    const table = tableOf(write.table);
    const before = readStored(table, keyOf(write));
    const needsItem = write.if !== undefined || 'update' in write;
    return { table, before, item: before && needsItem ? decodeItem(before.text) : undefined };
  });
  const refused = writes.flatMap((write, index) =>
    write.if === undefined || holds(write.if, found[index]?.item) ? [] : [{ index, found: found[index]?.item }],
  );
  if (refused.length > 0) return { refusal: { written: false, refused } };
  const steps = writes.flatMap((write, index) => stepOf(write, found[index] as (typeof found)[number]));
  if (writes.length > 1) checkTransactionSize(steps.flatMap(({ after }) => after ?? []));
  return { steps };
}

function stepOf(write: Write, { table, before, item }: { table: OpenTable; before?: Stored; item?: Item }): Step[] {
  if ('check' in write) return [];
  const { pk, sk } = keyOf(write);
  if ('delete' in write) return before ? [{ table, key: { pk, sk }, before, after: undefined }] : [];
  const next = 'put' in write ? write.put : applyChanges(item, write.update, write.changes);
  if ('update' in write) checkValue(next);
  const text = encodeItem(next);
  checkItemSize(next, text);
  return [{ table, key: { pk, sk }, before, after: { item: next, text, columns: columnsOf(table.definition, next) } }];
}

/** Writes one step and its change record. Returns whether it wrote a change record. */
export function applyStep({ table, key, before, after }: Step, atMs: number, byTtl = false): boolean {
  if (before && after && sameItem(before.text, after.text)) return false;
  if (!after) table.remove.run(key.pk, key.sk);
  else if (!before) table.insert.run(key.pk, key.sk, after.text, ...after.columns);
  else if (sameColumns(before.columns, after.columns)) table.updateBody.run(after.text, key.pk, key.sk);
  else table.update.run(after.text, ...after.columns, key.pk, key.sk);
  if (!table.log) return false;
  const kind = before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY';
  const texts = [before?.text ?? null, after?.text ?? null];
  table.log.run(++table.seq, key.pk, key.sk, kind, ...texts, atMs, byTtl ? 1 : null);
  return true;
}

/** The same item can be written with its attributes in another order; its text then has the same length. */
function sameItem(before: string, after: string): boolean {
  if (before === after) return true;
  if (before.length !== after.length || !maybeReordered(before, after)) return false;
  return isDeepStrictEqual(decodeItem(before), decodeItem(after));
}

/** Reordered text has the same characters; comparing their sum is far cheaper than parsing both. */
function maybeReordered(before: string, after: string): boolean {
  let difference = 0;
  for (let i = 0; i < before.length; i++) difference += before.charCodeAt(i) - after.charCodeAt(i);
  return difference === 0;
}

function sameColumns(before: Columns, after: Columns): boolean {
  return before.every((value, i) => value === after[i]);
}
