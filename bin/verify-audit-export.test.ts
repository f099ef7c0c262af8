// What auditors are told: of trails made from the description at the head of the script, without the code that writes them.
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  auditVerifier,
  faultOfProof,
  faultsKeptMax,
  keyOf,
  main,
  type Proof,
  rootFromPath,
  type SignedRoot,
  type VerifierOptions,
} from './verify-audit-export.mjs';

type Keys = { publicKey: KeyObject; privateKey: KeyObject };
type Entry = { lane: string; seq: number; hash: string; text: string };
type Sealed = { lane: string; size: number; root: string; head: string };
type Statement = Record<string, unknown> & { epoch: number; at: string; lanes: Sealed[] };

const sha256 = (...parts: (string | Buffer)[]) =>
  createHash('sha256')
    .update(Buffer.concat(parts.map((part) => Buffer.from(part as string))))
    .digest();
const hex = (text: string) => sha256(text).toString('hex');
const pemOf = ({ publicKey }: Keys) => publicKey.export({ type: 'spki', format: 'pem' }).toString();
const printOf = ({ publicKey }: Keys) => sha256(publicKey.export({ type: 'spki', format: 'der' })).toString('hex');
const [keys, others] = [0, 1].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' })) as [Keys, Keys];
const [T1, T2] = ['2026-03-01T10:00:00.000Z', '2026-03-01T10:01:00.000Z'];

/** RFC 9162, 2.1.1, word for word. */
function treeOf(leaves: readonly string[]): Buffer {
  if (leaves.length === 0) return sha256('');
  if (leaves.length === 1) return sha256('\0', leaves[0]!);
  const half = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return sha256('\x01', treeOf(leaves.slice(0, half)), treeOf(leaves.slice(half)));
}
/** RFC 9162, 2.1.3.1: the siblings from the leaf up. */
function pathOf(index: number, leaves: readonly string[]): string[] {
  if (leaves.length === 1) return [];
  const half = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)];
  const [inside, beside] = index < half ? [pathOf(index, left), right] : [pathOf(index - half, right), left];
  return [...inside, treeOf(beside).toString('hex')];
}

const chained = (before: string, text: string) => hex(`${before}\n${Buffer.byteLength(text)}\n${text}`);
function chainOf(lane: string, count: number): Entry[] {
  let hash = hex(`lazyark-audit:${lane}`);
  return Array.from({ length: count }, (_, n) => {
    const text = `{"entryId":"aud_${lane}_${n + 1}","seq":${n + 1},"lane":"${lane}","why":"Grüße"}`;
    hash = chained(hash, text);
    return { lane, seq: n + 1, hash, text };
  });
}
const headOf = (entries: readonly Entry[], more: object = {}) => {
  const { lane, seq, hash } = entries.at(-1)!;
  return { lane, head: { seq, hash, ...more } };
};
const laneRoot = (entries: readonly Entry[], size: number): Sealed => ({
  lane: entries[0]!.lane,
  size,
  root: treeOf(entries.slice(0, size).map(({ hash }) => hash)).toString('hex'),
  head: entries[size - 1]?.hash ?? hex(`lazyark-audit:${entries[0]!.lane}`),
});
function statementOf(lanes: Sealed[], before: SignedRoot | undefined, more: Partial<Statement> = {}): Statement {
  const lines = lanes.map(({ lane, size, root, head }) => `${lane}\n${size}\n${root}\n${head}`);
  return {
    kind: 'lazyark.audit.root/1',
    epoch: before ? 2 : 1,
    at: before ? T2 : T1,
    previous: hex(before?.statement ?? 'lazyark-audit-roots'),
    lanes,
    root: treeOf(lines).toString('hex'),
    key: printOf(keys),
    ...more,
  };
}
function signed(said: Statement | string, by = keys): SignedRoot {
  const statement = typeof said === 'string' ? said : JSON.stringify(said);
  const signature = sign('sha256', Buffer.from(statement), by.privateKey).toString('base64');
  return { statement, signature, algorithm: 'ECDSA_SHA_256' };
}

