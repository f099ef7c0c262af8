import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { actingAs } from '../common/http.test-support.ts';
import { authorize } from './authorize-request.ts';
import { packageFilesIn } from './console-files.store.ts';
import { statusRoutes } from './status-routes.ts';
import { summariesOf } from './summaries.ts';

const token = 'a-token-of-sufficient-length';

describe('who may come in', () => {
  it.each([
    { who: 'the operator', header: `Bearer ${token}`, then: true },
    { who: 'the operator with the token before the rotation', header: 'Bearer the-previous-token-1234', then: true },
    { who: 'a wrong token', header: 'Bearer another-token-of-some-length', then: false },
    { who: 'no header', header: undefined, then: false },
    { who: 'another scheme', header: `Basic ${token}`, then: false },
    { who: 'an empty token', header: 'Bearer ', then: false },
    { who: 'a token with a line break', header: `Bearer ${token}\nx`, then: false },
  ])('$who -> $then', async ({ header, then }) => {
    const operatorTokens = async () => [token, 'the-previous-token-1234'];
    const quiet = { used: async () => {}, refused: () => {}, failed: () => {}, now: () => new Date() };
    const authorized = await authorize(header, { ...quiet, operatorTokens, find: async () => undefined });
    expect(authorized.isAuthorized).toBe(then);
  });
});

function anApp() {
  const packageFolder = mkdtempSync(join(tmpdir(), 'lazyark-operations-'));
  mkdirSync(join(packageFolder, 'console/assets'), { recursive: true });
  writeFileSync(join(packageFolder, 'console/index.html'), '<!doctype html><title>LazyArk</title>');
  writeFileSync(join(packageFolder, 'console/assets/app.js'), 'export {}');
  writeFileSync(join(packageFolder, 'secret.txt'), 'outside of the console');
  writeFileSync(
    join(packageFolder, 'openapi.json'),
    JSON.stringify({ info: { title: 'X', version: '1' }, paths: { '/a': { get: { summary: '<b>' } } } }),
  );
  const place = () => ({ account: '000000000000', region: 'eu-central-1', version: '1' });
  const ask = async (room: string) =>
    room === 'audit'
      ? Promise.reject(new Error('down'))
      : { from: room, ...(room === 'safety' ? { mode: 'active' } : {}) };
  return statusRoutes({ ask, place, files: packageFilesIn(packageFolder) });
}

describe('the room operations over HTTP', () => {
  it('answers the status even when a room is silent, and names it', async () => {
    const status = (await (await anApp().request('/api/v1/status', {}, actingAs('viewer'))).json()) as object;
    expect(status).toMatchObject({ mode: 'active', silent: ['audit'], audit: null, environment: { kind: 'embedded' } });
  });

  it.each([
    { path: '/', type: 'text/html; charset=utf-8', status: 200 },
    { path: '/objectives/obj_1', type: 'text/html; charset=utf-8', status: 200 },
    { path: '/assets/app.js', type: 'text/javascript; charset=utf-8', status: 200 },
    { path: '/assets/none.js', type: 'application/problem+json', status: 404 },
    { path: '/..%2fsecret.txt', type: 'application/problem+json', status: 404 },
    { path: '/%2e%2e/%2e%2e/secret.txt', type: 'application/problem+json', status: 404 },
    { path: '/api/v1/nothing', type: 'application/problem+json', status: 404 },
  ])('serves $path as $status $type', async ({ path, type, status }) => {
    const answer = await anApp().request(path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, type]);
  });

  it('lets the console load nothing from elsewhere', async () => {
    const policy = (await anApp().request('/')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
  });

  it('shows the reference with everything escaped', async () => {
    const page = await (await anApp().request('/api/v1/docs')).text();
    expect(page).toContain('&#60;b&#62;');
    expect(page).not.toContain('<b>');
  });
});

describe('the summaries', () => {
  it('turn a failed function into a silent room', async () => {
    const names = { objectives: 'o', agents: 'a', safety: 's', audit: 'u' };
    const { ask } = summariesOf(names, '1', async (name) =>
      name === 'o' ? { Payload: { transformToString: () => '{"x":1}' } } : { FunctionError: 'Unhandled' },
    );
    expect(await ask('objectives')).toEqual({ x: 1 });
    await expect(ask('safety')).rejects.toThrow('safety');
  });
});
