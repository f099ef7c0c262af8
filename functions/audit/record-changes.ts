// Appends what a stream brings to the chain of its lane: exactly once, although records may come again.
import { chainOnto, type EntryFacts, type Head } from './chain.ts';
import { factsOf, isAudited, type StreamChange } from './change-facts.ts';
import type { Lanes } from './lanes.store.ts';

type Facts = Omit<EntryFacts, 'entryId' | 'seq'>;

const ENTRIES_PER_BATCH_MAX = 150;
const TEXT_BYTES_MAX = 250_000;
const TRIES_MAX = 20;

/**
 * A redelivered run of records begins where an earlier one began, so the mark of the first record tells how many of them
 * are written; the rest is appended. `heads` remembers the head of each lane while the function is warm.
 */
export function recordChanges(
  lane: string,
  changes: readonly StreamChange[],
  lanes: Lanes,
  heads: Map<string, Head>,
): Promise<number> {
  const facts = changes.filter(isAudited).map((change) => factsOf(change, lane));
  return appendFacts(lane, facts, lanes, heads);
}

/** Answers how many of these facts were not there yet. */
export async function appendFacts(
  lane: string,
  facts: readonly Facts[],
  lanes: Lanes,
  heads: Map<string, Head>,
): Promise<number> {
  let left = facts;
  let appended = 0;
  while (left.length > 0) {
    const [first] = left;
    const batch = left.slice(0, sizeOfBatch(left));
    const written = await appendOnce(lane, batch, lanes, heads);
    const before = written ? undefined : await lanes.batchBegunBy(first?.eventId ?? '');
    left = left.slice(before ? Math.max(1, before.events) : batch.length);
    appended += written ? batch.length : 0;
  }
  return appended;
}

/** Answers false when the batch turns out to be written already. */
async function appendOnce(
  lane: string,
  batch: readonly Facts[],
  lanes: Lanes,
  heads: Map<string, Head>,
): Promise<boolean> {
  const begunBy = batch[0]?.eventId ?? '';
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const head = heads.get(lane) ?? (await lanes.head(lane));
    const entries = chainOnto(head, batch);
    if ((await lanes.append(lane, head, entries, begunBy)) === 'appended') {
      const last = entries.at(-1);
      if (last) heads.set(lane, { seq: last.seq, hash: last.hash });
      return true;
    }
    heads.delete(lane);
    if (await lanes.batchBegunBy(begunBy)) return false;
  }
  throw new Error(`Lane ${lane} moved on ${TRIES_MAX} times while a batch was being appended`);
}

/** Entries that fit into one item; the sizes are those of their text, a little above. */
function sizeOfBatch(changes: readonly Facts[]): number {
  let bytes = 0;
  const fitting = changes.slice(0, ENTRIES_PER_BATCH_MAX).findIndex((facts) => {
    bytes += Buffer.byteLength(JSON.stringify(facts)) + 300;
    return bytes > TEXT_BYTES_MAX;
  });
  return fitting === -1 ? Math.min(changes.length, ENTRIES_PER_BATCH_MAX) : Math.max(1, fitting);
}