const [a, b] = [chainOf('a', 5), chainOf('b', 3)];
const format = { format: 'lazyark-audit-export/1', keys: [pemOf(keys)] };
const one = signed(statementOf([laneRoot(a, 2), laneRoot(b, 0)], undefined));
const two = signed(statementOf([laneRoot(a, 4), laneRoot(b, 3)], one));
const entries = [...a, headOf(a), ...b, headOf(b)];
const whole = [format, { root: one }, { root: two }, ...entries];

const reportOf = (lines: readonly unknown[], options: VerifierOptions = {}) => {
  const verifier = auditVerifier({ fingerprints: [printOf(keys)], rootsExpected: true, ...options });
  for (const line of lines) verifier.feed(typeof line === 'string' ? line : JSON.stringify(line));
  return verifier.report();
};
const faultsIn = (lines: readonly unknown[], options?: VerifierOptions) =>
  reportOf(lines, options).faults.map(({ lane, seq, fault }) => `${lane} ${seq}: ${fault}`);

describe('a trail that is whole', () => {
  it('is valid, and the report says how much of it is sealed, by which key, until when', () => {
    expect(reportOf(['', ...whole.slice(1)]).valid, 'without its first line').toBe(false);
    expect(reportOf([...whole, ''], { anchors: [one, two] })).toEqual({
      valid: true,
      entries: 8,
      sealed: 7,
      lanes: [
        { lane: 'a', entries: 5, sealed: 4, headHash: a[4]!.hash, headSeen: true },
        { lane: 'b', entries: 3, sealed: 3, headHash: b[2]!.hash, headSeen: true },
      ],
      faults: [],
      faultsInAll: 0,
      roots: { count: 2, lastAt: T2, anchorsCompared: 2 },
      keys: [{ fingerprint: printOf(keys), trusted: true }],
    });
  });

  it('is so by any key where none is trusted, which the report says, and without roots where none are expected', () => {
    expect(reportOf(whole, { fingerprints: [] })).toMatchObject({ valid: true, keys: [{ trusted: false }] });
    expect(reportOf([format, ...entries], { rootsExpected: false })).toMatchObject({
      valid: true,
      sealed: 0,
      roots: { count: 0, lastAt: undefined, anchorsCompared: 0 },
    });
    expect(faultsIn([format, ...entries])).toEqual(['(roots) 0: there is no signed root']);
  });

  it('of one lane is so where only that lane is expected; else each has its head in it, if it is empty too', () => {
    const ofA = whole.filter((line) => !('lane' in line && line.lane === 'b'));
    expect(faultsIn(ofA, { lane: 'a' })).toEqual([]);
    for (const lane of ['b', undefined])
      expect(faultsIn(ofA, { lane })).toEqual([`b 1: entries 1 to 3 are missing: root 2 of ${T2} covers 3`]);
    const empty = [format, { root: one }, ...a, headOf(a)];
    expect(faultsIn(empty)).toEqual([`b 1: the lane is missing: root 1 of ${T1} covers 0`]);
    expect(faultsIn([...empty, { lane: 'b', head: { seq: 0, hash: hex('lazyark-audit:b') } }])).toEqual([]);
  });

  it('may say the same of a lane in two roots at the same moment', () => {
    const same = signed(statementOf([laneRoot(a, 2), laneRoot(b, 0)], one, { at: T1 }));
    expect(faultsIn([format, { root: one }, { root: same }, ...entries])).toEqual([]);
  });
});

const UNTRUSTED = (print: string) => `(roots) 0: the key ${print} is not one of those that are trusted`;
const NO_LINE = (number: number) => `? 0: line ${number} is no line of an audit export`;
const [p384, ed] = [generateKeyPairSync('ec', { namedCurve: 'P-384' }), generateKeyPairSync('ed25519')] as [Keys, Keys];

