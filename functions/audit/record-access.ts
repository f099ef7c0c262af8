// Chains who read what into the lane `access`: once, although the bus may bring the same event again.
import type { Head } from './chain.ts';
import type { SensitiveRead } from './events.ts';
import type { Lanes } from './lanes.store.ts';
import { appendFacts } from './record-changes.ts';

export type AccessEvent = { id: string; source: string; detail: SensitiveRead };

/** The entry has the shape of every other: what was read is its item, the reading its kind. */
export async function recordAccess({ id, source, detail }: AccessEvent, lanes: Lanes): Promise<number> {
  const { what, subject, by, at } = detail;
  const item = { table: source.replace('lazyark.', ''), pk: what, sk: subject };
  const facts = { lane: 'access', at, eventId: id, ...item, kind: 'READ' as const, by, why: 'read', changes: [] };
  return appendFacts('access', [facts], lanes, new Map<string, Head>());
}
