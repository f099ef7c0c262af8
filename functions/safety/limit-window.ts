// The window of a limit, as one small item: what was taken, in buckets of time, so that old takings fall out. Pure.
//
// A fixed window is one bucket; a sliding one is 61, of which the newest 60 whole ones and the one begun cover at least
// the window at any moment: what is counted is never less than what was really taken within it. Time only moves forward
// here: with a clock that was set back, takings go into the newest bucket.
import type { Changes, Condition, Item } from '../common/table.ts';
import type { Limit } from './limit.ts';

const SLICES = 60;

export type WindowItem = {
  /** number of the newest bucket since 1970 */
  head: number;
  /** taken in all buckets that count */
  used: number;
  /** of that and before: taken by effects that have not ended */
  open: number;
  refused?: number;
  [bucket: `b${number}`]: number | undefined;
};

export const bucketMs = ({ window, seconds }: Pick<Limit, 'window' | 'seconds'>): number =>
  window === 'fixed' ? seconds * 1_000 : Math.ceil((seconds * 1_000) / SLICES);

/** Buckets before the newest that still count. */
const kept = ({ window }: Pick<Limit, 'window'>): number => (window === 'fixed' ? 0 : SLICES);

export const headAt = (limit: Limit, nowMs: number): number => Math.floor(nowMs / bucketMs(limit));
export const bucketOf = (head: number): `b${number}` => `b${head}`;

const bucketsOf = (item: WindowItem): [number, number][] =>
  Object.entries(item).flatMap(([name, amount]) =>
    /^b\d+$/.test(name) && typeof amount === 'number' ? [[Number(name.slice(1)), amount] as [number, number]] : [],
  );

export const asWindow = (item: Item | undefined): WindowItem | undefined => item as unknown as WindowItem | undefined;

/** What counts now, and which buckets have fallen out since the item was written. */
export function standing(item: WindowItem | undefined, limit: Limit, nowMs: number) {
  const head = Math.max(headAt(limit, nowMs), item?.head ?? 0);
  const old = item ? bucketsOf(item).filter(([bucket]) => bucket < head - kept(limit)) : [];
  const used = (item?.used ?? 0) - old.reduce((sum, [, amount]) => sum + amount, 0);
  return { head, used, expired: old.map(([bucket]) => bucketOf(bucket)) };
}

/** The write that takes `amount` without reading first: it holds while the newest bucket is `head` and enough is left. */
export const takeBlindly = (limit: Limit, head: number, amount: number): { changes: Changes; if: Condition } => ({
  changes: { add: adding(head, amount) },
  if: {
    all: [
      { path: 'head', equals: head },
      { path: 'used', atMost: limit.most - amount },
    ],
  },
});

const adding = (head: number, amount: number): [string, number][] => [
  ['used', amount],
  ['open', amount],
  [bucketOf(head), amount],
];

/** The write that takes it after looking: makes the item, or moves it on to the newest bucket. Nobody may have meanwhile. */
export function takeKnowing(
  item: WindowItem | undefined,
  limit: Limit,
  nowMs: number,
  amount: number,
): { head: number; changes: Changes; if: Condition } {
  const { head, used, expired } = standing(item, limit, nowMs);
  if (!item) {
    const first: WindowItem = { head, used: amount, open: amount, [bucketOf(head)]: amount };
    return { head, changes: { set: Object.entries(first) as [string, number][] }, if: { missing: 'pk' } };
  }
  const unchanged: Condition = {
    all: [
      { path: 'head', equals: item.head },
      { path: 'used', equals: item.used },
    ],
  };
  return {
    head,
    changes: {
      set: [
        ['head', head],
        ['used', used + amount],
      ],
      add: adding(head, amount).slice(1),
      ...(expired.length > 0 ? { remove: expired } : {}),
    },
    if: unchanged,
  };
}

/** Gives back what was taken too much, into the bucket it came from; `amount` below 0 takes what was spent beyond. */
export const giveBack = (bucket: number, taken: number, amount: number): { changes: Changes; if: Condition } => ({
  changes: {
    add: [
      ['used', -amount],
      ['open', -taken],
      [bucketOf(bucket), -amount],
    ],
  },
  if: { exists: bucketOf(bucket) },
});

/** The bucket has fallen out of the window: only that the effect has ended is noted. */
export const endOnly = (taken: number): { changes: Changes; if: Condition } => ({
  changes: { add: [['open', -taken]] },
  if: { exists: 'pk' },
});
