// Takes a lane's new entries into its tree, after checking that they go on from what was sealed before.
import { type ChainedEntry, firstBreak, firstHead, type Head } from './chain.ts';
import type { Lanes } from './lanes.store.ts';
import { EMPTY_TREE, type Frontier, grown, rootOf, type TreeNode } from './merkle.ts';
import type { LaneRoot } from './root.ts';

/** Levels whose nodes are stored: with them any proof takes a few reads of at most 256 hashes each. */
const LEVELS_PER_TILE = 8;
const BATCHES_AT_ONCE = 20;

export type Extended = {
  root: LaneRoot;
  frontier: Frontier;
  nodes: TreeNode[];
  entries: ChainedEntry[];
  /** the lane cannot be sealed further: from here on it is not what was chained */
  broken?: { seq: number; fault: string };
};

/** At most about `entriesMax` new entries. A lane that is broken keeps the root that it had. */
export async function extendLane(
  lane: string,
  sealed: { root: LaneRoot; peaks: readonly string[] } | undefined,
  { lanes, entriesMax }: { lanes: Lanes; entriesMax: number },
): Promise<Extended> {
  const before: Frontier = sealed ? { size: sealed.root.size, peaks: [...sealed.peaks] } : EMPTY_TREE;
  const start: Head = { seq: before.size, hash: sealed?.root.head ?? firstHead(lane).hash };
  const unchanged: LaneRoot = sealed?.root ?? { lane, size: 0, root: rootOf(before), head: start.hash };
  if (rootOf(before) !== unchanged.root)
    return brokenAt(before, unchanged, before.size, 'the peaks of the tree are not those of its root');
  const entries = await newEntries(lane, before.size + 1, lanes, entriesMax);
  const broken = firstBreak(start, entries);
  if (broken) return brokenAt(before, unchanged, broken.seq, broken.fault);
  const nodes: TreeNode[] = [];
  const leaves = entries.map(({ hash }) => hash);
  const frontier = grown(before, leaves, (node) => {
    if (node.level % LEVELS_PER_TILE === 0) nodes.push(node);
  });
  const root = { lane, size: frontier.size, root: rootOf(frontier), head: leaves.at(-1) ?? start.hash };
  return { root, frontier, nodes, entries };
}

function brokenAt(frontier: Frontier, root: LaneRoot, seq: number, fault: string): Extended {
  return { root, frontier, nodes: [], entries: [], broken: { seq, fault } };
}

async function newEntries(lane: string, from: number, lanes: Lanes, max: number): Promise<ChainedEntry[]> {
  const found: ChainedEntry[] = [];
  let cursor: string | undefined;
  do {
    const page = await lanes.batches(lane, { from, cursor, limit: BATCHES_AT_ONCE });
    for (const { entries } of page.batches) found.push(...entries);
    cursor = page.cursor;
  } while (cursor && found.length < max);
  return found;
}
