// lazyark privacy and compliance: what they ask, what they show, and how they fail.
import { afterEach, describe, expect, it } from 'vitest';
import { aProblem, type FakeApi, fakeApi, type Routes } from '../../test/builders/fake-api.ts';
import { runCommandLine } from './program.ts';

let api: FakeApi | undefined;
afterEach(() => api?.close());

async function lazyark(routes: Routes, ...argv: string[]) {
  api = await fakeApi(routes);
  const said = { out: '', err: '' };
  const screen = (name: 'out' | 'err') => ({
    write: (text: string) => {
      said[name] += text;
    },
    ...{ isTty: false, columns: 100, rows: 30, colours: false },
  });
  const env = { LAZYARK_ENDPOINT: api.url, LAZYARK_TOKEN: 'secret' };
  const code = await runCommandLine(argv, { terminal: { stdout: screen('out'), stderr: screen('err') }, env });
  return { code, ...said, asked: api.asked };
}

const at = '2026-11-20T12:00:00.000Z';
const path = '/api/v1/privacy/subjects/sub_anna-0001';

describe('privacy', () => {
  const values = [{ field: 'e-mail', value: 'anna@example.org', purpose: 'a question', at, token: 'pii:v1:…' }];
  const subject = { subjectId: 'sub_anna-0001', status: 'known', createdAt: at, values };

  it('shows what is kept', async () => {
    const routes = { [`GET ${path}`]: () => ({ json: subject }) };
    const { code, out } = await lazyark(routes, 'privacy', 'show', 'sub_anna-0001');
    expect([code, out]).toEqual([0, expect.stringContaining('e-mail: anna@example.org (a question)')]);
    await api?.close();
    expect(JSON.parse((await lazyark(routes, 'privacy', 'show', 'sub_anna-0001', '--json')).out)).toEqual(subject);
  });
  it('erases with a reason, and not without', async () => {
    const routes = {
      [`POST ${path}/erasure`]: () => ({ json: { subjectId: 'sub_anna-0001', erasedAt: at, valuesErased: 1 } }),
    };
    const { code, out, asked } = await lazyark(routes, 'privacy', 'erase', 'sub_anna-0001', '--reason', 'asked for it');
    expect([code, out, JSON.parse(asked[0]?.body ?? '')]).toEqual([
      0,
      expect.stringContaining(at),
      { reason: 'asked for it' },
    ]);
    await api?.close();
    expect((await lazyark(routes, 'privacy', 'erase', 'sub_anna-0001')).code).toBe(2);
  });
  it('says that nothing is kept', async () => {
    const routes = { [`GET ${path}`]: () => aProblem(404, 'no_such_subject', 'Nothing is kept of sub_anna-0001') };
    const { code, err } = await lazyark(routes, 'privacy', 'show', 'sub_anna-0001');
    expect([code, err]).toEqual([2, expect.stringContaining('Nothing is kept')]);
  });
});

it('compliance says whether a page may be read', async () => {
  const routes = {
    'POST /api/v1/compliance/checks': () => ({ json: { kind: 'refuse', reason: 'address_not_allowed', detail: 'x' } }),
  };
  const ran = await lazyark(routes, 'compliance', 'https://x.org', '--personal', '--basis', 'contract');
  expect([ran.code, ran.out]).toEqual([0, expect.stringContaining('address_not_allowed')]);
  expect(JSON.parse(ran.asked[0]?.body ?? '')).toEqual({
    url: 'https://x.org',
    dataClass: 'personal',
    lawfulBasis: 'contract',
  });
});
