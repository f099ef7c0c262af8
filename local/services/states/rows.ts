// What is durable about executions: their rows, and the frames they stand in.
import type { DatabaseSync } from 'node:sqlite';
import { prepared } from '../prepared.ts';

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
  // Only what did not succeed can be redriven.
  if (end.status === 'SUCCEEDED') prepared(db, 'DELETE FROM rt_states_frames WHERE execution = ?').run(arn);
}

/** Forgets executions that ended before a moment, as AWS does after 90 days; returns how many. */
export function forgetExecutions(db: DatabaseSync, stoppedBeforeMs: number): number {
  const old = 'SELECT arn FROM rt_states_executions WHERE stopped_ms < ?';
  for (const table of ['frames', 'tokens', 'history']) {
    prepared(db, `DELETE FROM rt_states_${table} WHERE execution IN (${old})`).run(stoppedBeforeMs);
  }
  return Number(prepared(db, 'DELETE FROM rt_states_executions WHERE stopped_ms < ?').run(stoppedBeforeMs).changes);
}
