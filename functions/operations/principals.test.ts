import { describe, expect, it } from 'vitest';
import { actingAs, actingAsPrincipal } from '../common/http.test-support.ts';
import { principalIn } from '../common/roles.ts';
import { openSqlite } from '../common/table-sqlite.ts';
import { authorize } from './authorize-request.ts';
import { agentRegistered } from './follow-agents.ts';
import { digestOf, mayEnter } from './principal.ts';
import { principalRoutes } from './principal-routes.ts';
import { principalsIn } from './principals.store.ts';

const START = Date.parse('2026-03-01T10:00:00Z');
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const captain = actingAs('captain');

function anInstallation() {
  const tables = openSqlite(':memory:');
  tables.defineTable({ name: 'operations', indexes: [{ name: 'roster' }], stream: true });
  const clock = { ms: START };
  const now = () => new Date(clock.ms);
  const principals = principalsIn(tables, 'operations');
  let made = 0;
  const newToken = () => `lzk_token-number-${++made}-of-this-test`;
  const app = principalRoutes({ tables, table: 'operations', principals, newToken, now });
  const told: string[] = [];
  const deps = { ...principals, operatorTokens: async () => [], refused: (why: string) => void told.push(why), now };
  const call = async (method: string, path: string, body?: object, as: object = captain, headers = {}) => {
    const init = { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
    const answer = await app.request(`/api/v1${path}`, init, as);
    return { status: answer.status, ...((await answer.json()) as Record<string, never>) };
  };
  const enter = async (token: string) => {
    const { isAuthorized, context } = await authorize(`Bearer ${token}`, { ...deps, failed: () => {} });
    return isAuthorized ? principalIn(context) : told.at(-1);
  };
  const create = (more: object = {}) =>
    call('POST', '/principals', { title: 'Ada', roles: ['viewer'], ...more }) as Promise<object> as Promise<
      Record<'principalId' | 'token' | 'expiresAt', string>
    >;
  return { tables, clock, principals, call, enter, create };
}

describe('a principal', () => {
  it('comes in with the token that was shown once, as what it is', async () => {
    const { create, enter, call } = anInstallation();
    const { principalId, token } = await create({ roles: ['operator', 'auditor'] });
    expect(await enter(token)).toEqual({ principalId, roles: ['operator', 'auditor'] });
    const listed = JSON.stringify(await call('GET', '/principals'));
    expect(listed).toContain(principalId);
    expect(listed).not.toContain(token);
    expect(listed).not.toContain(digestOf(token));
  });

  it.each([
    { what: 'a moment before its end', ms: 90 * DAY - 1, then: { roles: ['viewer'] } },
    { what: 'at its end', ms: 90 * DAY, then: 'expired' },
  ])('$what', async ({ ms, then }) => {
    const { create, enter, clock } = anInstallation();
    const { token } = await create();
    clock.ms += ms;
    const found = await enter(token);
    expect(typeof then === 'string' ? found : (found as object)).toEqual(
      typeof then === 'string' ? then : expect.objectContaining(then),
    );
  });

  it('stays out once it is revoked, whatever was asked before and after', async () => {
    const { create, enter, call } = anInstallation();
    const { principalId, token } = await create();
    const revoked = await call('POST', `/principals/${principalId}/revoke`, { reason: 'left' });
    expect(revoked).toMatchObject({ status: 'revoked' });
    expect(await call('POST', `/principals/${principalId}/revoke`, { reason: 'again' })).toEqual(revoked);
    expect(await call('POST', `/principals/${principalId}/rotate`, {})).toMatchObject({ code: 'principal_revoked' });
    expect(await enter(token)).toBe('revoked');
  });

  it('gets a new token; the old one ends at once, or after the grace', async () => {
    const { create, enter, call, clock } = anInstallation();
    const { principalId, token: first } = await create();
    const { token: second } = (await call('POST', `/principals/${principalId}/rotate`, { graceMinutes: 10 })) as never;
    expect(await enter(first)).toMatchObject({ principalId });
    clock.ms += 10 * MINUTE;
    expect(await enter(first)).toBe('expired');
    const { token: third } = (await call('POST', `/principals/${principalId}/rotate`, {})) as never;
    expect(await enter(second)).toBe('expired');
    expect(await enter(third)).toMatchObject({ principalId });
  });

  it('never works longer by a grace than it would have without', async () => {
    const { create, enter, call, clock } = anInstallation();
    const { principalId, token } = await create({ expiresInDays: 1 });
    clock.ms += DAY - MINUTE;
    await call('POST', `/principals/${principalId}/rotate`, { graceMinutes: 1_440 });
    clock.ms += MINUTE;
    expect(await enter(token)).toBe('expired');
  });

  it('is written as used once an hour', async () => {
    const { create, enter, principals, clock } = anInstallation();
    const { principalId, token } = await create();
    const used: (string | undefined)[] = [];
    for (const minutes of [0, 30, 59, 60, 61]) {
      clock.ms = START + minutes * MINUTE;
      await enter(token);
      used.push((await principals.get(principalId))?.lastUsedAt?.slice(11, 16));
    }
    expect(used).toEqual(['10:00', '10:00', '10:00', '11:00', '11:00']);
  });

  it('comes in although its use cannot be written', async () => {
    const { principals, create } = anInstallation();
    const { token } = await create();
    const failures: string[] = [];
    const { isAuthorized } = await authorize(`Bearer ${token}`, {
      ...principals,
      used: () => Promise.reject(new Error('busy')),
      operatorTokens: async () => [],
      refused: () => {},
      failed: ({ message }) => void failures.push(message),
      now: () => new Date(START),
    });
    expect([isAuthorized, failures]).toEqual([true, ['busy']]);
  });

  it('with an end that is no time stays out', () => {
    const holder = { principalId: 'prn_x', roles: ['viewer' as const], expiresAt: 'whenever' };
    expect(mayEnter(holder, START)).toEqual({ kind: 'refused', reason: 'expired' });
  });
});

describe('letting in', () => {
  it.each([
    { what: 'no roles', body: { title: 'x', roles: [] }, path: 'roles' },
    { what: 'an agent', body: { title: 'x', roles: ['agent'] }, path: 'roles[0]' },
    { what: 'a role that is none', body: { title: 'x', roles: ['root'] }, path: 'roles[0]' },
    { what: 'for ever', body: { title: 'x', roles: ['viewer'], expiresInDays: 366 }, path: 'expiresInDays' },
    { what: 'without a name', body: { title: ' ', roles: ['viewer'] }, path: 'title' },
    { what: 'with a token of its own', body: { title: 'x', roles: ['viewer'], token: 'mine' }, path: 'token' },
  ])('refuses $what, and names the field', async ({ body, path }) => {
    const { call, tables } = anInstallation();
    const answer = await call('POST', '/principals', body);
    expect(answer).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(JSON.stringify(answer)).toContain(path.split('[')[0]);
    expect((await tables.query({ table: 'operations', index: 'roster', pk: 'principals' })).items).toEqual([]);
  });

  it('answers a repeat without the token, which nobody kept', async () => {
    const { call, tables } = anInstallation();
    const body = { title: 'Ada', roles: ['viewer'] };
    const once = () => call('POST', '/principals', body, captain, { 'idempotency-key': 'one' });
    const { token } = (await once()) as never;
    expect(await once()).toMatchObject({ status: 409, code: 'answer_shown_once' });
    const kept = await tables.get('operations', { pk: 'idempotency#captain#/api/v1/principals#one', sk: 'request' });
    expect(JSON.stringify(kept)).not.toContain(token);
  });

  it('gives the same principal a new token when the first answer was lost', async () => {
    const { call, principals, tables, enter } = anInstallation();
    const body = { title: 'Ada', roles: ['viewer'] };
    const once = () => call('POST', '/principals', body, captain, { 'idempotency-key': 'one' });
    const first = (await once()) as unknown as Record<string, string>;
    const key = { pk: 'idempotency#captain#/api/v1/principals#one', sk: 'request' };
    await tables.write([{ table: 'operations', update: key, changes: { remove: ['shownOnce'] } }]);
    const second = (await once()) as unknown as Record<string, string>;
    expect(second.principalId).toBe(first.principalId);
    expect(await enter(String(first.token))).toBe('expired');
    expect(await enter(String(second.token))).toMatchObject({ principalId: first.principalId });
    expect((await principals.list({ limit: 10 })).items).toHaveLength(1);
  });

  it('of two rotations at once lets one win', async () => {
    const { create, principals } = anInstallation();
    const { principalId } = await create();
    const old = await principals.get(principalId);
    if (!old) throw new Error('there is one');
    const to = (digest: string) => principals.replaceToken(old, { ...old, digest }, old.expiresAt, 'captain');
    expect(await Promise.all([to('a'.repeat(64)), to('b'.repeat(64))])).toEqual([true, false]);
  });
});

describe('who uses the list of principals', () => {
  it('is in the access log, refused or not, from roughly where', async () => {
    const { call, tables } = anInstallation();
    const from = ({ event }: ReturnType<typeof actingAs>, sourceIp: string) => ({
      event: { requestContext: { ...event.requestContext, http: { sourceIp } } },
    });
    await call('GET', '/principals', undefined, from(actingAsPrincipal('prn_c', 'captain'), '203.0.113.77')).catch(
      () => {},
    );
    await call('GET', '/principals', undefined, from(actingAsPrincipal('prn_v', 'viewer'), '2001:db8:1:2::9')).catch(
      () => {},
    );
    const { items } = await tables.query({ table: 'operations', pk: 'access#2026-03-01' });
    expect(items.sort((a, b) => String(a.by).localeCompare(String(b.by)))).toMatchObject([
      { what: 'principals read', by: 'prn_c', roles: 'captain', status: 200, from: '203.0.113.0/24' },
      { what: 'principals read', by: 'prn_v', roles: 'viewer', status: 403, from: '2001:db8:1::/48' },
    ]);
  });
});

describe('the principals of agents', () => {
  const joined = (at: string, digest: string) => ({
    agentId: 'agt_out',
    title: 'Out',
    credentialDigest: digestOf(digest),
    expiresAt: '2026-06-01T00:00:00.000Z',
    by: 'operator',
    at,
  });
  const T = (minute: number) => new Date(START + minute * MINUTE).toISOString();
  const token = 'lzk_the-first-credential';

  it('come in with their credential, as an agent of their own id', async () => {
    const { principals, enter } = anInstallation();
    await agentRegistered(joined(T(0), token), principals);
    expect(await enter(token)).toEqual({ principalId: 'agt_out', roles: ['agent'] });
  });

  it.each([
    { order: ['join', 'leave'], then: 'revoked' },
    { order: ['leave', 'join'], then: 'revoked' },
    { order: ['join', 'leave', 'join'], then: 'revoked' },
    { order: ['join', 'leave', 'join again'], then: 'in' },
    { order: ['leave', 'join again', 'join'], then: 'in' },
    { order: ['join', 'leave', 'join again', 'leave'], then: 'in' },
  ])('told in the order $order end as $then', async ({ order, then }) => {
    const { principals, enter } = anInstallation();
    const events: Record<string, () => Promise<void>> = {
      join: () => agentRegistered(joined(T(0), token), principals),
      leave: () => principals.agentLeft('agt_out', T(1)),
      'join again': () => agentRegistered(joined(T(2), 'lzk_the-second-credential'), principals),
    };
    for (const name of order) await events[name]?.();
    const found = await enter(then === 'in' ? 'lzk_the-second-credential' : token);
    expect(typeof found === 'object' ? 'in' : found === 'unknown' ? 'revoked' : found).toBe(then);
  });
});
