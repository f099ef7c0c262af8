import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { credentialSecretsIn, rotationsOn, UnusableSecret } from './credential-secrets.client.ts';

type Sent = { constructor: { name: string }; input: Record<string, unknown> };
const named = (name: string) => Object.assign(new Error(name), { name });

/** Answers by stage; a stage without an answer is missing. */
function aClient(values: Record<string, string>, fault?: Error) {
  const sent: Sent[] = [];
  const send = async (command: Sent) => {
    sent.push(command);
    if (fault) throw fault;
    const stage = String(command.input.VersionStage);
    if (command.constructor.name !== 'GetSecretValueCommand') return {};
    if (!(stage in values)) throw named('ResourceNotFoundException');
    return { SecretString: values[stage], VersionId: `v-${stage}` };
  };
  return { sent, client: { send } as unknown as SecretsManagerClient };
}

describe('the secret of an OAuth client', () => {
  const good = JSON.stringify({ clientId: 'c', clientSecret: 's' });

  it('is read with the version that waits, if there is one', async () => {
    const { client } = aClient({ AWSCURRENT: good });
    expect(await credentialSecretsIn(client).read('arn')).toEqual({
      current: { versionId: 'v-AWSCURRENT', value: { clientId: 'c', clientSecret: 's' } },
    });
    const both = await credentialSecretsIn(aClient({ AWSCURRENT: good, AWSPENDING: good }).client).read('arn');
    expect(both.pending?.versionId).toBe('v-AWSPENDING');
  });

  it.each(['{"clientId": "c", "clientSecret": 12345678', '{"password": "canary-Zx81"}', 'canary-Zx81', ''])(
    'that is none (%s) is refused without repeating it',
    async (text) => {
      const reading = credentialSecretsIn(aClient({ AWSCURRENT: text }).client).read('arn');
      await expect(reading).rejects.toThrow(UnusableSecret);
      await expect(reading).rejects.not.toThrow(/canary|12345678/);
    },
  );

  it('whose store does not answer is no secret without a waiting version', async () => {
    const reading = credentialSecretsIn(aClient({}, named('InternalServiceError')).client).read('arn');
    await expect(reading).rejects.toThrow('InternalServiceError');
  });

  it('is kept as waiting first, and made current by moving the stage', async () => {
    const { client, sent } = aClient({});
    const secrets = credentialSecretsIn(client);
    await secrets.keep('arn', 'v1', { clientId: 'c', clientSecret: 's' });
    await secrets.makeCurrent('arn', 'v1', 'v0');
    expect(sent.map(({ input }) => input)).toMatchObject([
      { SecretId: 'arn', ClientRequestToken: 'v1', VersionStages: ['AWSPENDING'] },
      { SecretId: 'arn', VersionStage: 'AWSCURRENT', MoveToVersionId: 'v1', RemoveFromVersionId: 'v0' },
    ]);
  });
});

describe('starting a rotation', () => {
  it.each([
    { fault: undefined, then: 'started' },
    { fault: named('InvalidRequestException'), then: 'not_rotatable' },
  ])('$fault -> $then', async ({ fault, then }) => {
    expect(await rotationsOn(aClient({}, fault).client)('arn')).toBe(then);
  });

  it('fails when the store does', async () => {
    await expect(rotationsOn(aClient({}, named('InternalServiceError')).client)('arn')).rejects.toThrow();
  });
});
