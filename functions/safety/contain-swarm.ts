// Follows a kill until it is contained: lists what was in flight, asks the rooms round by round, and certifies the end.
import type * as z from 'zod';
import type { Announce } from '../common/announce.ts';
import type { Tables } from '../common/table.ts';
import {
  countFates,
  type FateCounts,
  type InFlight,
  judge,
  type Kill,
  NO_FATES,
  pointsFor,
  pointsOf,
} from './containment.ts';
import { scopeNamed } from './control-flags.ts';
import { type ContainmentReport, ContainmentWanted } from './events.ts';
import { confirmationWrite, keepListed, killKey, readKill, readParts } from './kill-items.ts';
import { type Listed, readInFlight } from './open-effects.ts';

export type ContainSwarmDeps = {
  tables: Tables;
  table: string;
  announce: Announce;
  openIds(): Promise<string[]>;
  /** the signed certificate of what is known now */
  certify(kill: Kill): Promise<void>;
  pause(ms: number): Promise<void>;
  now: () => Date;
};

/** Between two looks while something still executes; after so many rounds the watch goes on, once a minute. */
const BREATH_MS = 200;
const QUICK_ROUNDS_MAX = 50;
const LEFTOVER_MAX = 200;

/** A round that was asked for this long ago was lost. */
export const ROUND_MS = 15_000;

/**
 * The word of a kill has come, and the rooms have had it at the same moment: what is in flight is listed meanwhile. Where
 * no room has a part in it, or the kill was pressed again because nothing moved, it goes on from here.
 */
export async function beginContainment(killId: string, deps: ContainSwarmDeps): Promise<void> {
  const kill = await readKill(killId, deps);
  if (kill?.status !== 'containing') return;
  const { leftover } = await lookAt(kill, deps);
  if (pointsFor(scopeNamed(kill.scope) ?? 'everything').length === 1) return advance(kill, deps);
  if (deps.now().getTime() - Date.parse(kill.roundAt) >= ROUND_MS) await ask(kill, leftover, deps);
}

/** A room has confirmed: kept once, however often it is said. */
export async function confirmContainment(report: ContainmentReport, deps: ContainSwarmDeps): Promise<void> {
  const { killId, round, room, effects } = report;
  await keepListed(killId, `${room}-${round}`, effects, deps);
  for (const { name, ...point } of report.points)
    await deps.tables.write([confirmationWrite(killId, deps.table, { point: name, room, round, ...point })]);
  const kill = await readKill(killId, deps);
  if (kill) await advance(kill, deps);
}

/** Goes as far as it can; what others have to do first is waited for. */
export async function advance(kill: Kill, deps: ContainSwarmDeps): Promise<void> {
  if (kill.status !== 'containing') return;
  if (kill.resumedAt) return finish(kill, 'lifted', deps);
  const { fates, points, leftover } = await lookAt(kill, deps);
  const judgement = judge(kill, points, countFates(fates), deps.now().getTime());
  if (judgement.kind === 'contained') return finish(kill, 'contained', deps);
  if (judgement.kind === 'look_again') {
    await deps.pause(judgement.afterMs);
    return advance((await readKill(kill.killId, deps)) ?? kill, deps);
  }
  if (judgement.missing.length > 0 || kill.round >= QUICK_ROUNDS_MAX) return;
  await deps.pause(BREATH_MS);
  await ask(kill, leftover, deps);
}

type Leftover = z.input<typeof ContainmentWanted.schema>['leftover'];

/** Asks the rooms for one more round. Of two who want the same round one asks. */
export async function ask(kill: Kill, leftover: Leftover, deps: ContainSwarmDeps): Promise<void> {
  const { killId, scope } = kill;
  const round = kill.round + 1;
  const set = [
    ['round', round],
    ['roundAt', deps.now().toISOString()],
    ['by', 'safety/contain-swarm'],
    ['why', `round ${round}`],
  ] as const;
  const isNext = { path: 'round', equals: kill.round };
  const outcome = await deps.tables.write([
    { table: deps.table, update: killKey(killId), changes: { set }, if: isNext },
  ]);
  if (!outcome.written) return;
  const parsed = scopeNamed(scope) ?? 'everything';
  if (pointsFor(parsed).length > 1)
    return deps.announce(ContainmentWanted, {
      killId,
      scope: parsed,
      round,
      leftover: leftover.slice(0, LEFTOVER_MAX),
    });
  await advance({ ...kill, round }, deps);
}

type Look = { fates: InFlight[]; points: ReturnType<typeof pointsOf>; leftover: Leftover };

/** What was listed and what is open now, with what has become of each; kept with the record, so that people see it. */
export async function lookAt(kill: Kill, deps: ContainSwarmDeps): Promise<Look> {
  const [{ listed, said }, open] = await Promise.all([readParts(kill.killId, deps), deps.openIds()]);
  const known = new Set(listed);
  const inFlight = await readInFlight(kill, [...new Set([...listed, ...open])], deps);
  const isFresh = ({ fate }: Listed) => fate.fate === 'open' && !known.has(fate.effectId);
  const fresh = inFlight.filter(isFresh).map(({ fate }) => fate.effectId);
  await keepListed(kill.killId, `round-${kill.round}`, fresh, deps);
  const counted = inFlight.filter((one) => known.has(one.fate.effectId) || isFresh(one));
  const fates = counted.map(({ fate }) => fate);
  await keepCounts(kill, countFates(fates), deps);
  const points = pointsOf(kill, pointsFor(scopeNamed(kill.scope) ?? 'everything'), said);
  const isOpen = ({ fate }: Listed) => fate.fate === 'open';
  const leftover = counted.filter(isOpen).map(({ intentKey, fate }) => ({ intentKey, at: fate.at }));
  return { fates, points, leftover };
}

async function keepCounts(kill: Kill, effects: FateCounts, { tables, table }: ContainSwarmDeps): Promise<void> {
  const same = (Object.keys(NO_FATES) as (keyof FateCounts)[]).every((name) => kill.effects[name] === effects[name]);
  if (same) return;
  const set = [
    ['effects', effects],
    ['by', 'safety/contain-swarm'],
    ['why', `${effects.open} of ${effects.inFlight} in flight are open`],
  ] as const;
  await tables.write([{ table, update: killKey(kill.killId), changes: { set }, if: { exists: 'pk' } }]);
}

async function finish(kill: Kill, status: 'contained' | 'lifted', deps: ContainSwarmDeps): Promise<void> {
  const at = deps.now().toISOString();
  const set = [
    ['status', status],
    ...(status === 'contained' ? [['containedAt', at] as const] : []),
    ['by', 'safety/contain-swarm'],
    [
      'why',
      status === 'contained' ? 'every point has confirmed and nothing executes' : 'resumed before it was contained',
    ],
  ] as const;
  const isOpen = { path: 'status', equals: 'containing' };
  await deps.tables.write([{ table: deps.table, update: killKey(kill.killId), changes: { set }, if: isOpen }]);
  const ended = await readKill(kill.killId, deps);
  if (ended) await deps.certify(ended);
}
