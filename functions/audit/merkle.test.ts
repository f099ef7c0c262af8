// The tree over a lane: as RFC 9162 says, and what it proves.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rootFromPath } from '../../bin/verify-audit-export.mjs';
import { EMPTY_TREE, grown, leafHash, nodeHash, rootOf, rootOver, type TreeNode } from './merkle.ts';
import { consistencyRanges, inclusionRanges, isConsistent, type Range, rootFromInclusion } from './merkle-proof.ts';

const leaves = (count: number) => Array.from({ length: count }, (_, n) => `leaf ${n}`);
const all = leaves(80);
/** The definition of RFC 9162, 2.1.1, word for word. */
function defined({ start, end }: Range): string {
  if (end - start === 1) return leafHash(all[start] ?? '');
  let split = 1;
  while (split * 2 < end - start) split *= 2;
  return nodeHash(defined({ start, end: start + split }), defined({ start: start + split, end }));
}

describe('a tree', () => {
  it('has the roots that are published for the known leaves', () => {
    const known = ['', '\0', '\x10', ' !', '01', '@ABC', 'PQRSTUVW', '`abcdefghijklmno'];
    expect(rootOver([])).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(rootOver(known.slice(0, 1))).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    expect(rootOver(known)).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
  });

  it('has the root of its definition at every size, in whatever steps it grew', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 6 }), (steps) => {
        let tree = EMPTY_TREE;
        for (const step of steps) tree = grown(tree, all.slice(tree.size, Math.min(tree.size + step, all.length)));
        if (tree.size > 0) expect(rootOf(tree)).toBe(defined({ start: 0, end: tree.size }));
      }),
    );
  });

  it('tells of each whole subtree once', () => {
    const nodes: TreeNode[] = [];
    grown(
      grown(EMPTY_TREE, leaves(5), (node) => nodes.push(node)),
      all.slice(5, 16),
      (node) => nodes.push(node),
    );
    expect(nodes).toHaveLength(8 + 4 + 2 + 1);
    for (const { level, index, hash } of nodes)
      expect(hash).toBe(defined({ start: index * 2 ** level, end: (index + 1) * 2 ** level }));
  });
});

describe('a proof that a leaf is in the tree', () => {
  it('leads to the root from every leaf of every tree, by both ways of computing it', () => {
    for (let size = 1; size <= 70; size += 1)
      for (let index = 0; index < size; index += 1) {
        const path = inclusionRanges(index, size).map(defined);
        const root = defined({ start: 0, end: size });
        expect(rootFromInclusion(all[index] ?? '', index, size, path)).toBe(root);
        expect(rootFromPath(all[index] ?? '', index, size, path)).toBe(root);
      }
  });

  it('does not for another leaf, place, size or path', () => {
    const path = inclusionRanges(5, 13).map(defined);
    const root = defined({ start: 0, end: 13 });
    for (const way of [rootFromInclusion, rootFromPath]) {
      expect(way('leaf 6', 5, 13, path)).not.toBe(root);
      expect(way('leaf 5', 4, 13, path)).not.toBe(root);
      expect(way('leaf 5', 13, 13, path)).toBeUndefined();
      expect(way('leaf 0', 1, 1, [])).toBeUndefined();
      expect(way('leaf 5', 5, 13, path.slice(1))).not.toBe(root);
      expect(way('leaf 5', 5, 13, [...path, root])).toBeUndefined();
      for (const n of path.keys()) expect(way('leaf 5', 5, 13, path.with(n, leafHash('x')))).not.toBe(root);
    }
  });
});

describe('a proof that the tree only grew', () => {
  const tree = (size: number) => ({ size, root: size === 0 ? rootOver([]) : defined({ start: 0, end: size }) });

  it('holds between any two sizes', () => {
    for (let to = 0; to <= 40; to += 1)
      for (let from = 0; from <= to; from += 1)
        expect(isConsistent(tree(from), tree(to), consistencyRanges(from, to).map(defined))).toBe(true);
  });

  it('does not when the beginning is another, the proof is, or the tree became smaller', () => {
    const other = { size: 6, root: rootOver([...leaves(5), 'forged']) };
    const proof = consistencyRanges(6, 13).map(defined);
    expect(isConsistent(other, tree(13), proof)).toBe(false);
    for (const n of proof.keys()) expect(isConsistent(tree(6), tree(13), proof.with(n, leafHash('x')))).toBe(false);
    expect(isConsistent(tree(6), tree(13), proof.slice(1))).toBe(false);
    expect(isConsistent(tree(13), tree(6), [])).toBe(false);
    expect(isConsistent(other, tree(6), [])).toBe(false);
    expect(isConsistent(tree(6), tree(6), proof)).toBe(false);
    expect(isConsistent({ size: 8, root: other.root }, tree(13), consistencyRanges(8, 13).map(defined))).toBe(false);
  });
});
