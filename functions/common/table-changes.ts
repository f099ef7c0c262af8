// Applies the changes of an update to a plain item, refusing what DynamoDB refuses.

import { type Changes, InvalidTableCall, type Item, type Key, type Path, type Value } from './table.ts';
import { isMap, valueAt } from './table-conditions.ts';

type Attributes = { [attribute: string]: Value | undefined };

/**
 * Changes `item` in place (or a new item with that key when there is none) and returns it.
 * Expects what `checkChanges` has let pass. Throws InvalidTableCall for a path without its parent map or a wrong type.
 */
export function applyChanges(item: Item | undefined, key: Key, changes: Changes): Item {
  const target: Item = item ?? { pk: key.pk, sk: key.sk };
  for (const [path, value] of changes.set ?? []) assign(target, path, value);
  for (const [path, value] of changes.setIfMissing ?? []) {
    if (valueAt(target, path) === undefined) assign(target, path, value);
  }
  for (const [path, amount] of changes.add ?? []) addNumber(target, path, amount);
  for (const [path, members] of changes.addToSet ?? []) addMembers(target, path, members);
  for (const [path, members] of changes.removeFromSet ?? []) removeMembers(target, path, members);
  for (const path of changes.remove ?? []) vanish(target, path);
  return target;
}

/** Every path of the changes, in the order of the lists. */
export function pathsOf(changes: Changes): Path[] {
  const pairs = [changes.set, changes.setIfMissing, changes.add, changes.addToSet, changes.removeFromSet];
  return [...pairs.flatMap((list) => (list ?? []).map(([path]) => path)), ...(changes.remove ?? [])];
}

/** The names along a path. */
export function namesOf(path: Path): readonly string[] {
  return typeof path === 'string' ? [path] : path;
}

function parentOf(target: Item, path: Path): { map: Attributes; name: string } {
  if (typeof path === 'string') return { map: target, name: path };
  const name = path.at(-1) as string;
  const map = path.length === 1 ? target : valueAt(target, path.slice(0, -1));
  if (isMap(map)) return { map, name };
  throw new InvalidTableCall(`The path ${path.join('.')} is invalid for an update: the map it leads into is missing.`);
}

function assign(target: Item, path: Path, value: Value): void {
  const { map, name } = parentOf(target, path);
  map[name] = value;
}

function addNumber(target: Item, path: Path, amount: number): void {
  const found = valueAt(target, path);
  const before = found === undefined ? 0 : found;
  if (typeof before !== 'number') throw wrongType(path, 'a number');
  assign(target, path, before + amount);
}

function addMembers(target: Item, path: Path, members: readonly string[]): void {
  const found = valueAt(target, path);
  const before = found === undefined ? new Set<string>() : found;
  if (!(before instanceof Set)) throw wrongType(path, 'a string set');
  assign(target, path, new Set([...before, ...members]));
}

function removeMembers(target: Item, path: Path, members: readonly string[]): void {
  const { map, name } = parentOf(target, path);
  const before = valueAt(map, name);
  if (before === undefined) return;
  if (!(before instanceof Set)) throw wrongType(path, 'a string set');
  const rest = new Set([...before].filter((member) => !members.includes(member)));
  if (rest.size === 0) delete map[name];
  else map[name] = rest;
}

function vanish(target: Item, path: Path): void {
  const { map, name } = parentOf(target, path);
  delete map[name];
}

function wrongType(path: Path, wanted: string): InvalidTableCall {
  return new InvalidTableCall(`${namesOf(path).join('.')} has an incorrect data type: it must be ${wanted}.`);
}
