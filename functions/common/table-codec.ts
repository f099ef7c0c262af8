// How the SQLite adapter keeps an item: JSON text. String sets, which JSON lacks, become {"$ss":[…]}, sorted so that
// equal sets have equal text.
import type { Item, Value } from './table.ts';

const SET_MARK = '$ss';
const LOOKS_LIKE_MARK = /^\$+ss$/;
const ESCAPED_MARK = /^\$\$+ss$/;

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
type Attributes = { [attribute: string]: Value | undefined };

/** JSON text of an item; members that are undefined are dropped. Expects what `checkItem` has let pass. */
export function encodeItem(item: Attributes): string {
  return JSON.stringify(toJson(item));
}

/** The item that `encodeItem` wrote. */
export function decodeItem(text: string): Item {
  const parsed = JSON.parse(text);
  return (text.includes(SET_MARK) ? fromJson(parsed) : parsed) as Item;
}

/** The same value when nothing in it needs translation (the usual case, which then costs no copy). */
function toJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Set) return { [SET_MARK]: [...value].sort() };
  if (Array.isArray(value)) return listToJson(value);
  return mapToJson(value as Attributes);
}

function listToJson(list: unknown[]): unknown[] {
  const translated = list.map(toJson);
  return translated.some((member, i) => member !== list[i]) ? translated : list;
}

function mapToJson(map: Attributes): object {
  let copy: object | undefined;
  for (const name of Object.keys(map)) {
    const translated = toJson(map[name]);
    const needsEscape = name.charCodeAt(0) === 36 && LOOKS_LIKE_MARK.test(name);
    if (translated === map[name] && !needsEscape) continue;
    copy ??= { ...map };
    if (needsEscape) delete (copy as Record<string, unknown>)[name];
    (copy as Record<string, unknown>)[needsEscape ? `$${name}` : name] = translated;
  }
  return copy ?? map;
}

function fromJson(value: Json): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(fromJson);
  const members = value[SET_MARK];
  if (members !== undefined) return new Set(members as string[]);
  const map: { [attribute: string]: Value } = {};
  for (const name of Object.keys(value)) {
    map[ESCAPED_MARK.test(name) ? name.slice(1) : name] = fromJson(value[name] as Json);
  }
  return map;
}
