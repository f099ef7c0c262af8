// Evaluates conditions on plain items, as DynamoDB does: a missing attribute or another type fails every comparison.
import type { Condition, Item, Path, Value } from './table.ts';

type Attributes = { [attribute: string]: Value | undefined };
type Scalar = string | number | boolean | null;

/** Whether the condition holds for the item (undefined: there is none). */
export function holds(condition: Condition, item: Item | undefined): boolean {
  if ('exists' in condition) return valueAt(item, condition.exists) !== undefined;
  if ('missing' in condition) return valueAt(item, condition.missing) === undefined;
  if ('all' in condition) return condition.all.every((part) => holds(part, item));
  if ('any' in condition) return condition.any.some((part) => holds(part, item));
  if ('not' in condition) return !holds(condition.not, item);
  const found = valueAt(item, condition.path);
  return found !== undefined && compares(condition, found);
}

function compares(condition: Extract<Condition, { path: Path }>, found: Value): boolean {
  if ('equals' in condition) return found === condition.equals;
  if ('oneOf' in condition) return (condition.oneOf as readonly Scalar[]).includes(found as Scalar);
  if ('contains' in condition) return containsText(found, condition.contains);
  if ('sizeBelow' in condition) return (sizeOf(found) ?? Number.POSITIVE_INFINITY) < condition.sizeBelow;
  if ('below' in condition) return ordered(found, condition.below, (order) => order < 0);
  if ('atMost' in condition) return ordered(found, condition.atMost, (order) => order <= 0);
  if ('above' in condition) return ordered(found, condition.above, (order) => order > 0);
  return ordered(found, condition.atLeast, (order) => order >= 0);
}

/** The value at a path, or undefined when it or a map on the way is missing. */
export function valueAt(item: Attributes | undefined, path: Path): Value | undefined {
  if (item === undefined) return undefined;
  if (typeof path === 'string') return Object.hasOwn(item, path) ? item[path] : undefined;
  let here: Value | undefined = item as { [attribute: string]: Value | undefined };
  for (const name of path) {
    if (!isMap(here) || !Object.hasOwn(here, name)) return undefined;
    here = here[name];
  }
  return here;
}

/** Whether a value is a map, the only thing that a path can lead through. */
export function isMap(value: Value | undefined): value is { [attribute: string]: Value | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Set);
}

/** Orders two strings by their UTF-8 bytes, as both stores do; UTF-16 order differs above U+D7FF. */
export function compareText(left: string, right: string): number {
  const shorter = Math.min(left.length, right.length);
  for (let i = 0; i < shorter; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a !== b) return byteRank(a) - byteRank(b);
  }
  return left.length - right.length;
}

/** Surrogates stand for code points above U+FFFF, so they rank after every other code unit. */
function byteRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function ordered(found: Value, bound: string | number, fits: (order: number) => boolean): boolean {
  if (typeof found === 'number' && typeof bound === 'number') return fits(found - bound);
  if (typeof found === 'string' && typeof bound === 'string') return fits(compareText(found, bound));
  return false;
}

function containsText(found: Value, wanted: string): boolean {
  if (found instanceof Set) return found.has(wanted);
  return (typeof found === 'string' || Array.isArray(found)) && found.includes(wanted);
}

/** DynamoDB's size(): characters of a string, members of a set, list or map; nothing else has one. */
function sizeOf(found: Value): number | undefined {
  if (typeof found === 'string') return [...found].length;
  if (found instanceof Set) return found.size;
  if (Array.isArray(found)) return found.length;
  return isMap(found) ? Object.values(found).filter((member) => member !== undefined).length : undefined;
}
