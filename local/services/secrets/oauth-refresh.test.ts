// The product's renewal of OAuth tokens on this runtime's Secrets Manager: stages and versions as it counts on them.
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, it } from 'vitest';
import { credentialSecretsIn } from '../../../functions/operations/credential-secrets.client.ts';
import {
  aCredential,
  aProvider,
  CLIENT_SECRET,
  refreshing,
} from '../../../functions/operations/provider.test-support.ts';
import { refreshCredential } from '../../../functions/operations/refresh-credential.ts';
import { ApiError, type Caller } from '../../service.ts';
import { testHost } from '../../test-host.ts';
import { service } from './service.ts';

const operator: Caller = { kind: 'operator' };
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** As the SDK speaks to the runtime, without the wire between them. */
function clientOn(host: ReturnType<typeof testHost>) {
  const call = async (name: string, input: object): Promise<Record<string, unknown>> => {
    const request = {
      method: 'POST',
      path: '/',
      query: new URLSearchParams(),
      body: Buffer.from(JSON.stringify(input)),
    };
    const headers = { 'x-amz-target': `secretsmanager.${name}` };
    try {
      return JSON.parse(String((await service.apis![0]!.handle({ ...request, headers }, operator, host)).body));
    } catch (error) {
      throw error instanceof ApiError ? Object.assign(new Error(error.message), { name: error.code }) : error;
    }
  };
  const send = (command: { constructor: { name: string }; input: object }) =>
    call(command.constructor.name.replace(/Command$/, ''), command.input);
  return { call, client: { send } as unknown as SecretsManagerClient };
}

describe('an OAuth credential', () => {
  it('is renewed again and again; the value before is kept as the previous one', async () => {
    const host = testHost();
    const { call, client } = clientOn(host);
    const provider = await aProvider({ forgiving: false });
    closing.push(provider.close);
    const first = { clientId: 'client', clientSecret: CLIENT_SECRET, refreshToken: 'rt-0' };
    const properties = { Name: 'mail', SecretString: JSON.stringify(first) };
    const type = 'AWS::SecretsManager::Secret';
    const factory = service.factories.find((one) => one.type === type);
    await factory?.create({ logicalId: 'Mail', type, properties, stackName: 's' }, host);
    const { deps, clock } = refreshing(credentialSecretsIn(client));
    let ids = 0;
    const newId = () => `00000000-0000-0000-0000-${String(++ids).padStart(12, '0')}`;
    const refresh = () => refreshCredential(aCredential(provider.url), { ...deps, newId, secretIdOf: () => 'mail' });
    const value = async (VersionStage: string) =>
      JSON.parse(String((await call('GetSecretValue', { SecretId: 'mail', VersionStage })).SecretString));
    for (const round of [1, 2, 3]) {
      expect(await refresh()).toBe('refreshed');
      expect(await value('AWSCURRENT')).toMatchObject({ accessToken: `at-${round}`, refreshToken: `rt-${round}` });
      expect(await value('AWSPREVIOUS')).toMatchObject({ refreshToken: `rt-${round - 1}` });
      clock.ms += 3_600_000;
    }
    provider.state.tokensWork = false;
    expect(await refresh()).toBe('kept');
    expect(await value('AWSCURRENT')).toMatchObject({ accessToken: 'at-3' });
    expect(await value('AWSPENDING')).toMatchObject({ accessToken: 'at-4' });
    provider.state.tokensWork = true;
    expect(await refresh()).toBe('refreshed');
    expect([(await value('AWSCURRENT')).accessToken, provider.state.made]).toEqual(['at-4', 4]);
  });
});
