import { describe, expect, it } from 'vitest';
import { faultOfProof } from '../../bin/verify-audit-export.mjs';
import { changes, testAudit } from './audit.test-support.ts';
import { firstHead } from './chain.ts';
import { isConsistent } from './merkle-proof.ts';
import { proveConsistency, proveEntry } from './prove-entry.ts';
import { fingerprintOf, said, shownRoot } from './root.ts';

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
    await audit.seal();
    await audit.record('objectives', changes(3, 3));
    expect(await proveEntry('aud_objectives_2', audit)).toMatchObject({ kind: 'proof', size: 2 });
    expect(await proveEntry('aud_objectives_3', audit)).toEqual({ kind: 'not_sealed_yet', sealed: 2 });
  });

  it('is to be had of a lane only from the root on that has it', async () => {
    const audit = testAudit();
    await audit.record('safety', changes(1, 3));
    await audit.seal({ laneNames: ['objectives'] });
    expect(await proveEntry('aud_safety_1', audit)).toEqual({ kind: 'not_sealed_yet', sealed: 0 });
    await audit.seal({ laneNames: ['objectives', 'safety'] });
    expect(await proveEntry('aud_safety_1', audit)).toMatchObject({ kind: 'proof', size: 3 });
    expect((await proveConsistency(1, 2, audit))?.lanes).toEqual([
      { lane: 'objectives', from: 0, to: 0, proof: [] },
      { lane: 'safety', from: 0, to: 3, proof: [] },
    ]);
  });

  it('shows what the entry is chained to: the entry before, or what its lane begins with', async () => {
    const audit = testAudit();
    await audit.record('objectives', changes(1, 2));
    await audit.seal();
    const first = await proveEntry('aud_objectives_1', audit);
    const second = await proveEntry('aud_objectives_2', audit);
    expect(first).toMatchObject({ entry: { seq: 1, previousHash: firstHead('objectives').hash } });
    expect(second).toMatchObject({ entry: { seq: 2, previousHash: first.kind === 'proof' && first.entry.hash } });
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
    expect(await proveConsistency(0, 1, audit)).toBeUndefined();
  });

  it('carries a root that is the one of the bucket', async () => {
    const audit = testAudit();
    await audit.record('objectives', changes(1, 3));
    await audit.seal();
    const root = (await audit.roots.at(1))!;
    expect(JSON.parse(audit.archive.objects.get('roots/000000000001.json')!)).toEqual(shownRoot(root));
  });
});
