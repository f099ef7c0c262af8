// The checks of conditions and changes that DynamoDB makes before it looks at any item.

import { type Changes, type Condition, InvalidTableCall, type Path } from './table.ts';
import { namesOf, pathsOf } from './table-changes.ts';
import { checkName, checkNumber, checkSet, checkValue } from './table-limits.ts';

/** Refuses conditions with an empty list, an empty path, or more than 100 alternatives. */
export function checkCondition(condition: Condition): void {
  if ('all' in condition) checkConditions(condition.all);
  else if ('any' in condition) checkConditions(condition.any);
  else if ('not' in condition) checkCondition(condition.not);
  else if ('exists' in condition) checkPath(condition.exists);
  else if ('missing' in condition) checkPath(condition.missing);
  else checkPath(condition.path);
  if ('oneOf' in condition) checkAlternatives(condition.oneOf);
}

function checkAlternatives({ length }: readonly unknown[]): void {
  if (length < 1 || length > 100) throw new InvalidTableCall(`oneOf takes 1 to 100 alternatives, not ${length}.`);
}

function checkConditions(parts: readonly Condition[]): void {
  if (parts.length === 0) throw new InvalidTableCall('A list of conditions is empty; it needs at least one.');
  for (const part of parts) checkCondition(part);
}

/** Refuses a path without a name, or with one that no attribute can have. */
export function checkPath(path: Path): void {
  if (path.length === 0 && typeof path !== 'string') throw new InvalidTableCall('A path is empty.');
  for (const name of namesOf(path)) checkName(name);
}

/** Refuses changes that hold a value no table holds, or no member for a set. */
export function checkChanges(changes: Changes): void {
  checkPaths(pathsOf(changes));
  for (const [, value] of [...(changes.set ?? []), ...(changes.setIfMissing ?? [])]) {
    if (value === undefined) throw new InvalidTableCall('An update sets an attribute to undefined; remove it instead.');
    checkValue(value);
  }
  for (const [name] of [...(changes.add ?? []), ...(changes.addToSet ?? []), ...(changes.removeFromSet ?? [])]) {
    if (typeof name !== 'string')
      throw new InvalidTableCall('Adding and taking out are for attributes of the item itself.');
  }
  for (const [, amount] of changes.add ?? []) checkNumber(amount);
  for (const [, members] of [...(changes.addToSet ?? []), ...(changes.removeFromSet ?? [])]) checkSet(new Set(members));
}

function checkPaths(paths: readonly Path[]): void {
  if (paths.length === 0) throw new InvalidTableCall('An update changes nothing; it needs at least one change.');
  for (let i = 0; i < paths.length; i++) {
    const path = paths[i] as Path;
    checkPath(path);
    const [first] = namesOf(path);
    if (first === 'pk' || first === 'sk') {
      throw new InvalidTableCall(`Cannot update attribute ${first}. This attribute is part of the key.`);
    }
    for (let j = 0; j < i; j++) refuseOverlap(paths[j] as Path, path);
  }
}

function refuseOverlap(one: Path, other: Path): void {
  if (typeof one === 'string' && typeof other === 'string' && one !== other) return;
  const [a, b] = [namesOf(one), namesOf(other)];
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return;
  throw new InvalidTableCall(`Two paths of an update overlap: ${a.join('.')} and ${b.join('.')}.`);
}