describe('the first line', () => {
  it.each<{ what: string; line: object; faults: string[] }>([
    {
      what: 'with a key that is no key',
      line: { ...format, keys: [pemOf(keys), 'x'] },
      faults: [UNTRUSTED('that cannot be read')],
    },
    {
      what: 'with a key written otherwise',
      line: { ...format, keys: [pemOf(keys), `${pemOf(keys)}\n`] },
      faults: [UNTRUSTED('that cannot be read')],
    },
    {
      what: 'with a key of another kind',
      line: { ...format, keys: [pemOf(keys), pemOf(p384), pemOf(ed)] },
      faults: [UNTRUSTED('that cannot be read'), UNTRUSTED('that cannot be read')],
    },
    {
      what: 'with a foreign key',
      line: { ...format, keys: [pemOf(keys), pemOf(others)] },
      faults: [UNTRUSTED(printOf(others))],
    },
    { what: 'with something more', line: { ...format, more: 1 }, faults: [NO_LINE(1)] },
    { what: 'of another format', line: { ...format, format: 'lazyark-audit-export/2' }, faults: [NO_LINE(1)] },
  ])('$what is refused', ({ line, faults }) => {
    const found = faultsIn([line, ...whole.slice(1)]);
    expect(found.slice(0, faults.length)).toEqual(faults);
  });

  it('without keys knows none, and another one after it counts for nothing', () => {
    expect(reportOf([{ ...format, keys: null }, ...whole.slice(1)]).keys).toEqual([]);
    expect(faultsIn([format, ...whole])).toEqual([NO_LINE(2)]);
  });
});

describe('a line', () => {
  const entry = b[2]!;
  it.each<unknown>([
    'garbage',
    '5',
    'null',
    '{}',
    '[]',
    { root: one, more: 1 },
    { ...entry, more: 1 },
    { ...entry, seq: -1 },
    { ...entry, seq: 1.5 },
    { ...entry, seq: '3' },
    { ...entry, lane: 1 },
    { ...entry, text: 1 },
    { seq: 3, lane: 'b', hash: entry.hash, text: entry.text },
    { lane: 'b', head: null },
    { lane: 'b', head: { seq: -1 } },
    { lane: 1, head: { seq: 3, hash: entry.hash } },
  ])('that is none is named by its number: %j', (line) => {
    expect(faultsIn([...whole, line])).toEqual([NO_LINE(whole.length + 1)]);
    expect(faultsIn([...whole, '', line])).toEqual([NO_LINE(whole.length + 2)]);
  });

  it('too many of them are counted, not kept', () => {
    const report = reportOf([...whole, ...Array.from({ length: faultsKeptMax + 1 }, () => '?')]);
    expect([report.faults.length, report.faultsInAll, report.valid]).toEqual([100, 101, false]);
  });
});

describe('a root by itself', () => {
  const said = statementOf([laneRoot(a, 2), laneRoot(b, 0)], undefined);
  const [laneA, laneB] = said.lanes as [Sealed, Sealed];
  const lanes = (other: object) => signed({ ...said, lanes: [laneA, { ...laneB, ...other } as Sealed] });
  const NONE = 'is no root of an audit';
  it.each<{ what: string; root: unknown; fault: string }>([
    { what: 'nothing', root: null, fault: NONE },
    { what: 'a number', root: 5, fault: NONE },
    { what: 'without a text', root: { ...one, statement: 5 }, fault: NONE },
    { what: 'with a text that is no JSON', root: signed('{'), fault: NONE },
    { what: 'of another kind', root: signed({ ...said, kind: 'x' }), fault: NONE },
    { what: 'without a number', root: signed({ ...said, epoch: -1 }), fault: NONE },
    { what: 'without lanes', root: signed({ ...said, lanes: {} as never }), fault: NONE },
    { what: 'with a lane that is nothing', root: signed({ ...said, lanes: [laneA, null as never] }), fault: NONE },
    { what: 'with a lane without name', root: lanes({ lane: 1 }), fault: NONE },
    { what: 'with a lane without size', root: lanes({ size: 0.5 }), fault: NONE },
    { what: 'with a lane whose root is no hash', root: lanes({ root: 'x' }), fault: NONE },
    { what: 'with a lane whose head is no hash', root: lanes({ head: [laneB.head] }), fault: NONE },
    { what: 'with something more', root: { ...one, more: 1 }, fault: NONE },
    { what: 'written otherwise', root: signed(` ${JSON.stringify(said)}`), fault: NONE },
    {
      what: 'by an unknown key',
      root: signed({ ...said, key: printOf(others) }, others),
      fault: `is signed with a key that is not among those given: ${printOf(others)}`,
    },
    { what: 'by another than it says', root: signed(said, others), fault: 'has a wrong signature' },
    {
      what: 'with a signature of another way',
      root: { ...one, algorithm: 'ECDSA_SHA_512' },
      fault: 'has a wrong signature',
    },
    {
      what: 'with its signature padded',
      root: { ...one, signature: `${one.signature}=` },
      fault: 'has a wrong signature',
    },
    {
      what: 'that is not over its lanes',
      root: signed({ ...said, root: laneA.root }),
      fault: 'names a root that is not the one of its lanes',
    },
  ])('$what is told as such, and the next follows it', ({ root, fault }) => {
    expect(faultsIn([format, { root }, ...entries])).toEqual([`(roots) 1: root 1 ${fault}`]);
    expect(faultsIn(whole, { anchors: [root as SignedRoot] })).toEqual([`(anchors) 0: an anchored root ${fault}`]);
  });
});

