// What is durable about secrets: the secret, its versions, and which version each staging label is on.
import type { DatabaseSync } from 'node:sqlite';

export type SecretRow = {
  arn: string;
  name: string;
  description: string | null;
  created_ms: number;
  changed_ms: number;
  deleted_ms: number | null;
  /** the SecretString that the template set last; another one there makes a new version */
  template_value: string | null;
  rotation_lambda: string | null;
  /** JSON of RotationRules */
  rotation_rules: string | null;
  rotated_ms: number | null;
  /** the version that a rotation under way makes */
  rotating: string | null;
};
export type Value = { SecretString?: string; SecretBinary?: string };
export type VersionRow = {
  arn: string;
  version: string;
  text: string | null;
  binary: string | null;
  created_ms: number;
};

export function createTables(db: DatabaseSync): void {
  db.exec(`
    CREATE TABLE IF NOT EXISTS rt_secrets_secrets (
      arn TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, description TEXT, created_ms INTEGER NOT NULL,
      changed_ms INTEGER NOT NULL, deleted_ms INTEGER, template_value TEXT, rotation_lambda TEXT, rotation_rules TEXT,
      rotated_ms INTEGER, rotating TEXT) STRICT;
    CREATE TABLE IF NOT EXISTS rt_secrets_versions (
      arn TEXT NOT NULL, version TEXT NOT NULL, text TEXT, binary TEXT, created_ms INTEGER NOT NULL,
      PRIMARY KEY (arn, version)) STRICT;
    CREATE TABLE IF NOT EXISTS rt_secrets_stages (
      arn TEXT NOT NULL, stage TEXT NOT NULL, version TEXT NOT NULL, PRIMARY KEY (arn, stage)) STRICT;
  `);
}

export const findSecret = (db: DatabaseSync, arnOrName: string): SecretRow | undefined =>
  db
    .prepare('SELECT * FROM rt_secrets_secrets WHERE arn = ?1 OR name = ?1 OR substr(arn, 1, length(arn) - 7) = ?1')
    .get(arnOrName) as SecretRow | undefined;

export function insertSecret(db: DatabaseSync, arn: string, name: string, nowMs: number, description?: string): void {
  db.prepare(
    'INSERT INTO rt_secrets_secrets (arn, name, description, created_ms, changed_ms) VALUES (?, ?, ?, ?, ?)',
  ).run(arn, name, description ?? null, nowMs, nowMs);
}

export function removeSecret(db: DatabaseSync, arn: string): void {
  for (const table of ['stages', 'versions', 'secrets'])
    db.prepare(`DELETE FROM rt_secrets_${table} WHERE arn = ?`).run(arn);
}

type Column = Exclude<keyof SecretRow, 'arn' | 'name'>;

export function setColumns(
  db: DatabaseSync,
  arn: string,
  values: Partial<Record<Column, string | number | null>>,
): void {
  for (const [column, value] of Object.entries(values)) {
    db.prepare(`UPDATE rt_secrets_secrets SET ${column} = ? WHERE arn = ?`).run(value, arn);
  }
}

export const findVersion = (db: DatabaseSync, arn: string, version: string): VersionRow | undefined =>
  db.prepare('SELECT * FROM rt_secrets_versions WHERE arn = ? AND version = ?').get(arn, version) as
    | VersionRow
    | undefined;

export const versionsOf = (db: DatabaseSync, arn: string): VersionRow[] =>
  db
    .prepare('SELECT * FROM rt_secrets_versions WHERE arn = ? ORDER BY created_ms DESC, rowid DESC')
    .all(arn) as VersionRow[];

export function saveVersion(db: DatabaseSync, arn: string, version: string, value: Value, nowMs: number): void {
  db.prepare('INSERT OR REPLACE INTO rt_secrets_versions VALUES (?, ?, ?, ?, ?)').run(
    arn,
    version,
    value.SecretString ?? null,
    value.SecretBinary ?? null,
    nowMs,
  );
}

/** Staging label → version. */
export function stagesOf(db: DatabaseSync, arn: string): Map<string, string> {
  const rows = db.prepare('SELECT stage, version FROM rt_secrets_stages WHERE arn = ?').all(arn);
  return new Map((rows as { stage: string; version: string }[]).map(({ stage, version }) => [stage, version]));
}

/** Puts a label on a version; AWSPREVIOUS follows what AWSCURRENT leaves. */
export function moveStage(db: DatabaseSync, arn: string, stage: string, version: string): void {
  const before = stagesOf(db, arn).get(stage);
  const put = db.prepare('INSERT OR REPLACE INTO rt_secrets_stages VALUES (?, ?, ?)');
  if (stage === 'AWSCURRENT' && before && before !== version) put.run(arn, 'AWSPREVIOUS', before);
  put.run(arn, stage, version);
}

export function dropStage(db: DatabaseSync, arn: string, stage: string): void {
  db.prepare('DELETE FROM rt_secrets_stages WHERE arn = ? AND stage = ?').run(arn, stage);
}

/** Versions without a label are forgotten once there are more than a hundred, as AWS does in time. */
export function trimVersions(db: DatabaseSync, arn: string): void {
  db.prepare(`DELETE FROM rt_secrets_versions WHERE arn = ?1
    AND version NOT IN (SELECT version FROM rt_secrets_stages WHERE arn = ?1)
    AND version NOT IN (SELECT version FROM rt_secrets_versions WHERE arn = ?1 ORDER BY created_ms DESC LIMIT 100)`).run(
    arn,
  );
}
