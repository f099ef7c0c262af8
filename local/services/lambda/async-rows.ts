// The durable rows of asynchronous invocations (rt_lambda_async).
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SqliteStore } from '../../../functions/common/table-sqlite.ts';

export type Row = {
  id: string;
  functionName: string;
  json: string;
  attempts: number;
  createdMs: number;
  dueMs: number;
};

export interface AsyncRows {
  insert(row: Row): Promise<void>;
  retry(row: Row): Promise<void>;
  /** takes one row away and puts another one there, in one commit */
  replace(gone: Row, next: Row): Promise<void>;
  /** not awaited by anybody: shares a commit with what comes; a crash before it means one more delivery */
  removeSoon(id: string): void;
  all(): Promise<Row[]>;
  flush(): Promise<void>;
}

const removeAfterMs = 10;
const schema = `CREATE TABLE IF NOT EXISTS rt_lambda_async (id TEXT PRIMARY KEY, function_name TEXT NOT NULL,
  json TEXT NOT NULL, attempts INTEGER NOT NULL, created_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID`;
const select = `SELECT id, function_name AS "functionName", json, attempts, created_ms AS "createdMs",
  due_ms AS "dueMs" FROM rt_lambda_async ORDER BY created_ms`;

export function asyncRows(store: Pick<SqliteStore, 'durably'>): AsyncRows {
  const prepared = new Map<string, StatementSync>();
  let gone: string[] = [];
  let timer: NodeJS.Timeout | undefined;

  function statement(db: DatabaseSync, sql: string): StatementSync {
    if (prepared.size === 0) db.exec(schema);
    const known = prepared.get(sql) ?? db.prepare(sql);
    prepared.set(sql, known);
    return known;
  }

  function removeGone(db: DatabaseSync): void {
    const ids = gone;
    gone = [];
    clearTimeout(timer);
    timer = undefined;
    for (const id of ids) statement(db, 'DELETE FROM rt_lambda_async WHERE id = ?').run(id);
  }

  function put(db: DatabaseSync, { id, functionName, json, attempts, createdMs, dueMs }: Row): void {
    const insert = statement(db, 'INSERT INTO rt_lambda_async VALUES (?, ?, ?, ?, ?, ?)');
    insert.run(id, functionName, json, attempts, createdMs, dueMs);
    removeGone(db);
  }

  const flush = () => store.durably(removeGone);
  return {
    insert: (row) => store.durably((db) => put(db, row)),
    replace: (old, next) => {
      gone.push(old.id);
      return store.durably((db) => put(db, next));
    },
    retry: ({ attempts, dueMs, id }) =>
      store.durably((db) => {
        statement(db, 'UPDATE rt_lambda_async SET attempts = ?, due_ms = ? WHERE id = ?').run(attempts, dueMs, id);
      }),
    removeSoon(id) {
      gone.push(id);
      // A store that cannot commit has told so to those who wait for it; the row then stays for the next start.
      timer ??= setTimeout(() => void flush().catch(() => {}), removeAfterMs);
    },
    all: () => store.durably((db) => statement(db, select).all() as Row[]),
    flush,
  };
}