describe('a root after others', () => {
  const second = (of: Sealed[], more: Partial<Statement> = {}) => ({ root: signed(statementOf(of, one, more)) });
  const [a2, a4, b0, b3] = [laneRoot(a, 2), laneRoot(a, 4), laneRoot(b, 0), laneRoot(b, 3)];
  it.each<{ what: string; next: object; faults: string[] }>([
    {
      what: 'is missing',
      next: second([a4, b3], { epoch: 3 }),
      faults: ['(roots) 2: root 2 is missing: root 3 comes in its place'],
    },
    {
      what: 'follows another',
      next: second([a4, b3], { previous: hex('') }),
      faults: ['(roots) 2: root 2 does not follow the root before it: a fork'],
    },
    {
      what: 'is older',
      next: second([a4, b3], { at: '2026-03-01T09:59:59.999Z' }),
      faults: ['(roots) 2: root 2 is older than the root before it'],
    },
    {
      what: 'covers less',
      next: second([laneRoot(a, 1), b3]),
      faults: ['(roots) 2: root 2 covers less of a than the root before it'],
    },
    {
      what: 'leaves out a lane, an empty one too',
      next: second([a4]),
      faults: ['(roots) 2: root 2 covers less of b than the root before it'],
    },
    {
      what: 'says another root of as much',
      next: second([{ ...a2, root: a4.root }, b0]),
      faults: ['a 2: roots 1 and 2 say different things of the same entries: a fork'],
    },
    {
      what: 'says another head of as much',
      next: second([{ ...a2, head: a4.head }, b0]),
      faults: ['a 2: roots 1 and 2 say different things of the same entries: a fork'],
    },
    {
      what: 'covers a lane that is new',
      next: second([a4, b0, laneRoot(chainOf('c', 1), 0)]),
      faults: [`c 1: the lane is missing: root 2 of ${T2} covers 0`],
    },
    {
      what: 'covers more than there is',
      next: second([laneRoot(chainOf('a', 7), 7), b0]),
      faults: [`a 6: entries 6 to 7 are missing: root 2 of ${T2} covers 7`],
    },
    {
      what: 'covers one more than there is',
      next: second([laneRoot(chainOf('a', 6), 6), b0]),
      faults: [`a 6: entry 6 is missing: root 2 of ${T2} covers 6`],
    },
    {
      what: 'covers one entry of a lane that is new',
      next: second([a4, b0, laneRoot(chainOf('c', 1), 1)]),
      faults: [`c 1: entry 1 is missing: root 2 of ${T2} covers 1`],
    },
    {
      what: 'says another root than there is',
      next: second([{ ...a4, root: a2.root }, b3]),
      faults: [`a 4: rewritten after 2: root 2 of ${T2} sealed others`],
    },
    {
      what: 'says another head than there is',
      next: second([{ ...a4, head: a2.head }, b3]),
      faults: [`a 4: rewritten after 2: root 2 of ${T2} sealed others`],
    },
  ])('that $what is told as such', ({ next, faults }) => {
    expect(faultsIn([format, { root: one }, next, ...entries])).toEqual(faults);
  });

  it('comes before all entries, empty lanes too', () => {
    const fault = '(roots) 2: root 2 comes after entries that it covers';
    expect(faultsIn([format, { root: one }, ...a, { root: two }, headOf(a), ...b, headOf(b)])).toEqual([fault]);
    const empty = { lane: 'c', head: { seq: 0, hash: hex('lazyark-audit:c') } };
    expect(faultsIn([format, { root: one }, empty, { root: two }, ...entries])).toEqual([fault]);
  });

  it('is what the next one follows, whatever is wrong with it', () => {
    const older = second([a4, b3], { at: '2026-03-01T09:00:00.000Z' }).root;
    const third = signed(statementOf([a4, b3], older, { epoch: 3 }));
    expect(faultsIn([format, { root: one }, { root: older }, { root: third }, ...entries])).toHaveLength(1);
    const unread = { ...older, algorithm: 'x' };
    const follows = signed(statementOf([a4, b3], older, { epoch: 3 }));
    const report = reportOf([format, { root: one }, { root: unread }, { root: follows }, ...entries]);
    expect(report).toMatchObject({ faultsInAll: 1, roots: { count: 3, lastAt: T2 } });
  });

  it('that was kept elsewhere is the one here', () => {
    const fork = second([a4, b3], { at: '2026-03-01T10:02:00.000Z' }).root;
    expect(faultsIn(whole, { anchors: [fork] })).toEqual(['(anchors) 2: root 2 is not the anchored one']);
    expect(
      faultsIn(
        whole.filter((line) => line !== whole[2]),
        { anchors: [two] },
      ),
    ).toEqual(['(anchors) 2: root 2 is anchored, the last one here is 1: cut off']);
  });
});

