// The Secrets Manager API (JSON 1.1): the operations that this runtime covers.
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { ApiError, type ApiService, arnOf } from '../../service.ts';
import { type Call, epochSeconds, jsonApi, type Operation, operation } from '../json-api.ts';
import { PasswordOptions, randomPassword } from './password.ts';
import { beginRotation, configureRotation, followRotation, rotate } from './rotation.ts';
import { findSecret, removeSecret, type SecretRow, setColumns, versionsOf } from './rows.ts';
import { createSecret, moveLabel, putVersion, readVersion, secretArn, stagesOn } from './versions.ts';

const SecretId = z.string().min(1).max(2048);
const Value = { SecretString: z.string().max(65_536).optional(), SecretBinary: z.string().optional() };
const Token = z.string().min(32).max(64).optional();

/** Runs `work` on a secret that exists and that the caller may touch, in one durable step. */
async function onSecret<T>(
  id: string,
  action: string,
  { caller, host }: Call,
  work: (db: DatabaseSync, secret: SecretRow) => T,
): Promise<T> {
  return host.store.durably((db) => {
    const secret = findSecret(db, id);
    const named = id.startsWith('arn:') ? id : arnOf('secretsmanager', `secret:${id}`);
    host.authorize(caller, `secretsmanager:${action}`, secret?.arn ?? named);
    if (!secret)
      throw new ApiError(400, 'ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    if (secret.deleted_ms !== null && action !== 'DescribeSecret') {
      throw new ApiError(400, 'InvalidRequestException', 'The secret is marked for deletion.');
    }
    return work(db, secret);
  });
}

const GetSecretValue = operation(
  z.object({ SecretId, VersionId: z.string().optional(), VersionStage: z.string().optional() }),
  (wanted, call) =>
    onSecret(wanted.SecretId, 'GetSecretValue', call, (db, secret) => {
      const { version, text, binary, created_ms } = readVersion(db, secret, wanted);
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version,
        VersionStages: stagesOn(db, secret.arn, version),
        CreatedDate: epochSeconds(created_ms),
        ...(text === null ? { SecretBinary: binary } : { SecretString: text }),
      };
    }),
);

const PutSecretValue = operation(
  z.object({ SecretId, ...Value, ClientRequestToken: Token, VersionStages: z.array(z.string()).min(1).optional() }),
  (put, call) =>
    onSecret(put.SecretId, 'PutSecretValue', call, (db, { arn, name }) => {
      const value = oneValue(put);
      const nowMs = call.host.clock.now();
      const written = putVersion(db, arn, { value, token: put.ClientRequestToken, stages: put.VersionStages, nowMs });
      return { ARN: arn, Name: name, VersionId: written.version, VersionStages: written.stages };
    }),
);

