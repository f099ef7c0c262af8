// Proofs for people who keep nothing but a root: that an entry is in the audit, and that the audit only grew.
import { firstHead } from './chain.ts';
import type { Lanes } from './lanes.store.ts';
import { consistencyRanges, inclusionRanges } from './merkle-proof.ts';
import { type SignedRoot, said, shownRoot } from './root.ts';
import type { Roots } from './roots.store.ts';
import { entryPlace } from './trail.ts';
import { treeHashes } from './tree-hashes.ts';

export type ProofDeps = { lanes: Lanes; roots: Roots };

/** Under the newest root: the entry, its place, the path to its lane's root, and the root with its key. */
export async function proveEntry(entryId: string, deps: ProofDeps) {
  const place = entryPlace(entryId);
  if (!place) return { kind: 'no_such_entry' } as const;
  const { lane, seq } = place;
  const [previous, entry] = await entryAt(lane, seq, deps.lanes);
  if (!entry) return { kind: 'no_such_entry' } as const;
  const root = await deps.roots.latest();
  const size = root ? sizeIn(root, lane) : 0;
  if (!root || size < seq) return { kind: 'not_sealed_yet', sealed: size } as const;
  const hashOver = treeHashes(lane, size, deps);
  const path = await Promise.all(inclusionRanges(seq - 1, size).map(hashOver));
  const shown = { entryId, lane, seq, text: entry.text, hash: entry.hash, previousHash: previous };
  const keys = await deps.roots.keys();
  return { kind: 'proof', entry: shown, index: seq - 1, size, path, root: shownRoot(root), keys } as const;
}

async function entryAt(lane: string, seq: number, lanes: Lanes) {
  const found = await lanes.entries(lane, seq - 1, seq);
  const entry = found.find((one) => one.seq === seq);
  const before = found.find((one) => one.seq === seq - 1);
  return [before?.hash ?? firstHead(lane).hash, entry] as const;
}

/** That each lane of one root is the beginning of the same lane of a later one. */
export async function proveConsistency(from: number, to: number, deps: ProofDeps) {
  const [older, newer] = await Promise.all([deps.roots.at(from), deps.roots.at(to)]);
  if (!older || !newer || from > to) return undefined;
  const lanes = await Promise.all(
    said(newer).lanes.map(async ({ lane, size }) => {
      const sizeBefore = sizeIn(older, lane);
      const hashOver = treeHashes(lane, size, deps);
      return {
        lane,
        from: sizeBefore,
        to: size,
        proof: await Promise.all(consistencyRanges(sizeBefore, size).map(hashOver)),
      };
    }),
  );
  return { from: shownRoot(older), to: shownRoot(newer), lanes, keys: await deps.roots.keys() };
}

const sizeIn = (root: SignedRoot, lane: string): number => said(root).lanes.find((one) => one.lane === lane)?.size ?? 0;
