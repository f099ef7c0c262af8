// The effects that are open now, found by their places in the index.
import type { Item, Tables } from '../common/table.ts';
import { fateOf, type InFlight, type Kill } from './containment.ts';
import { type EffectScope, type KillScope, scopeNamed } from './control-flags.ts';
import type { Effect } from './effect.ts';
import { asEffect, effectKey, OPEN_SHARDS, openPartition } from './effect-item.ts';

type Store = { tables: Tables; table: string };

/** Of one shard; more than that are looked at in the next round. */
const PAGES_MAX = 20;
const BESIDE = 100;

/** Ids of what executes or is held. On AWS the index follows the table within a second or so. */
export async function openIdsIn(store: Store): Promise<string[]> {
  const shards = Array.from({ length: OPEN_SHARDS }, (_, shard) => openIdsOf(openPartition(shard), store));
  return (await Promise.all(shards)).flat();
}

async function openIdsOf(pk: string, { tables, table }: Store): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX && (page === 0 || cursor); page += 1) {
    const found = await tables.query({ table, index: 'open', pk, limit: 1_000, cursor });
    ids.push(...found.items.map((item) => item.pk));
    cursor = found.cursor;
  }
  return ids;
}

async function readStored(ids: readonly string[], { tables, table }: Store): Promise<Item[]> {
  const items: Item[] = [];
  for (let from = 0; from < ids.length; from += BESIDE) {
    const found = await Promise.all(ids.slice(from, from + BESIDE).map((id) => tables.get(table, effectKey(id))));
    items.push(...found.filter((item) => item !== undefined));
  }
  return items;
}

export type Listed = { fate: InFlight; intentKey: string };

/** What became of those among these effects that the kill concerns and that were in flight. */
export async function readInFlight(kill: Kill, ids: readonly string[], store: Store): Promise<Listed[]> {
  const scope = scopeNamed(kill.scope) ?? 'everything';
  const concerned = (await readStored(ids, store)).filter((item) => isOf(scope, item.scope as EffectScope | undefined));
  return concerned.flatMap((item) => {
    const fate = fateOf(item as never, kill);
    return fate ? [{ fate, intentKey: String(item.intentKey) }] : [];
  });
}

/** What nobody but a resume of this scope stands in the way of: held for nothing else, or approved while it was stopped. */
export async function readWaitingFor(scope: KillScope, store: Store): Promise<Effect[]> {
  const effects = (await readStored(await openIdsIn(store), store)).map(asEffect);
  return effects.filter((effect) => isOf(scope, effect.scope) && waitsForNobody(effect));
}

const waitsForNobody = ({ status, needs }: Effect): boolean =>
  status === 'cleared' || (status === 'held' && needs.every((need) => need === 'resume'));

function isOf(kill: KillScope, scope: EffectScope | undefined): boolean {
  if (kill === 'everything') return true;
  if ('room' in kill) return scope?.room === kill.room;
  return 'agentId' in kill ? scope?.agentId === kill.agentId : scope?.objectiveId === kill.objectiveId;
}
