// How far each stream mapping has come, lane by lane: one row per mapping.
import type { DatabaseSync } from 'node:sqlite';
import type { Host } from '../../service.ts';

export interface Checkpoint {
  /** the lanes' sequence numbers; undefined when this mapping has never run */
  load(): Promise<number[] | undefined>;
  save(lanes: readonly number[]): Promise<void>;
}

export function checkpointOf(mapping: string, host: Host): Checkpoint {
  const ready = (db: DatabaseSync) =>
    db.exec('CREATE TABLE IF NOT EXISTS rt_lambda_checkpoint (mapping TEXT PRIMARY KEY, lanes TEXT NOT NULL) STRICT');
  const write = (db: DatabaseSync) =>
    db.prepare(
      'INSERT INTO rt_lambda_checkpoint VALUES (?, ?) ON CONFLICT (mapping) DO UPDATE SET lanes = excluded.lanes',
    );
  let upsert: ReturnType<typeof write> | undefined;
  return {
    load: () =>
      host.store.durably((db) => {
        ready(db);
        const row = db.prepare('SELECT lanes FROM rt_lambda_checkpoint WHERE mapping = ?').get(mapping);
        return row && (JSON.parse(String(row.lanes)) as number[]);
      }),
    save: (lanes) =>
      host.store.durably((db) => {
        upsert ??= write(db);
        upsert.run(mapping, JSON.stringify(lanes));
      }),
  };
}
