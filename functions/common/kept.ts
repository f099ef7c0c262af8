// What a snapshot keeps: the items that carry these two attributes, listed by the sparse index `kept`.
import { createHash } from 'node:crypto';
import type { Item, Key, Write } from './table.ts';
import { encodeItem } from './table-codec.ts';

/** Several, so that no partition of the index gets all writes. */
export const KEPT_SHARDS = 4;

/** Put these beside an item's other attributes and snapshots keep it. */
export function keptKeys({ pk, sk }: Key): { keptPk: string; keptSk: string } {
  const shard = createHash('sha256').update(pk).digest().readUInt8(0) % KEPT_SHARDS;
  return { keptPk: `kept#${shard}`, keptSk: `${pk}|${sk}` };
}

export type KeptRule = {
  /** live facts, such as when somebody was last seen: not compared, and left alone by a restore where there are any */
  volatile: readonly string[];
  /** when true, the item as it is now stays, because what is in the snapshot would allow more (a token since revoked) */
  stricterNow?: (now: Item, then: Item) => boolean;
};
/** by `keptSk` */
export type KeptItems = Map<string, Item>;

/** Who changed an item last and why is the audit's business; a restore says so itself. */
const NEVER_COMPARED = ['by', 'why'];

/** An item as states are compared: one line, attributes in order, so that equal items have equal text. */
export function keptText(item: Item, { volatile }: Pick<KeptRule, 'volatile'>): string {
  const left = Object.entries(item).filter(([name]) => ![...volatile, ...NEVER_COMPARED].includes(name));
  return encodeItem(inOrder(Object.fromEntries(left)) as Item);
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null || value instanceof Set) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, inOrder((value as Record<string, unknown>)[name])]));
}

/** The digest of a state: of its lines in order, so that the order of reading does not matter. */
export function keptDigest(lines: readonly string[]): string {
  const hash = createHash('sha256');
  for (const line of [...lines].sort()) hash.update(line).update('\n');
  return hash.digest('hex');
}

export type RestorePlan = {
  writes: { key: string; write: Write }[];
  /** how many items are already as they were */
  equal: number;
  /** keys of items that stay as they are now, because the snapshot's would allow more */
  stricter: string[];
};

/**
 * What has to be written so that the kept items are as they were: changed and missing ones are put, later ones deleted.
 * Volatile attributes keep their value of now, if the item is there.
 */
export function planRestore(
  now: KeptItems,
  then: KeptItems,
  rule: KeptRule,
  { table, by, why }: { table: string; by: string; why: string },
): RestorePlan {
  const plan: RestorePlan = { writes: [], equal: 0, stricter: [] };
  for (const [key, wanted] of then) {
    const current = now.get(key);
    if (current && keptText(current, rule) === keptText(wanted, rule)) plan.equal += 1;
    else if (current && rule.stricterNow?.(current, wanted)) plan.stricter.push(key);
    else plan.writes.push({ key, write: { table, put: { ...wanted, ...volatileOf(current, rule), by, why } } });
  }
  for (const [key, { pk, sk }] of now) {
    if (!then.has(key)) plan.writes.push({ key, write: { table, delete: { pk, sk } } });
  }
  return plan;
}

function volatileOf(item: Item | undefined, { volatile }: KeptRule): Partial<Item> {
  return Object.fromEntries(Object.entries(item ?? {}).filter(([name]) => volatile.includes(name)));
}
