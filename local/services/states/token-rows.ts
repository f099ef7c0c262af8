// Task tokens that were given out, when their holder last gave a sign of life, and the answer to them.
import type { DatabaseSync } from 'node:sqlite';
import { prepared } from '../prepared.ts';

export type TaskOutcome = { output: string } | { error: string; cause: string };
export type TokenRow = {
  token: string;
  execution: string;
  path: string;
  beat_ms: number;
  outcome: string | null;
  ended: number;
};

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
