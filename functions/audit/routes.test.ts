// The audit over HTTP: roots, proofs, reports, and that whoever takes something home is on the trail before it is given.
import { describe, expect, it } from 'vitest';
import { faultOfProof } from '../../bin/verify-audit-export.mjs';
import { actingAsPrincipal } from '../common/http.test-support.ts';
import { changes, type TestAudit, testAudit } from './audit.test-support.ts';
import type { SensitiveRead } from './events.ts';
import { recordAccess } from './record-access.ts';
import { csvOf } from './report.ts';
import { routes } from './routes.ts';

function served(audit: TestAudit = testAudit(), busIsAway = false) {
  const reads: SensitiveRead[] = [];
  const announce = async (_event: unknown, detail: never) => {
    if (busIsAway) throw new Error('the bus is away');
    reads.push(detail);
  };
  const app = routes({ ...audit, seal: () => audit.seal(), announce, now: audit.deps.now } as never);
  const ask = async (path: string, method = 'GET') => {
    const answer = await app.request(`/api/v1/audit${path}`, { method }, actingAsPrincipal('ann', 'auditor'));
    const text = await answer.text();
    const json = answer.headers.get('content-type')?.includes('json') && !text.includes('\n') ? JSON.parse(text) : {};
    return { status: answer.status, headers: answer.headers, text, json };
  };
  return { audit, reads, ask };
}
const effect = (n: number, status: string, more: object = {}) => ({
  before: status === 'executing' ? undefined : { pk: `eff_${n}`, sk: 'effect', status: 'executing' },
  after: { pk: `eff_${n}`, sk: 'effect', status, by: 'gate', ...more },
});

describe('roots and proofs', () => {
  it('are sealed on request, listed newest first, proven, and given as they are anchored', async () => {
    const { audit, ask } = served();
    await audit.record('objectives', changes(1, 5));
    expect((await ask('/seal', 'POST')).json).toEqual({ kind: 'sealed', epoch: 1, entries: 5, more: false });
    await audit.record('objectives', changes(6, 9));
    await ask('/seal', 'POST');
    const { items, keys } = (await ask('/roots')).json;
    expect(items.map(({ epoch }: { epoch: number }) => epoch)).toEqual([2, 1]);
    expect(items[0].key).toBe(keys[0].fingerprint);
    expect((await ask('/roots?limit=1')).json.cursor).toEqual(expect.any(String));
    expect((await ask('/anchors?from=2')).json.items).toEqual([
      { statement: items[0].statement, signature: items[0].signature, algorithm: items[0].algorithm },
    ]);
    expect(faultOfProof((await ask('/proof/aud_objectives_7')).json)).toBeUndefined();
    expect((await ask('/consistency?from=1&to=2')).json.lanes).toContainEqual(
      expect.objectContaining({ lane: 'objectives', from: 5, to: 9 }),
    );
  });

  it.each([
    ['/proof/aud_objectives_99', 404, 'no_such_entry'],
    ['/proof/aud_objectives_1', 409, 'not_sealed_yet'],
    ['/consistency?from=1&to=2', 404, 'no_such_roots'],
    ['/consistency?from=0&to=2', 400, 'invalid_request'],
    ['/reports/taxes', 400, 'invalid_request'],
    ['/reports/access?from=yesterday', 400, 'invalid_request'],
    ['/aud_objectives_99', 404, 'no_such_entry'],
  ])('%s answers %i %s', async (path, status, code) => {
    const { audit, ask } = served();
    await audit.record('objectives', changes(1, 2));
    expect(await ask(path)).toMatchObject({ status, json: { code } });
  });

  it('an entry and a page of entries are read without being an export', async () => {
    const { audit, ask, reads } = served();
    await audit.record('objectives', changes(1, 2));
    expect((await ask('/aud_objectives_1')).json).toMatchObject({ seq: 1 });
    expect((await ask('?lane=objectives')).json.items).toHaveLength(2);
    expect(reads).toEqual([]);
  });
});

describe('what is taken home', () => {
  it('is said before it is given: who, what, which', async () => {
    const { audit, ask, reads } = served();
    await audit.record('objectives', changes(1, 3));
    expect((await ask('/export?lane=objectives')).text.split('\n')).toHaveLength(1 + 3 + 1);
    await ask('/reports/effects');
    expect(reads.map(({ by, what, subject }) => [by, what, subject])).toEqual([
      ['ann', 'audit.export', 'objectives'],
      ['ann', 'audit.report', 'effects'],
    ]);
  });

  it('is not given when that cannot be written down', async () => {
    const { ask } = served(testAudit(), true);
    expect((await ask('/export')).status).toBe(500);
    expect((await ask('/reports/access')).status).toBe(500);
  });

  it('becomes one entry, however often the bus brings it', async () => {
    const { audit, ask, reads } = served();
    await ask('/export');
    await ask('/export?cursor=e30');
    for (const [n, detail] of [...reads, ...reads].entries())
      await recordAccess({ id: `event-${n % 2}`, source: 'lazyark.audit', detail }, audit.lanes);
    const { items, columns } = (await ask('/reports/access')).json;
    expect(columns).toEqual(['at', 'by', 'what', 'subject', 'room', 'entryId']);
    expect(items.map((row: Record<string, string>) => [row.by, row.what, row.subject, row.room, row.entryId])).toEqual([
      ['ann', 'audit.export', 'all lanes, a further page', 'audit', 'aud_access_2'],
      ['ann', 'audit.export', 'all lanes', 'audit', 'aud_access_1'],
    ]);
  });
});

describe('the report of effects', () => {
  it('has a row for each step, within a time, also as CSV with where to go on', async () => {
    const { audit, ask } = served();
    const steps = [
      effect(1, 'executing', { action: 'task.execute', target: 'x', impact: { spendCents: 7 }, reason: 'allowed' }),
      effect(1, 'confirmed'),
      { after: { pk: 'eff_1', sk: 'other', status: 'x' } },
      { before: { pk: 'eff_1', sk: 'effect', note: 1 }, after: { pk: 'eff_1', sk: 'effect', note: 2 } },
    ];
    await audit.record(
      'safety',
      steps.map((step, n) => ({ ...changes(n + 1, n + 1)[0]!, before: undefined, ...step }) as never),
    );
    const { items } = (await ask('/reports/effects')).json;
    expect(items).toEqual([
      expect.objectContaining({ from: 'executing', to: 'confirmed', by: 'gate', spendCents: '' }),
      expect.objectContaining({ from: '', to: 'executing', action: 'task.execute', spendCents: 7, reason: 'allowed' }),
    ]);
    const csv = await ask('/reports/effects?format=csv&limit=3');
    expect(csv.text.split('\r\n')).toHaveLength(3);
    expect(csv.headers.get('x-next-cursor')).toEqual(expect.any(String));
    expect((await ask('/reports/effects?to=2026-03-01T10:00:00.001Z')).json.items).toEqual([]);
    expect((await ask('/reports/effects?from=2026-03-01T10:00:00.002Z&limit=3')).json).toMatchObject({
      items: [expect.objectContaining({ to: 'confirmed' })],
    });
    expect((await ask('/reports/effects?from=2027-01-01T00:00:00.000Z&limit=2')).json).not.toHaveProperty('cursor');
  });

  it('is CSV that a spreadsheet neither splits nor calculates', () => {
    const rows: Record<string, string | number>[] = [{ a: 'x,"y"\n', b: '=1+1' }, { a: -5 }];
    expect(csvOf(['a', 'b'], rows)).toBe('a,b\r\n"x,""y""\n",\'=1+1\r\n-5,\r\n');
  });
});
