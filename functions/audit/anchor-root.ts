// Puts a signed root, and the entries that it covers for the first time, where nobody can change them.
import type { ChainedEntry } from './chain.ts';
import type { Lanes } from './lanes.store.ts';
import { fingerprintOf, type SignedRoot, said, shownRoot, TrailForked } from './root.ts';
import type { Roots } from './roots.store.ts';

export type AnchorDeps = {
  lanes: Lanes;
  roots: Roots;
  archive: { writeOnce(name: string, text: string): Promise<'written' | 'there already' | 'another is there'> };
  now: () => Date;
};
const padded = (count: number, width: number): string => String(count).padStart(width, '0');
export const rootName = (epoch: number): string => `roots/${padded(epoch, 12)}.json`;
export const entriesName = (lane: string, first: number): string => `entries/${lane}/${padded(first, 15)}.jsonl.gz`;
export const exportLine = (lane: string, { seq, hash, text }: ChainedEntry): string =>
  JSON.stringify({ lane, seq, hash, text });

/**
 * May be done again, by the next run after a crash: what is written is the same, byte for byte. Throws TrailForked when
 * something else lies there: the table was put back to an earlier state and went on from it.
 */
export async function anchorRoot(
  root: SignedRoot,
  { lanes, roots, archive, now }: AnchorDeps,
  known: ReadonlyMap<string, readonly ChainedEntry[]> = new Map(),
): Promise<void> {
  const write = async (name: string, text: string) => {
    if ((await archive.writeOnce(name, text)) === 'another is there')
      throw new TrailForked(`${name} of the archive is not what the table says`);
  };
  const before = root.epoch > 1 ? await roots.at(root.epoch - 1) : undefined;
  const sizes = new Map(before ? said(before).lanes.map(({ lane, size }) => [lane, size]) : []);
  for (const { lane, size } of said(root).lanes) {
    const first = (sizes.get(lane) ?? 0) + 1;
    if (size < first) continue;
    const entries = known.get(lane) ?? (await lanes.entries(lane, first, size));
    await write(entriesName(lane, first), entries.map((entry) => `${exportLine(lane, entry)}\n`).join(''));
  }
  if (!before || said(before).key !== said(root).key)
    for (const key of await roots.keys()) await write(`keys/${fingerprintOf(key)}.pem`, key);
  await write(rootName(root.epoch), `${JSON.stringify(shownRoot(root))}\n`);
  await roots.markAnchored(root.epoch, now().toISOString());
}
