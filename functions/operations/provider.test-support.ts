// An OAuth 2 provider of a few lines, which can be told to fail, and the secrets it belongs to.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { safeFetchWith } from '../common/safe-fetch.client.ts';
import { openSqlite } from '../common/table-sqlite.ts';
import { Catalogue, type Credential } from './credential.ts';
import type { CredentialSecrets, Version } from './credential-secrets.client.ts';
import { credentialsIn } from './credentials.store.ts';
import { type OAuthSecret, providerVia } from './oauth.client.ts';
import type { RefreshDeps } from './refresh-credential.ts';

type Behaviour =
  | 'well'
  | 'status 500'
  | 'status 302'
  | 'status 429'
  | 'silence'
  | 'nonsense'
  | 'invalid_grant'
  | 'answer lost';
export const CLIENT_SECRET = 'cs-Zk3vQ8w1Lr5T9pXm';

/** The page by which a token is tried, and one that has moved to where everything is fine. */
function tried(url: string, works: boolean, response: ServerResponse): ServerResponse {
  if (url === '/moved') return response.writeHead(302, { location: '/elsewhere' }).end();
  return response.writeHead(works || url === '/elsewhere' ? 200 : 401).end();
}

/** Refresh tokens work once; `forgiving` providers take the last used one again, as many do for a while. */
export async function aProvider({ rotates = true, forgiving = true } = {}) {
  const state = { refreshToken: 'rt-0', before: '', made: 0, asked: 0, behaves: 'well' as Behaviour, tokensWork: true };
  const signature = `Basic ${Buffer.from(`client:${CLIENT_SECRET}`).toString('base64')}`;
  const mayHave = (form: URLSearchParams, signed: string | undefined): boolean => {
    const said = form.get('refresh_token');
    const known = said === state.refreshToken || (forgiving && said === state.before);
    const fits = known || form.get('grant_type') === 'client_credentials';
    return fits && signed === signature && state.behaves !== 'invalid_grant';
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (request.url !== '/token') return tried(request.url ?? '', state.tokensWork, response);
    state.asked += 1;
    if (state.behaves === 'silence') return undefined;
    if (state.behaves.startsWith('status'))
      return response.writeHead(Number(state.behaves.slice(7)), { location: '/token' }).end(body);
    if (state.behaves === 'nonsense') return response.writeHead(200).end('<html>');
    if (!mayHave(new URLSearchParams(body), request.headers.authorization))
      return response.writeHead(400).end(JSON.stringify({ error: 'invalid_grant', error_description: body }));
    state.made += 1;
    if (rotates) [state.before, state.refreshToken] = [state.refreshToken, `rt-${state.made}`];
    if (state.behaves === 'answer lost') return request.socket.destroy();
    const granted = { access_token: `at-${state.made}`, token_type: 'Bearer', expires_in: 3600 };
    return response.end(JSON.stringify({ ...granted, ...(rotates && { refresh_token: state.refreshToken }) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { state, url, close };
}

const first: Version = {
  versionId: 'v0',
  value: { clientId: 'client', clientSecret: CLIENT_SECRET, refreshToken: 'rt-0' },
};

/** Asked with the patience that a test has: much, or for silence little. */
export const providerWithin = (timeoutMs: number) => providerVia(safeFetchWith(), timeoutMs);

/** `crashAfterKeep`: whoever kept a new value stops before making it current. */
export function theSecrets() {
  const held = { current: first, pending: undefined as Version | undefined, crashAfterKeep: false };
  const secrets: CredentialSecrets = {
    read: async () => ({ current: held.current, ...(held.pending && { pending: held.pending }) }),
    keep: async (_, versionId, value: OAuthSecret) => {
      held.pending = { versionId, value };
      if (held.crashAfterKeep) throw new Error('the process ends here');
    },
    makeCurrent: async () => {
      held.current = held.pending ?? held.current;
      held.pending = undefined;
    },
    rotatedAt: async () => '2026-06-01T00:00:00.000Z',
  };
  return { held, secrets };
}

export function aCredential(url: string, more: object = {}): Credential {
  const oauth2 = { tokenUrl: `${url}/token`, testUrl: `${url}/test`, grant: 'refresh_token', network: 'own', ...more };
  const one = { name: 'mail', kind: 'oauth2', provider: 'example', rotateEveryDays: 90, oauth2 };
  return Catalogue.parse([one])[0] as Credential;
}

export function refreshing(secrets: CredentialSecrets) {
  const tables = openSqlite(':memory:');
  tables.defineTable({ name: 'operations', indexes: [{ name: 'roster' }], stream: true });
  const clock = { ms: Date.parse('2026-06-01T00:00:00.000Z') };
  let ids = 0;
  const deps: RefreshDeps = {
    credentials: credentialsIn(tables, 'operations'),
    secrets,
    provider: providerWithin(10_000),
    secretIdOf: () => 'arn:mail',
    newId: () => `id-${++ids}`,
    now: () => new Date(clock.ms),
  };
  return { deps, clock, tables };
}
