// Queries of the SQLite adapter: one prepared statement per shape of query, pages that end where DynamoDB's do.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { InvalidTableCall, type Item, type Page, type Query, type SortKeyRange } from './table.ts';
import { decodeItem } from './table-codec.ts';
import { type Position, readCursor, writeCursor } from './table-cursor.ts';
import { checkQuery } from './table-limits.ts';
import { indexColumns, itemsOf, type TableDefinition } from './table-sqlite-schema.ts';

/** A page ends with the item that takes it to this size (measured on the stored text, which is close to DynamoDB's count). */
const PAGE_BYTES_MAX = 1024 * 1024;

type Row = [body: string, pk: string, sk: string, indexSk: string];
type Part = { sql: string; values: string[] };

/** Runs a query. Throws InvalidTableCall for an unknown index, a foreign cursor, or what DynamoDB refuses. */
export function queryRunner(db: DatabaseSync): (definition: TableDefinition, query: Query) => Page {
  const prepared = new Map<string, StatementSync>();
  const prepare = (sql: string) => {
    let statement = prepared.get(sql);
    if (!statement) {
      statement = db.prepare(sql);
      statement.setReturnArrays(true);
      prepared.set(sql, statement);
    }
    return statement;
  };
  return (definition, query) => {
    const limit = checkQuery(query);
    const { sql, values } = compile(definition, query);
    return readPage(prepare(sql).iterate(...values, limit) as unknown as Iterable<Row>, query, limit);
  };
}

function readPage(rows: Iterable<Row>, query: Query, limit: number): Page {
  const items: Item[] = [];
  let bytes = 0;
  for (const [body, pk, sk, indexSk] of rows) {
    items.push(decodeItem(body));
    bytes += body.length;
    if (items.length < limit && bytes < PAGE_BYTES_MAX) continue;
    return { items, cursor: writeCursor(query, query.index === undefined ? { pk, sk } : { pk, sk, indexSk }) };
  }
  return { items };
}

function compile(definition: TableDefinition, query: Query): Part {
  const { index } = query;
  if (index !== undefined && !definition.indexes.some(({ name }) => name === index)) {
    throw new InvalidTableCall(`The table ${definition.name} does not have the index ${index}.`);
  }
  const { pk, sk } = index === undefined ? { pk: 'pk', sk: 'sk' } : indexColumns(index);
  const parts = [
    { sql: `${pk} = ?`, values: [query.pk] },
    ...(query.sk ? rangeParts(sk, query.sk) : []),
    ...cursorParts(readCursor(query), sk, query.newestFirst === true),
  ];
  const order = (index === undefined ? [sk] : [sk, 'pk', 'sk']).map(
    (name) => `${name} ${query.newestFirst ? 'DESC' : 'ASC'}`,
  );
  return {
    sql: `SELECT body, pk, sk, ${sk} FROM ${itemsOf(definition.name)} WHERE ${parts.map((part) => part.sql).join(' AND ')} ORDER BY ${order.join(', ')} LIMIT ?`,
    values: parts.flatMap((part) => part.values),
  };
}

function rangeParts(sk: string, range: SortKeyRange): Part[] {
  if ('equals' in range) return [{ sql: `${sk} = ?`, values: [range.equals] }];
  if ('between' in range) return [{ sql: `${sk} BETWEEN ? AND ?`, values: [...range.between] }];
  if ('atLeast' in range) return [{ sql: `${sk} >= ?`, values: [range.atLeast] }];
  if ('above' in range) return [{ sql: `${sk} > ?`, values: [range.above] }];
  if ('atMost' in range) return [{ sql: `${sk} <= ?`, values: [range.atMost] }];
  if ('below' in range) return [{ sql: `${sk} < ?`, values: [range.below] }];
  const end = afterEveryTextThatBeginsWith(range.beginsWith);
  const from = { sql: `${sk} >= ?`, values: [range.beginsWith] };
  return end === undefined ? [from] : [from, { sql: `${sk} < ?`, values: [end] }];
}

function cursorParts(position: Position | undefined, sk: string, newestFirst: boolean): Part[] {
  if (!position) return [];
  const past = newestFirst ? '<' : '>';
  if (position.indexSk === undefined) return [{ sql: `${sk} ${past} ?`, values: [position.sk] }];
  return [{ sql: `(${sk}, pk, sk) ${past} (?, ?, ?)`, values: [position.indexSk, position.pk, position.sk] }];
}

/** The prefix with its last character raised by one; undefined when no text comes after. */
function afterEveryTextThatBeginsWith(prefix: string): string | undefined {
  const points = [...prefix].map((character) => character.codePointAt(0) as number);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}
