// What of a change is written down: every difference, at its path, and nothing that is not one.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { change } from './audit.test-support.ts';
import { factsOf, isAudited } from './change-facts.ts';

const item = (attributes: Record<string, unknown>) => ({ pk: 'p', sk: 's', ...attributes });
const changesOf = (before: Record<string, unknown> | undefined, after: Record<string, unknown> | undefined) =>
  factsOf(change(1, { before: before && item(before), after: after && item(after) }), 'safety').changes;

describe('the changes of an entry', () => {
  it('are every member that differs, in order of names, and none that does not', () => {
    expect(changesOf({ z: 1, same: 'x', gone: true, a: 1 }, { z: 2, same: 'x', a: 2, added: null })).toEqual([
      { path: 'a', before: 1, after: 2 },
      { path: 'added', after: null },
      { path: 'gone', before: true },
      { path: 'z', before: 1, after: 2 },
    ]);
  });

  it('are taken apart three levels deep, and whole below', () => {
    const deep = (n: number) => ({ one: { two: { three: { four: n } } } });
    expect(changesOf(deep(1), deep(2))).toEqual([{ path: 'one.two.three', before: { four: 1 }, after: { four: 2 } }]);
    expect(changesOf({ one: { two: 1, same: 1 } }, { one: { two: 2, same: 1 } })).toEqual([
      { path: 'one.two', before: 1, after: 2 },
    ]);
  });

  it('of lists and sets are both sides, a set in order, and none when they hold the same', () => {
    expect(changesOf({ l: [1], s: new Set(['b', 'a']) }, { l: [1], s: new Set(['a', 'b']) })).toEqual([]);
    expect(changesOf({ l: [1], s: new Set(['b', 'a']) }, { l: [2], s: new Set(['c', 'b']) })).toEqual([
      { path: 'l', before: [1], after: [2] },
      { path: 's', before: ['a', 'b'], after: ['b', 'c'] },
    ]);
  });

  it.each([
    [{ a: 1 }, 'text'],
    ['text', { a: 1 }],
    [[1], { a: 1 }],
    [{ a: 1 }, [1]],
    [null, { a: 1 }],
    [new Set(['a']), ['a', 'b']],
    ['[1]', [1]],
    ['1', 1],
    [null, 'null'],
  ])('show %j becoming %j', (before, after) => {
    expect(changesOf({ value: before }, { value: after })).toHaveLength(1);
  });

  it.each([
    { of: 250, isDigest: false },
    { of: 251, isDigest: false },
    { of: 998, isDigest: false },
    { of: 999, isDigest: true },
  ])('hold a text of $of characters as it is, or its digest: $isDigest', ({ of, isDigest }) => {
    const text = 'word '.repeat(300).slice(0, of);
    const sha256 = createHash('sha256').update(JSON.stringify(text)).digest('hex');
    const expected = isDigest ? { sha256, bytes: of + 2 } : text;
    expect(changesOf({}, { note: text })).toEqual([{ path: 'note', after: expected }]);
  });

  it('hold what is large as its digest, sets sorted, and what is small whole', () => {
    const large = Array.from({ length: 200 }, (_, n) => `entry ${n}`);
    const sha256 = createHash('sha256').update(JSON.stringify(large)).digest('hex');
    const bytes = Buffer.byteLength(JSON.stringify(large));
    expect(changesOf({}, { list: large })).toEqual([{ path: 'list', after: { sha256, bytes } }]);
    const ofSet = changesOf({}, { set: new Set([...large].reverse()) });
    expect(ofSet).toEqual(changesOf({}, { set: new Set(large) }));
    expect(changesOf({}, { list: large.slice(0, 3) })).toEqual([{ path: 'list', after: large.slice(0, 3) }]);
  });

  it('hold a long secret as the digest of itself', () => {
    const secret = 's3cr3t-'.repeat(300);
    const sha256 = createHash('sha256').update(secret).digest('hex');
    expect(changesOf({}, { password: secret })).toEqual([
      { path: 'password', after: { sha256, bytes: secret.length } },
    ]);
  });
});

describe('who and why', () => {
  const told = (overrides: Parameters<typeof change>[1]) => {
    const { by, why } = factsOf(change(1, overrides), 'safety');
    return { by, why };
  };
  const [before, after] = [item({ by: 'before', why: 'then' }), item({ by: 'after', why: 'now' })];

  it.each([
    { when: 'it was written', of: { before, after }, by: 'after', why: 'now' },
    { when: 'it was removed', of: { kind: 'REMOVE' as const, before, after: undefined }, by: 'before', why: 'removed' },
    {
      when: 'its time was over',
      of: { kind: 'REMOVE' as const, byTtl: true, before, after: undefined },
      by: 'time to live',
      why: 'its time was over',
    },
    { when: 'nobody says', of: { before: item({}), after: item({}) }, by: 'objectives', why: '' },
  ])('are $by and “$why” when $when', ({ of, by, why }) => {
    expect(told(of)).toEqual({ by, why });
  });
});

it('bookkeeping of requests is not audited, before or after', () => {
  const of = (pk: string) => ({ pk, sk: 's' });
  expect(isAudited(change(1, { before: undefined, after: of('idempotency#1') }))).toBe(false);
  expect(isAudited(change(1, { before: of('idempotency#1'), after: undefined }))).toBe(false);
  expect(isAudited(change(1, { before: undefined, after: of('obj_1#idempotency#') }))).toBe(true);
  expect(isAudited(change(1, { before: undefined, after: undefined }))).toBe(true);
});
