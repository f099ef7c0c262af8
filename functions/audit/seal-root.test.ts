// Roots that are signed over all lanes, anchored where nobody changes them, and what cannot be done unseen after that.
import { describe, expect, it } from 'vitest';
import { auditVerifier } from '../../bin/verify-audit-export.mjs';
import { change, changes, type TestAudit, testAudit } from './audit.test-support.ts';
import { firstBreak } from './chain.ts';
import { packed, unpacked } from './packed.ts';
import { fingerprintOf, said } from './root.ts';

function verified(lines: readonly string[], audit?: TestAudit) {
  const fingerprints = audit ? [fingerprintOf(audit.signer.pem)] : [];
  const anchors = [...(audit?.archive.objects ?? [])]
    .filter(([name]) => name.startsWith('roots/'))
    .map(([, text]) => JSON.parse(text));
  const verifier = auditVerifier({ fingerprints, anchors, rootsExpected: true });
  for (const line of lines) verifier.feed(line);
  return verifier.report();
}

describe('sealing', () => {
  it('signs a root over all lanes, each following the one before, and anchors it with its entries', async () => {
    const audit = testAudit();
    await audit.record('objectives', changes(1, 300));
    expect(await audit.seal()).toEqual({ kind: 'sealed', epoch: 1, entries: 300, more: false });
    await audit.record('safety', changes(301, 340));
    await audit.record('objectives', changes(341, 700));
    expect(await audit.seal()).toMatchObject({ kind: 'sealed', epoch: 2, entries: 400 });
    const report = verified(await audit.exported(), audit);
    expect(report).toMatchObject({ valid: true, faults: [], entries: 700, sealed: 700 });
    expect(report.roots).toMatchObject({ count: 2, anchorsCompared: 2 });
    expect([...audit.archive.objects.keys()].sort()).toEqual([
      'entries/objectives/000000000000001.jsonl.gz',
      'entries/objectives/000000000000301.jsonl.gz',
      'entries/safety/000000000000001.jsonl.gz',
      `keys/${fingerprintOf(audit.signer.pem)}.pem`,
      'roots/000000000001.json',
      'roots/000000000002.json',
    ]);
  });

  it('does nothing when nothing is new, but for a sign of life each hour', async () => {
    const audit = testAudit();
    await audit.record('objectives', changes(1, 3));
    await audit.seal();
    expect(await audit.seal()).toMatchObject({ kind: 'idle', epoch: 1, entries: 0 });
    audit.clock.nowMs += 3_600_000;
    expect(await audit.seal()).toMatchObject({ kind: 'sealed', epoch: 2, entries: 0 });
    expect(verified(await audit.exported(), audit)).toMatchObject({ valid: true, sealed: 3 });
  });

  it('goes on where a crash left it: between the table and the bucket, and before the table', async () => {
    const audit = testAudit();
    await audit.record('objectives', changes(1, 600));
    const noBucket = { ...audit.archive, writeOnce: () => Promise.reject(new Error('the bucket is away')) };
    await expect(audit.seal({ archive: noBucket })).rejects.toThrow('away');
    await audit.record('objectives', changes(601, 610));
    const noSign = { ...audit.signer, sign: () => Promise.reject(new Error('no signature')) };
    await expect(audit.seal({ signer: noSign })).rejects.toThrow('no signature');
    expect(audit.archive.objects.has('roots/000000000001.json')).toBe(true);
    await audit.seal();
    expect(verified(await audit.exported(), audit)).toMatchObject({ valid: true, sealed: 610 });
    expect(audit.ages.map((age) => age >= 60)).toEqual([true, true, true]);
  });

  it('has one root of an epoch when two seal at once', async () => {
    const audit = testAudit();
    await audit.record('objectives', changes(1, 20));
    const outcomes = await Promise.all([audit.seal(), audit.seal(), audit.seal()]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['overtaken', 'overtaken', 'sealed']);
    expect(verified(await audit.exported(), audit)).toMatchObject({ valid: true, roots: { count: 1 } });
  });

  it('takes a long lane in parts', async () => {
    const audit = testAudit();
    await audit.record('objectives', changes(1, 6_000));
    expect(await audit.seal({ entriesMax: 2_000 })).toMatchObject({ more: true });
    while ((await audit.seal({ entriesMax: 2_000 })).more);
    await audit.seal();
    expect(verified(await audit.exported(), audit)).toMatchObject({ valid: true, sealed: 6_000 });
  });

  it('never dates a root before the one that it follows', async () => {
    const audit = testAudit();
    await audit.record('objectives', changes(1, 2));
    await audit.seal();
    await audit.record('objectives', changes(3, 4));
    audit.clock.nowMs -= 86_400_000;
    await audit.seal();
    expect(verified(await audit.exported(), audit)).toMatchObject({ valid: true, roots: { count: 2 } });
  });

  it('tells how long something has waited', async () => {
    const audit = testAudit();
    await audit.seal();
    await audit.record('objectives', [change(1, { atMs: audit.clock.nowMs - 240_000 })]);
    await audit.seal();
    await audit.seal();
    expect(audit.ages).toEqual([0, 300, 0]);
  });
});

