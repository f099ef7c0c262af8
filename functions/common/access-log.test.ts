import { describe, expect, it } from 'vitest';
import { logsAccess, roughly } from './access-log.ts';
import { actingAs } from './http.test-support.ts';
import { HttpProblem, httpApp, may } from './http.ts';
import { TableBusy } from './table.ts';
import { openSqlite } from './table-sqlite.ts';

function anApp(fault?: Error) {
  const tables = openSqlite(':memory:');
  tables.defineTable({ name: 'things', indexes: [], stream: true });
  const write = fault ? () => Promise.reject(fault) : tables.write;
  const log = {
    tables: { ...tables, write: write.bind(tables) },
    table: 'things',
    now: () => new Date('2026-03-01T10:00:00Z'),
  };
  const app = httpApp();
  const middleware = [logsAccess('the vault', log as never), may('captain')];
  const route = { method: 'get' as const, middleware, responses: {} };
  app.openapi({ ...route, path: '/vault' }, (c) => c.text('gold') as never);
  app.openapi({ ...route, path: '/broken' }, () => {
    throw new HttpProblem(409, 'broken', 'It is broken');
  });
  const records = async () => (await tables.query({ table: 'things', pk: 'access#2026-03-01' })).items;
  return { app, records };
}

describe('a sensitive route', () => {
  it.each([
    { path: '/vault', as: 'captain' as const, status: 200 },
    { path: '/vault', as: 'viewer' as const, status: 403 },
    { path: '/broken', as: 'captain' as const, status: 409 },
  ])('records $as at $path with how it ended: $status', async ({ path, as, status }) => {
    const { app, records } = anApp();
    expect((await app.request(path, {}, actingAs(as))).status).toBe(status);
    expect(await records()).toMatchObject([{ what: 'the vault', by: as, path, status, why: 'access: the vault' }]);
  });

  it('shows nothing that could not be recorded', async () => {
    const answer = await anApp(new TableBusy('busy')).app.request('/vault', {}, actingAs('captain'));
    const text = await answer.text();
    expect([answer.status, JSON.parse(text).code]).toEqual([503, 'access_not_recorded']);
    expect(text).not.toContain('gold');
  });
});

describe('where somebody is', () => {
  it.each([
    { ip: '203.0.113.77', then: '203.0.113.0/24' },
    { ip: '2001:db8:1:2:3:4:5:6', then: '2001:db8:1::/48' },
    { ip: '2001:db8::1', then: '2001:db8::/48' },
    { ip: '::1', then: '::/48' },
    { ip: undefined, then: 'unknown' },
  ])('$ip is kept as $then', ({ ip, then }) => {
    expect(roughly(ip)).toBe(then);
  });
});
