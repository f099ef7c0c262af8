// Signed roots, the keys that signed them, and the nodes of the lanes' trees that proofs need. Append only.
import type { Item, Tables } from '../common/table.ts';
import type { TreeNode } from './merkle.ts';
import { fingerprintOf, type SignedRoot, TrailForked } from './root.ts';

/** With a root are kept the peaks of each lane's tree: what sealing goes on from. */
export type KeptRoot = SignedRoot & { peaks: Record<string, string[]> };
export type Roots = {
  latest(): Promise<KeptRoot | undefined>;
  at(epoch: number): Promise<KeptRoot | undefined>;
  page(page: {
    cursor?: string;
    limit: number;
    newestFirst?: boolean;
  }): Promise<{ roots: KeptRoot[]; cursor?: string }>;
  /** refused when there is a root of this epoch already */
  append(root: KeptRoot, publicKey: string): Promise<'appended' | 'refused'>;
  isAnchored(epoch: number): Promise<boolean>;
  markAnchored(epoch: number, at: string): Promise<void>;
  /** of all keys that ever signed, as PEM */
  keys(): Promise<string[]>;
  /** Throws when another hash is stored there: the trail has two histories. */
  keepNodes(lane: string, nodes: readonly TreeNode[]): Promise<void>;
  nodes(lane: string, level: number, first: number, last: number): Promise<string[]>;
};

const padded = (count: number): string => String(count).padStart(15, '0');
const NODES_AT_ONCE = 25;

export const rootsIn = (tables: Tables, table: string): Roots => ({
  latest: async () => {
    const { items } = await tables.query({ table, pk: 'roots', newestFirst: true, limit: 1, consistent: true });
    return items[0] && rootIn(items[0]);
  },
  at: async (epoch) => {
    const item = await tables.get(table, { pk: 'roots', sk: padded(epoch) });
    return item && rootIn(item);
  },
  page: async ({ cursor, limit, newestFirst }) => {
    const page = await tables.query({ table, pk: 'roots', cursor, limit, newestFirst });
    return { roots: page.items.map(rootIn), ...(page.cursor ? { cursor: page.cursor } : {}) };
  },
  append: async (root, publicKey) => {
    const key = { pk: 'keys', sk: fingerprintOf(publicKey), publicKey };
    // First, so that no root is ever without its key; the same key again is no news.
    await tables.write([{ table, put: key, if: { missing: 'pk' } }]);
    const item: Item = { pk: 'roots', sk: padded(root.epoch), ...root };
    return (await tables.write([{ table, put: item, if: { missing: 'pk' } }])).written ? 'appended' : 'refused';
  },
  isAnchored: async (epoch) => (await tables.get(table, { pk: 'anchored', sk: padded(epoch) })) !== undefined,
  markAnchored: async (epoch, at) => {
    await tables.write([{ table, put: { pk: 'anchored', sk: padded(epoch), at }, if: { missing: 'pk' } }]);
  },
  keys: async () => {
    const { items } = await tables.query({ table, pk: 'keys' });
    return items.map(({ publicKey }) => String(publicKey));
  },
  keepNodes: async (lane, nodes) => {
    for (let at = 0; at < nodes.length; at += NODES_AT_ONCE)
      await Promise.all(nodes.slice(at, at + NODES_AT_ONCE).map((node) => keepNode(tables, table, lane, node)));
  },
  nodes: async (lane, level, first, last) => {
    const sk = { between: [padded(first), padded(last)] } as const;
    const { items } = await tables.query({ table, pk: `tree#${lane}#${level}`, sk, limit: 256, consistent: true });
    return items.map(({ hash }) => String(hash));
  },
});

const rootIn = ({ pk, sk, ...root }: Item): KeptRoot => root as unknown as KeptRoot;

async function keepNode(tables: Tables, table: string, lane: string, { level, index, hash }: TreeNode): Promise<void> {
  const put = { pk: `tree#${lane}#${level}`, sk: padded(index), hash };
  const outcome = await tables.write([{ table, put, if: { missing: 'pk' } }]);
  if (outcome.written || outcome.refused[0]?.found?.hash === hash) return;
  throw new TrailForked(`Lane ${lane} has another node ${index} of level ${level} than the one that is stored`);
}
