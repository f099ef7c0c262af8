// Every limit as people see it: what it is, what is taken and left, who took last, and what was refused.
import type { Item, Tables } from '../common/table.ts';
import type { Rules } from './gate-decision.ts';
import { type Limit, limitKey } from './limit.ts';
import { asWindow, bucketMs, standing } from './limit-window.ts';

export type LimitsDeps = { tables: Tables; table: string; now: () => Date; rules(): Promise<Rules | undefined> };
export type LimitView = Pick<Limit, 'name' | 'unit' | 'per' | 'most' | 'window' | 'seconds'> & {
  subject: string;
  /** taken by effects that have not ended, and by those that have */
  reserved: number;
  used: number;
  left: number;
  refused: number;
  lastTaken: { by: string; effectId: string; at: string } | null;
  lastRefused: { by: string; effectId: string; at: string; amount: number } | null;
  /** when a fixed window begins anew */
  renewsAt: string | null;
};

/** Limits of the whole swarm are there before anything was taken from them; those of agents and others with the first. */
export async function listLimits(
  { limit: most, cursor }: { limit: number; cursor?: string },
  deps: LimitsDeps,
): Promise<{ items: LimitView[]; cursor?: string }> {
  const { tables, table } = deps;
  const limits = (await deps.rules())?.thresholds.limits ?? [];
  const page = await tables.query({ table, index: 'limits', pk: 'limits', limit: most, cursor });
  const stored = await Promise.all(page.items.map(({ pk, sk }) => tables.get(table, { pk, sk })));
  const nowMs = deps.now().getTime();
  const views = stored.flatMap((item) => {
    const one = limits.find(({ name }) => name === item?.limit);
    const isOfNow = one && item?.sk === limitKey(one, '').sk;
    return item && one && isOfNow ? [viewOf(one, String(item.subject), item, nowMs)] : [];
  });
  const untouched = cursor ? [] : limits.filter((one) => one.per === 'swarm' && !isThere(one, stored));
  const items = [...untouched.map((one) => viewOf(one, 'all', undefined, nowMs)), ...views];
  return { items, ...(page.cursor ? { cursor: page.cursor } : {}) };
}

const isThere = (one: Limit, stored: readonly (Item | undefined)[]) =>
  stored.some((item) => item?.limit === one.name && item.sk === limitKey(one, '').sk);

function viewOf(limit: Limit, subject: string, item: Item | undefined, nowMs: number): LimitView {
  const { name, unit, per, most, window, seconds } = limit;
  const { used, head } = standing(asWindow(item), limit, nowMs);
  const reserved = Math.min(Math.max(0, Number(item?.open ?? 0)), used);
  const noted = (what: 'Taken' | 'Refused') => ({
    by: String(item?.[`last${what}By`]),
    effectId: String(item?.[`last${what}For`]),
    at: String(item?.[`last${what}At`]),
  });
  return {
    ...{ name, unit, per, most, window, seconds, subject },
    reserved,
    used: used - reserved,
    left: Math.max(0, most - used),
    refused: Number(item?.refused ?? 0),
    lastTaken: item?.lastTakenBy ? noted('Taken') : null,
    lastRefused: item?.lastRefusedBy ? { ...noted('Refused'), amount: Number(item.lastRefusedAmount) } : null,
    renewsAt: window === 'fixed' ? new Date((head + 1) * bucketMs(limit)).toISOString() : null,
  };
}
