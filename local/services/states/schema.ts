// The tables of the state machines in the runtime's store.
import type { DatabaseSync } from 'node:sqlite';

export function createTables(db: DatabaseSync): void {
  db.exec(`
    CREATE TABLE IF NOT EXISTS rt_states_definitions (hash TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS rt_states_executions (
      arn TEXT PRIMARY KEY, machine TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, definition TEXT NOT NULL,
      status TEXT NOT NULL, input TEXT NOT NULL, output TEXT, error TEXT, cause TEXT,
      started_ms INTEGER NOT NULL, stopped_ms INTEGER, redrives INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE INDEX IF NOT EXISTS rt_states_executions_machine ON rt_states_executions (machine, started_ms);
    CREATE INDEX IF NOT EXISTS rt_states_executions_running ON rt_states_executions (status) WHERE status = 'RUNNING';
    CREATE INDEX IF NOT EXISTS rt_states_executions_stopped ON rt_states_executions (stopped_ms);
    CREATE TABLE IF NOT EXISTS rt_states_frames (
      execution TEXT NOT NULL, path TEXT NOT NULL, state TEXT NOT NULL, input TEXT NOT NULL, entered_ms INTEGER NOT NULL,
      detail TEXT NOT NULL, output TEXT, PRIMARY KEY (execution, path)) STRICT;
    CREATE TABLE IF NOT EXISTS rt_states_tokens (
      token TEXT PRIMARY KEY, execution TEXT NOT NULL, path TEXT NOT NULL, beat_ms INTEGER NOT NULL, outcome TEXT,
      ended INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS rt_states_tokens_execution ON rt_states_tokens (execution);
    CREATE TABLE IF NOT EXISTS rt_states_history (
      execution TEXT NOT NULL, first_id INTEGER NOT NULL, events TEXT NOT NULL, PRIMARY KEY (execution, first_id))
      STRICT;
  `);
}
