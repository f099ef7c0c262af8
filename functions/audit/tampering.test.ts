// Whatever is done to a trail that was sealed is found: in every place that was tried, by the verifier that auditors have.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type AuditReport,
  auditVerifier,
  entryHash,
  type SignedRoot,
  type VerifierOptions,
} from '../../bin/verify-audit-export.mjs';
import { changes, type TestAudit, testAudit } from './audit.test-support.ts';
import { fingerprintOf } from './root.ts';
import { trailOf, unnoticedFlips } from './tampering.test-support.ts';

type Entry = { lane: string; seq: number; hash: string; text: string };

let audit: TestAudit;
let lines: string[];
let trust: VerifierOptions;
beforeAll(async () => {
  ({ audit, lines } = await trailOf(48));
  trust = { fingerprints: [fingerprintOf(audit.signer.pem)], rootsExpected: true };
});

function report(on: readonly string[], options: VerifierOptions = trust): AuditReport {
  const verifier = auditVerifier(options);
  for (const line of on) verifier.feed(line);
  return verifier.report();
}
const anchorsOf = (of: TestAudit): SignedRoot[] =>
  [...of.archive.objects].flatMap(([name, text]) => (name.startsWith('roots/') ? [JSON.parse(text)] : []));
const isEntry = (line: string) => line.includes('"text":');
const sealedOf: Record<string, number> = { objectives: 30, safety: 14 };
const wasSealed = (at: number) => {
  const { lane, seq } = JSON.parse(lines[at]!) as Entry;
  return seq <= (sealedOf[lane] ?? 0);
};
const places = () => lines.flatMap((line, at) => (isEntry(line) ? [at] : []));
/** Written anew from a place on: hashes and head fit, as if it had always been so. */
function rewritten(from: number, change: (entry: Entry) => Entry | undefined): string[] {
  let hash: string | undefined;
  let seq = 0;
  const lane = (JSON.parse(lines[from]!) as Entry).lane;
  return lines.flatMap((line, at) => {
    const value = JSON.parse(line) as Entry & { head?: object };
    if (value.lane !== lane) return [line];
    if (value.head) return [JSON.stringify({ lane, head: { seq, hash } })];
    const changed = at === from ? change(value) : value;
    if (at < from) [seq, hash] = [value.seq, value.hash];
    if (at < from) return [line];
    if (!changed) return [];
    seq += 1;
    const text = changed.text.replace(/"entryId":"[^"]+","seq":\d+/, `"entryId":"aud_${lane}_${seq}","seq":${seq}`);
    hash = entryHash(hash ?? audit.genesis(lane), text);
    return [JSON.stringify({ lane, seq, hash, text })];
  });
}

