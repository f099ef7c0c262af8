// lazyark notice: what is asked of the API, what people see, and how bad input ends.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { aProblem, type FakeApi, fakeApi, type Routes } from '../../test/builders/fake-api.ts';
import { runCommandLine } from './program.ts';

const opened: FakeApi[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((api) => api.close()));
});
const folder = mkdtempSync(join(tmpdir(), 'lazyark-notices-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function lazyark(routes: Routes, ...argv: string[]) {
  const api = await fakeApi(routes);
  opened.push(api);
  const ran = { out: '', err: '' };
  const screen = (name: 'out' | 'err') => ({
    write: (text: string) => {
      ran[name] += text;
    },
    isTty: false,
    columns: 120,
    rows: 30,
    colours: false,
  });
  const env = { LAZYARK_ENDPOINT: api.url, LAZYARK_TOKEN: 'secret' };
  const code = await runCommandLine(argv, { terminal: { stdout: screen('out'), stderr: screen('err') }, env });
  return { code, ...ran, asked: api.asked };
}

const id = `ntc_${'0'.repeat(30)}`;
const notice = {
  noticeId: id,
  severity: 'critical',
  status: 'open',
  ladder: 'climbing',
  needsAckBy: '2026-11-20T12:20:00Z',
  count: 2,
  title: 'The swarm was killed by ann',
  rank: ['severity critical'],
  deliveries: [
    { round: 1, channel: 'discord', status: 'failed', reason: 'http_404', attempts: 1, at: '2026-11-20T12:00:00Z' },
    {
      round: 1,
      channel: 'pagerduty',
      status: 'delivered',
      reason: 'taken by the provider',
      attempts: 2,
      at: '2026-11-20T12:00:01Z',
    },
  ],
};

describe('lazyark notice', () => {
  it('list shows open ones as ranked; --answered the others; --json the answer itself', async () => {
    const routes: Routes = { 'GET /api/v1/notices': () => ({ json: { items: [notice], open: {} } }) };
    const list = await lazyark(routes, 'notice', 'list');
    expect(list.out).toContain(id);
    expect(list.out).toMatch(/critical .*2026-11-20T12:20:00Z .*climbing .*2× .*The swarm was killed by ann/);
    expect(list.asked[0]?.query.get('status')).toBe('open');
    const json = await lazyark(routes, 'notice', 'list', '--answered', '--json');
    expect(json.asked[0]?.query.get('status')).toBe('answered');
    expect(JSON.parse(json.out)).toEqual({ items: [notice], open: {} });
  });

  it('show tells every delivery', async () => {
    const { out } = await lazyark({ [`GET /api/v1/notices/${id}`]: () => ({ json: notice }) }, 'notice', 'show', id);
    expect(out).toContain('  2026-11-20T12:00:00Z round 1 discord: failed (http_404)');
    expect(out).toContain('pagerduty: delivered (taken by the provider, attempt 2)');
  });

  it.each(['acknowledge', 'resolve'])('%s says what the notice is now, with the note', async (verb) => {
    const routes: Routes = {
      [`POST /api/v1/notices/${id}/${verb}`]: () => ({ json: { ...notice, status: 'acknowledged' } }),
    };
    const ran = await lazyark(routes, 'notice', verb, id, '--note', 'on it');
    expect(ran).toMatchObject({ code: 0, out: `${id} acknowledged\n` });
    expect(JSON.parse(ran.asked[0]?.body ?? '{}')).toEqual({ note: 'on it' });
    expect(JSON.parse((await lazyark(routes, 'notice', verb, id)).asked[0]?.body ?? '')).toEqual({});
  });

  it('say tells people something', async () => {
    const routes: Routes = { 'POST /api/v1/notices': () => ({ status: 202, json: { noticeId: id } }) };
    const ran = await lazyark(routes, 'notice', 'say', 'Hello', '--body', 'A test', '--severity', 'critical');
    expect(ran.out).toBe(`${id}\n`);
    expect(JSON.parse(ran.asked[0]?.body ?? '')).toEqual({ title: 'Hello', body: 'A test', severity: 'critical' });
  });

  it('channels sends a JSON file; what is none is bad input and is not sent', async () => {
    const routes: Routes = { 'POST /api/v1/notices/channels': () => ({ json: { channels: ['discord'], people: [] } }) };
    const file = join(folder, 'channels.json');
    writeFileSync(file, '{"discord": {}}');
    expect((await lazyark(routes, 'notice', 'channels', file)).out).toBe('channels: discord\nnumbers of: nobody\n');
    writeFileSync(file, 'discord: https://hunter2');
    const bad = await lazyark(routes, 'notice', 'channels', file);
    expect(bad).toMatchObject({ code: 2, asked: [] });
    expect(bad.err).not.toContain('hunter2');
  });

  it('a notice that there is not ends with 1', async () => {
    const problem = aProblem(404, 'no_such_notice', 'There is no such notice');
    const ran = await lazyark({ [`GET /api/v1/notices/${id}`]: () => problem }, 'notice', 'show', id);
    expect(ran.code).not.toBe(0);
  });
});
