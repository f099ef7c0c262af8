// Seals the audit: takes what is new in every lane into its tree and signs one root over all of them.
import type { Signer } from '../common/signer.client.ts';
import { type AnchorDeps, anchorRoot } from './anchor-root.ts';
import { type Extended, extendLane } from './extend-lane.ts';
import { fingerprintOf, said, sealing, statementAfter } from './root.ts';
import type { KeptRoot } from './roots.store.ts';

export type SealDeps = AnchorDeps & {
  signer: Signer;
  laneNames: readonly string[];
  entriesMax: number;
  /** how long something has waited to be sealed and anchored; said before the work, which may fail */
  tellAge(seconds: number): void;
};
export type Sealed = { kind: 'sealed' | 'idle' | 'overtaken'; epoch: number; entries: number; more: boolean };

/** A lane is not what was chained. The other lanes are sealed nevertheless; this one needs a person. */
export class LaneBroken extends Error {
  override name = 'LaneBroken';
}

export async function sealRoot(deps: SealDeps): Promise<Sealed> {
  const { roots, now, laneNames } = deps;
  const last = await roots.latest();
  const unanchored = last !== undefined && !(await roots.isAnchored(last.epoch));
  const lanes = await Promise.all(laneNames.map((lane) => extendLane(lane, sealedPart(last, lane), deps)));
  deps.tellAge(ageOf(lanes, unanchored ? last : undefined, now()));
  if (unanchored) await anchorRoot(last, deps);
  const entries = lanes.reduce((sum, lane) => sum + lane.entries.length, 0);
  const more = lanes.some((lane) => lane.entries.length >= deps.entriesMax);
  const decision = sealing(
    last,
    lanes.map(({ root }) => root),
    now(),
  );
  const kind = decision.kind === 'due' ? await sealAll(last, lanes, deps) : 'idle';
  refuseBroken(lanes);
  const epoch = (last?.epoch ?? 0) + (kind === 'idle' ? 0 : 1);
  return { kind, epoch, entries: kind === 'sealed' ? entries : 0, more };
}

async function sealAll(
  last: KeptRoot | undefined,
  lanes: readonly Extended[],
  deps: SealDeps,
): Promise<'sealed' | 'overtaken'> {
  const { roots, signer, now } = deps;
  for (const { root, nodes } of lanes) await roots.keepNodes(root.lane, nodes);
  const publicKey = await signer.publicKeyPem();
  // Never before the root that it follows, whatever clock this function runs on.
  const at = [now().toISOString(), last?.at ?? ''].toSorted().at(-1) ?? '';
  const lanesNow = lanes.map(({ root }) => root);
  const statement = statementAfter(last, { at, lanes: lanesNow, key: fingerprintOf(publicKey) });
  const { signature, algorithm } = await signer.sign(Buffer.from(statement));
  const peaks = Object.fromEntries(lanes.map(({ root, frontier }) => [root.lane, frontier.peaks]));
  const root = { epoch: (last?.epoch ?? 0) + 1, at, statement, signature, algorithm, peaks };
  // Of two that seal at once, one has its root stored and anchors it; the other's is forgotten before anybody saw it.
  if ((await roots.append(root, publicKey)) === 'refused') return 'overtaken';
  await anchorRoot(root, deps, new Map(lanes.map((lane) => [lane.root.lane, lane.entries])));
  return 'sealed';
}

function sealedPart(last: KeptRoot | undefined, lane: string) {
  const root = last && said(last).lanes.find((one) => one.lane === lane);
  return root && { root, peaks: last.peaks[lane] ?? [] };
}

/** Of the oldest entry without a root, and of a root that is not anchored. */
function ageOf(lanes: readonly Extended[], unanchored: KeptRoot | undefined, now: Date): number {
  const first = lanes.flatMap(({ entries }) => entries.slice(0, 1));
  const times = first.map(({ text }) => Date.parse((JSON.parse(text) as { at: string }).at));
  const oldest = Math.min(now.getTime(), ...times, ...(unanchored ? [Date.parse(unanchored.at)] : []));
  return Math.round((now.getTime() - oldest) / 1_000);
}

function refuseBroken(lanes: readonly Extended[]): void {
  const broken = lanes.filter((lane) => lane.broken !== undefined);
  if (broken.length === 0) return;
  const words = broken.map(({ root, broken: found }) => `${root.lane} at entry ${found?.seq}: ${found?.fault}`);
  throw new LaneBroken(`The audit is broken in ${words.join('; ')}`);
}
