// A batch's entries as they lie in the table: gzip as base64, about a tenth of their text. Pure.
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Item } from '../common/table.ts';
import { type ChainedEntry, entryIdOf } from './chain.ts';

/** Anybody can read it without us: `base64 -d | gunzip`. */
export const packed = (entries: readonly ChainedEntry[]): string =>
  gzipSync(JSON.stringify(entries)).toString('base64');

/**
 * The entries of a stored batch, also of one from before they were packed. What cannot be read becomes one entry whose
 * hash fits nothing: the lane is broken there for whoever checks, and the rest stays readable.
 */
export function unpacked(batch: Item): ChainedEntry[] {
  if (Array.isArray(batch.entries)) return batch.entries as ChainedEntry[];
  try {
    return JSON.parse(gunzipSync(Buffer.from(String(batch.packed), 'base64')).toString());
  } catch (error) {
    return [unreadable(batch, String(error))];
  }
}

function unreadable({ lane, first, sk }: Item, error: string): ChainedEntry {
  const seq = Number(first ?? sk);
  const facts = { entryId: entryIdOf(String(lane), seq), seq, lane, at: '', eventId: '', table: '', pk: '', sk: '' };
  const text = { ...facts, kind: 'MODIFY', by: 'unknown', why: `This batch cannot be read: ${error}`, changes: [] };
  return { seq, hash: '', text: JSON.stringify(text) };
}
