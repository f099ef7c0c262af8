// Which parts of a tree prove that a leaf is in it, or that it only grew (RFC 9162, 2.1.3 and 2.1.4). Pure.
import { leafHash, nodeHash } from './merkle.ts';

/** A run of leaves, `end` not included; what proves is the root over it. */
export type Range = { start: number; end: number };

/** The largest power of two below `count`, which is at least 2. */
const splitOf = (count: number): number => 2 ** Math.ceil(Math.log2(count) - 1);
/** Where RFC 9162 parts a run in two. */
export const halves = ({ start, end }: Range): [Range, Range] => {
  const middle = start + splitOf(end - start);
  return [
    { start, end: middle },
    { start: middle, end },
  ];
};

/** The siblings on the way from the leaf up to the root of a tree of `size` leaves. */
export function inclusionRanges(index: number, size: number): Range[] {
  const path: Range[] = [];
  let range = { start: 0, end: size };
  while (range.end - range.start > 1) {
    const [left, right] = halves(range);
    const inLeft = index < left.end;
    path.unshift(inLeft ? right : left);
    range = inLeft ? left : right;
  }
  return path;
}

/** What shows that the tree of `from` leaves is the beginning of the tree of `to`. */
export function consistencyRanges(from: number, to: number): Range[] {
  if (from === 0 || from === to) return [];
  const proof: Range[] = [];
  let range = { start: 0, end: to };
  let whole = true;
  while (range.end !== from) {
    const [left, right] = halves(range);
    const inLeft = from <= left.end;
    proof.unshift(inLeft ? right : left);
    whole &&= inLeft;
    range = inLeft ? left : right;
  }
  return whole ? proof : [range, ...proof];
}

/** The root that follows from a leaf and its path; undefined when their lengths do not fit. */
export function rootFromInclusion(leaf: string, index: number, size: number, path: readonly string[]) {
  if (index >= size) return undefined;
  const ranges = inclusionRanges(index, size);
  if (ranges.length !== path.length) return undefined;
  return ranges.reduce(
    (below, { start }, n) => (start > index ? nodeHash(below, path[n] as string) : nodeHash(path[n] as string, below)),
    leafHash(leaf),
  );
}

/** Whether the tree with `fromRoot` is the beginning of the one with `toRoot`. */
export function isConsistent(
  from: { size: number; root: string },
  to: { size: number; root: string },
  proof: readonly string[],
): boolean {
  if (from.size > to.size) return false;
  if (from.size === 0 || from.size === to.size) return proof.length === 0 && (from.size === 0 || from.root === to.root);
  const ranges = consistencyRanges(from.size, to.size);
  if (ranges.length !== proof.length) return false;
  const begins = ranges[0]?.end === from.size && ranges[0].start > 0;
  let [older, newer] = begins ? [proof[0] as string, proof[0] as string] : [from.root, from.root];
  for (const [n, { start }] of ranges.entries()) {
    if (begins && n === 0) continue;
    const node = proof[n] as string;
    if (start >= from.size) newer = nodeHash(newer, node);
    else [older, newer] = [nodeHash(node, older), nodeHash(node, newer)];
  }
  return older === from.root && newer === to.root;
}
