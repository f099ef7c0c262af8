// What snapshots keep: equal states have equal digests, and a restore plan leads back, whatever happened in between.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KeptItems, type KeptRule, keptDigest, keptKeys, keptText, planRestore } from './kept.ts';
import type { Item } from './table.ts';
import { decodeItem } from './table-codec.ts';

const rule: KeptRule = { volatile: ['lastSeenAt'] };
const item = (pk: string, attributes = {}): Item => ({ pk, sk: 'x', ...keptKeys({ pk, sk: 'x' }), ...attributes });
const state = (...items: Item[]): KeptItems => new Map(items.map((one) => [String(one.keptSk), one]));
const digestOf = (items: KeptItems, by: KeptRule = rule) =>
  keptDigest([...items.values()].map((one) => keptText(one, by)));
const words = { table: 'safety', by: 'captain', why: 'restore of snp_1' };

function carriedOut(now: KeptItems, then: KeptItems, by: KeptRule = rule): KeptItems {
  const after = new Map(now);
  for (const { key, write } of planRestore(now, then, by, words).writes) {
    if ('put' in write) after.set(key, write.put);
    else after.delete(key);
  }
  return after;
}

describe('kept items', () => {
  it('have equal text whatever the order of attributes and members, and whoever wrote them last', () => {
    const one = item('a', { m: { y: 1, x: [{ b: 2, a: 1 }] }, s: new Set(['2', '1']), by: 'me', why: 'so' });
    const other = { ...item('a'), s: new Set(['1', '2']), m: { x: [{ a: 1, b: 2 }], y: 1 }, by: 'you' };
    expect(keptText(one, rule)).toBe(keptText(other, rule));
    expect(decodeItem(keptText(one, rule)).s).toEqual(new Set(['1', '2']));
  });

  it('leave live facts out of the digest', () => {
    expect(digestOf(state(item('a', { lastSeenAt: '1' })))).toBe(digestOf(state(item('a', { lastSeenAt: '2' }))));
  });

  it('are spread over the shards of the index', () => {
    const shards = new Set(Array.from({ length: 100 }, (_, n) => keptKeys({ pk: `item ${n}`, sk: 'x' }).keptPk));
    expect(shards.size).toBe(4);
  });
});

describe('a restore plan', () => {
  it('puts what changed or is missing, deletes what came later, and leaves the rest', () => {
    const then = state(item('same'), item('changed', { n: 1 }), item('gone'));
    const now = state(item('same'), item('changed', { n: 2, lastSeenAt: 'now' }), item('new'));
    const { writes, equal, stricter } = planRestore(now, then, rule, words);
    expect({ equal, stricter }).toEqual({ equal: 1, stricter: [] });
    expect(writes.map(({ write }) => write)).toEqual([
      { table: 'safety', put: { ...item('changed', { n: 1, lastSeenAt: 'now' }), by: 'captain', why: words.why } },
      { table: 'safety', put: { ...item('gone'), by: 'captain', why: words.why } },
      { table: 'safety', delete: { pk: 'new', sk: 'x' } },
    ]);
  });

  it('never gives back what was taken away for safety', () => {
    const guarded: KeptRule = { ...rule, stricterNow: (now, was) => Boolean(now.revokedAt) && !was.revokedAt };
    const then = state(item('token'), item('other'));
    const now = state(item('token', { revokedAt: 'today' }), item('other', { revokedAt: null }));
    const { stricter, writes } = planRestore(now, then, guarded, words);
    expect(stricter).toEqual(['token|x']);
    expect(writes.map(({ key }) => key)).toEqual(['other|x']);
  });

  it('leads to the digest of the snapshot from any state, and finds nothing to do the second time', () => {
    const items = fc.uniqueArray(
      fc.record({ pk: fc.constantFrom(...'abcdefgh'), n: fc.integer({ min: 0, max: 2 }), lastSeenAt: fc.string() }),
      { selector: ({ pk }) => pk },
    );
    const stateOf = (list: { pk: string; n: number; lastSeenAt: string }[]) =>
      state(...list.map(({ pk, ...rest }) => item(pk, rest)));
    fc.assert(
      fc.property(items, items, (before, after) => {
        const then = stateOf(before);
        const restored = carriedOut(stateOf(after), then);
        expect(digestOf(restored)).toBe(digestOf(then));
        expect(planRestore(restored, then, rule, words)).toEqual({ writes: [], equal: then.size, stricter: [] });
      }),
    );
  });
});
