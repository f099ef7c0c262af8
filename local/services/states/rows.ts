// What is durable about executions: their rows, the frames they stand in, task tokens and history, in SQLite.
import type { DatabaseSync, StatementSync } from 'node:sqlite';

export type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
export type ExecutionRow = {
  arn: string;
  machine: string;
  name: string;
  role: string;
  definition: string;
  status: Status;
  input: string;
  output: string | null;
  error: string | null;
  cause: string | null;
  started_ms: number;
  stopped_ms: number | null;
  redrives: number;
};

/** What a frame remembers about the state it stands in, beside its input. */
export type FrameDetail = {
  /** the last history event of this frame */
  eventId?: number;
  /** retries used, by retrier */
  retries?: number[];
  /** when the next attempt may begin */
  retryMs?: number;
  /** the task token given out, and when */
  token?: string;
  tokenMs?: number;
  /** the task with the token has been handed over; only the answer is awaited */
  submitted?: boolean;
};

/**
 * Where a line of states stands: the root has path '', an iteration or a branch has its parent's path and its number.
 * `output` is there once the line has ended.
 */
export type Frame = {
  path: string;
  state: string;
  input: unknown;
  enteredMs: number;
  detail: FrameDetail;
  done: boolean;
  output?: unknown;
};

/** A frame as it is now, for a write that happens later. */
export const frameCopy = (frame: Frame): Frame => ({ ...frame, detail: { ...frame.detail } });

export type TaskOutcome = { output: string } | { error: string; cause: string };
export type TokenRow = {
  token: string;
  execution: string;
  path: string;
  beat_ms: number;
  outcome: string | null;
  ended: number;
};

