import { describe, expect, it } from 'vitest';
import { auditVerifier, entryHash, faultsKeptMax, genesisHash } from './verify-audit.ts';

type Line = { lane: string; seq: number; hash: string; text: string };

function aLane(lane: string, length: number): Line[] {
  let hash = genesisHash(lane);
  return Array.from({ length }, (_, index) => {
    const seq = index + 1;
    const text = JSON.stringify({ entryId: `evt_${lane}_${seq}`, lane, seq, kind: 'MODIFY', changes: { to: 'ö€' } });
    hash = entryHash(hash, text);
    return { lane, seq, hash, text };
  });
}
const headOf = (lines: Line[]) => ({ lane: lines[0]?.lane, head: { seq: lines.length, hash: lines.at(-1)?.hash } });

function verify(lines: readonly object[]) {
  const verifier = auditVerifier();
  for (const line of lines) verifier.feed(JSON.stringify(line));
  return verifier.report();
}

describe('an untouched trail', () => {
  it('is valid, lane by lane, with the head of each', () => {
    const [one, two] = [aLane('objectives-0', 5), aLane('safety-0', 1)];
    const report = verify([...one, headOf(one), ...two, headOf(two)]);
    expect(report).toMatchObject({ valid: true, entries: 6, faults: [] });
    expect(report.lanes[0]).toMatchObject({ lane: 'objectives-0', entries: 5, headHash: one[4]?.hash, headSeen: true });
  });

  it('chains exactly as documented: hash, line break, byte length, line break, text', () => {
    expect(genesisHash('a')).toBe('5581ad27a6a2a385a5554cca9ede602519e0c0fca296bf204860ece1c9279c3c');
    expect(entryHash('00', 'é')).toBe('6c79661fa79c040ff32efd0fea6d5b9ce9e3b3a87d26e613803fd0f465018857');
  });

  it('may be empty', () => {
    expect(verify([{ lane: 'a', head: { seq: 0, hash: genesisHash('a') } }])).toMatchObject({
      valid: true,
      entries: 0,
    });
  });
});

describe('a trail somebody has touched', () => {
  const lines = aLane('objectives-0', 6);
  const head = headOf(lines);
  const entry = (number: number): Line => lines[number - 1] as Line;
  const forged: Line = { ...entry(4), text: entry(4).text.replace('MODIFY', 'REMOVE') };
  const rechained: Line = { ...forged, hash: entryHash(entry(3).hash, forged.text) };
  const renumbered = (line: Line, seq: number): Line => {
    const text = JSON.stringify({ ...JSON.parse(line.text), seq });
    return { ...line, seq, text, hash: entryHash(entry(seq - 1).hash, text) };
  };

  it.each([
    {
      what: 'a changed entry',
      trail: [...lines.slice(0, 3), forged, ...lines.slice(4), head],
      at: 4,
      fault: 'not the one that was chained',
    },
    {
      what: 'a changed entry with a matching hash',
      trail: [...lines.slice(0, 3), rechained, ...lines.slice(4), head],
      at: 5,
      fault: 'not the one that was chained',
    },
    {
      what: 'a deleted entry',
      trail: [...lines.slice(0, 2), ...lines.slice(3), head],
      at: 4,
      fault: 'entry 3 is missing before this one',
    },
    {
      what: 'a deleted entry, the rest renumbered',
      trail: [...lines.slice(0, 2), renumbered(entry(4), 3), ...lines.slice(3), head],
      at: 4,
      fault: 'not the one that was chained',
    },
    { what: 'the first entry gone', trail: [...lines.slice(1), head], at: 2, fault: 'entry 1 is missing' },
    { what: 'several deleted', trail: [entry(1), ...lines.slice(4), head], at: 5, fault: 'entries 2 to 4 are missing' },
    {
      what: 'an inserted copy',
      trail: [...lines.slice(0, 3), entry(2), ...lines.slice(3), head],
      at: 2,
      fault: 'out of order or there twice',
    },
    {
      what: 'two swapped entries',
      trail: [entry(1), entry(3), entry(2), ...lines.slice(3), head],
      at: 3,
      fault: 'entry 2 is missing',
    },
    {
      what: 'a cut at the end',
      trail: lines.slice(0, 4).concat(head as never),
      at: 5,
      fault: 'entries 5 to 6 are missing at the end',
    },
    { what: 'a cut at the end with its head', trail: lines.slice(0, 4), at: 5, fault: 'does not end with its head' },
    {
      what: 'an entry after the head',
      trail: [...lines.slice(0, 5), headOf(lines.slice(0, 5)), entry(6)],
      at: 6,
      fault: 'after the end',
    },
    {
      what: 'a head that names another hash',
      trail: [...lines, { ...head, head: { seq: 6, hash: 'f'.repeat(64) } }],
      at: 6,
      fault: 'not the one that the head names',
    },
    {
      what: 'a text under another number',
      trail: [...lines.slice(0, 3), { ...entry(4), text: entry(3).text }, ...lines.slice(4), head],
      at: 4,
      fault: 'says it is entry 3',
    },
    {
      what: 'a text that is no JSON',
      trail: [...lines.slice(0, 3), { ...entry(4), text: '{' }, ...lines.slice(4), head],
      at: 4,
      fault: 'no JSON object',
    },
  ])('$what is found at its entry', ({ trail, at, fault }) => {
    const report = verify(trail);
    expect(report.valid).toBe(false);
    expect(report.faults[0]).toMatchObject({ lane: 'objectives-0', seq: at });
    expect(report.faults[0]?.fault).toContain(fault);
  });

  it('one change is one fault, with the id of the entry', () => {
    const report = verify([...lines.slice(0, 3), forged, ...lines.slice(4), head]);
    expect(report.faults).toEqual([expect.objectContaining({ seq: 4, entryId: 'evt_objectives-0_4' })]);
  });

  it('an entry moved to another lane does not fit there', () => {
    const other = aLane('safety-0', 2);
    const report = verify([...lines, head, other[0] as Line, { ...entry(2), lane: 'safety-0' }, headOf(other)]);
    expect(report.faults[0]).toMatchObject({ lane: 'safety-0', seq: 2 });
  });

  it('a line that is none is named by its number, and only so many faults are kept', () => {
    const verifier = auditVerifier();
    for (let number = 0; number < faultsKeptMax + 20; number++) verifier.feed('garbage');
    const report = verifier.report();
    expect(report.faults[0]?.fault).toBe('line 1 is no line of an audit export');
    expect([report.faults.length, report.faultsInAll]).toEqual([faultsKeptMax, faultsKeptMax + 20]);
  });
});
