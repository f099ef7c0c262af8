// How kills are stored: the list, which of them hold, and for each what was listed and confirmed.
import type { Item, Key, Tables, Write } from '../common/table.ts';
import type { Confirmation, Kill } from './containment.ts';

export type KillStore = { tables: Tables; table: string };

const KILLS = 'kills';
const HOLDING = 'stopped';
const partsOf = (killId: string): string => `containment#${killId}`;
const IDS_PER_ITEM = 500;

export const killKey = (killId: string): Key => ({ pk: KILLS, sk: killId });
/** Which kill holds a scope; gone when it is lifted. */
export const holdingKey = (scope: string): Key => ({ pk: HOLDING, sk: scope });

/** `by` and `why` of the item are about its last change; who pressed is kept beside them. */
const asKill = ({ pk, sk, why, by, pressedBy, ...kill }: Item): Kill => ({ ...kill, by: pressedBy }) as unknown as Kill;

export async function readKill(killId: string, { tables, table }: KillStore): Promise<Kill | undefined> {
  const item = await tables.get(table, killKey(killId));
  return item && asKill(item);
}

/** Newest first. */
export async function listKills(
  { limit, cursor }: { limit: number; cursor?: string },
  { tables, table }: KillStore,
): Promise<{ items: Kill[]; cursor?: string }> {
  const page = await tables.query({ table, pk: KILLS, newestFirst: true, limit, cursor, consistent: true });
  return { items: page.items.map(asKill), ...(page.cursor ? { cursor: page.cursor } : {}) };
}

/** The kill that holds this scope now. */
export async function holdingKill(scope: string, { tables, table }: KillStore): Promise<string | undefined> {
  const item = await tables.get(table, holdingKey(scope));
  return item && String(item.killId);
}

export async function listHolding({ tables, table }: KillStore) {
  const { items } = await tables.query({ table, pk: HOLDING, limit: 1_000, consistent: true });
  return items.map(({ sk, killId, by, reason, at }) => ({
    scope: sk,
    killId: String(killId),
    by: String(by),
    reason: String(reason),
    at: String(at),
  }));
}

/** Ids of effects that were listed as in flight; listing one twice does no harm. */
export async function keepListed(killId: string, name: string, ids: readonly string[], { tables, table }: KillStore) {
  for (let from = 0; from < ids.length; from += IDS_PER_ITEM) {
    const sk = `listed#${name}#${String(from).padStart(6, '0')}`;
    const put = { pk: partsOf(killId), sk, ids: ids.slice(from, from + IDS_PER_ITEM), why: 'in flight at a kill' };
    await tables.write([{ table, put }]);
  }
}

export const confirmationWrite = (killId: string, table: string, confirmation: Confirmation): Write => ({
  table,
  put: {
    pk: partsOf(killId),
    sk: `point#${confirmation.point}#${String(confirmation.round).padStart(4, '0')}`,
    ...confirmation,
    by: confirmation.room,
    why: confirmation.detail,
  },
  if: { missing: 'pk' },
});

export type Parts = { listed: string[]; said: Confirmation[] };

export async function readParts(killId: string, { tables, table }: KillStore): Promise<Parts> {
  const listed = new Set<string>();
  const said: Confirmation[] = [];
  for await (const item of itemsOf(partsOf(killId), { tables, table })) {
    if (item.sk.startsWith('listed#')) for (const id of item.ids as string[]) listed.add(id);
    if (item.sk.startsWith('point#')) said.push(item as unknown as Confirmation);
  }
  return { listed: [...listed].sort(), said };
}

async function* itemsOf(pk: string, { tables, table }: KillStore): AsyncGenerator<Item> {
  let cursor: string | undefined;
  do {
    const page = await tables.query({ table, pk, limit: 1_000, cursor, consistent: true });
    yield* page.items;
    cursor = page.cursor;
  } while (cursor);
}