function oneValue({ SecretString, SecretBinary }: { SecretString?: string; SecretBinary?: string }) {
  if ((SecretString === undefined) === (SecretBinary === undefined)) {
    throw new ApiError(400, 'InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
  }
  return { SecretString, SecretBinary };
}

const UpdateSecretVersionStage = operation(
  z.object({
    SecretId,
    VersionStage: z.string().min(1),
    RemoveFromVersionId: z.string().optional(),
    MoveToVersionId: z.string().optional(),
  }),
  (move, call) =>
    onSecret(move.SecretId, 'UpdateSecretVersionStage', call, (db, secret) => {
      moveLabel(db, secret, move);
      return { ARN: secret.arn, Name: secret.name };
    }),
);

const DescribeSecret = operation(z.object({ SecretId }), (asked, call) =>
  onSecret(asked.SecretId, 'DescribeSecret', call, (db, secret) => {
    const labelled = versionsOf(db, secret.arn).map(
      ({ version }) => [version, stagesOn(db, secret.arn, version)] as const,
    );
    const seconds = (atMs: number | null) => (atMs === null ? undefined : epochSeconds(atMs));
    return {
      ARN: secret.arn,
      Name: secret.name,
      Description: secret.description ?? undefined,
      RotationEnabled: secret.rotation_lambda !== null,
      RotationLambdaARN: secret.rotation_lambda ?? undefined,
      RotationRules: secret.rotation_rules === null ? undefined : JSON.parse(secret.rotation_rules),
      LastRotatedDate: seconds(secret.rotated_ms),
      LastChangedDate: seconds(secret.changed_ms),
      CreatedDate: seconds(secret.created_ms),
      DeletedDate: seconds(secret.deleted_ms),
      VersionIdsToStages: Object.fromEntries(labelled.filter(([, stages]) => stages.length > 0)),
    };
  }),
);

const ListSecretVersionIds = operation(
  z.object({ SecretId, IncludeDeprecated: z.boolean().default(false) }),
  (asked, call) =>
    onSecret(asked.SecretId, 'ListSecretVersionIds', call, (db, { arn, name }) => {
      const Versions = versionsOf(db, arn)
        .map(({ version, created_ms }) => ({
          VersionId: version,
          VersionStages: stagesOn(db, arn, version),
          CreatedDate: epochSeconds(created_ms),
        }))
        .filter(({ VersionStages }) => asked.IncludeDeprecated || VersionStages.length > 0);
      return { ARN: arn, Name: name, Versions };
    }),
);

const Rules = z.object({
  AutomaticallyAfterDays: z.number().optional(),
  ScheduleExpression: z.string().optional(),
  Duration: z.string().optional(),
});

const RotateSecret = operation(
  z.object({
    SecretId,
    ClientRequestToken: Token,
    RotationLambdaARN: z.string().optional(),
    RotationRules: Rules.optional(),
    RotateImmediately: z.boolean().default(true),
  }),
  async (wanted, call) => {
    const { host } = call;
    const secret = await onSecret(wanted.SecretId, 'RotateSecret', call, (_db, found) => found);
    const lambdaArn = wanted.RotationLambdaARN ?? secret.rotation_lambda;
    const rules = wanted.RotationRules ?? JSON.parse(secret.rotation_rules ?? '{}');
    if (lambdaArn) await configureRotation(host, secret.arn, lambdaArn, rules);
    if (wanted.RotationRules) await followRotation(host, secret.arn, rules);
    if (!wanted.RotateImmediately) return { ARN: secret.arn, Name: secret.name };
    const token = await beginRotation(host, secret.arn, wanted.ClientRequestToken);
    void rotate(host, secret.arn, token);
    return { ARN: secret.arn, Name: secret.name, VersionId: token };
  },
);

const CreateSecret = operation(
  z.object({
    Name: z.string().min(1).max(512),
    Description: z.string().optional(),
    ClientRequestToken: Token,
    ...Value,
  }),
  ({ Name, Description, ClientRequestToken, ...given }, { caller, host }) => {
    host.authorize(caller, 'secretsmanager:CreateSecret', secretArn(Name));
    const value = given.SecretString === undefined && given.SecretBinary === undefined ? undefined : oneValue(given);
    return host.store.durably((db) => {
      if (findSecret(db, Name))
        throw new ApiError(400, 'ResourceExistsException', `The secret ${Name} already exists.`);
      const wanted = {
        name: Name,
        value,
        token: ClientRequestToken,
        description: Description,
        nowMs: host.clock.now(),
      };
      const { arn, version } = createSecret(db, wanted);
      return { ARN: arn, Name, VersionId: version };
    });
  },
);

/** The recovery window is only a mark here: nothing deletes the secret later, and its name stays taken. */
const DeleteSecret = operation(
  z.object({
    SecretId,
    ForceDeleteWithoutRecovery: z.boolean().default(false),
    RecoveryWindowInDays: z.number().optional(),
  }),
  (asked, call) =>
    onSecret(asked.SecretId, 'DeleteSecret', call, (db, { arn, name }) => {
      const nowMs = call.host.clock.now();
      if (asked.ForceDeleteWithoutRecovery) removeSecret(db, arn);
      else setColumns(db, arn, { deleted_ms: nowMs });
      return { ARN: arn, Name: name, DeletionDate: epochSeconds(nowMs) };
    }),
);

const GetRandomPassword = operation(PasswordOptions, (options, { caller, host }) => {
  host.authorize(caller, 'secretsmanager:GetRandomPassword', '*');
  return { RandomPassword: randomPassword(options) };
});

const OPERATIONS: Record<string, Operation> = {
  GetSecretValue,
  PutSecretValue,
  UpdateSecretVersionStage,
  DescribeSecret,
  ListSecretVersionIds,
  RotateSecret,
  CreateSecret,
  DeleteSecret,
  GetRandomPassword,
};

export const secretsApi: ApiService = jsonApi('secretsmanager', '1.1', OPERATIONS);
