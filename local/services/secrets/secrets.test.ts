// Secrets and their versions, and rotations that succeed, fail, and are cut off by kill -9.
import { describe, expect, it } from 'vitest';
import type { Caller } from '../../service.ts';
import { type TestHost, testHost, until } from '../../test-host.ts';
import { PasswordOptions, randomPassword } from './password.ts';
import { service } from './service.ts';

type Json = Record<string, unknown>;
const operator: Caller = { kind: 'operator' };
const rotator = 'arn:aws:lambda:eu-central-1:000000000000:function:rotate';
const token = (n: number) => `0000000000000000000000000000000${n}`;

async function create(host: TestHost, type: string, properties: Json) {
  const factory = service.factories.find((one) => one.type === `AWS::SecretsManager::${type}`)!;
  const made = await factory.create({ logicalId: type, type, properties, stackName: 's' }, host);
  await made.start?.();
  return made;
}
async function call(host: TestHost, name: string, input: Json, caller = operator): Promise<Json> {
  const request = { method: 'POST', path: '/', query: new URLSearchParams(), body: Buffer.from(JSON.stringify(input)) };
  const headers = { 'x-amz-target': `secretsmanager.${name}` };
  return JSON.parse(String((await service.apis![0]!.handle({ ...request, headers }, caller, host)).body));
}
/** A host with the secret `token`; `get` and `put` speak its API. */
async function secretOn(host: TestHost, properties: Json = { SecretString: 'first' }) {
  const made = await create(host, 'Secret', { Name: 'token', ...properties });
  const value = async (more: Json = {}) =>
    (await call(host, 'GetSecretValue', { SecretId: 'token', ...more })).SecretString;
  const put = (SecretString: string, more: Json = {}) =>
    call(host, 'PutSecretValue', { SecretId: 'token', SecretString, ...more });
  const stages = async () => (await call(host, 'DescribeSecret', { SecretId: 'token' })).VersionIdsToStages as Json;
  return { arn: made.ref, value, put, stages };
}

describe('a secret of the template', () => {
  it('is generated once, also through a crash', async () => {
    const host = testHost();
    const GenerateSecretString = { PasswordLength: 48, ExcludePunctuation: true };
    const { value, arn } = await secretOn(host, { GenerateSecretString });
    const first = await value();
    expect(first).toMatch(/^[A-Za-z0-9]{48}$/);
    host.crash();
    const next = await secretOn(testHost(host), { GenerateSecretString });
    expect(await next.value()).toBe(first);
    expect(next.arn).toBe(arn);
  });

  it('can be a JSON template with a generated key', async () => {
    const GenerateSecretString = { SecretStringTemplate: '{"user":"ark"}', GenerateStringKey: 'password' };
    const { value } = await secretOn(testHost(), { GenerateSecretString });
    expect(JSON.parse(String(await value()))).toEqual({ user: 'ark', password: expect.stringMatching(/^.{32}$/) });
  });

  it('gets a new version when the template’s value changes, and only then', async () => {
    const host = testHost();
    const first = await secretOn(host);
    await first.put('by hand');
    expect(await (await secretOn(host)).value()).toBe('by hand');
    expect(await (await secretOn(host, { SecretString: 'second' })).value()).toBe('second');
  });

  it('is found by name, ARN and ARN without its suffix', async () => {
    const host = testHost();
    const { arn } = await secretOn(host);
    expect(arn).toMatch(/^arn:aws:secretsmanager:eu-central-1:000000000000:secret:token-.{6}$/);
    for (const SecretId of ['token', arn, arn.slice(0, -7)]) {
      expect(await call(host, 'GetSecretValue', { SecretId })).toMatchObject({ ARN: arn, SecretString: 'first' });
    }
  });

  it('is only for callers whose role allows it', async () => {
    const host = testHost();
    await secretOn(host);
    host.denied.add('secretsmanager:GetSecretValue');
    const caller: Caller = { kind: 'function', roleArn: 'r', functionArn: 'f' };
    const asked = call(host, 'GetSecretValue', { SecretId: 'token' }, caller);
    await expect(asked).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });
});

