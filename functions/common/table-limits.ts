// The checks of what DynamoDB refuses outright; the SQLite adapter makes them itself so that nothing works only locally.

import {
  InvalidTableCall,
  type Item,
  type Key,
  type Query,
  type SortKeyRange,
  type Value,
  type Write,
} from './table.ts';
import { compareText } from './table-conditions.ts';

export const ITEM_BYTES_MAX = 400 * 1024;
const TRANSACTION_BYTES_MAX = 4 * 1024 * 1024;
const NESTING_MAX = 32;
const MAGNITUDE_MAX = 1e126;
/** DynamoDB's size of anything is below this many bytes per character of its JSON text. */
const BYTES_PER_CHARACTER_MAX = 4;

/** The key that a write is about. */
export function keyOf(write: Write): Key {
  if ('put' in write) return write.put;
  if ('update' in write) return write.update;
  return 'delete' in write ? write.delete : write.check;
}

/** Refuses an empty list, more than 100 writes, an unusable key, and the same item twice. */
export function checkWrites(writes: readonly Write[]): void {
  if (writes.length < 1 || writes.length > 100) {
    throw new InvalidTableCall(`A write call takes 1 to 100 writes, not ${writes.length}.`);
  }
  const seen = new Set<string>();
  for (const write of writes) {
    const key = keyOf(write);
    checkKey(key);
    seen.add(JSON.stringify([write.table, key.pk, key.sk]));
  }
  if (seen.size < writes.length) throw new InvalidTableCall('A write call names the same item more than once.');
}

/** Refuses keys that are not text, empty, or too long. */
export function checkKey(key: Key): void {
  checkKeyText('pk', key.pk, 2048);
  checkKeyText('sk', key.sk, 1024);
}

/** Refuses an index key that is there but not usable as one. */
export function checkKeyText(name: string, value: unknown, bytesMax: number): void {
  if (typeof value !== 'string') throw new InvalidTableCall(`The key attribute ${name} must be a string.`);
  if (value === '') throw new InvalidTableCall(`The key attribute ${name} is an empty string.`);
  if (!value.isWellFormed()) throw new InvalidTableCall(`The key attribute ${name} is not well-formed text.`);
  if (value.length * 3 > bytesMax && Buffer.byteLength(value) > bytesMax) {
    throw new InvalidTableCall(`The key attribute ${name} is longer than ${bytesMax} bytes.`);
  }
}

/** Refuses values that DynamoDB cannot hold: empty sets, NaN, huge numbers, foreign types, more than 32 levels. */
export function checkValue(value: Value | undefined, depth = 0): void {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null || value === undefined) return;
  if (typeof value === 'number') checkNumber(value);
  else if (depth >= NESTING_MAX) throw new InvalidTableCall(`A value is nested more than ${NESTING_MAX} levels deep.`);
  else if (value instanceof Set) checkSet(value);
  else if (Array.isArray(value)) checkList(value, depth);
  else checkMap(value, depth);
}

function checkList(list: readonly Value[], depth: number): void {
  for (const member of list) {
    if (member === undefined) throw new InvalidTableCall('A list holds undefined.');
    checkValue(member, depth + 1);
  }
}

function checkMap(value: { [attribute: string]: Value | undefined }, depth: number): void {
  if (typeof value !== 'object' || !isPlain(value)) throw new InvalidTableCall('A value is of a type no table holds.');
  for (const name of Object.keys(value)) {
    checkName(name);
    checkValue(value[name], depth + 1);
  }
}

/** Refuses the one name that JavaScript objects cannot carry safely; DynamoDB's own client loses it on reading. */
export function checkName(name: string): void {
  if (name === '__proto__') throw new InvalidTableCall('No attribute can be named __proto__.');
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Refuses NaN and numbers out of DynamoDB's range. */
export function checkNumber(value: number): void {
  if (!Number.isFinite(value)) throw new InvalidTableCall(`${value} is not a number that a table holds.`);
  if (Math.abs(value) >= MAGNITUDE_MAX) throw new InvalidTableCall(`The number ${value} is too large for a table.`);
  if (value !== 0 && Math.abs(value) < 1e-130)
    throw new InvalidTableCall(`The number ${value} is too small for a table.`);
}

/** Refuses an empty set and members that are no strings. */
export function checkSet(members: Set<string>): void {
  if (members.size === 0) throw new InvalidTableCall('A string set is empty.');
  for (const member of members) {
    if (typeof member !== 'string') throw new InvalidTableCall('A set holds something that is not a string.');
  }
}

/** Refuses an item over 400 KB; `text` is its encoded form, by which almost every item passes without counting. */
export function checkItemSize(item: Item, text: string): void {
  if (text.length * BYTES_PER_CHARACTER_MAX <= ITEM_BYTES_MAX) return;
  if (itemBytes(item) > ITEM_BYTES_MAX) {
    throw new InvalidTableCall(`Item size has exceeded the maximum allowed size of ${ITEM_BYTES_MAX} bytes.`);
  }
}

/** Refuses a transaction whose items are larger than 4 MB together. */
export function checkTransactionSize(items: readonly { item: Item; text: string }[]): void {
  const characters = items.reduce((sum, { text }) => sum + text.length, 0);
  if (characters * BYTES_PER_CHARACTER_MAX <= TRANSACTION_BYTES_MAX) return;
  if (items.reduce((sum, { item }) => sum + itemBytes(item), 0) > TRANSACTION_BYTES_MAX) {
    throw new InvalidTableCall('The items of a transaction are larger than 4 MB together.');
  }
}

/** Bytes as DynamoDB counts them: names plus values. */
export function itemBytes(map: { [attribute: string]: Value | undefined }): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(map)) {
    if (value !== undefined) bytes += Buffer.byteLength(name) + valueBytes(value);
  }
  return bytes;
}

function valueBytes(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(Math.abs(value)).replace('.', '').length / 2) + 1;
  if (typeof value === 'boolean' || value === null) return 1;
  if (value instanceof Set) return [...value].reduce((sum, member) => sum + Buffer.byteLength(member), 0);
  if (Array.isArray(value)) return value.reduce<number>((sum, member) => sum + 1 + valueBytes(member), 3);
  return 3 + Object.keys(value).length + itemBytes(value);
}

/** Refuses a query that DynamoDB would refuse, and a limit outside 1 to 1,000. Returns the limit. */
export function checkQuery(query: Query): number {
  const limit = query.limit ?? 100;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new InvalidTableCall(`The limit of a query is 1 to 1,000, not ${query.limit}.`);
  }
  if (query.consistent && query.index !== undefined) {
    throw new InvalidTableCall('Consistent reads are not supported on an index.');
  }
  checkKeyText(query.index === undefined ? 'pk' : `${query.index}Pk`, query.pk, 2048);
  if (query.sk) checkRange(query.sk);
  return limit;
}

function checkRange(range: SortKeyRange): void {
  const bounds = 'between' in range ? range.between : Object.values(range);
  for (const bound of bounds) checkKeyText('sk', bound, 1024);
  if ('between' in range && compareText(range.between[0], range.between[1]) > 0) {
    throw new InvalidTableCall('The upper bound of between is below its lower bound.');
  }
}
