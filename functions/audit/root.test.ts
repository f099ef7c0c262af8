// When a root is due, and what a report makes of what it cannot use.
import { describe, expect, it } from 'vitest';
import { change } from './audit.test-support.ts';
import { factsOf, isAudited } from './change-facts.ts';
import { rowOf } from './report.ts';
import { sealing, statementAfter } from './root.ts';

const at = '2026-03-01T10:00:00.000Z';
const lane = (name: string, size: number) => ({ lane: name, size, root: 'r', head: 'h' });
const root = (...lanes: ReturnType<typeof lane>[]) => {
  const statement = statementAfter(undefined, { at, lanes, key: 'k' });
  return { epoch: 1, at, statement, signature: '', algorithm: '' };
};
const later = (ms: number) => new Date(Date.parse(at) + ms);

describe('a root is due', () => {
  it.each([
    { why: 'first', last: undefined, lanes: [], ms: 0 },
    { why: 'entries', last: root(lane('a', 3)), lanes: [lane('a', 4)], ms: 1 },
    { why: 'entries', last: root(lane('a', 3)), lanes: [lane('a', 3), lane('new', 1)], ms: 1 },
    { why: 'an hour has passed', last: root(lane('a', 3)), lanes: [lane('a', 3)], ms: 3_600_000 },
  ])('for $why', ({ why, last, lanes, ms }) => {
    expect(sealing(last, lanes, later(ms))).toEqual({ kind: 'due', why });
  });

  it('not for a new lane that is empty, nor before the hour is over', () => {
    expect(sealing(root(lane('a', 3)), [lane('a', 3), lane('new', 0)], later(3_599_999))).toEqual({ kind: 'idle' });
  });
});

describe('a report', () => {
  const entry = { entryId: 'e', at, by: 'b', pk: 'p', table: 't', item: { pk: 'p', sk: 'effect' } };
  it('passes over what it is not about', () => {
    expect(rowOf('access', { ...entry, kind: 'INSERT', changes: [] } as never)).toBeUndefined();
    expect(rowOf('effects', { ...entry, kind: 'MODIFY', changes: [] } as never)).toBeUndefined();
  });

  it('writes down what was kept as a digest, and nothing for what was not said', () => {
    const changes = [
      { path: 'status', after: 'held' },
      { path: 'reason', after: { sha256: 'x', bytes: 9 } },
    ];
    expect(rowOf('effects', { ...entry, changes } as never)).toMatchObject({
      reason: '{"sha256":"x","bytes":9}',
      from: '',
      target: '',
    });
  });
});

describe('an entry of a change', () => {
  it('can be made of a record without images, and of a removal', () => {
    const empty = change(1, { before: undefined, after: undefined });
    expect(isAudited(empty)).toBe(true);
    expect(factsOf(empty, 'x')).toMatchObject({ by: 'objectives', why: '', changes: [] });
    expect(factsOf(change(1, { kind: 'REMOVE', after: undefined }), 'x')).toMatchObject({ why: 'removed' });
    expect(factsOf(change(1, { after: { pk: 'p', sk: 's' } }), 'x')).toMatchObject({ by: 'objectives', why: '' });
  });
});
