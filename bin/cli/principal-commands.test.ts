import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeApi, type Routes } from '../../test/builders/fake-api.ts';
import { runCommandLine } from './program.ts';

const record = {
  principalId: 'prn_1',
  title: 'Ada',
  roles: ['viewer'],
  status: 'active',
  expiresAt: '2026-06-01T00:00:00Z',
};
const token = 'lzk_the-token-that-is-shown-once';

async function lazyark(routes: Routes, ...argv: string[]) {
  const api = await fakeApi(routes);
  const ran = { out: '', err: '' };
  const screen = (name: 'out' | 'err') => ({
    write: (text: string) => {
      ran[name] += text;
    },
    isTty: false,
    columns: 100,
    rows: 30,
    colours: false,
  });
  const env = { LAZYARK_ENDPOINT: api.url, LAZYARK_TOKEN: 'secret' };
  const code = await runCommandLine(argv, { terminal: { stdout: screen('out'), stderr: screen('err') }, env });
  await api.close();
  return { code, asked: api.asked, ...ran };
}
const creating: Routes = { 'POST /api/v1/principals': () => ({ status: 201, json: { ...record, token } }) };
const create = ['principal', 'create', '--title', 'Ada', '--role', 'viewer', 'auditor'];

describe('principal', () => {
  it('create prints the token, which nothing shows again', async () => {
    const { code, out, asked } = await lazyark(creating, ...create, '--expires-in-days', '30', '--json');
    expect([code, JSON.parse(out)]).toEqual([0, { ...record, token }]);
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ title: 'Ada', roles: ['viewer', 'auditor'], expiresInDays: 30 });
  });

  it('create puts it into a file that only its owner reads, and prints it nowhere', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'principal-')), 'token');
    const { code, out, err } = await lazyark(creating, ...create, '--token-file', file);
    expect([code, readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual([0, `${token}\n`, 0o600]);
    expect(out + err).not.toContain(token);
    const again = await lazyark(creating, ...create, '--token-file', file);
    expect([again.code, again.asked]).toEqual([2, []]);
  });

  it.each([
    { what: 'an end too far away', argv: [...create, '--expires-in-days', '400'] },
    { what: 'a grace of days', argv: ['principal', 'rotate', 'prn_1', '--grace-minutes', '9999'] },
    { what: 'no reason', argv: ['principal', 'revoke', 'prn_1'] },
  ])('refuses $what before asking anybody', async ({ argv }) => {
    const { code, asked } = await lazyark({}, ...argv);
    expect([code, asked]).toEqual([2, []]);
  });

  it('revoke, rotate, list and whoami say what the API says', async () => {
    const path = 'POST /api/v1/principals/prn_1';
    const routes: Routes = {
      [`${path}/revoke`]: () => ({ json: { ...record, status: 'revoked' } }),
      [`${path}/rotate`]: () => ({ json: { ...record, token } }),
      'GET /api/v1/principals': () => ({ json: { items: [record] } }),
      'GET /api/v1/me': () => ({ json: { principalId: 'operator', roles: ['viewer'], expiresAt: null } }),
    };
    const credential = { name: 'operator-token', kind: 'token', status: 'ok', warning: null };
    routes['GET /api/v1/credentials'] = () => ({ json: { items: [credential] } });
    routes['POST /api/v1/credentials/operator-token/rotate'] = () => ({ status: 202, json: { rotation: 'started' } });
    expect((await lazyark(routes, 'credential', 'list')).out).toContain('operator-token');
    expect((await lazyark(routes, 'credential', 'rotate', 'operator-token')).out).toContain('started');
    const said = async (...argv: string[]) => (await lazyark(routes, 'principal', ...argv)).out;
    expect(await said('revoke', 'prn_1', '--reason', 'left')).toContain('revoked');
    expect(await said('rotate', 'prn_1')).toContain(token);
    expect(await said('list')).toContain('Ada');
    expect(await said('whoami')).toContain('operator');
  });
});
