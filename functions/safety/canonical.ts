// JSON in one form only, and its digest: the same value is always the same text. Pure.
import { createHash } from 'node:crypto';

/** Members sorted, and without those that are undefined. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = new Map(Object.entries(value).filter(([, member]) => member !== undefined));
  const names = [...members.keys()].sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(members.get(name))}`).join(',')}}`;
}

export const canonicalDigest = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('hex');
