// Opens the SQLite file of a store: durable at every commit, and owned by one process.
import { DatabaseSync } from 'node:sqlite';

/**
 * Opens the file, or a database in memory. Throws a sentence when another process owns it; the exclusive lock that says
 * so also spares the shared memory that WAL needs otherwise.
 */
export function openFile(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  try {
    db.exec('PRAGMA busy_timeout = 3000; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;');
    db.exec(
      'PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16000; BEGIN EXCLUSIVE; COMMIT;',
    );
    return db;
  } catch (error) {
    db.close();
    if (!(error instanceof Error) || !/locked|busy/.test(error.message)) throw error;
    throw new Error(`${path} is in use by another process. Stop that one first, or choose another data folder.`);
  }
}
