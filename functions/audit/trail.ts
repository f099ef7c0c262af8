// Reads of the trail: pages of entries for people, and one entry by its id.
import * as z from 'zod';
import { InvalidCursor } from '../common/table-cursor.ts';
import { type EntryFacts, entryIdOf } from './chain.ts';
import type { Batch, Lanes } from './lanes.store.ts';

/** One lane for each room that has a table of its own, and one for who read what is sensitive. */
export const LANES = ['objectives', 'agents', 'safety', 'operations', 'access'] as const;

export type EntryView = Omit<EntryFacts, 'pk' | 'sk'> & {
  item: { pk: string; sk: string };
  pk: string;
  hash: string;
  previousHash: string;
};
export type TrailQuery = { lane?: string; cursor?: string; limit: number; q?: string; objectiveId?: string };

const BATCHES_READ_MAX = 40;
/** How far each lane was read: the number of the entry before which it goes on; null at its beginning. */
const Positions = z.record(
  z.string(),
  z
    .string()
    .regex(/^(\d{1,15}|Infinity)$/)
    .nullable(),
);
/** A place in a list out of a cursor. Throws InvalidCursor for what is none. */
export function placeIn<Place>(cursor: string, Schema: z.ZodType<Place>): Place {
  try {
    return Schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new InvalidCursor();
  }
}

/**
 * Entries newest first, filtered by text. Without a lane all lanes are merged by time. A page ends when it is full or
 * when enough batches were looked through; the cursor says where each lane goes on.
 */
export async function readTrail(
  { lane, cursor, limit, q, objectiveId }: TrailQuery,
  lanes: Lanes,
): Promise<{ items: EntryView[]; cursor?: string }> {
  const positions = cursor ? placeIn(cursor, Positions) : {};
  const wanted = lane ? [lane] : [...LANES];
  const readers = wanted
    .filter((name) => positions[name] !== null)
    .map((name) => newestFirst(name, positions[name] ?? undefined, lanes));
  const fits = (text: string) =>
    (!q || text.toLowerCase().includes(q.toLowerCase())) && (!objectiveId || text.includes(objectiveId));
  const items: EntryView[] = [];
  const heads = await Promise.all(readers.map((reader) => reader.peek()));
  for (let looked = 0; items.length < limit && looked < BATCHES_READ_MAX * 200; looked += 1) {
    const next = heads.reduce<number>(
      (best, head, index) => (head && (best < 0 || head.at > (heads[best]?.at ?? '')) ? index : best),
      -1,
    );
    const entry = heads[next];
    if (next < 0 || !entry) break;
    if (fits(entry.text)) items.push(entry.view);
    await readers[next]?.take();
    heads[next] = await readers[next]?.peek();
  }
  const goesOn = heads.some((head) => head !== undefined);
  const position = (name: string) => {
    const index = readers.findIndex((reader) => reader.lane === name);
    return heads[index] ? readers[index]?.position() : null;
  };
  const next = Object.fromEntries(wanted.map((name) => [name, position(name)]));
  return { items, ...(goesOn ? { cursor: Buffer.from(JSON.stringify(next)).toString('base64url') } : {}) };
}

type Read = { at: string; text: string; view: EntryView };

/** Walks one lane backwards, from its end or from just below a sequence number. */
function newestFirst(lane: string, below: string | undefined, lanes: Lanes) {
  let buffer: Read[] = [];
  let ended = false;
  let cursor: string | undefined;
  // The query keeps the place where the walk began: its cursor belongs to that query alone.
  const beganBelow = below === undefined ? Number.POSITIVE_INFINITY : Number(below);
  let seqBelow = beganBelow;
  const fill = async () => {
    while (buffer.length === 0 && !ended) {
      const page = await lanes.batches(lane, {
        cursor,
        limit: 5,
        newestFirst: true,
        below: Number.isFinite(beganBelow) ? beganBelow : undefined,
      });
      buffer = page.batches
        .flatMap((batch) => readsOf(batch))
        .filter(({ view }) => view.seq < seqBelow)
        .sort((a, b) => b.view.seq - a.view.seq);
      cursor = page.cursor;
      ended = !cursor;
    }
  };
  return {
    lane,
    peek: async (): Promise<Read | undefined> => {
      await fill();
      return buffer[0];
    },
    take: async () => {
      seqBelow = buffer.shift()?.view.seq ?? seqBelow;
    },
    position: () => String(seqBelow),
  };
}

function readsOf({ entries, after }: Pick<Batch, 'entries' | 'after'>): Read[] {
  return entries.map(({ text, hash }, index) => {
    const { pk, sk, ...facts } = JSON.parse(text) as EntryFacts;
    return {
      at: facts.at,
      text,
      view: { ...facts, pk, item: { pk, sk }, hash, previousHash: entries[index - 1]?.hash ?? after },
    };
  });
}

/** One entry by its id, or nothing. */
export async function readEntry(entryId: string, lanes: Lanes): Promise<EntryView | undefined> {
  const place = entryPlace(entryId);
  if (!place) return undefined;
  const { lane, seq } = place;
  const { batches } = await lanes.batches(lane, { limit: 1, newestFirst: true, below: seq + 1 });
  return readsOf(batches[0] ?? { entries: [], after: '' }).find(({ view }) => view.entryId === entryIdOf(lane, seq))
    ?.view;
}

/** `aud_objectives_17` → where that entry is, whether or not there is one. */
export function entryPlace(entryId: string): { lane: string; seq: number } | undefined {
  const [, lane, seq] = /^aud_([a-z0-9-]+)_([1-9]\d{0,14})$/.exec(entryId) ?? [];
  return lane && seq ? { lane, seq: Number(seq) } : undefined;
}
