// Objects on disk: each version of an object is a file of its own, and a durable row says which file is the object.
//
// An upload writes a new file and flushes it before the row points to it, so a crash leaves the old object or the new
// one, never half of one. A file that no row knows is removed at the next start.
import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Host } from '../../service.ts';
import { addVersion, createVersions, findVersion, type Lock, removeVersion, versionFiles } from './object-lock.ts';

export type ObjectFacts = {
  key: string;
  sizeBytes: number;
  /** without quotes */
  etag: string;
  modifiedMs: number;
  /** content-type, x-amz-meta-… as they were sent */
  headers: Record<string, string>;
  /** in a bucket with Object Lock */
  version?: string;
};
export type Listing = { objects: ObjectFacts[]; more: boolean };

type Row = { key: string; file: string; size: number; etag: string; modified_ms: number; headers: string };

export class BucketStore {
  readonly #host: Host;
  readonly #locks = new Map<string, Lock>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Makes the bucket's folder and clears what a crash left behind. */
  async prepare(bucket: string, lock?: Lock): Promise<void> {
    if (lock) this.#locks.set(bucket, lock);
    const [rows, kept] = await this.#host.store.durably((db) => {
      createVersions(db);
      db.exec(`CREATE TABLE IF NOT EXISTS rt_s3_objects (
        bucket TEXT, key TEXT, file TEXT, size INTEGER, etag TEXT, modified_ms INTEGER, headers TEXT, PRIMARY KEY (bucket, key))`);
      const current = db.prepare('SELECT file FROM rt_s3_objects WHERE bucket = ?').all(bucket);
      return [current, versionFiles(db, bucket)] as const;
    });
    await mkdir(this.#folder(bucket), { recursive: true });
    const known = new Set([...rows.map(({ file }) => file), ...kept]);
    const left = (await readdir(this.#folder(bucket))).filter((file) => !known.has(file));
    await Promise.all(left.map((file) => rm(join(this.#folder(bucket), file))));
    for (const file of kept) await this.#makeReadOnly(bucket, file);
  }

  isLocked(bucket: string): boolean {
    return this.#locks.has(bucket);
  }

  async #makeReadOnly(bucket: string, file: string): Promise<void> {
    await chmod(join(this.#folder(bucket), file), 0o444);
  }

  /** Stores an object; durable when it resolves. With `onlyNew`, an object that is there stays: `undefined`. */
  async put(
    bucket: string,
    key: string,
    body: Buffer,
    headers: Record<string, string>,
    onlyNew: boolean,
  ): Promise<ObjectFacts | undefined> {
    const file = randomUUID();
    await writeDurably(this.#folder(bucket), file, body);
    const lock = this.#locks.get(bucket);
    const facts: ObjectFacts = {
      ...(lock && { version: file }),
      key,
      sizeBytes: body.length,
      etag: createHash('md5').update(body).digest('hex'),
      modifiedMs: this.#host.clock.now(),
      headers,
    };
    const replaced = await this.#host.store.durably((db) => {
      const before = replaceRow(db, bucket, file, facts, onlyNew);
      const version = { key, file, facts: JSON.stringify(facts) };
      if (lock && before !== 'kept') addVersion(db, bucket, version, lock, facts.modifiedMs);
      return before;
    });
    if (lock && replaced !== 'kept') await this.#makeReadOnly(bucket, file);
    const obsolete = replaced === 'kept' ? file : lock ? undefined : replaced;
    if (obsolete) await rm(join(this.#folder(bucket), obsolete), { force: true });
    return replaced === 'kept' ? undefined : facts;
  }

  async find(bucket: string, key: string): Promise<ObjectFacts | undefined> {
    const row = await this.#row(bucket, key);
    return row && this.#factsOf(bucket, row);
  }

  /** A version of a locked bucket, also one that is no longer the object. */
  async readVersion(bucket: string, key: string, file: string) {
    const version = await this.#host.store.durably((db) => findVersion(db, bucket, key, file));
    const body = version && (await readIfThere(join(this.#folder(bucket), version.file)));
    return version && body ? { facts: JSON.parse(version.facts) as ObjectFacts, body } : undefined;
  }

  /** Throws AccessDenied while the version is locked. */
  async removeVersion(bucket: string, key: string, file: string): Promise<void> {
    const removed = await this.#host.store.durably((db) => {
      const version = findVersion(db, bucket, key, file);
      if (version) removeVersion(db, bucket, version, this.#host.clock.now());
      return version;
    });
    if (removed) await rm(join(this.#folder(bucket), removed.file), { force: true });
  }

  #factsOf(bucket: string, row: Row): ObjectFacts {
    return { ...factsOf(row), ...(this.isLocked(bucket) && { version: row.file }) };
  }

  /** The object with its bytes; looks again when it was replaced between looking and reading. */
  async read(bucket: string, key: string): Promise<{ facts: ObjectFacts; body: Buffer } | undefined> {
    for (;;) {
      const row = await this.#row(bucket, key);
      if (!row) return undefined;
      const body = await readIfThere(join(this.#folder(bucket), row.file));
      if (body) return { facts: this.#factsOf(bucket, row), body };
      if ((await this.#row(bucket, key))?.file === row.file) throw new Error(`The file of ${bucket}/${key} is gone.`);
    }
  }

  async remove(bucket: string, key: string): Promise<void> {
    const row = await this.#row(bucket, key);
    await this.#host.store.durably((db) => {
      db.prepare('DELETE FROM rt_s3_objects WHERE bucket = ? AND key = ? AND file = ?').run(
        bucket,
        key,
        row?.file ?? '',
      );
    });
    // As S3's delete marker: the object is no longer seen, its versions stay.
    if (row && !this.isLocked(bucket)) await rm(join(this.#folder(bucket), row.file), { force: true });
  }

  /** Objects whose keys begin with `prefix` and come after `after`, in order of their bytes. */
  async list(bucket: string, prefix: string, after: string, max: number): Promise<Listing> {
    const rows = await this.#host.store.durably(
      (db) =>
        db
          .prepare(
            'SELECT * FROM rt_s3_objects WHERE bucket = ? AND key > ? AND key >= ? AND substr(key, 1, length(?)) = ? ORDER BY key LIMIT ?',
          )
          .all(bucket, after, prefix, prefix, prefix, max + 1) as Row[],
    );
    return { objects: rows.slice(0, max).map(factsOf), more: rows.length > max };
  }

  #row(bucket: string, key: string): Promise<Row | undefined> {
    return this.#host.store.durably(
      (db) =>
        db.prepare('SELECT * FROM rt_s3_objects WHERE bucket = ? AND key = ?').get(bucket, key) as Row | undefined,
    );
  }

  #folder(bucket: string): string {
    return join(this.#host.dataDir, 's3', bucket);
  }
}

/** Points the row to the new file. Returns the file it pointed to before, or 'kept' when it was not to be replaced. */
function replaceRow(
  db: DatabaseSync,
  bucket: string,
  file: string,
  facts: ObjectFacts,
  onlyNew: boolean,
): string | undefined {
  const before = db.prepare('SELECT file FROM rt_s3_objects WHERE bucket = ? AND key = ?').get(bucket, facts.key);
  if (before && onlyNew) return 'kept';
  db.prepare(
    'INSERT OR REPLACE INTO rt_s3_objects (bucket, key, file, size, etag, modified_ms, headers) VALUES (?, ?, ?, ?, ?, ?, ?)',
  ).run(bucket, facts.key, file, facts.sizeBytes, facts.etag, facts.modifiedMs, JSON.stringify(facts.headers));
  return before && String(before.file);
}

/** The bytes and the name in its folder are both on disk when it resolves. */
async function writeDurably(folder: string, file: string, body: Buffer): Promise<void> {
  const handle = await open(join(folder, file), 'wx');
  try {
    await handle.writeFile(body);
    await handle.sync();
  } finally {
    await handle.close();
  }
  const directory = await open(folder);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function factsOf(row: Row): ObjectFacts {
  const { key, size, etag, modified_ms, headers } = row;
  return { key, sizeBytes: size, etag, modifiedMs: modified_ms, headers: JSON.parse(headers) };
}