describe('an entry', () => {
  const before = whole.slice(0, 3);
  const [first, second, third, fourth, fifth] = a as [Entry, Entry, Entry, Entry, Entry];
  const rest = [...b, headOf(b)];
  const forged = { ...third, text: third.text.replace('Grüße', 'Grüsse') };
  const another = (text: string): Entry => ({ ...third, text, hash: chained(second.hash, text) });
  const chain = (entry: Entry): Entry[] => {
    const [four, five] = [fourth, fifth];
    const hash = chained(entry.hash, four.text);
    return [entry, { ...four, hash }, { ...five, hash: chained(hash, five.text) }];
  };
  const NOT_CHAINED = 'the text or the one before is not the one that was chained';
  const rewritten = `a 4: rewritten after 2: root 2 of ${T2} sealed others`;
  it.each<{ what: string; lane: Entry[]; faults: string[] }>([
    { what: 'that was changed', lane: [first, second, forged, fourth, fifth], faults: [`a 3: ${NOT_CHAINED}`] },
    {
      what: 'that is missing',
      lane: [first, second, fourth, fifth],
      faults: ['a 4: entry 3 is missing before this one'],
    },
    {
      what: 'several of which are missing',
      lane: [first, fourth, fifth],
      faults: ['a 4: entries 2 to 3 are missing before this one'],
    },
    {
      what: 'that is there twice',
      lane: [first, second, third, third, fourth, fifth],
      faults: ['a 3: entry 3 comes where entry 4 belongs: out of order or there twice'],
    },
    {
      what: 'whose text is no JSON',
      lane: [first, second, { ...third, text: '{' }, fourth, fifth],
      faults: ['a 3: the text of the entry is no JSON object'],
    },
    {
      what: 'whose text is a list',
      lane: [first, second, { ...third, text: 'null' }, fourth, fifth],
      faults: ['a 3: the text of the entry is no JSON object'],
    },
    {
      what: 'that says it is another',
      lane: [first, second, another('{"lane":"a","seq":4}'), fourth, fifth],
      faults: ['a 3: the text says it is entry 4 of lane a', `a 4: ${NOT_CHAINED}`],
    },
    {
      what: 'that says it is of another lane',
      lane: [first, second, another('{"lane":"b","seq":3}'), fourth, fifth],
      faults: ['a 3: the text says it is entry 3 of lane b', `a 4: ${NOT_CHAINED}`],
    },
    {
      what: 'changed, with all after it written anew',
      lane: [first, second, ...chain(another(forged.text))],
      faults: [rewritten],
    },
    {
      what: 'written in another way, with all after it written anew',
      lane: [first, second, ...chain(another('{"seq":3,"lane":"a"}'))],
      faults: [rewritten],
    },
  ])('$what is told at its place', ({ lane, faults }) => {
    expect(faultsIn([...before, ...lane, headOf(lane), ...rest])).toEqual(faults);
  });

  it('that is told has its id, when its text says one', () => {
    const idsIn = (text: string) =>
      reportOf([...before, first, second, { ...third, text }]).faults.map(({ entryId }) => entryId);
    expect(idsIn(forged.text)[0]).toBe('aud_a_3');
    expect(reportOf([...before, first, second, { ...third, text: '{"entryId":5}' }]).faults[0]).not.toHaveProperty(
      'entryId',
    );
    expect(idsIn('{"entryId":"own","lane":"a","seq":3}')[0]).toBe('own');
  });

  it('that is younger than all roots may be written anew, one that is sealed may not', () => {
    const younger = { ...fifth, text: fifth.text.replace('Grüße', '!') };
    const lane = [...a.slice(0, 4), { ...younger, hash: chained(fourth.hash, younger.text) }];
    expect(reportOf([...before, ...lane, headOf(lane), ...rest])).toMatchObject({ valid: true, sealed: 7 });
    const anew = chain(another(forged.text));
    expect(reportOf([...before, first, second, ...anew, headOf(anew), ...rest]).sealed).toBe(2 + 3);
  });

  it('makes one fault of a lane that is broken, however many roots it does not fit', () => {
    const lane = [{ ...first, text: forged.text }, second, third, fourth, fifth];
    expect(faultsIn([...before, ...lane, headOf(a), ...rest])).toHaveLength(1);
    const anew = chain({ ...forged, hash: chained(second.hash, forged.text) });
    const third3 = signed(statementOf([laneRoot(a, 5), laneRoot(b, 3)], two, { epoch: 3 }));
    const found = faultsIn([...before, { root: third3 }, first, second, ...anew, headOf(anew), ...rest]);
    expect(found).toEqual([rewritten]);
  });

  it.each<{ what: string; end: object[]; faults: string[] }>([
    { what: 'is missing', end: [], faults: ['a 6: the lane does not end with its head: cut off here'] },
    { what: 'is there twice', end: [headOf(a), headOf(a)], faults: ['a 5: the lane ends twice'] },
    {
      what: 'says more',
      end: [headOf(a, { more: 1 })],
      faults: ['a 5: the last entry is not the one that the head names'],
    },
    {
      what: 'says another hash',
      end: [{ lane: 'a', head: { seq: 5, hash: fourth.hash } }],
      faults: ['a 5: the last entry is not the one that the head names'],
    },
    {
      what: 'is later',
      end: [{ lane: 'a', head: { seq: 7, hash: fifth.hash } }],
      faults: ['a 6: entries 6 to 7 are missing at the end'],
    },
    {
      what: 'is one later',
      end: [{ lane: 'a', head: { seq: 6, hash: fifth.hash } }],
      faults: ['a 6: entry 6 is missing at the end'],
    },
    {
      what: 'is earlier',
      end: [{ lane: 'a', head: { seq: 3, hash: third.hash } }],
      faults: ['a 4: the head says that the lane ends with entry 3'],
    },
    {
      what: 'is before the last',
      end: [headOf(a), { ...chainOf('a', 6)[5]! }],
      faults: ['a 6: entry 6 comes after the end of the lane'],
    },
  ])('the end of a lane that $what', ({ end, faults }) => {
    expect(faultsIn([...before, ...a, ...end, ...rest])).toEqual(faults);
  });
});

