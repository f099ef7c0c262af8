// What a stream record says, as facts for the audit: who, why, and what changed from what to what. Pure.
import { hash } from 'node:crypto';
import type { Change } from './chain.ts';
import { keptMember, keptText } from './kept-value.ts';

export type StreamChange = {
  eventId: string;
  table: string;
  kind: 'INSERT' | 'MODIFY' | 'REMOVE';
  atMs: number;
  byTtl: boolean;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
};

/** Values longer than this are kept as their digest: the audit proves them without repeating them. */
const TEXT_BYTES_MAX = 1_000;
/** Keys of indexes and the words that say who and why, which are fields of the entry itself. */
const LEFT_OUT = new Set(['pk', 'sk', 'by', 'why']);
/** How deep a change is taken apart: `tasks.3.status` but not inside results. */
const DEPTH_MAX = 3;

/** Items that are bookkeeping of a request, not state anybody is accountable for. */
export const isAudited = ({ before, after }: StreamChange): boolean =>
  !String((after ?? before)?.pk ?? '').startsWith('idempotency#');

export function factsOf(change: StreamChange, lane: string) {
  const { before, after, kind, table, eventId, atMs, byTtl } = change;
  const { pk, sk, by, why } = (after ?? before ?? {}) as Record<string, string | undefined>;
  return {
    lane,
    at: new Date(atMs).toISOString(),
    eventId,
    table,
    pk: String(pk),
    sk: String(sk),
    kind,
    by: byTtl ? 'time to live' : (by ?? table),
    why: byTtl ? 'its time was over' : kind === 'REMOVE' ? 'removed' : keptText(why ?? ''),
    changes: changesBetween(before ?? {}, after ?? {}, '', 1).filter(({ path }) => !LEFT_OUT.has(path)),
  };
}

function changesBetween(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  at: string,
  depth: number,
): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const [left, right] = [before[name], after[name]];
    if (left === right) return [];
    const path = at ? `${at}.${name}` : name;
    if (depth < DEPTH_MAX && isMap(left) && isMap(right)) return changesBetween(left, right, path, depth + 1);
    if (!isPlain(left) && !isPlain(right) && textOf(left) === textOf(right)) return [];
    return [
      {
        path,
        ...(left === undefined ? {} : { before: kept(name, left) }),
        ...(right === undefined ? {} : { after: kept(name, right) }),
      },
    ];
  });
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Set);

/** Compared without being written down, which is most of what there is to compare. */
const isPlain = (value: unknown): boolean => value === null || typeof value !== 'object';

/** Sets as sorted lists, so that the same set always reads the same. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, inner) => (inner instanceof Set ? [...inner].sort() : inner));

function kept(name: string, value: unknown): unknown {
  const member = keptMember(name, value);
  if (isPlain(member) && (typeof member !== 'string' || member.length <= TEXT_BYTES_MAX / 4)) return member;
  if (typeof value === 'string' && typeof member !== 'string') return member;
  const text = textOf(value);
  const bytes = Buffer.byteLength(text);
  if (bytes > TEXT_BYTES_MAX) return { sha256: hash('sha256', text, 'hex'), bytes };
  return JSON.parse(JSON.stringify(member, keptMember));
}
