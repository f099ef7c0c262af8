// The stored chain: a lane is a run of batches, each one item with up to a few hundred entries. Append only.
import type { Item, Tables } from '../common/table.ts';
import { type ChainedEntry, firstHead, type Head } from './chain.ts';
import { packed, unpacked } from './packed.ts';

/** `after` is the hash that the first entry is chained to. */
export type Batch = { lane: string; first: number; last: number; after: string; hash: string; entries: ChainedEntry[] };
export type Lanes = {
  head(lane: string): Promise<Head>;
  /** The batch a record began before, if any: the sign that it has been written already. */
  batchBegunBy(eventId: string): Promise<{ events: number } | undefined>;
  /** Appends after exactly this head; refused when somebody else has appended meanwhile or the batch is there already. */
  append(lane: string, after: Head, entries: readonly ChainedEntry[], begunBy: string): Promise<'appended' | 'refused'>;
  batches(
    lane: string,
    page: { cursor?: string; limit: number; newestFirst?: boolean; below?: number; from?: number },
  ): Promise<{ batches: Batch[]; cursor?: string }>;
  /** The entries from one sequence number to another, both included, as far as there are any. */
  entries(lane: string, from: number, to: number): Promise<ChainedEntry[]>;
};

const MARK_KEPT_SECONDS = 48 * 3_600;
const padded = (seq: number): string => String(seq).padStart(15, '0');

/** `now` in milliseconds is only used to let the marks of batches expire. */
export const lanesIn = (tables: Tables, table: string, now: () => Date): Lanes => ({
  head: async (lane) => {
    const { items } = await tables.query({ table, pk: `lane#${lane}`, newestFirst: true, limit: 1, consistent: true });
    const [last] = items;
    return last ? { seq: Number(last.last), hash: String(last.hash) } : firstHead(lane);
  },
  batchBegunBy: async (eventId) => {
    const mark = await tables.get(table, { pk: `begun#${eventId}`, sk: 'batch' });
    return mark && { events: Number(mark.events) };
  },
  append: async (lane, after, entries, begunBy) => {
    const last = entries.at(-1);
    if (!last) return 'appended';
    const batch = {
      pk: `lane#${lane}`,
      sk: padded(after.seq + 1),
      lane,
      first: after.seq + 1,
      last: last.seq,
      after: after.hash,
      hash: last.hash,
      packed: packed(entries),
    };
    const expiresAt = Math.floor(now().getTime() / 1_000) + MARK_KEPT_SECONDS;
    const mark = { pk: `begun#${begunBy}`, sk: 'batch', events: entries.length, expiresAt };
    const outcome = await tables.write([
      { table, put: batch, if: { missing: 'pk' } },
      { table, put: mark, if: { missing: 'pk' } },
    ]);
    return outcome.written ? 'appended' : 'refused';
  },
  batches: async (lane, { cursor, limit, newestFirst, below, from }) => {
    const sk =
      below === undefined ? (from === undefined ? undefined : { atLeast: padded(from) }) : { below: padded(below) };
    const consistent = from !== undefined;
    const page = await tables.query({ table, pk: `lane#${lane}`, sk, limit, cursor, newestFirst, consistent });
    return { batches: page.items.map(batchOf), ...(page.cursor ? { cursor: page.cursor } : {}) };
  },
  entries: async (lane, from, to) => {
    const found: ChainedEntry[] = [];
    const query = { table, pk: `lane#${lane}`, consistent: true };
    const holding = await tables.query({ ...query, sk: { atMost: padded(from) }, newestFirst: true, limit: 1 });
    let cursor: string | undefined;
    do {
      const sk = { between: [holding.items[0]?.sk ?? padded(from), padded(to)] } as const;
      const page = await tables.query({ ...query, sk, limit: 10, cursor });
      found.push(...page.items.flatMap(unpacked));
      cursor = page.cursor;
    } while (cursor);
    return found.filter(({ seq }) => seq >= from && seq <= to);
  },
});

const batchOf = (item: Item): Batch => ({ ...(item as unknown as Batch), entries: unpacked(item) });