describe('a proof of one entry', () => {
  const hashes = a.slice(0, 4).map(({ hash }) => hash);
  const proofOf = (index: number, more: Partial<Proof> = {}): Proof => ({
    entry: { ...a[index]!, entryId: `aud_a_${index + 1}`, previousHash: a[index - 1]?.hash ?? hex('lazyark-audit:a') },
    index,
    size: 4,
    path: pathOf(index, hashes),
    root: two,
    keys: [pemOf(keys)],
    ...more,
  });
  const [proof, other] = [proofOf(2), proofOf(3)];

  it('holds for each of them, by a trusted key or any', () => {
    for (const index of hashes.keys()) {
      expect(faultOfProof(proofOf(index))).toBeUndefined();
      expect(faultOfProof(proofOf(index), [printOf(others), printOf(keys)])).toBeUndefined();
    }
    expect(faultOfProof({ ...proof, keys: ['x', pemOf(others), pemOf(keys)] })).toBeUndefined();
  });

  const ELSEWHERE = 'the path does not lead to the root';
  it.each<{ what: string; proof: Proof; trusted?: string[]; fault: string }>([
    {
      what: 'a key that is not trusted',
      proof,
      trusted: [printOf(others)],
      fault: `the key ${printOf(keys)} is not trusted`,
    },
    {
      what: 'a root by another',
      proof: { ...proof, root: signed(JSON.parse(two.statement), others) },
      fault: 'the root has a wrong signature',
    },
    {
      what: 'another text',
      proof: { ...proof, entry: { ...proof.entry, text: other.entry.text } },
      fault: 'the text is not the one that was chained',
    },
    { what: 'another entry', proof: { ...proof, entry: other.entry }, fault: ELSEWHERE },
    { what: 'another number', proof: { ...proof, entry: { ...proof.entry, seq: 4 } }, fault: ELSEWHERE },
    { what: 'another place', proof: { ...proof, index: 3, entry: { ...proof.entry, seq: 4 } }, fault: ELSEWHERE },
    { what: 'another size', proof: { ...proof, size: 3 }, fault: ELSEWHERE },
    { what: 'another path', proof: { ...proof, path: other.path }, fault: ELSEWHERE },
    { what: 'another lane', proof: { ...proof, entry: { ...proof.entry, lane: 'b' } }, fault: ELSEWHERE },
    { what: 'a lane that there is not', proof: { ...proof, entry: { ...proof.entry, lane: 'c' } }, fault: ELSEWHERE },
    { what: 'a root that covers less', proof: { ...proof, root: one }, fault: ELSEWHERE },
    {
      what: 'half a place',
      proof: { ...proofOf(0), index: 0.5, entry: { ...proofOf(0).entry, seq: 1.5 } },
      fault: ELSEWHERE,
    },
    {
      what: 'a place before the first',
      proof: { ...proofOf(0), index: -1, entry: { ...proofOf(0).entry, seq: 0 } },
      fault: ELSEWHERE,
    },
  ])('does not for $what', ({ proof: of, trusted, fault }) => expect(faultOfProof(of, trusted)).toBe(fault));

  const sizes = Array.from({ length: 20 }, (_, n) => n + 1);
  it.each(sizes)('leads to the root from every leaf of a tree of %i, and from nowhere else', (size) => {
    const leaves = chainOf('c', size).map(({ hash }) => hash);
    const root = treeOf(leaves).toString('hex');
    for (const [index, leaf] of leaves.entries()) {
      const path = pathOf(index, leaves);
      expect(leaves.map((_, place) => rootFromPath(leaf, place, size, path) === root)).toEqual(
        leaves.map((_, place) => place === index),
      );
      expect(rootFromPath(leaf, index, size, [...path, root])).toBeUndefined();
      for (const short of [path.slice(1), path.slice(0, -1)])
        expect(rootFromPath(leaf, index, size, short) === root).toBe(size === 1);
      for (const n of path.keys())
        expect(rootFromPath(leaf, index, size, path.with(n, `${path[n]}00`))).toBeUndefined();
    }
    expect(rootFromPath(leaves[0]!, size, size, pathOf(0, leaves))).toBeUndefined();
  });
});

