// The chain of the audit: how an entry's text is made and how each hash binds all that came before. Pure.
import { hash as digest } from 'node:crypto';

/** One change of one stored item, as it is kept: the text is what is hashed, byte for byte. */
export type EntryFacts = {
  entryId: string;
  lane: string;
  seq: number;
  at: string;
  eventId: string;
  table: string;
  pk: string;
  sk: string;
  kind: 'INSERT' | 'MODIFY' | 'REMOVE' | 'READ';
  by: string;
  why: string;
  changes: Change[];
};
/** What changed, by path; a side that did not exist is missing. */
export type Change = { path: string; before?: unknown; after?: unknown };
export type ChainedEntry = { seq: number; hash: string; text: string };
export type Head = { seq: number; hash: string };

const sha256 = (text: string): string => digest('sha256', text, 'hex');

/** What the first entry of a lane is chained to. */
export const firstHead = (lane: string): Head => ({ seq: 0, hash: sha256(`lazyark-audit:${lane}`) });

/** sha256(previous hash, length of the text in bytes, text), each on a line of its own. */
export const chainHash = (previousHash: string, text: string): string =>
  sha256(`${previousHash}\n${Buffer.byteLength(text)}\n${text}`);

export const entryIdOf = (lane: string, seq: number): string => `aud_${lane}_${seq}`;

/** Where entries stop going on from a head, or nothing when all do. */
export function firstBreak(head: Head, entries: readonly ChainedEntry[]): { seq: number; fault: string } | undefined {
  let { seq, hash } = head;
  for (const entry of entries) {
    seq += 1;
    if (entry.seq !== seq) return { seq, fault: `entry ${entry.seq} is stored where entry ${seq} belongs` };
    if (chainHash(hash, entry.text) !== entry.hash) return { seq, fault: 'its text is not the one that was chained' };
    hash = entry.hash;
  }
  return undefined;
}

/** Chains facts onto a head, in their order. */
export function chainOnto(head: Head, facts: readonly Omit<EntryFacts, 'entryId' | 'seq'>[]): ChainedEntry[] {
  let { seq, hash } = head;
  return facts.map((fact) => {
    seq += 1;
    const text = JSON.stringify({ entryId: entryIdOf(fact.lane, seq), seq, ...fact });
    hash = chainHash(hash, text);
    return { seq, hash, text };
  });
}
