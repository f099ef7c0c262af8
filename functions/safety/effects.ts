// Effects for people to read: newest first, day by day.
import type { Item, Tables } from '../common/table.ts';
import { InvalidCursor } from '../common/table-cursor.ts';
import type { Effect } from './effect.ts';
import { asEffect, effectKey } from './effect-item.ts';

const DAYS_BACK_MAX = 90;
const DAY_MS = 86_400_000;

export type EffectPage = { items: EffectView[]; cursor?: string };
export type EffectView = Omit<Effect, 'fence'>;

/** The cursor is a day and the place within it. A page may span days; a day without effects is passed over. */
export async function listEffects(
  { limit, cursor }: { limit: number; cursor?: string },
  { tables, table, now }: { tables: Tables; table: string; now: () => Date },
): Promise<EffectPage> {
  const today = now().toISOString().slice(0, 10);
  let [day, within] = cursor ? placeIn(cursor, today) : [today];
  const oldest = new Date(now().getTime() - DAYS_BACK_MAX * DAY_MS).toISOString().slice(0, 10);
  const items: EffectView[] = [];
  while (day >= oldest && items.length < limit) {
    const page = await tables.query({
      table,
      index: 'effects',
      pk: `effects#${day}`,
      newestFirst: true,
      limit: limit - items.length,
      cursor: within || undefined,
    });
    const found = await Promise.all(page.items.map(({ pk, sk }) => tables.get(table, { pk, sk })));
    items.push(...found.filter((item) => item !== undefined).map((item) => effectView(item)));
    within = page.cursor;
    if (!within) day = new Date(Date.parse(day) - DAY_MS).toISOString().slice(0, 10);
  }
  return { items, ...(day >= oldest ? { cursor: `${day}|${within ?? ''}` } : {}) };
}

function placeIn(cursor: string, today: string): [day: string, within?: string] {
  const [day = '', within] = cursor.split('|');
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(Date.parse(day)) || day > today) throw new InvalidCursor();
  return [day, within];
}

export async function readEffect(
  effectId: string,
  { tables, table }: { tables: Tables; table: string },
): Promise<EffectView | undefined> {
  const item = await tables.get(table, effectKey(effectId));
  return item && effectView(item);
}

/** The fence stays inside: who knows it may settle the effect. */
function effectView(item: Item): EffectView {
  const { fence, ...effect } = asEffect(item);
  return effect;
}