describe('versions', () => {
  it('a put moves AWSCURRENT, and AWSPREVIOUS follows', async () => {
    const { value, put } = await secretOn(testHost());
    await put('second', { ClientRequestToken: token(2) });
    expect(await value()).toBe('second');
    expect(await value({ VersionStage: 'AWSPREVIOUS' })).toBe('first');
    expect(await value({ VersionId: token(2) })).toBe('second');
  });

  it('a token writes once: the same value is accepted, another is refused', async () => {
    const { put, value } = await secretOn(testHost());
    await put('second', { ClientRequestToken: token(2) });
    await put('third');
    await put('second', { ClientRequestToken: token(2) });
    expect(await value()).toBe('third');
    await expect(put('other', { ClientRequestToken: token(2) })).rejects.toMatchObject({
      code: 'ResourceExistsException',
    });
  });

  it('labels move only from the version that is named', async () => {
    const host = testHost();
    const { put, value, stages } = await secretOn(host);
    await put('second', { ClientRequestToken: token(2), VersionStages: ['AWSPENDING'] });
    expect(await value()).toBe('first');
    const move = { SecretId: 'token', VersionStage: 'AWSCURRENT', MoveToVersionId: token(2) };
    const wrong = call(host, 'UpdateSecretVersionStage', { ...move, RemoveFromVersionId: token(9) });
    await expect(wrong).rejects.toMatchObject({ code: 'InvalidParameterException' });
    await expect(call(host, 'UpdateSecretVersionStage', move)).rejects.toMatchObject({
      code: 'InvalidParameterException',
    });
    const [first] =
      Object.entries(await stages()).find(([, labels]) => (labels as string[]).includes('AWSCURRENT')) ?? [];
    await call(host, 'UpdateSecretVersionStage', { ...move, RemoveFromVersionId: first });
    expect(await value()).toBe('second');
    expect(await value({ VersionStage: 'AWSPREVIOUS' })).toBe('first');
  });

  it('are listed with their labels', async () => {
    const host = testHost();
    const { put } = await secretOn(host);
    await put('second');
    await put('third');
    const listed = async (more: Json = {}) =>
      ((await call(host, 'ListSecretVersionIds', { SecretId: 'token', ...more })).Versions as Json[]).map(
        (one) => one.VersionStages,
      );
    expect(await listed()).toEqual([['AWSCURRENT'], ['AWSPREVIOUS']]);
    expect(await listed({ IncludeDeprecated: true })).toEqual([['AWSCURRENT'], ['AWSPREVIOUS'], []]);
  });

  it.each<[string, string, Json, string]>([
    ['an unknown secret', 'GetSecretValue', { SecretId: 'none' }, 'ResourceNotFoundException'],
    ['an unknown version', 'GetSecretValue', { VersionId: token(9) }, 'ResourceNotFoundException'],
    ['an unknown label', 'GetSecretValue', { VersionStage: 'AWSPENDING' }, 'ResourceNotFoundException'],
    ['a put without a value', 'PutSecretValue', {}, 'InvalidRequestException'],
    ['a short token', 'PutSecretValue', { SecretString: 'x', ClientRequestToken: 'x' }, 'ValidationException'],
    ['a rotation without a function', 'RotateSecret', {}, 'InvalidRequestException'],
    ['a name that is taken', 'CreateSecret', { Name: 'token' }, 'ResourceExistsException'],
    ['an operation that is not covered', 'TagResource', {}, 'UnknownOperationException'],
  ])('refuses %s', async (_words, name, input, code) => {
    const host = testHost();
    await secretOn(host);
    await expect(call(host, name, { SecretId: 'token', ...input })).rejects.toMatchObject({ code });
  });

  it('are gone with the secret; a marked secret is not readable', async () => {
    const host = testHost();
    const { value } = await secretOn(host);
    await call(host, 'CreateSecret', { Name: 'other', SecretString: 'x' });
    await call(host, 'DeleteSecret', { SecretId: 'token' });
    await expect(value()).rejects.toMatchObject({ code: 'InvalidRequestException' });
    await call(host, 'DeleteSecret', { SecretId: 'other', ForceDeleteWithoutRecovery: true });
    await expect(call(host, 'GetSecretValue', { SecretId: 'other' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });
});

/** A rotation function as AWS's template writes it; `failAt` throws once in that step. */
function rotating(host: TestHost, steps: string[], failAt?: { step?: string }) {
  host.functions[rotator] = async (payload) => {
    const { Step, SecretId, ClientRequestToken } = payload as Record<string, string>;
    steps.push(String(Step));
    if (failAt && failAt.step === Step) {
      failAt.step = undefined;
      throw new Error('it broke');
    }
    const labels = (await call(host, 'DescribeSecret', { SecretId })).VersionIdsToStages as Record<string, string[]>;
    expect(labels[String(ClientRequestToken)]).toContain('AWSPENDING');
    if (Step === 'createSecret') {
      const VersionStages = ['AWSPENDING'];
      await call(host, 'PutSecretValue', {
        SecretId,
        ClientRequestToken,
        SecretString: `new ${steps.length}`,
        VersionStages,
      }).catch((error: { code: string }) => expect(error.code).toBe('ResourceExistsException'));
    }
    if (Step === 'finishSecret') {
      const [current] = Object.entries(labels).find(([, stages]) => stages.includes('AWSCURRENT')) ?? [];
      const move = { VersionStage: 'AWSCURRENT', MoveToVersionId: ClientRequestToken, RemoveFromVersionId: current };
      await call(host, 'UpdateSecretVersionStage', { SecretId, ...move });
    }
  };
}
const ALL = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];
const rules = (more: Json = {}) => ({
  RotationLambdaARN: rotator,
  RotateImmediatelyOnUpdate: false,
  RotationRules: {},
  ...more,
});

describe('rotation', () => {
  it('takes the four steps on request, and leaves the old value as AWSPREVIOUS', async () => {
    const host = testHost();
    const { value, arn } = await secretOn(host);
    const steps: string[] = [];
    rotating(host, steps);
    await create(host, 'RotationSchedule', rules({ SecretId: arn }));
    const answer = await call(host, 'RotateSecret', { SecretId: 'token', ClientRequestToken: token(2) });
    expect(answer.VersionId).toBe(token(2));
    await until(async () => (await value()) === 'new 1');
    expect(steps).toEqual(ALL);
    expect(await value({ VersionStage: 'AWSPREVIOUS' })).toBe('first');
    await until(async () => (await call(host, 'DescribeSecret', { SecretId: 'token' })).LastRotatedDate);
  });

  it('that fails leaves AWSCURRENT, shows AWSPENDING, and is taken up by the next', async () => {
    const host = testHost();
    const { value, arn, stages } = await secretOn(host);
    const steps: string[] = [];
    rotating(host, steps, { step: 'testSecret' });
    await create(host, 'RotationSchedule', rules({ SecretId: arn }));
    await call(host, 'RotateSecret', { SecretId: 'token', ClientRequestToken: token(2) });
    await until(() => host.logs.find((line) => line.message === 'rotation failed'));
    expect(await value()).toBe('first');
    expect(await stages()).toMatchObject({ [token(2)]: ['AWSPENDING'] });
    expect((await call(host, 'RotateSecret', { SecretId: 'token' })).VersionId).toBe(token(2));
    await until(async () => (await value()) === 'new 1');
    expect(steps).toEqual(['createSecret', 'setSecret', 'testSecret', ...ALL]);
  });

  it.each<[string, Json]>([
    ['after so many days', { AutomaticallyAfterDays: 7 }],
    ['by an expression', { ScheduleExpression: 'rate(7 days)' }],
  ])('happens %s', async (_words, RotationRules) => {
    const host = testHost();
    const { value, arn } = await secretOn(host);
    rotating(host, []);
    await create(host, 'RotationSchedule', rules({ SecretId: arn, RotationRules }));
    await host.clock.advance(7 * 86_400_000 - 1);
    expect(await value()).toBe('first');
    await host.clock.advance(1);
    await until(async () => (await value()) === 'new 1');
  });

  it('happens at once for a new schedule unless told otherwise, and not again at the next start', async () => {
    const host = testHost();
    const { value, arn } = await secretOn(host);
    const steps: string[] = [];
    rotating(host, steps);
    const properties = rules({ SecretId: arn, RotateImmediatelyOnUpdate: undefined });
    await create(host, 'RotationSchedule', properties);
    await until(async () => (await value()) === 'new 1');
    await until(() => steps.length === 4);
    await create(host, 'RotationSchedule', properties);
    await host.clock.advance(1_000);
    expect(steps).toHaveLength(4);
  });

  it('cut off by kill -9 is finished after the next start, under its own token', async () => {
    const host = testHost();
    const { arn } = await secretOn(host);
    const reached: string[] = [];
    host.functions[rotator] = (payload) => {
      reached.push((payload as { Step: string }).Step);
      return new Promise(() => {});
    };
    await create(host, 'RotationSchedule', rules({ SecretId: arn }));
    await call(host, 'RotateSecret', { SecretId: 'token', ClientRequestToken: token(2) });
    await until(() => reached.length === 1);
    host.crash();
    const next = testHost(host);
    rotating(next, []);
    const { value } = await secretOn(next);
    await until(async () => (await value({ VersionId: token(2) }).catch(() => undefined)) === 'new 1');
    await until(async () => (await value()) === 'new 1');
  });
});

describe('randomPassword', () => {
  const make = (options: Json) => randomPassword(PasswordOptions.parse(options));
  it.each<[string, Json, RegExp]>([
    ['32 characters', {}, /^[!-~]{32}$/],
    ['only digits', { ExcludeLowercase: true, ExcludeUppercase: true, ExcludePunctuation: true }, /^\d{32}$/],
    ['without given characters', { PasswordLength: 1000, ExcludeCharacters: 'abc"@/\\' }, /^[^abc"@/\\]{1000}$/],
    [
      'each included type',
      { PasswordLength: 5, IncludeSpace: true },
      /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.* )(?=.*[!-/:-@[-`{-~]).{5}$/,
    ],
    [
      'options as text',
      { PasswordLength: '8', ExcludePunctuation: 'true', ExcludeNumbers: 'false' },
      /^[A-Za-z0-9]{8}$/,
    ],
  ])('%s', (_words, options, shape) => {
    for (let n = 0; n < 50; n++) expect(make(options)).toMatch(shape);
  });

  it('refuses what leaves nothing, or too little room', () => {
    const none = { ExcludeLowercase: true, ExcludeUppercase: true, ExcludePunctuation: true, ExcludeNumbers: true };
    expect(() => make(none)).toThrow('no characters');
    expect(() => make({ PasswordLength: 3 })).toThrow('too short');
  });
});
