// Roots that are signed over all lanes, anchored where nobody changes them, and what cannot be done unseen after that.
import { describe, expect, it } from 'vitest';
import { auditVerifier, faultOfProof } from '../../bin/verify-audit-export.mjs';
import { change, changes, type TestAudit, testAudit } from './audit.test-support.ts';
import { firstBreak } from './chain.ts';
import { isConsistent } from './merkle-proof.ts';
import { proveConsistency, proveEntry } from './prove-entry.ts';
import { fingerprintOf, said, shownRoot } from './root.ts';

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
    const batch = items[0] as never as { entries: { text: string }[] };
    batch.entries[2]!.text = batch.entries[2]!.text.replace('running', 'ruining');
    await audit.tables.write([{ table: 'audit', put: batch as never }]);
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

describe('a proof', () => {
  it('of any entry leads to the signed root, in a lane of several tiles', async () => {
    const audit = testAudit();
    await audit.record('objectives', changes(1, 1_000));
    await audit.seal();
    await audit.record('objectives', changes(1_001, 1_300));
    await audit.seal();
    for (const seq of [1, 2, 255, 256, 257, 512, 513, 1_000, 1_001, 1_279, 1_280, 1_281, 1_300]) {
      const proof = await proveEntry(`aud_objectives_${seq}`, audit);
      expect(proof.kind).toBe('proof');
      expect(faultOfProof(proof as never, [fingerprintOf(audit.signer.pem)])).toBeUndefined();
    }
  });

  it('does not hold for another text, place, path, root or key', async () => {
    const audit = testAudit();
    await audit.record('objectives', changes(1, 40));
    await audit.seal();
    const proof = (await proveEntry('aud_objectives_17', audit)) as Extract<
      Awaited<ReturnType<typeof proveEntry>>,
      { kind: 'proof' }
    >;
    const other = (await proveEntry('aud_objectives_18', audit)) as typeof proof;
    const changed = { ...proof.entry, text: proof.entry.text.replace('running', 'ruining') };
    expect(faultOfProof({ ...proof, entry: changed })).toContain('text');
    expect(faultOfProof({ ...proof, entry: other.entry })).toContain('path');
    expect(faultOfProof({ ...proof, path: other.path })).toContain('path');
    expect(faultOfProof({ ...proof, index: 17 })).toContain('path');
    expect(faultOfProof({ ...proof, size: 39 })).toContain('path');
    expect(faultOfProof({ ...proof, keys: [] })).toContain('key');
    expect(faultOfProof(proof, ['f'.repeat(64)])).toContain('not trusted');
    const statement = proof.root.statement.replace('"size":40', '"size":41');
    expect(faultOfProof({ ...proof, root: { ...proof.root, statement } })).toContain('signature');
  });

  it('is not to be had of an entry that is not there, or not sealed yet', async () => {
    const audit = testAudit();
    expect(await proveEntry('nonsense', audit)).toEqual({ kind: 'no_such_entry' });
    expect(await proveEntry('aud_objectives_1', audit)).toEqual({ kind: 'no_such_entry' });
    await audit.record('objectives', changes(1, 2));
    expect(await proveEntry('aud_objectives_1', audit)).toEqual({ kind: 'not_sealed_yet', sealed: 0 });
  });

  it('shows of any two roots that the audit only grew', async () => {
    const audit = testAudit();
    for (const [from, to] of [
      [1, 5],
      [6, 300],
      [301, 777],
    ] as const) {
      await audit.record('objectives', changes(from, to));
      await audit.seal();
    }
    for (const [from, to] of [
      [1, 2],
      [1, 3],
      [2, 3],
      [3, 3],
    ] as const) {
      const answer = (await proveConsistency(from, to, audit))!;
      const [older, newer] = [said(answer.from), said(answer.to)];
      const rootIn = (one: typeof older, lane: string) => one.lanes.find((each) => each.lane === lane)!;
      for (const { lane, proof } of answer.lanes)
        expect(isConsistent(rootIn(older, lane), rootIn(newer, lane), proof)).toBe(true);
    }
    expect(await proveConsistency(3, 1, audit)).toBeUndefined();
    expect(await proveConsistency(1, 9, audit)).toBeUndefined();
  });

  it('carries a root that is the one of the bucket', async () => {
    const audit = testAudit();
    await audit.record('objectives', changes(1, 3));
    await audit.seal();
    const root = (await audit.roots.at(1))!;
    expect(JSON.parse(audit.archive.objects.get('roots/000000000001.json')!)).toEqual(shownRoot(root));
  });
});
