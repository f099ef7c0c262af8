// The table port on SQLite: the store of the embedded runtime and, on ':memory:', of the tests.
//
// Writes are judged and applied at once, inside the transaction that the current turn of the event loop shares; every
// answer, reads included, waits until what it has seen is durable. Changes of tables with a stream are logged in the
// same transaction.
import type { DatabaseSync } from 'node:sqlite';
import {
  InvalidTableCall,
  type Item,
  type Key,
  type Page,
  type Query,
  TableBusy,
  type Tables,
  type Write,
  type WriteOutcome,
} from './table.ts';
import { decodeItem } from './table-codec.ts';
import { checkKey } from './table-limits.ts';
import { type Change, changeOf } from './table-sqlite-changes.ts';
import { openFile } from './table-sqlite-file.ts';
import { type GroupCommit, groupCommit } from './table-sqlite-group.ts';
import { queryRunner } from './table-sqlite-query.ts';
import { changesOf, prepareSchema, type TableDefinition } from './table-sqlite-schema.ts';
import { applyStep, judge, type OpenTable, openTable, readStored, type Step } from './table-sqlite-write.ts';

export type { Change } from './table-sqlite-changes.ts';
export type { TableDefinition } from './table-sqlite-schema.ts';

export interface SqliteStore extends Tables {
  /** Creates or adapts the table. Throws InvalidTableCall for a definition that cannot be. */
  defineTable(definition: TableDefinition): void;
  /** Durable changes of a table with a stream, oldest first, with a sequence number above `seq`. */
  changesAfter(table: string, seq: number, limit: number): Change[];
  /** Forgets the changes up to and including that sequence number. */
  trimChanges(table: string, uptoSeq: number): void;
  /** Calls back after each commit that logged changes, with the tables they belong to. Returns the way to stop it. */
  onCommit(listener: (tables: Set<string>) => void): () => void;
  /** Runs `fn` inside the current group commit; resolves once that is durable. What it throws undoes only itself. */
  durably<T>(fn: (db: DatabaseSync) => T): Promise<T>;
  /** Deletes what has expired by then (the TTL attribute holds seconds); resolves with how many items went. */
  sweepExpired(nowMs: number): Promise<number>;
  /** Commits what is open and closes the file. */
  close(): void;
}

const SWEEP_BATCH = 500;
/** DynamoDB leaves items alone whose expiry lies further back: it takes them for a mistake in units. */
const EXPIRY_AGE_SECONDS_MAX = 5 * 365 * 24 * 3600;

/** Opens the file, or a store in memory for ':memory:'. Throws when another process has the file open. */
export function openSqlite(path: string, options: { now?: () => number } = {}): SqliteStore {
  return new Store(openFile(path), options.now ?? Date.now);
}

class Store implements SqliteStore {
  readonly #db: DatabaseSync;
  readonly #now: () => number;
  readonly #group: GroupCommit;
  readonly #runQuery: ReturnType<typeof queryRunner>;
  readonly #tables = new Map<string, OpenTable>();
  readonly #listeners = new Set<(tables: Set<string>) => void>();
  /** tables with changes logged by the open group */
  #touched = new Set<OpenTable>();
  #insideDurably = false;

  constructor(db: DatabaseSync, now: () => number) {
    this.#db = db;
    this.#now = now;
    this.#group = groupCommit(db, { commit: () => this.#announce(), rollback: () => this.#forget() });
    this.#runQuery = queryRunner(db);
  }

  async get(table: string, key: Key): Promise<Item | undefined> {
    checkKey(key);
    const stored = readStored(this.#tableOf(table), key);
    await this.#group.settled();
    return stored && decodeItem(stored.text);
  }

  async query(query: Query): Promise<Page> {
    const page = this.#runQuery(this.#tableOf(query.table).definition, query);
    await this.#group.settled();
    return page;
  }

  async write(writes: readonly Write[]): Promise<WriteOutcome> {
    const judged = judge(writes, (name) => this.#tableOf(name));
    if ('steps' in judged) this.#apply(judged.steps);
    await this.#group.settled();
    if ('refusal' in judged) return judged.refusal;
    const only = writes.length === 1 ? judged.steps[0]?.after : undefined;
    return { written: true, items: writes.map(() => only && decodeItem(only.text)) };
  }

  async durably<T>(fn: (db: DatabaseSync) => T): Promise<T> {
    this.#group.enter();
    this.#db.exec('SAVEPOINT durably');
    let result: T;
    this.#insideDurably = true;
    try {
      result = fn(this.#db);
    } catch (error) {
      this.#db.exec('ROLLBACK TO durably; RELEASE durably');
      throw error;
    } finally {
      this.#insideDurably = false;
    }
    this.#db.exec('RELEASE durably');
    await this.#group.settled();
    return result;
  }

  async sweepExpired(nowMs: number): Promise<number> {
    let swept = 0;
    for (const table of this.#tables.values()) {
      for (let keys = expiredKeys(table, nowMs); keys.length > 0; keys = expiredKeys(table, nowMs)) {
        const steps = keys.map((key) => ({ table, key, before: readStored(table, key), after: undefined }));
        this.#apply(steps, true);
        await this.#group.settled();
        swept += keys.length;
      }
    }
    return swept;
  }

  defineTable(definition: TableDefinition): void {
    this.#group.flush();
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const seq = prepareSchema(this.#db, definition);
      this.#tables.set(definition.name, openTable(this.#db, definition, seq));
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  changesAfter(name: string, seq: number, limit: number): Change[] {
    const table = this.#tableOf(name);
    if (!table.changes) throw new InvalidTableCall(`The table ${name} has no stream.`);
    return table.changes.all(seq, table.durableSeq, limit).map((row) => changeOf(name, row));
  }

  trimChanges(name: string, uptoSeq: number): void {
    const table = this.#tableOf(name);
    this.#group.enter();
    this.#db.prepare('UPDATE lazyark_tables SET last_seq = max(last_seq, ?) WHERE name = ?').run(table.seq, name);
    this.#db.prepare(`DELETE FROM ${changesOf(name)} WHERE seq <= ?`).run(uptoSeq);
  }

  onCommit(listener: (tables: Set<string>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#group.flush();
    this.#db.close();
  }

  #tableOf(name: string): OpenTable {
    const table = this.#tables.get(name);
    if (!table) throw new InvalidTableCall(`There is no table ${name}.`);
    return table;
  }

  #apply(steps: readonly Step[], byTtl = false): void {
    if (this.#insideDurably) throw new Error('A write inside durably() could be undone after it was acknowledged.');
    if (steps.length === 0) return;
    this.#group.enter();
    try {
      for (const step of steps) if (applyStep(step, this.#now(), byTtl)) this.#touched.add(step.table);
    } catch (error) {
      this.#group.abandon(error);
      throw new TableBusy(`The store could not write: ${error instanceof Error ? error.message : error}`);
    }
  }

  #announce(): void {
    const names = new Set([...this.#touched].map((table) => table.definition.name));
    for (const table of this.#touched) table.durableSeq = table.seq;
    this.#touched = new Set();
    if (names.size === 0) return;
    for (const listener of this.#listeners) queueMicrotask(() => listener(names));
  }

  #forget(): void {
    for (const table of this.#touched) table.seq = table.durableSeq;
    this.#touched = new Set();
  }
}

function expiredKeys(table: OpenTable, nowMs: number): Key[] {
  const seconds = Math.floor(nowMs / 1000);
  return (table.expired?.all(seconds, seconds - EXPIRY_AGE_SECONDS_MAX, SWEEP_BATCH) ?? []) as Key[];
}
