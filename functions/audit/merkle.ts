// The tree over a lane (RFC 9162): how it grows by a leaf at a time, and its root. Pure.
//
// Hashes are hex. A leaf is a text: of a lane its entries' hashes, of the root of all lanes one line for each lane.
import { hash } from 'node:crypto';

/** The roots of the whole subtrees that the tree consists of, the largest first: all that is needed to go on. */
export type Frontier = { size: number; peaks: string[] };
/** The root of a whole subtree: `level` 0 is a leaf, a node of level n covers 2^n leaves from `index` × 2^n on. */
export type TreeNode = { level: number; index: number; hash: string };

export const EMPTY_TREE: Frontier = { size: 0, peaks: [] };
export const leafHash = (leaf: string): string => hash('sha256', `\0${leaf}`, 'hex');
export const nodeHash = (left: string, right: string): string =>
  hash('sha256', Buffer.concat([Buffer.from([1]), Buffer.from(left, 'hex'), Buffer.from(right, 'hex')]), 'hex');

/** The tree after these leaves; `whole` is told of each subtree that they completed. */
export function grown(
  { size, peaks }: Frontier,
  leaves: readonly string[],
  whole: (node: TreeNode) => void = () => {},
): Frontier {
  const left = [...peaks];
  for (const [n, leaf] of leaves.entries()) {
    let node: TreeNode = { level: 0, index: size + n, hash: leafHash(leaf) };
    while (node.index % 2 === 1) {
      node = { level: node.level + 1, index: (node.index - 1) / 2, hash: nodeHash(left.pop() as string, node.hash) };
      whole(node);
    }
    left.push(node.hash);
  }
  return { size: size + leaves.length, peaks: left };
}

export const rootOf = ({ peaks }: Frontier): string =>
  peaks.length === 0 ? hash('sha256', '', 'hex') : peaks.reduceRight((right, left) => nodeHash(left, right));

/** The root over a few leaves. */
export const rootOver = (leaves: readonly string[]): string => rootOf(grown(EMPTY_TREE, leaves));
