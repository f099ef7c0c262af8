// An effect as it is stored: its key, its places in the indexes, and the conditions of what may follow what. Pure.
import { contentId } from '../common/ids.ts';
import { quicklyMasked } from '../common/mask.ts';
import type { Changes, Condition, Item, Key, Value, Write } from '../common/table.ts';
import {
  deedOf,
  digestOf,
  type Effect,
  type EffectStatus,
  type Impact,
  Need,
  type Proposal,
  type Reservation,
  UNITS,
  withoutSecrets,
} from './effect.ts';

/** Open effects are listed in as many partitions, so that none of them is hot. */
export const OPEN_SHARDS = 8;
/** How long an effect may execute before it counts as stuck, unless it said so itself. */
const DEADLINE_SECONDS = 900;

export const effectKey = (effectId: string): Key => ({ pk: effectId, sk: 'effect' });

/**
 * The same intent always has the same effect id. An intent about a task begins with the task's time-ordered id, and so
 * does its effect: records of one time lie side by side in a store that is sorted by key.
 */
export function effectIdOf(intentKey: string): string {
  const task = /^tsk_([0-9A-Z]{26}_\d{1,4})(?!\d)/.exec(intentKey)?.[1];
  return task ? `eff_${task}_${contentId('x', intentKey).slice(2, 14)}` : contentId('eff', intentKey);
}

/** The partition of the index `open` for one of its shards. */
export const openPartition = (shard: number): string => `open#${shard}`;

function shardOf(effectId: string): number {
  let hash = 0;
  for (const character of effectId) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return hash % OPEN_SHARDS;
}

/** Where the sweeper finds it, sorted by when it is to be looked at. Several may have the same place in an index. */
export const openEntry = (effectId: string, dueAtMs: number) => ({
  openPk: openPartition(shardOf(effectId)),
  openSk: new Date(dueAtMs).toISOString(),
});

export type Put = {
  proposal: Proposal;
  status: EffectStatus;
  reason: string;
  now: Date;
  digest?: string;
  impact: Impact;
  needs?: readonly Need[];
  reservations?: readonly Reservation[];
  passing?: boolean;
};

/** Which stored effects a put may replace. */
export const isNew: Condition = { missing: 'pk' };
const hasNoNeeds: Condition = { missing: 'needs' };
/** denied by what may pass, such as a limit of the hour */
export const mayPass: Condition = {
  all: [
    { path: 'status', equals: 'denied' },
    { path: 'passing', equals: true },
  ],
};
/** held until a resume, or until its owner asks again: nobody else is being asked */
export const isHeldForNobody: Condition = {
  all: [
    { path: 'status', equals: 'held' },
    {
      any: [
        hasNoNeeds,
        {
          all: [
            { path: 'needs', contains: 'resume' },
            { path: 'needs', sizeBelow: 2 },
          ],
        },
      ],
    },
  ],
};
export const isClearedFor = (digest: string): Condition => ({
  all: [
    { path: 'status', equals: 'cleared' },
    { path: 'digest', equals: digest },
  ],
});

export function putEffect(table: string, put: Put, onlyIf: Condition): Write {
  const { proposal, status, now, needs = [], reservations = [] } = put;
  const kept = withoutSecrets(proposal);
  const reason = quicklyMasked(put.reason);
  const effectId = effectIdOf(proposal.intentKey);
  const at = now.toISOString();
  const unknown = UNITS.filter((unit) => proposal.impact[unit] === 'unknown');
  const isOpen = status === 'executing' || status === 'held';
  const item = {
    ...effectKey(effectId),
    ...kept,
    impact: put.impact,
    ...(kept === proposal ? {} : { deed: deedOf({ ...proposal, impact: put.impact }) }),
    ...(unknown.length > 0 ? { unknown } : {}),
    effectId,
    status,
    reason,
    ...(put.passing ? { passing: true } : {}),
    digest: put.digest ?? digestOf(proposal),
    at,
    ...(needs.length > 0 ? { needs: new Set<string>(needs) } : {}),
    ...(reservations.length > 0 ? { reservations: reservations as unknown as Value } : {}),
    effectsPk: `effects#${at.slice(0, 10)}`,
    effectsSk: at,
    ...(isOpen ? openEntry(effectId, now.getTime() + deadlineMsOf(proposal)) : {}),
    by: kept.actor,
    why: reason,
  } as unknown as Item;
  return { table, put: item, if: onlyIf };
}

export const deadlineMsOf = ({ deadlineSeconds = DEADLINE_SECONDS }: Pick<Proposal, 'deadlineSeconds'>): number =>
  deadlineSeconds * 1_000;

/** An end: nothing is open any more. */
export const CLOSED: NonNullable<Changes['remove']> = ['openPk', 'openSk', 'needs'];

/** As the rest of the room works with it: without the keys of indexes, and its needs as a list. */
export function asEffect(item: Item): Effect {
  const { pk, sk, effectsPk, effectsSk, openPk, openSk, by, why, needs, ...effect } = item;
  return {
    ...effect,
    needs: needs instanceof Set ? Need.options.filter((need) => needs.has(need)) : [],
  } as unknown as Effect;
}
