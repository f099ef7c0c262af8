// The history of executions, in rows of several events: one per write of the execution.
import type { DatabaseSync } from 'node:sqlite';
import { prepared } from '../prepared.ts';

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
