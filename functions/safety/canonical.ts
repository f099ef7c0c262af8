// JSON in one form only, and its digest: the same value is always the same text. Pure.
import { createHash } from 'node:crypto';

/** Members sorted, and without those that are undefined. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}

export const canonicalDigest = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('hex');