describe('a trail of 48 entries under two roots', () => {
  it('is valid as it is', () => {
    expect(report(lines)).toMatchObject({ valid: true, entries: 48, sealed: 44, roots: { count: 2 } });
  });

  it('is not with any one bit another: every 23rd here, every one in npm run test:faults', () => {
    expect(unnoticedFlips(lines, trust, 23)).toEqual([]);
  });

  it('is not with any line deleted, there twice, or swapped with the next', () => {
    // The last root is the one line that nothing after it speaks of: who kept it elsewhere sees that it is gone.
    const anchored = { ...trust, anchors: anchorsOf(audit) };
    for (const at of lines.keys()) {
      expect(report(lines.toSpliced(at, 1), anchored).valid, `without line ${at}`).toBe(false);
      expect(report(lines.toSpliced(at, 0, lines[at]!)).valid, `line ${at} twice`).toBe(false);
      // Lines of two lanes may change places: neither lane says anything else then.
      const [lane, next] = [lines[at], lines[at + 1] ?? '{"lane":""}'].map((line) => JSON.parse(line!).lane);
      if (lane === next) {
        const swapped = lines.with(at, lines[at + 1]!).with(at + 1, lines[at]!);
        expect(report(swapped).valid, `line ${at} swapped`).toBe(false);
      }
    }
  });

  it('is not with any sealed entry changed, deleted, or another put in, and all after it written anew', () => {
    for (const at of places().filter(wasSealed)) {
      const other = (entry: Entry) => ({ ...entry, text: entry.text.replace('planned', 'plotted') });
      for (const change of [other, () => undefined]) {
        const found = report(rewritten(at, change));
        expect(found.valid, `line ${at}`).toBe(false);
        expect(found.faults[0]?.fault).toMatch(/rewritten|missing/);
      }
    }
  });

  it('is not cut off anywhere, with the heads made to fit: what no root covers yet is all that can be lost', () => {
    for (const at of places()) {
      const { lane, seq } = JSON.parse(lines[at]!) as Entry;
      const cut = lines.flatMap((line) => {
        const value = JSON.parse(line) as Partial<Entry> & { head?: object };
        if (value.lane !== lane || (value.seq ?? 0) < seq) return value.head && value.lane === lane ? [] : [line];
        return [];
      });
      const before = lines[at - 1]!;
      const { hash = audit.genesis(lane), seq: last = 0 } = isEntry(before) ? (JSON.parse(before) as Entry) : {};
      cut.push(JSON.stringify({ lane, head: { seq: last, hash } }));
      expect(report(cut).valid, `${lane} from ${seq}`).toBe(!wasSealed(at));
    }
  });

  it('is not with a whole lane, all roots, or the keys left out', () => {
    expect(report(lines.filter((line) => !line.startsWith('{"lane":"safety"'))).valid).toBe(false);
    expect(report(lines.filter((line) => !line.startsWith('{"root"'))).valid).toBe(false);
    expect(report(lines.slice(1)).valid).toBe(false);
    expect(
      report(
        lines.filter((line) => !line.startsWith('{"lane":"safety"')),
        { ...trust, lane: 'objectives' },
      ).valid,
    ).toBe(true);
  });

  it('is not with a root signed by another, nor as a whole made by another', async () => {
    const other = (await trailOf(48)).lines;
    const roots = (of: string[]) => of.filter((line) => line.startsWith('{"root"'));
    const swapped = lines.map((line) => (line === roots(lines)[1] ? roots(other)[1]! : line));
    expect(report(swapped).valid).toBe(false);
    expect(report(other).faults[0]?.fault).toContain('not one of those that are trusted');
    expect(report(other, { rootsExpected: true }).valid, 'nobody said which key to trust').toBe(true);
  });

  it('is not another history under the same key: a fork is found with the root that was kept', async () => {
    const fork = testAudit();
    Object.assign(fork.deps, { signer: audit.signer });
    await fork.record('objectives', changes(2, 31));
    await fork.seal();
    const forked = await fork.exported();
    expect(report(forked).valid, 'by itself it is a trail').toBe(true);
    expect(report(forked, { ...trust, anchors: anchorsOf(audit) }).valid).toBe(false);
    expect(report(lines, { ...trust, anchors: anchorsOf(audit) }).valid).toBe(true);
    expect(report(lines, { ...trust, anchors: anchorsOf(fork) }).valid).toBe(false);
  });

  it('is not older than a root that was kept: with the last root its entries were cut off as well', () => {
    const anchors = anchorsOf(audit);
    const lastRoot = lines.findLastIndex((line) => line.startsWith('{"root"'));
    expect(report(lines.toSpliced(lastRoot, 1)).valid).toBe(true);
    const found = report(lines.toSpliced(lastRoot, 1), { ...trust, anchors });
    expect(found.faults.map(({ fault }) => fault)).toEqual([expect.stringContaining('cut off')]);
  });
});

describe('the script that auditors take home', () => {
  it('says so with its exit code, with nothing of ours beside it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lazyark-auditor-'));
    const script = join(import.meta.dirname, '../../bin/verify-audit-export.mjs');
    const run = (name: string, text: string): number => {
      writeFileSync(join(folder, name), text);
      try {
        execFileSync(process.execPath, [script, join(folder, name)], { cwd: folder, stdio: 'ignore' });
        return 0;
      } catch (error) {
        return (error as { status: number }).status;
      }
    };
    expect(run('good', `${lines.join('\n')}\n`)).toBe(0);
    expect(run('bad', lines.join('\n').replace('planned', 'plotted'))).toBe(1);
    rmSync(folder, { recursive: true });
  });

  it('takes no line apart that an entry holds a separator in', async () => {
    const { lines: odd } = await trailOf(3, 'two\u2028lines\u2029\r');
    expect(report(odd, { rootsExpected: true })).toMatchObject({ valid: true });
  });
});