describe('a key', () => {
  it('has the sha256 of its DER form as its fingerprint, and is written as it is exported', () => {
    expect(keyOf(pemOf(keys))?.fingerprint).toBe(printOf(keys));
    expect(keyOf(pemOf(keys).trim())).toBeUndefined();
    expect(keyOf(pemOf(ed))).toBeUndefined();
  });
});

describe('the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lazyark-auditor-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const textOf = (lines: readonly unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  async function run(...args: string[]) {
    const said: string[] = [];
    const say = (text: string) => void said.push(text);
    return { code: await main(args, { log: say, error: say }), said: said.join('\n') };
  }
  const good = file('good.jsonl', textOf(whole));
  const bad = file('bad.jsonl', textOf(whole).replace('Grüße', 'Gruesse'));
  const print = printOf(keys);

  it('ends with 0 and the report when the trail is valid, with 1 when it is not', async () => {
    const { code, said } = await run(good);
    expect([code, JSON.parse(said)]).toEqual([0, JSON.parse(JSON.stringify(reportOf(whole, { fingerprints: [] })))]);
    expect(said).toContain('\n  "valid": true');
    expect(await run(bad)).toMatchObject({ code: 1, said: expect.stringContaining('"entryId": "aud_a_1"') });
    expect((await run(file('rootless', textOf([format, ...entries])))).code).toBe(1);
    expect((await run(file('empty', ''))).code).toBe(1);
  });

  it('reads a trail of any length, the last line with or without its end', async () => {
    const long = chainOf('a', 2_000);
    const lines = [format, { root: signed(statementOf([laneRoot(long, 2_000)], undefined)) }, ...long, headOf(long)];
    expect((await run(file('long', textOf(lines)))).code).toBe(0);
    expect((await run(file('open', textOf(lines).trimEnd()))).code).toBe(0);
    expect((await run(file('cut', textOf(lines.slice(0, -1)).trimEnd()))).code).toBe(1);
  });

  it('trusts the keys that it is told, and no other', async () => {
    expect((await run(good, '--fingerprint', print)).code).toBe(0);
    expect((await run(`--fingerprint=${'f'.repeat(64)}`, '--fingerprint', print, good)).code).toBe(0);
    expect((await run('--fingerprint', printOf(others), good)).code).toBe(1);
    expect((await run('--fingerprint', '', good)).code).toBe(1);
  });

  it('compares with the roots that it is given, one to a line, and takes no file without any for one', async () => {
    const anchors = file('anchors', textOf([one, two]));
    const { code, said } = await run(
      good,
      '--anchor',
      anchors,
      '--anchor',
      file('anchor', `${JSON.stringify(two)}\n\n`),
    );
    expect([code, JSON.parse(said).roots.anchorsCompared]).toEqual([0, 3]);
    const fork = signed({ ...JSON.parse(two.statement), at: '2026-03-01T10:02:00.000Z' });
    expect((await run(good, '--anchor', file('fork', JSON.stringify(fork)))).code).toBe(1);
    expect((await run(good, '--anchor', file('none', '\n'))).code).toBe(1);
  });

  it('looks at one lane where it is told so', async () => {
    const ofA = file('a', textOf(whole.filter((line) => !('lane' in line && line.lane === 'b'))));
    expect((await run(ofA)).code).toBe(1);
    expect((await run(ofA, '--lane', 'a')).code).toBe(0);
    expect((await run(ofA, '--lane', 'b')).code).toBe(1);
  });

  it('checks a proof', async () => {
    const leaves = a.slice(0, 4).map(({ hash }) => hash);
    const entry = { ...a[0]!, previousHash: hex('lazyark-audit:a') };
    const proof = { entry, index: 0, size: 4, path: pathOf(0, leaves), root: two, keys: [pemOf(keys)] };
    const path = file('proof', JSON.stringify(proof));
    expect(await run('--proof', path, '--fingerprint', print)).toEqual({
      code: 0,
      said: 'valid: the entry is in the audit that this root was signed for',
    });
    expect(await run('--proof', path, '--fingerprint', printOf(others))).toEqual({
      code: 1,
      said: `NOT VALID: the key ${print} is not trusted`,
    });
    expect(await run('--proof', file('other', JSON.stringify({ ...proof, index: 1 })))).toMatchObject({ code: 1 });
  });

  it.each([
    { what: 'without a file', args: [], says: 'expected EXPORT' },
    { what: 'with two', args: [good, good], says: 'expected EXPORT' },
    { what: 'with a trail and a proof', args: [good, '--proof', good], says: 'expected EXPORT' },
    {
      what: 'with an option that there is not',
      args: ['--fingerprnt', print, good],
      says: "Unknown option '--fingerprnt'",
    },
    { what: 'with an option without its value', args: [good, '--fingerprint'], says: 'argument missing' },
    { what: 'with a file that is not there', args: [join(folder, 'gone')], says: 'ENOENT' },
    { what: 'with roots that are not there', args: [good, '--anchor', join(folder, 'gone')], says: 'ENOENT' },
    { what: 'with a proof that is none', args: ['--proof', good], says: 'JSON' },
  ])('ends with 2 and says why $what', async ({ args, says }) => {
    const { code, said } = await run(...args);
    expect([code, said]).toEqual([2, expect.stringContaining(says)]);
    expect(said).toMatch(/^not checked: /);
  });
});
