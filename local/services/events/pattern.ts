// The EventBridge pattern language: compiles a pattern once into a function that judges events.

import { compileMatcher, InvalidEventPattern, isPlainObject, type Matcher, refuse } from './pattern-matchers.ts';

export { InvalidEventPattern };
export type EventPredicate = (event: unknown) => boolean;

/**
 * Compiles an event pattern (parsed JSON). The predicate is true where EventBridge would match the event: names of the
 * pattern are all required, elements of a list are alternatives, an array in the event matches by any of its elements,
 * and nested fields must hold within one element of an array. Throws InvalidEventPattern, which names the path.
 */
export function compilePattern(pattern: unknown): EventPredicate {
  return compileObject(pattern, '');
}

function compileObject(pattern: unknown, path: string): EventPredicate {
  if (!isPlainObject(pattern)) return refuse(path, 'a pattern must be a JSON object');
  const names = Object.keys(pattern);
  if (names.length === 0) refuse(path, 'empty objects are not allowed');
  const tests = names.map((name) =>
    isAlternatives(name, pattern[name])
      ? compileOr(pattern[name] as unknown[], join(path, name))
      : compileField(name, pattern[name], join(path, name)),
  );
  return (event) => tests.every((test) => test(event));
}

const join = (path: string, name: string) => (path ? `${path}.${name}` : name);

/** `$or` is an operator when it lists objects; with plain values it is an ordinary field name, as in EventBridge. */
const isAlternatives = (name: string, value: unknown): boolean =>
  name === '$or' && Array.isArray(value) && value.length > 0 && value.every(isPlainObject);

function compileOr(alternatives: unknown[], path: string): EventPredicate {
  if (alternatives.length < 2) refuse(path, '$or needs at least two alternatives');
  const tests = alternatives.map((one, index) => compileObject(one, `${path}[${index}]`));
  return (event) => tests.some((test) => test(event));
}

function compileField(name: string, value: unknown, path: string): EventPredicate {
  if (isPlainObject(value)) {
    const inside = compileObject(value, path);
    return (event) => elementsOf(fieldOf(event, name)).some(inside) || absentMatches(inside, fieldOf(event, name));
  }
  if (!Array.isArray(value)) return refuse(path, `"${name}" must be an object or an array`);
  if (value.length === 0) refuse(path, 'empty arrays are not allowed');
  return compileLeaf(name, value, path);
}

/** Nothing there (or a scalar where an object is expected): only `exists: false` inside can still accept. */
const absentMatches = (inside: EventPredicate, value: unknown): boolean =>
  !elementsOf(value).some(isPlainObject) && inside(undefined);

function compileLeaf(name: string, list: unknown[], path: string): EventPredicate {
  const matchers: Matcher[] = [];
  let ifPresent = false;
  let ifAbsent = false;
  for (const [index, element] of list.entries()) {
    if (isPlainObject(element) && 'exists' in element) {
      if (typeof element.exists !== 'boolean') refuse(`${path}[${index}].exists`, 'expected true or false');
      if (element.exists) ifPresent = true;
      else ifAbsent = true;
    } else matchers.push(compileMatcher(element, `${path}[${index}]`));
  }
  return (event) => {
    const leaves = elementsOf(fieldOf(event, name)).filter((value) => !isPlainObject(value));
    if (leaves.length === 0) return ifAbsent;
    return ifPresent || leaves.some((value) => matchers.some((matches) => matches(value)));
  };
}

const fieldOf = (event: unknown, name: string): unknown =>
  isPlainObject(event) && Object.hasOwn(event, name) ? event[name] : undefined;

/** The values that a field offers: itself, the elements of an array however deep, or nothing when it is missing. */
function elementsOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value];
}
