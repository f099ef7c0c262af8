// Roots over any run of a lane's leaves, from the stored nodes and entries: a few reads, however long the lane is.
import type { Lanes } from './lanes.store.ts';
import { leafHash, nodeHash } from './merkle.ts';
import { halves, type Range } from './merkle-proof.ts';
import type { Roots } from './roots.store.ts';

const TILE_LEVELS = 8;
const TILE_NODES = 256;

/** `size`: of the sealed tree; every whole subtree of a stored level within it is stored. */
export function treeHashes(
  lane: string,
  size: number,
  { lanes, roots }: { lanes: Lanes; roots: Roots },
): (range: Range) => Promise<string> {
  const tiles = new Map<string, Promise<string[]>>();
  const read = async (level: number, first: number): Promise<string[]> => {
    if (level > 0) return roots.nodes(lane, level, first, first + TILE_NODES - 1);
    const entries = await lanes.entries(lane, first + 1, Math.min(first + TILE_NODES, size));
    return entries.map(({ hash }) => leafHash(hash));
  };
  const tile = (level: number, number: number): Promise<string[]> => {
    const name = `${level} ${number}`;
    const found = tiles.get(name) ?? read(level, number * TILE_NODES);
    tiles.set(name, found);
    return found;
  };
  const whole = async (level: number, index: number): Promise<string> => {
    const within = level % TILE_LEVELS;
    const first = index * 2 ** within;
    const nodes = await tile(level - within, Math.floor(first / TILE_NODES));
    const from = first % TILE_NODES;
    return joined(nodes.slice(from, from + 2 ** within), 2 ** within);
  };
  const over = async (range: Range): Promise<string> => {
    const count = range.end - range.start;
    const level = Math.log2(count);
    if (Number.isInteger(level)) return whole(level, range.start / count);
    const [left, right] = await Promise.all(halves(range).map(over));
    return nodeHash(left as string, right as string);
  };
  return over;
}

function joined(nodes: readonly string[], expected: number): string {
  if (nodes.length !== expected) throw new Error(`The tree lacks ${expected - nodes.length} of ${expected} nodes`);
  let level = [...nodes];
  while (level.length > 1)
    level = level.flatMap((left, at) => (at % 2 === 0 ? [nodeHash(left, level[at + 1] as string)] : []));
  return level[0] as string;
}
