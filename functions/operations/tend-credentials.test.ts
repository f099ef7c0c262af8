import { describe, expect, it } from 'vitest';
import { actingAs } from '../common/http.test-support.ts';
import { openSqlite } from '../common/table-sqlite.ts';
import { Catalogue } from './credential.ts';
import { credentialRoutes } from './credential-routes.ts';
import { credentialsIn } from './credentials.store.ts';
import { catalogueOf, UnknownCredential } from './credentials-deps.ts';
import { principalsIn } from './principals.store.ts';
import { tendCredentials } from './tend-credentials.ts';

const DAY = 86_400_000;

function anInstallation(rotatedAt: () => Promise<string | undefined> = async () => '2026-06-01T00:00:00.000Z') {
  const tables = openSqlite(':memory:');
  tables.defineTable({ name: 'operations', indexes: [{ name: 'roster' }], stream: true });
  const clock = { ms: Date.parse('2026-06-01T00:00:00.000Z') };
  const told: { name: string; urgency?: string }[] = [];
  const failures: string[] = [];
  const started: string[] = [];
  const catalogue = Catalogue.parse([
    { name: 'door', kind: 'token', provider: 'us', rotateEveryDays: 30 },
    { name: 'key', kind: 'api-key', provider: 'them', rotateEveryDays: 60 },
  ]);
  const unused = () => Promise.reject(new Error('no OAuth here'));
  const common = { catalogue, tables, table: 'operations', secretIdOf: (name: string) => `arn:${name}` };
  const deps = {
    ...common,
    credentials: credentialsIn(tables, 'operations'),
    principals: principalsIn(tables, 'operations'),
    secrets: { read: unused, keep: unused, makeCurrent: unused, rotatedAt },
    provider: { ask: unused, works: unused },
    announce: async (_: unknown, detail: unknown) => void told.push(detail as (typeof told)[number]),
    failed: (name: string) => void failures.push(name),
    newId: () => 'id',
    now: () => new Date(clock.ms),
    rotate: async (secretId: string) => {
      started.push(secretId);
      return secretId === 'arn:door' ? ('started' as const) : ('not_rotatable' as const);
    },
  };
  const api = credentialRoutes(deps);
  const call = async (method: string, path: string, as = actingAs('captain')) => {
    const answer = await api.request(`/api/v1${path}`, { method }, as);
    return { status: answer.status, body: await answer.json() };
  };
  const tend = async (day: number) => {
    clock.ms = Date.parse('2026-06-01T00:00:00.000Z') + day * DAY;
    await tendCredentials(deps as never);
    return told.splice(0).map(({ name, urgency = 'renewed' }) => `${name} ${urgency}`);
  };
  return { tend, told, failures, call, started, deps };
}

describe('tending', () => {
  it('tells of each once a day, seven days before', async () => {
    const { tend } = anInstallation();
    expect(await tend(0)).toEqual([]);
    expect(await tend(52)).toContain('door overdue');
    expect(await tend(53)).toEqual(['door overdue', 'key expiring']);
    expect(await tend(53.2)).toEqual([]);
    expect(await tend(60)).toEqual(['door overdue', 'key expired']);
  });

  it('tells when what it told of is over', async () => {
    let rotatedAt = '2026-06-01T00:00:00.000Z';
    const { tend } = anInstallation(async () => rotatedAt);
    await tend(0);
    await tend(53);
    rotatedAt = '2026-07-24T00:00:00.000Z';
    expect(await tend(53.1)).toEqual(['door renewed', 'key renewed']);
    expect(await tend(53.2)).toEqual([]);
  });

  it('goes on with the others when one cannot be looked at', async () => {
    let calls = 0;
    const { tend, failures, call } = anInstallation(async () => {
      calls += 1;
      if (calls === 1) throw new Error('no such secret');
      return '2026-06-01T00:00:00.000Z';
    });
    await tend(0);
    expect(failures).toEqual(['door']);
    const { body } = await call('GET', '/credentials');
    expect(body).toMatchObject({
      items: [
        { name: 'door', status: 'new' },
        { name: 'key', status: 'ok' },
      ],
    });
  });

  it('tells whoever holds a token a week before it ends, and of a revoked one nothing', async () => {
    const { tend, deps } = anInstallation();
    const record = (principalId: string) => ({
      principalId,
      title: 'x',
      roles: ['viewer' as const],
      digest: principalId.repeat(8),
      expiresAt: '2026-06-11T00:00:00.000Z',
      createdAt: '2026-05-01T00:00:00.000Z',
      createdBy: 'operator',
    });
    for (const id of ['prn_1', 'prn_2']) await deps.principals.create(record(id), 'operator');
    await deps.principals.revoke('prn_2', '2026-06-01T00:00:00.000Z', 'operator', 'left');
    expect(await tend(2.9)).toEqual([]);
    expect(await tend(3)).toEqual(['principal:prn_1 expiring']);
    expect(await tend(3.5)).toEqual([]);
  });

  it('says again what could not be announced', async () => {
    const { deps, tend } = anInstallation();
    const { announce } = deps;
    deps.announce = () => Promise.reject(new Error('the bus is down'));
    await tend(60);
    deps.announce = announce;
    expect(await tend(60.1)).toEqual(['door overdue', 'key expired']);
  });
});

describe('over HTTP', () => {
  it('shows dates and warnings, and nothing of a value', async () => {
    const { tend, call } = anInstallation();
    await tend(53);
    const { body } = await call('GET', '/credentials', actingAs('auditor'));
    expect(body).toMatchObject({
      items: [
        { name: 'door', status: 'ok', rotateBy: '2026-07-01T00:00:00.000Z', warning: 'overdue', chosen: true },
        { name: 'key', status: 'ok', rotateBy: '2026-07-31T00:00:00.000Z', warning: 'expiring', chosen: true },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('arn:');
  });

  it.each([
    { name: 'door', status: 202, started: ['arn:door'] },
    { name: 'key', status: 409, started: [] },
    { name: 'none', status: 404, started: [] },
    { name: '__proto__', status: 404, started: [] },
  ])('rotates $name -> $status', async ({ name, status, started }) => {
    const installation = anInstallation();
    expect((await installation.call('POST', `/credentials/${name}/rotate`)).status).toBe(status);
    expect(installation.started).toEqual(started);
  });
});

describe('the catalogue and the deployment', () => {
  it('have to agree', () => {
    expect(catalogueOf({ 'operator-token': 'arn', channels: 'arn' })).toHaveLength(2);
    expect(() => catalogueOf({ other: 'arn' })).toThrow(UnknownCredential);
  });
});
