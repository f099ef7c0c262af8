import { afterEach, describe, expect, it } from 'vitest';
import type { OAuthSecret } from './oauth.client.ts';
import {
  aCredential,
  aProvider,
  CLIENT_SECRET,
  providerWithin,
  refreshing,
  theSecrets,
} from './provider.test-support.ts';
import { refreshCredential } from './refresh-credential.ts';

const MINUTE = 60_000;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function anInstallation(options?: Parameters<typeof aProvider>[0], oauth2?: object) {
  const provider = await aProvider(options);
  closing.push(provider.close);
  const { held, secrets } = theSecrets();
  const { deps, clock, tables } = refreshing(secrets);
  const credential = aCredential(provider.url, oauth2);
  return { ...provider, held, deps, clock, tables, credential, refresh: () => refreshCredential(credential, deps) };
}

describe('refreshing', () => {
  it('asks for a token, tries it, makes it current, and asks again when it is due', async () => {
    const { refresh, held, clock, state, deps } = await anInstallation();
    expect(await refresh()).toBe('refreshed');
    expect(held.current.value).toMatchObject({ accessToken: 'at-1', refreshToken: 'rt-1' });
    clock.ms += 47 * MINUTE;
    expect(await refresh()).toBe('not_due');
    clock.ms += MINUTE;
    expect(await refresh()).toBe('refreshed');
    expect([held.current.value.accessToken, state.asked]).toEqual(['at-2', 2]);
    expect(await deps.credentials.get('mail')).toMatchObject({ status: 'ok', generation: 2 });
  });

  it('of many environments at once lets one ask', async () => {
    const { refresh, state } = await anInstallation();
    const outcomes = await Promise.all(Array.from({ length: 20 }, refresh));
    expect(outcomes.filter((outcome) => outcome === 'refreshed')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(19);
    expect(state.asked).toBe(1);
  });

  it('is taken over from an environment that ended in the middle, after its lease', async () => {
    const { refresh, deps, clock } = await anInstallation();
    await deps.credentials.lease('mail', 'somebody', clock.ms, MINUTE, 0);
    expect(await refresh()).toBe('taken');
    clock.ms += MINUTE;
    expect(await refresh()).toBe('refreshed');
    expect(await deps.credentials.settle('mail', 'somebody', { status: 'refused' })).toBe(false);
  });

  it.each(['status 500', 'status 429', 'silence', 'nonsense', 'answer lost'] as const)(
    'keeps the old token through %s, and gets there when it is over',
    async (behaves) => {
      const { refresh, held, state, clock, deps } = await anInstallation();
      await refresh();
      clock.ms += 50 * MINUTE;
      state.behaves = behaves;
      const patient = deps.provider;
      if (behaves === 'silence') deps.provider = providerWithin(100);
      expect(await refresh()).toBe('kept');
      deps.provider = patient;
      expect(held.current.value.accessToken).toBe('at-1');
      expect((await deps.credentials.get('mail'))?.status).toBe('ok');
      state.behaves = 'well';
      expect(await refresh()).toBe('refreshed');
      expect(held.current.value.accessToken).not.toBe('at-1');
    },
  );

  it('waits for a person when the provider forgot the refresh token whose answer was lost', async () => {
    const { refresh, state, held, deps } = await anInstallation({ forgiving: false });
    state.behaves = 'answer lost';
    expect(await refresh()).toBe('kept');
    state.behaves = 'well';
    expect(await refresh()).toBe('refused');
    expect(await refresh()).toBe('not_due');
    expect(state.asked).toBe(2);
    expect(await deps.credentials.get('mail')).toMatchObject({ status: 'refused', reason: 'invalid_grant' });
    expect(held.current.versionId).toBe('v0');
  });

  it('does not use a new token that does not work; the old one stays', async () => {
    const { refresh, state, held } = await anInstallation();
    state.tokensWork = false;
    expect(await refresh()).toBe('kept');
    expect(held.current.versionId).toBe('v0');
    state.tokensWork = true;
    expect(await refresh()).toBe('refreshed');
  });

  it('stopped between keeping a token and using it, goes on with that token: its refresh token is not lost', async () => {
    const { refresh, held, state, clock } = await anInstallation({ forgiving: false });
    held.crashAfterKeep = true;
    expect(await refresh()).toBe('kept');
    held.crashAfterKeep = false;
    expect(await refresh()).toBe('refreshed');
    expect([held.current.value.accessToken, state.asked]).toEqual(['at-1', 1]);
    clock.ms += 50 * MINUTE;
    expect(await refresh()).toBe('refreshed');
  });

  it('uses the refresh token of a token that was kept but ended unused: the one before is forgotten', async () => {
    const { refresh, held, clock, state } = await anInstallation({ forgiving: false });
    held.crashAfterKeep = true;
    expect(await refresh()).toBe('kept');
    held.crashAfterKeep = false;
    clock.ms += 120 * MINUTE;
    expect(await refresh()).toBe('refreshed');
    expect([held.current.value.accessToken, state.asked]).toEqual(['at-2', 2]);
  });

  it('leaves a credential alone that was renewed since it was looked at', async () => {
    const { refresh, deps, clock } = await anInstallation();
    await refresh();
    expect(await deps.credentials.lease('mail', 'late', clock.ms, MINUTE, 0)).toBe(false);
    expect(await deps.credentials.lease('mail', 'in time', clock.ms, MINUTE, 1)).toBe(true);
  });

  it('takes no answer from elsewhere as a sign that a token works', async () => {
    const { url, refresh, held } = await anInstallation();
    const moved = await anInstallation({}, { testUrl: `${url}/moved` });
    expect(await moved.refresh()).toBe('kept');
    expect(moved.held.current.versionId).toBe('v0');
    expect([await refresh(), held.current.value.accessToken]).toEqual(['refreshed', 'at-1']);
  });

  it('works with client credentials in the form, without a refresh token', async () => {
    const { refresh, held } = await anInstallation({ rotates: false }, { grant: 'client_credentials' });
    expect(await refresh()).toBe('refreshed');
    expect(held.current.value).toMatchObject({ accessToken: 'at-1', refreshToken: 'rt-0' });
  });

  it('follows the provider to no other address', async () => {
    const { refresh, state } = await anInstallation();
    state.behaves = 'status 302';
    expect(await refresh()).toBe('kept');
    expect(state.asked).toBe(1);
  });

  it('asks no address of our own network unless the catalogue says that the provider is there', async () => {
    const { refresh, state } = await anInstallation({}, { network: 'public' });
    expect(await refresh()).toBe('refused');
    expect(state.asked).toBe(0);
  });

  it('leaves nothing of a secret in what it notes, whatever the provider repeats', async () => {
    const { refresh, state, tables, held } = await anInstallation();
    const secrets = () => Object.values(held.current.value as OAuthSecret).filter((value) => value !== 'client');
    const noted: string[] = [];
    for (const behaves of ['well', 'status 500', 'nonsense', 'answer lost', 'invalid_grant'] as const) {
      state.behaves = behaves;
      await tables.write([
        {
          table: 'operations',
          update: { pk: 'credential#mail', sk: 'credential' },
          changes: { set: [['status', 'wanted']] },
        },
      ]);
      await refresh();
      noted.push(JSON.stringify(await tables.get('operations', { pk: 'credential#mail', sk: 'credential' })));
    }
    for (const secret of [CLIENT_SECRET, 'rt-0', 'rt-1', 'at-1', ...secrets().filter((text) => !/^2026/.test(text))])
      expect(noted.join('')).not.toContain(secret);
  });
});
