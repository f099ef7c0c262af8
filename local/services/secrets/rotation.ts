// Rotation: the four steps of a rotation function, on a schedule or on request; a failing step leaves the old value.
import { randomUUID } from 'node:crypto';
import { ApiError, type Host } from '../../service.ts';
import { schedulesOf } from '../scheduler/schedules.ts';
import {
  dropStage,
  findSecret,
  findVersion,
  moveStage,
  type SecretRow,
  saveVersion,
  setColumns,
  stagesOf,
} from './rows.ts';

const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

export type RotationRules = {
  AutomaticallyAfterDays?: number | string;
  ScheduleExpression?: string;
  Duration?: string;
};

/** Notes which function rotates a secret, and when; durable. Returns whether that is news. */
export async function configureRotation(
  host: Host,
  arn: string,
  lambdaArn: string,
  rules: RotationRules = {},
): Promise<boolean> {
  return host.store.durably((db) => {
    const before = findSecret(db, arn);
    const rotation_rules = JSON.stringify(rules);
    setColumns(db, arn, { rotation_lambda: lambdaArn, rotation_rules });
    return before?.rotation_lambda !== lambdaArn || before.rotation_rules !== rotation_rules;
  });
}

/** Rotates when the rules say so. Without an interval it rotates on request only. */
export async function followRotation(host: Host, arn: string, rules: RotationRules): Promise<void> {
  const days = Number(rules.AutomaticallyAfterDays ?? 0);
  const expression =
    rules.ScheduleExpression ?? (days > 0 ? `rate(${days} ${days === 1 ? 'day' : 'days'})` : undefined);
  if (!expression) return;
  const fire = async () => {
    const token = await beginRotation(host, arn);
    await rotate(host, arn, token);
  };
  await schedulesOf(host).follow({ key: `${arn}/rotation`, expression, fire });
}

/**
 * Makes the pending version that a rotation fills; durable. A rotation that did not finish is taken up again, under
 * its own token. Throws InvalidRequestException without a rotation function.
 */
export async function beginRotation(host: Host, arn: string, wantedToken?: string): Promise<string> {
  const nowMs = host.clock.now();
  return host.store.durably((db) => {
    const secret = findSecret(db, arn) as SecretRow;
    if (!secret.rotation_lambda) {
      throw new ApiError(
        400,
        'InvalidRequestException',
        'No Lambda rotation function ARN is associated with this secret.',
      );
    }
    const stages = stagesOf(db, arn);
    const pending = stages.get('AWSPENDING');
    const unfinished = pending && pending !== stages.get('AWSCURRENT') ? pending : undefined;
    const token = unfinished ?? wantedToken ?? randomUUID();
    if (!findVersion(db, arn, token)) saveVersion(db, arn, token, {}, nowMs);
    moveStage(db, arn, 'AWSPENDING', token);
    setColumns(db, arn, { rotating: token });
    return token;
  });
}

/** Runs the steps; never throws: what failed is in the log, AWSPENDING stays and the next rotation goes on with it. */
export async function rotate(host: Host, arn: string, token: string): Promise<boolean> {
  const failed = await runSteps(host, arn, token).catch((error: Error) => error.message);
  const nowMs = host.clock.now();
  await host.store.durably((db) => {
    setColumns(db, arn, { rotating: null });
    if (failed) return;
    dropStage(db, arn, 'AWSPENDING');
    setColumns(db, arn, { rotated_ms: nowMs, changed_ms: nowMs });
  });
  const level = failed ? 'error' : 'info';
  host.log({ level, service: 'secrets', message: failed ? 'rotation failed' : 'rotated', secret: arn, reason: failed });
  return failed === undefined;
}

async function runSteps(host: Host, arn: string, token: string): Promise<string | undefined> {
  const secret = await host.store.durably((db) => findSecret(db, arn) as SecretRow);
  for (const Step of STEPS) {
    const event = { Step, SecretId: arn, ClientRequestToken: token, RotationToken: token };
    const { functionError, payload } = await host.invoke(String(secret.rotation_lambda), event);
    if (functionError) return `${Step}: ${JSON.stringify(payload)}`;
  }
  const current = await host.store.durably((db) => stagesOf(db, arn).get('AWSCURRENT'));
  return current === token ? undefined : 'finishSecret did not move AWSCURRENT to the new version';
}
