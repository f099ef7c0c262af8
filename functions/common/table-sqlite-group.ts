// Group commit: everything written in one turn of the event loop shares one transaction and one fsync.
import type { DatabaseSync } from 'node:sqlite';
import { TableOutcomeUnknown } from './table.ts';

export interface GroupCommit {
  /** Makes sure that a transaction is open; it commits at the end of this turn. */
  enter(): void;
  /** Resolves when everything written so far is durable; rejects with TableOutcomeUnknown when it could not be made so. */
  settled(): Promise<void>;
  /** Undoes the whole open group: for when one of its writes broke in the middle. */
  abandon(reason: unknown): void;
  /** Commits now. */
  flush(): void;
}

/** `afterCommit` and `afterRollback` run before anybody who waits is told. */
export function groupCommit(db: DatabaseSync, after: { commit(): void; rollback(): void }): GroupCommit {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  let open: PromiseWithResolvers<void> | undefined;

  function enter(): void {
    if (open) return;
    begin.run();
    const group = Promise.withResolvers<void>();
    group.promise.catch(() => undefined);
    open = group;
    setImmediate(() => open === group && flush());
  }

  function flush(): void {
    if (!open) return;
    const group = open;
    try {
      commit.run();
    } catch (error) {
      abandon(error);
      return;
    }
    open = undefined;
    after.commit();
    group.resolve();
  }

  function abandon(reason: unknown): void {
    const group = open;
    open = undefined;
    if (db.isTransaction) db.exec('ROLLBACK');
    after.rollback();
    const text = reason instanceof Error ? reason.message : String(reason);
    group?.reject(new TableOutcomeUnknown(`The store could not commit: ${text}`));
  }

  return { enter, flush, abandon, settled: async () => open?.promise };
}
