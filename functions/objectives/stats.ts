// What was done, counted by the hour in one small item each: enough for tasks an hour and durations, without any scan.
import type { Changes, Tables } from '../common/table.ts';

/** Upper bounds of the buckets that durations are counted in, in milliseconds; the last takes all the rest. */
const BUCKETS_MS = [10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000] as const;
const KEPT_DAYS = 30;
const HOUR_MS = 3_600_000;

type StatsDeps = { tables: Tables; table: string; now: () => Date };
export type Stats = {
  succeeded: number;
  failed: number;
  cancelled: number;
  tasksLastHour: number;
  durations: number[];
};

const keyOf = (atMs: number) => ({ pk: 'stats', sk: new Date(atMs).toISOString().slice(0, 13) });
const bucketOf = (ms: number): number => {
  const index = BUCKETS_MS.findIndex((bound) => ms <= bound);
  return index === -1 ? BUCKETS_MS.length : index;
};

/** Counts an ended objective and how long its tasks took. Counting is a hint: it may miss one in a crash. */
export async function countEnded(
  ended: 'succeeded' | 'failed' | 'cancelled',
  durationsMs: readonly number[],
  { tables, table, now }: StatsDeps,
): Promise<void> {
  const nowMs = now().getTime();
  const byBucket = Map.groupBy(durationsMs, bucketOf);
  const add: Changes['add'] = [
    [ended, 1],
    ['tasks', durationsMs.length],
    ...[...byBucket].map(([bucket, group]) => [`took${bucket}`, group.length] as const),
  ];
  const expiresAt = Math.floor(nowMs / 1_000) + KEPT_DAYS * 24 * 3_600;
  await tables.write([
    {
      table,
      update: keyOf(nowMs),
      changes: {
        add,
        set: [
          ['expiresAt', expiresAt],
          ['why', 'counted'],
        ],
      },
    },
  ]);
}

/** The last 24 hours, and the last one or two clock hours for what is called the last hour. */
export async function statsOf({ tables, table, now }: StatsDeps): Promise<Stats> {
  const nowMs = now().getTime();
  const from = keyOf(nowMs - 24 * HOUR_MS).sk;
  const { items } = await tables.query({ table, pk: 'stats', sk: { atLeast: from }, limit: 30 });
  const lastHour = keyOf(nowMs - HOUR_MS).sk;
  const sum = (name: string, of = items) => of.reduce((total, item) => total + Number(item[name] ?? 0), 0);
  return {
    succeeded: sum('succeeded'),
    failed: sum('failed'),
    cancelled: sum('cancelled'),
    tasksLastHour: sum(
      'tasks',
      items.filter(({ sk }) => sk > lastHour || sk === keyOf(nowMs).sk),
    ),
    durations: [...BUCKETS_MS, 0].map((_, bucket) => sum(`took${bucket}`)),
  };
}

/** The upper bound, in milliseconds, of the bucket in which the share falls; null without any. */
export function percentile(counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let seen = 0;
  const bucket = counts.findIndex((count) => {
    seen += count;
    return seen >= total * share;
  });
  return BUCKETS_MS[bucket] ?? null;
}
