// Reading and writing versions of a secret: tokens make writes idempotent, labels say which version is meant.
import { createHash, randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { ApiError, arnOf } from '../../service.ts';
import {
  dropStage,
  findVersion,
  insertSecret,
  moveStage,
  type SecretRow,
  saveVersion,
  setColumns,
  stagesOf,
  trimVersions,
  type Value,
  type VersionRow,
} from './rows.ts';

/** As on AWS an ARN ends in six characters beside the name; here they follow from it, so that roles can name it. */
export function secretArn(name: string): string {
  const suffix = createHash('sha256').update(name).digest('base64').replace(/[+/=]/g, '').slice(0, 6);
  return arnOf('secretsmanager', `secret:${name}-${suffix}`);
}

export function createSecret(
  db: DatabaseSync,
  wanted: { name: string; value?: Value; token?: string; description?: string; nowMs: number },
): { arn: string; version?: string } {
  const arn = secretArn(wanted.name);
  insertSecret(db, arn, wanted.name, wanted.nowMs, wanted.description);
  if (!wanted.value) return { arn };
  return {
    arn,
    version: putVersion(db, arn, { value: wanted.value, token: wanted.token, nowMs: wanted.nowMs }).version,
  };
}

type Put = { value: Value; token?: string; stages?: string[]; nowMs: number };

/** PutSecretValue: the same token with the same value again changes nothing, with another value is refused. */
export function putVersion(db: DatabaseSync, arn: string, put: Put): { version: string; stages: string[] } {
  const { value, nowMs, token: version = randomUUID() } = put;
  const known = findVersion(db, arn, version);
  const isFilled = known && (known.text !== null || known.binary !== null);
  if (isFilled && (known.text !== (value.SecretString ?? null) || known.binary !== (value.SecretBinary ?? null))) {
    throw new ApiError(400, 'ResourceExistsException', `You can't modify an existing version: ${version}`);
  }
  if (!isFilled) {
    saveVersion(db, arn, version, value, nowMs);
    for (const stage of put.stages ?? ['AWSCURRENT']) moveStage(db, arn, stage, version);
    setColumns(db, arn, { changed_ms: nowMs });
    trimVersions(db, arn);
  }
  return { version, stages: stagesOn(db, arn, version) };
}

export function stagesOn(db: DatabaseSync, arn: string, version: string): string[] {
  return [...stagesOf(db, arn)].filter(([, on]) => on === version).map(([stage]) => stage);
}

/** The version that is meant: by id, by label, by both (which must agree), else AWSCURRENT. */
export function readVersion(
  db: DatabaseSync,
  secret: SecretRow,
  { VersionId, VersionStage }: { VersionId?: string; VersionStage?: string },
): VersionRow {
  const stage = VersionStage ?? (VersionId ? undefined : 'AWSCURRENT');
  const staged = stage && stagesOf(db, secret.arn).get(stage);
  const found = findVersion(db, secret.arn, VersionId ?? staged ?? '');
  const isFilled = found && (found.text !== null || found.binary !== null);
  if (!isFilled || (stage && VersionId && staged !== VersionId)) {
    const what = stage ? `staging label: ${stage}` : `VersionId: ${VersionId}`;
    throw new ApiError(
      400,
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${what}`,
    );
  }
  return found;
}

type Move = { VersionStage: string; RemoveFromVersionId?: string; MoveToVersionId?: string };

/** UpdateSecretVersionStage: takes a label off the version that is said to have it, and puts it on another. */
export function moveLabel(db: DatabaseSync, secret: SecretRow, move: Move): void {
  const { arn } = secret;
  const on = stagesOf(db, arn).get(move.VersionStage);
  if (move.RemoveFromVersionId && on !== move.RemoveFromVersionId) {
    throw invalid(`The version ${move.RemoveFromVersionId} does not have the staging label ${move.VersionStage}`);
  }
  if (on && on !== move.MoveToVersionId && !move.RemoveFromVersionId) {
    throw invalid(`The staging label ${move.VersionStage} is on version ${on}: RemoveFromVersionId must name it`);
  }
  if (!move.MoveToVersionId) {
    if (move.VersionStage === 'AWSCURRENT') throw invalid('AWSCURRENT can only be moved');
    dropStage(db, arn, move.VersionStage);
    return;
  }
  if (!findVersion(db, arn, move.MoveToVersionId)) {
    throw new ApiError(400, 'ResourceNotFoundException', `The secret has no version ${move.MoveToVersionId}`);
  }
  moveStage(db, arn, move.VersionStage, move.MoveToVersionId);
}

const invalid = (reason: string) => new ApiError(400, 'InvalidParameterException', reason);
