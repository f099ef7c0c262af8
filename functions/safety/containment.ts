// A kill and how far it is contained: what has to be confirmed, what was in flight, and when it is enough. Pure.
import type { KillScope } from './control-flags.ts';

/** Where a kill is enforced. Each says itself that it did its part, when, and on how much. */
export const POINTS = [
  { name: 'gate', room: 'safety', title: 'Every copy of the flags refuses new effects' },
  { name: 'task_leases', room: 'objectives', title: 'Running tasks are taken back, late answers refused' },
  { name: 'task_loops', room: 'objectives', title: 'Streams, timers and the sweep start nothing' },
  { name: 'planning_runs', room: 'objectives', title: 'Planning executions are stopped' },
] as const;
export type PointName = (typeof POINTS)[number]['name'];

/** An agent or an objective may have work in any room; planning belongs to neither and goes on, its tasks are refused. */
export function pointsFor(scope: KillScope): PointName[] {
  const isWhole = scope === 'everything' || 'room' in scope;
  const concerned = POINTS.filter(({ name, room }) => {
    if (name === 'gate') return true;
    if (name === 'planning_runs' && !isWhole) return false;
    return scope === 'everything' || !('room' in scope) || scope.room === room;
  });
  return concerned.map(({ name }) => name);
}

/** `containing` → `contained`, or `lifted` when it was resumed before that. */
export type ContainmentStatus = 'containing' | 'contained' | 'lifted';
export type FateCounts = { inFlight: number; finished: number; stopped: number; unknown: number; open: number };
export const NO_FATES: FateCounts = { inFlight: 0, finished: 0, stopped: 0, unknown: 0, open: 0 };

/** The record of a kill. */
export type Kill = {
  killId: string;
  /** as `nameOfScope` says it */
  scope: string;
  by: string;
  reason: string;
  at: string;
  status: ContainmentStatus;
  /** how often the rooms were asked */
  round: number;
  roundAt: string;
  effects: FateCounts;
  containedAt?: string;
  /** the newest one */
  certificate?: { sequence: number; issuedAt: string };
  resumedAt?: string;
  resumedBy?: string;
  resumeReason?: string;
};

/** One confirmation of one round. */
export type Confirmation = {
  point: string;
  room: string;
  round: number;
  at: string;
  counts: Record<string, number>;
  detail: string;
};
export type Point = {
  point: string;
  room: string;
  title: string;
  state: 'waiting' | 'confirmed';
  at: string | null;
  /** since the kill */
  afterMs: number | null;
  counts: Record<string, number>;
  detail: string | null;
};

/** What of an effect's fate is known. */
export type Fate = 'finished' | 'stopped' | 'unknown' | 'open';
export type InFlight = {
  effectId: string;
  action: string;
  target: string;
  /** when it was cleared */
  at: string;
  status: string;
  fate: Fate;
  reason: string;
  settledAt: string | null;
};
type SettledEffect = {
  effectId: string;
  action: string;
  target: string;
  status: string;
  settledAt?: string;
  at: string;
  why?: unknown;
};

/**
 * What became of an effect that was listed, or nothing when it was not in flight at the kill after all: it had ended
 * before, it was only waiting, or it was cleared after the resume.
 */
export function fateOf(effect: SettledEffect, kill: Pick<Kill, 'killId' | 'at' | 'resumedAt'>): InFlight | undefined {
  const { effectId, action, target, at, status, settledAt = null } = effect;
  const reason = typeof effect.why === 'string' ? effect.why : '';
  const isOver = settledAt !== null && settledAt < kill.at;
  const isLater = kill.resumedAt !== undefined && at > kill.resumedAt;
  if (isOver || isLater || status === 'denied' || status === 'shadowed') return undefined;
  if ((status === 'held' || status === 'cleared') && settledAt === null) return undefined;
  const known = { effectId, action, target, at, status, reason, settledAt };
  if (status === 'executing') return { ...known, fate: 'open' };
  if (status === 'unknown') return { ...known, fate: 'unknown' };
  const isStopped = reason.includes(kill.killId) || status === 'held' || status === 'cleared';
  return { ...known, fate: isStopped ? 'stopped' : 'finished' };
}

export function countFates(fates: readonly InFlight[]): FateCounts {
  const counts = { ...NO_FATES, inFlight: fates.length };
  for (const { fate } of fates) counts[fate] += 1;
  return counts;
}

/** The points of a kill with what was confirmed of each: the first time counts, what was done in all rounds is added. */
export function pointsOf(kill: Pick<Kill, 'at'>, wanted: readonly PointName[], said: readonly Confirmation[]): Point[] {
  return POINTS.filter(({ name }) => wanted.includes(name)).map(({ name, room, title }) => {
    const mine = said.filter(({ point }) => point === name).sort((left, right) => left.round - right.round);
    const first = mine[0];
    const counts: Record<string, number> = {};
    for (const { counts: done } of mine)
      for (const [what, count] of Object.entries(done)) {
        const before = counts[what] ?? 0;
        counts[what] = isState(what) ? Math.max(before, count) : before + count;
      }
    return {
      point: name,
      room,
      title,
      state: first ? 'confirmed' : 'waiting',
      at: first?.at ?? null,
      afterMs: first ? Date.parse(first.at) - Date.parse(kill.at) : null,
      counts,
      detail: mine.at(-1)?.detail ?? null,
    };
  });
}

/** How many there are, and not how many something was done to: adding them up over rounds would count them twice. */
const isState = (what: string): boolean => ['objectives', 'held', 'copies'].includes(what);

/** An index follows its table late; what was cleared just before the kill is in it after this. */
const INDEX_LAG_MS = 1_000;

export type Judgement =
  | { kind: 'contained' }
  | { kind: 'look_again'; afterMs: number }
  | { kind: 'waiting'; missing: string[]; executing: number };

/** Contained is what nobody doubts: every point has confirmed, and nothing in flight still executes. */
export function judge(
  kill: Pick<Kill, 'at'>,
  points: readonly Pick<Point, 'point' | 'state'>[],
  effects: FateCounts,
  nowMs: number,
): Judgement {
  const missing = points.filter(({ state }) => state === 'waiting').map(({ point }) => point);
  if (missing.length > 0 || effects.open > 0) return { kind: 'waiting', missing, executing: effects.open };
  const earlyMs = Date.parse(kill.at) + INDEX_LAG_MS - nowMs;
  return earlyMs > 0 ? { kind: 'look_again', afterMs: earlyMs } : { kind: 'contained' };
}