const statements = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/** Compiling a statement costs more than running it. */
function prepared(db: DatabaseSync, sql: string): StatementSync {
  const known = statements.get(db) ?? new Map<string, StatementSync>();
  statements.set(db, known);
  const statement = known.get(sql) ?? db.prepare(sql);
  known.set(sql, statement);
  return statement;
}

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
      detail TEXT NOT NULL, output TEXT, PRIMARY KEY (execution, path)) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS rt_states_tokens (
      token TEXT PRIMARY KEY, execution TEXT NOT NULL, path TEXT NOT NULL, beat_ms INTEGER NOT NULL, outcome TEXT,
      ended INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS rt_states_tokens_execution ON rt_states_tokens (execution);
    CREATE TABLE IF NOT EXISTS rt_states_history (
      execution TEXT NOT NULL, first_id INTEGER NOT NULL, events TEXT NOT NULL, PRIMARY KEY (execution, first_id))
      STRICT, WITHOUT ROWID;
  `);
}

export function insertExecution(db: DatabaseSync, row: ExecutionRow, definitionText: string): void {
  prepared(db, 'INSERT OR IGNORE INTO rt_states_definitions VALUES (?, ?)').run(row.definition, definitionText);
  prepared(
    db,
    `INSERT INTO rt_states_executions (arn, machine, name, role, definition, status, input, started_ms)
    VALUES (?, ?, ?, ?, ?, 'RUNNING', ?, ?)`,
  ).run(row.arn, row.machine, row.name, row.role, row.definition, row.input, row.started_ms);
}

export const executionByArn = (db: DatabaseSync, arn: string): ExecutionRow | undefined =>
  prepared(db, 'SELECT * FROM rt_states_executions WHERE arn = ?').get(arn) as ExecutionRow | undefined;

export function listExecutions(
  db: DatabaseSync,
  wanted: { machine: string; status?: string; limit: number; offset: number },
): ExecutionRow[] {
  const { machine, status = null, limit, offset } = wanted;
  return prepared(
    db,
    `SELECT * FROM rt_states_executions WHERE machine = ? AND (? IS NULL OR status = ?)
    ORDER BY started_ms DESC, rowid DESC LIMIT ? OFFSET ?`,
  ).all(machine, status, status, limit, offset) as ExecutionRow[];
}

/** Makes a closed execution run again; frames that had not ended begin their state anew. */
export function reopenExecution(db: DatabaseSync, arn: string, nowMs: number): void {
  prepared(
    db,
    `UPDATE rt_states_executions SET status = 'RUNNING', output = NULL, error = NULL, cause = NULL,
    stopped_ms = NULL, redrives = redrives + 1 WHERE arn = ?`,
  ).run(arn);
  prepared(db, "UPDATE rt_states_frames SET detail = '{}', entered_ms = ? WHERE execution = ? AND output IS NULL").run(
    nowMs,
    arn,
  );
}

export const runningExecutions = (db: DatabaseSync): ExecutionRow[] =>
  prepared(
    db,
    "SELECT * FROM rt_states_executions WHERE status = 'RUNNING' ORDER BY started_ms",
  ).all() as ExecutionRow[];

export const definitionText = (db: DatabaseSync, hash: string): string =>
  (prepared(db, 'SELECT text FROM rt_states_definitions WHERE hash = ?').get(hash) as { text: string }).text;

export function saveFrame(db: DatabaseSync, execution: string, frame: Frame): void {
  const output = frame.done ? JSON.stringify(frame.output ?? null) : null;
  prepared(db, 'INSERT OR REPLACE INTO rt_states_frames VALUES (?, ?, ?, ?, ?, ?, ?)').run(
    execution,
    frame.path,
    frame.state,
    JSON.stringify(frame.input ?? null),
    frame.enteredMs,
    JSON.stringify(frame.detail),
    output,
  );
}

/** Removes the frames below a path: the iterations or branches of a state that is left or tried again. */
export function dropFramesBelow(db: DatabaseSync, execution: string, path: string): void {
  prepared(db, 'DELETE FROM rt_states_frames WHERE execution = ? AND path >= ? AND path < ?').run(
    execution,
    `${path}/`,
    `${path}0`,
  );
}

type FrameRow = {
  path: string;
  state: string;
  input: string;
  entered_ms: number;
  detail: string;
  output: string | null;
};

export function framesOf(db: DatabaseSync, execution: string): Frame[] {
  const rows = prepared(db, 'SELECT * FROM rt_states_frames WHERE execution = ? ORDER BY path').all(execution);
  return (rows as FrameRow[]).map((row) => ({
    path: row.path,
    state: row.state,
    input: JSON.parse(row.input),
    enteredMs: row.entered_ms,
    detail: JSON.parse(row.detail),
    done: row.output !== null,
    ...(row.output === null ? {} : { output: JSON.parse(row.output) }),
  }));
}

export function finishExecution(
  db: DatabaseSync,
  arn: string,
  end: { status: Status; output?: string; error?: string; cause?: string; stoppedMs: number },
): void {
  prepared(
    db,
    'UPDATE rt_states_executions SET status = ?, output = ?, error = ?, cause = ?, stopped_ms = ? WHERE arn = ?',
  ).run(end.status, end.output ?? null, end.error ?? null, end.cause ?? null, end.stoppedMs, arn);
  prepared(db, 'UPDATE rt_states_tokens SET ended = 1 WHERE execution = ?').run(arn);
}

export function insertToken(db: DatabaseSync, token: string, execution: string, path: string, nowMs: number): void {
  prepared(db, 'INSERT OR IGNORE INTO rt_states_tokens (token, execution, path, beat_ms) VALUES (?, ?, ?, ?)').run(
    token,
    execution,
    path,
    nowMs,
  );
}

export const tokenRow = (db: DatabaseSync, token: string): TokenRow | undefined =>
  prepared(db, 'SELECT * FROM rt_states_tokens WHERE token = ?').get(token) as TokenRow | undefined;

export const saveOutcome = (db: DatabaseSync, token: string, outcome: string): void =>
  void prepared(db, 'UPDATE rt_states_tokens SET outcome = ? WHERE token = ?').run(outcome, token);

export const saveBeat = (db: DatabaseSync, token: string, beatMs: number): void =>
  void prepared(db, 'UPDATE rt_states_tokens SET beat_ms = ? WHERE token = ?').run(beatMs, token);

export const endToken = (db: DatabaseSync, token: string): void =>
  void prepared(db, 'UPDATE rt_states_tokens SET ended = 1 WHERE token = ?').run(token);

export function insertHistory(db: DatabaseSync, execution: string, events: { id: number }[]): void {
  const [first] = events;
  if (!first) return;
  prepared(db, 'INSERT INTO rt_states_history VALUES (?, ?, ?)').run(execution, first.id, JSON.stringify(events));
}

export function historyOf(db: DatabaseSync, execution: string): { id: number }[] {
  const rows = prepared(db, 'SELECT events FROM rt_states_history WHERE execution = ? ORDER BY first_id').all(
    execution,
  );
  return (rows as { events: string }[]).flatMap((row) => JSON.parse(row.events));
}

/** The last event id that is durable; the next run goes on from there. */
export function lastEventId(db: DatabaseSync, execution: string): number {
  const row = prepared(
    db,
    'SELECT events FROM rt_states_history WHERE execution = ? ORDER BY first_id DESC LIMIT 1',
  ).get(execution);
  const events: { id: number }[] = row ? JSON.parse((row as { events: string }).events) : [];
  return events.at(-1)?.id ?? 0;
}

/** Forgets executions that ended before a moment, as AWS does after 90 days; returns how many. */
export function forgetExecutions(db: DatabaseSync, stoppedBeforeMs: number): number {
  const old = 'SELECT arn FROM rt_states_executions WHERE stopped_ms < ?';
  for (const table of ['frames', 'tokens', 'history']) {
    prepared(db, `DELETE FROM rt_states_${table} WHERE execution IN (${old})`).run(stoppedBeforeMs);
  }
  return Number(prepared(db, 'DELETE FROM rt_states_executions WHERE stopped_ms < ?').run(stoppedBeforeMs).changes);
}
