// How a table of the port lies in the SQLite file: one SQLite table for its items, one for its changes.
//
// Items: pk, sk, body (JSON), two columns per index (both filled or both empty, so that a partial index is sparse as
// DynamoDB's are), and the expiry time. Changes: a row per change with the item's text before and after.
import type { DatabaseSync } from 'node:sqlite';
import { InvalidTableCall, type Item } from './table.ts';
import { decodeItem } from './table-codec.ts';
import { checkKeyText } from './table-limits.ts';

export type TableDefinition = { name: string; indexes: { name: string }[]; stream: boolean; ttlAttribute?: string };
export type Columns = (string | number | null)[];

const NAME = /^[A-Za-z0-9_.-]{3,255}$/;

/** A quoted SQLite name; definitions are checked, so nothing else can get into a statement. */
export const itemsOf = (table: string) => `"t_${table}"`;
export const changesOf = (table: string) => `"c_${table}"`;
export const indexColumns = (index: string) => ({ pk: `"ix_${index}_pk"`, sk: `"ix_${index}_sk"` });
export const TTL_COLUMN = '"expires_at"';

/** The column names beside pk, sk and body, in the order of `columnsOf`. */
export function columnNames(definition: TableDefinition): string[] {
  const indexes = definition.indexes.flatMap(({ name }) => Object.values(indexColumns(name)));
  return definition.ttlAttribute === undefined ? indexes : [...indexes, TTL_COLUMN];
}

/** What an item puts into those columns. Throws InvalidTableCall for an index key that is not usable text. */
export function columnsOf(definition: TableDefinition, item: Item, readKey = indexKey): Columns {
  const columns: Columns = [];
  for (const { name } of definition.indexes) {
    const pk = readKey(item, `${name}Pk`, 2048);
    const sk = readKey(item, `${name}Sk`, 1024);
    if (pk === null || sk === null) columns.push(null, null);
    else columns.push(pk, sk);
  }
  if (definition.ttlAttribute !== undefined) columns.push(expiryOf(item, definition.ttlAttribute));
  return columns;
}

function indexKey(item: Item, attribute: string, bytesMax: number): string | null {
  const value = item[attribute];
  if (value === undefined) return null;
  checkKeyText(attribute, value, bytesMax);
  return value as string;
}

function expiryOf(item: Item, attribute: string): number | null {
  const value = item[attribute];
  return typeof value === 'number' ? Math.floor(value) : null;
}

/** Creates or adapts the SQLite tables to the definition. Returns the sequence number up to which changes exist. */
export function prepareSchema(db: DatabaseSync, definition: TableDefinition): number {
  checkDefinition(definition);
  db.exec(
    'CREATE TABLE IF NOT EXISTS lazyark_tables (name TEXT PRIMARY KEY, definition TEXT, last_seq INTEGER DEFAULT 0)',
  );
  const row = db.prepare('SELECT definition, last_seq FROM lazyark_tables WHERE name = ?').get(definition.name);
  const before = row && (JSON.parse(String(row.definition)) as TableDefinition);
  db.exec(
    `CREATE TABLE IF NOT EXISTS ${itemsOf(definition.name)} (pk TEXT NOT NULL, sk TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (pk, sk)) WITHOUT ROWID`,
  );
  if (JSON.stringify(before) !== JSON.stringify(definition)) adaptColumns(db, definition, before);
  db.prepare(
    'INSERT INTO lazyark_tables (name, definition) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET definition = excluded.definition',
  ).run(definition.name, JSON.stringify(definition));
  if (!definition.stream) return Number(row?.last_seq ?? 0);
  db.exec(
    `CREATE TABLE IF NOT EXISTS ${changesOf(definition.name)} (seq INTEGER PRIMARY KEY, pk TEXT, sk TEXT, kind TEXT, before TEXT, after TEXT, at_ms INTEGER, by_ttl INTEGER)`,
  );
  const kept = db.prepare(`SELECT max(seq) AS seq FROM ${changesOf(definition.name)}`).get();
  return Math.max(Number(row?.last_seq ?? 0), Number(kept?.seq ?? 0));
}

function checkDefinition(definition: TableDefinition): void {
  const indexNames = definition.indexes.map((index) => index.name);
  for (const name of [definition.name, ...indexNames]) {
    if (!NAME.test(name))
      throw new InvalidTableCall(`"${name}" is not a name for a table or index (3 to 255 of A-Z a-z 0-9 _ . -).`);
  }
  if (new Set(indexNames).size < indexNames.length)
    throw new InvalidTableCall(`${definition.name} names an index twice.`);
}

/** Brings columns and indexes in line; items keep their text, the columns are filled from it again. */
function adaptColumns(db: DatabaseSync, definition: TableDefinition, before: TableDefinition | undefined): void {
  const items = itemsOf(definition.name);
  for (const { name } of before?.indexes ?? []) db.exec(`DROP INDEX IF EXISTS "i_${definition.name}_${name}"`);
  db.exec(`DROP INDEX IF EXISTS "e_${definition.name}"`);
  const there = new Set(
    db
      .prepare(`SELECT name FROM pragma_table_info(?)`)
      .all(`t_${definition.name}`)
      .map((c) => `"${c.name}"`),
  );
  const wanted = columnNames(definition);
  for (const column of wanted) {
    if (!there.has(column))
      db.exec(`ALTER TABLE ${items} ADD COLUMN ${column} ${column === TTL_COLUMN ? 'INTEGER' : 'TEXT'}`);
  }
  if (wanted.length > 0) fillColumns(db, definition);
  for (const { name } of definition.indexes) {
    const { pk, sk } = indexColumns(name);
    db.exec(`CREATE INDEX "i_${definition.name}_${name}" ON ${items} (${pk}, ${sk}, pk, sk) WHERE ${pk} IS NOT NULL`);
  }
  if (definition.ttlAttribute === undefined) return;
  db.exec(`CREATE INDEX "e_${definition.name}" ON ${items} (${TTL_COLUMN}) WHERE ${TTL_COLUMN} IS NOT NULL`);
}

function fillColumns(db: DatabaseSync, definition: TableDefinition): void {
  const items = itemsOf(definition.name);
  const assignments = columnNames(definition).map((column) => `${column} = ?`);
  const update = db.prepare(`UPDATE ${items} SET ${assignments.join(', ')} WHERE pk = ? AND sk = ?`);
  for (const row of db.prepare(`SELECT pk, sk, body FROM ${items}`).all()) {
    update.run(
      ...columnsOf(definition, decodeItem(String(row.body)), indexKeyIfUsable),
      String(row.pk),
      String(row.sk),
    );
  }
}

/** Items from before an index may not fit it; DynamoDB leaves those out of a new index, so does this. */
function indexKeyIfUsable(item: Item, attribute: string, bytesMax: number): string | null {
  try {
    return indexKey(item, attribute, bytesMax);
  } catch {
    return null;
  }
}
