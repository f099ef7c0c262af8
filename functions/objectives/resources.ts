// What only so many tasks may hold at once: an agent's places, and named locks (one place). Pure.
import type { Key, Write } from '../common/table.ts';
import { resourceKey } from './objective-items.ts';

export type ResourceNeed = { name: string; places: number };

export const agentPlaces = (agentId: string, places: number): ResourceNeed => ({ name: `agent:${agentId}`, places });
export const lock = (name: string): ResourceNeed => ({ name: `lock:${name}`, places: 1 });

/** Names the attempt that holds a place; the same attempt taking it twice holds it once. */
export const holderOf = (taskId: string, attempt: number): string => `${taskId}#${attempt}`;

/** Takes a place for `holder`, refused when all are taken by others. */
export function takePlace(table: string, { name, places }: ResourceNeed, holder: string): Write {
  return {
    table,
    update: resourceKey(name),
    changes: { addToSet: [['holders', [holder]]], set: [['why', `taken by ${holder}`]] },
    if: {
      any: [{ missing: 'holders' }, { path: 'holders', sizeBelow: places }, { path: 'holders', contains: holder }],
    },
  };
}

/** Gives a place back; giving back what is not held changes nothing. */
export const givePlaceBack = (table: string, name: string, holder: string): Write => ({
  table,
  update: resourceKey(name),
  changes: { removeFromSet: [['holders', [holder]]], set: [['why', `given back by ${holder}`]] },
  if: { path: 'holders', contains: holder },
});

/** `agent:agt_x` or `lock:prices` behind a resource item's key. */
export const resourceName = ({ pk }: Key): string => pk.slice('resource#'.length);
export const isResource = ({ pk }: Key): boolean => pk.startsWith('resource#');
