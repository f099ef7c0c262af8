// Object Lock: what a bucket of the template keeps from deletion, and for how long. Every write is a version of its own.
//
// Covered: the bucket's default retention. Not covered, and refused: another retention for one object, legal holds, lifting a
// GOVERNANCE lock. A version's file is made read-only; whoever owns the data folder can still remove the folder.
import type { DatabaseSync } from 'node:sqlite';
import { ApiError, type ApiRequest } from '../../service.ts';

export type Lock = { mode: 'GOVERNANCE' | 'COMPLIANCE'; days: number };
export type Version = { key: string; file: string; facts: string; until_ms: number };

const DAY_MS = 86_400_000;

/** The bucket's default retention, when the template locks it. Throws for a lock that is not covered. */
export function lockOf(properties: Record<string, unknown>, where: string): Lock | undefined {
  if (String(properties.ObjectLockEnabled ?? false) !== 'true') return undefined;
  type Retention = { Mode?: string; Days?: number; Years?: number };
  const { Rule } = (properties.ObjectLockConfiguration ?? {}) as { Rule?: { DefaultRetention?: Retention } };
  const { Mode, Days, Years } = Rule?.DefaultRetention ?? {};
  const days = Number(Days ?? Number(Years) * 365);
  if ((Mode === 'GOVERNANCE' || Mode === 'COMPLIANCE') && days > 0) return { mode: Mode, days };
  throw new Error(`${where}: Object Lock is covered with a default retention of a mode and days or years`);
}

export function createVersions(db: DatabaseSync): void {
  db.exec(`CREATE TABLE IF NOT EXISTS rt_s3_versions (
    bucket TEXT, file TEXT, key TEXT, facts TEXT, until_ms INTEGER, PRIMARY KEY (bucket, file))`);
}

export function addVersion(
  db: DatabaseSync,
  bucket: string,
  version: Omit<Version, 'until_ms'>,
  lock: Lock,
  nowMs: number,
) {
  db.prepare('INSERT INTO rt_s3_versions (bucket, file, key, facts, until_ms) VALUES (?, ?, ?, ?, ?)').run(
    bucket,
    version.file,
    version.key,
    version.facts,
    nowMs + lock.days * DAY_MS,
  );
}

/** The version's name is its file's. */
export function findVersion(db: DatabaseSync, bucket: string, key: string, file: string): Version | undefined {
  const found = db.prepare('SELECT * FROM rt_s3_versions WHERE bucket = ? AND key = ? AND file = ?');
  return found.get(bucket, key, file) as Version | undefined;
}

export function versionFiles(db: DatabaseSync, bucket: string): string[] {
  const files = db.prepare('SELECT file FROM rt_s3_versions WHERE bucket = ?').all(bucket);
  return files.map(({ file }) => String(file));
}

/** Takes a version away whose time is over; throws AccessDenied before. */
export function removeVersion(db: DatabaseSync, bucket: string, version: Version, nowMs: number): void {
  if (version.until_ms > nowMs)
    throw new ApiError(403, 'AccessDenied', 'Access Denied because object protected by object lock.');
  db.prepare('DELETE FROM rt_s3_versions WHERE bucket = ? AND file = ?').run(bucket, version.file);
  db.prepare('DELETE FROM rt_s3_objects WHERE bucket = ? AND file = ?').run(bucket, version.file);
}

/** Another retention for one object, a legal hold, or a way around the lock. */
export function refuseLockHeaders({ headers, method }: ApiRequest): void {
  const header = Object.keys(headers).find((name) => /^x-amz-(object-lock-|bypass-governance-retention)/.test(name));
  if (!header) return;
  const words = `The embedded runtime does not cover ${header}`;
  throw method === 'DELETE' ? new ApiError(403, 'AccessDenied', words) : new ApiError(501, 'NotImplemented', words);
}