describe('sealing refuses', () => {
  it('to go over a gap', async () => {
    expect(firstBreak({ seq: 3, hash: 'a' }, [{ seq: 5, hash: 'b', text: '{}' }])).toMatchObject({
      seq: 4,
      fault: expect.stringContaining('entry 5 is stored where entry 4 belongs'),
    });
  });

  it('to go over an entry that was changed, and seals the other lanes', async () => {
    const audit = testAudit();
    await audit.record('objectives', changes(1, 5));
    await audit.record('safety', changes(6, 9));
    const { items } = await audit.tables.query({ table: 'audit', pk: 'lane#objectives' });
    const entries = unpacked(items[0]!);
    entries[2]!.text = entries[2]!.text.replace('running', 'ruining');
    await audit.tables.write([{ table: 'audit', put: { ...items[0]!, packed: packed(entries) } }]);
    await expect(audit.seal()).rejects.toMatchObject({
      name: 'LaneBroken',
      message: expect.stringContaining('entry 3'),
    });
    const root = await audit.roots.latest();
    expect(said(root!).lanes.map(({ lane, size }) => [lane, size])).toEqual([
      ['access', 0],
      ['agents', 0],
      ['objectives', 0],
      ['operations', 0],
      ['safety', 4],
    ]);
  });

  it('to go on from peaks that are not those of the root', async () => {
    const audit = testAudit();
    await audit.record('objectives', changes(1, 5));
    await audit.seal();
    const root = (await audit.roots.latest())!;
    const peaks = { ...root.peaks, objectives: [...root.peaks.objectives!].reverse() };
    const put = { pk: 'roots', sk: '000000000000001', ...root, peaks };
    await audit.tables.write([{ table: 'audit', put }]);
    await audit.record('objectives', changes(6, 9));
    await expect(audit.seal()).rejects.toThrow('peaks');
  });

  it('to sign a second history over one that is anchored', async () => {
    const audit = testAudit();
    await audit.record('objectives', changes(1, 5));
    await audit.seal();
    const again = testAudit();
    again.archive.objects.set('roots/000000000001.json', audit.archive.objects.get('roots/000000000001.json')!);
    await again.record('objectives', changes(11, 15));
    await expect(again.seal()).rejects.toMatchObject({ name: 'TrailForked' });
  });

  it('to store two nodes in one place', async () => {
    const { roots } = testAudit();
    await roots.keepNodes('objectives', [{ level: 8, index: 0, hash: 'aa' }]);
    await roots.keepNodes('objectives', [{ level: 8, index: 0, hash: 'aa' }]);
    await expect(roots.keepNodes('objectives', [{ level: 8, index: 0, hash: 'bb' }])).rejects.toMatchObject({
      name: 'TrailForked',
    });
  });
});
