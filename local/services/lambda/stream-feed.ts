// The change stream of one table, shared by its mappings: woken by commits, each change read and encoded once, and
// trimmed when every mapping has passed it.
import type { Host } from '../../service.ts';
import { tablesOf } from '../dynamodb/service.ts';
import { type StreamRecord, toRecord } from './stream-record.ts';

const recentMost = 2_000;
const trimEvery = 500;

export interface Reader {
  /** new records may be there */
  wake(): void;
  /** everything up to here is durably dealt with */
  passedSeq(): number;
}

export interface Feed {
  after(seq: number, limit: number): StreamRecord[];
  /** the newest change there is now */
  lastSeq(): number;
  join(reader: Reader): void;
  /** a reader has moved on */
  passed(): void;
}

/** The feed of a stream by its ARN; an ARN that is no stream of a table here is an error. */
export function feedOf(streamArn: string, host: Host): Feed {
  const facts = [...tablesOf(host).values()].find((table) => table.streamArn === streamArn);
  if (!facts?.stream) throw new Error(`${streamArn} is not the stream of a table: does the table declare one?`);
  facts.mapped = true;
  const feeds = host.shared('lambda-feeds', () => new Map<string, Feed & { wake(): void }>());
  let feed = feeds.get(facts.name);
  if (!feed) {
    feed = makeFeed(facts.name, streamArn, host);
    feeds.set(facts.name, feed);
  }
  host.shared('lambda-feeds-listener', () =>
    host.store.onCommit((tables) => {
      for (const table of tables) feeds.get(table)?.wake();
    }),
  );
  return feed;
}

function makeFeed(table: string, streamArn: string, host: Host): Feed & { wake(): void } {
  const readers: Reader[] = [];
  let recent: StreamRecord[] = [];
  let trimmedSeq = 0;

  const read = (seq: number, limit: number) =>
    host.store.changesAfter(table, seq, limit).map((change) => toRecord(change, streamArn));

  function after(seq: number, limit: number): StreamRecord[] {
    const firstSeq = recent[0]?.seq ?? Number.POSITIVE_INFINITY;
    if (seq < firstSeq - 1) return remember(read(seq, limit));
    const known = recent.slice(firstAbove(recent, seq), firstAbove(recent, seq) + limit);
    return known.length > 0 ? known : remember(read(seq, limit));
  }

  // Kept only while the list stays without gaps; a reader far behind reads for itself.
  function remember(records: StreamRecord[]): StreamRecord[] {
    const last = recent.at(-1)?.seq;
    if (records.length === 0 || (last !== undefined && records[0]!.seq !== last + 1)) return records;
    recent.push(...records);
    if (recent.length > recentMost) recent = recent.slice(-recentMost / 2);
    return records;
  }

  function lastSeq(): number {
    let seq = 0;
    for (;;) {
      const page = host.store.changesAfter(table, seq, 1_000);
      if (page.length === 0) return seq;
      seq = page.at(-1)!.seq;
    }
  }

  function passed(): void {
    const uptoSeq = Math.min(...readers.map((reader) => reader.passedSeq()));
    if (uptoSeq - trimmedSeq < trimEvery) return;
    trimmedSeq = uptoSeq;
    host.store.trimChanges(table, uptoSeq);
  }

  return {
    after,
    lastSeq,
    passed,
    join: (reader) => void readers.push(reader),
    wake: () => {
      for (const reader of readers) reader.wake();
    },
  };
}

/** Index of the first record with a sequence number above `seq`. */
function firstAbove(records: readonly StreamRecord[], seq: number): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (records[middle]!.seq > seq) high = middle;
    else low = middle + 1;
  }
  return low;
}
