// Compiles conditions, changes and key ranges to DynamoDB expressions. Every name and every value is a placeholder, so
// reserved words, dots and whatever a user typed never become syntax.
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Changes, Condition, Path, SortKeyRange, Value } from './table.ts';
import { namesOf } from './table-changes.ts';
import { checkChanges, checkCondition, checkPath } from './table-checks.ts';
import { marshal } from './table-marshal.ts';

/** The placeholders of one request, shared by all of its expressions. */
export class Placeholders {
  readonly #names = new Map<string, string>();
  readonly #values: Record<string, AttributeValue> = {};
  #count = 0;

  /** A path as an expression writes it: `#n0.#n1`. */
  path(path: Path): string {
    checkPath(path);
    return namesOf(path)
      .map((name) => this.#name(name))
      .join('.');
  }

  value(value: Value): string {
    const placeholder = `:v${this.#count++}`;
    this.#values[placeholder] = marshal(value);
    return placeholder;
  }

  /** What goes into the request; members are left out when empty, because DynamoDB refuses empty maps. */
  fields(): {
    ExpressionAttributeNames?: Record<string, string>;
    ExpressionAttributeValues?: Record<string, AttributeValue>;
  } {
    const names = Object.fromEntries([...this.#names].map(([name, placeholder]) => [placeholder, name]));
    return {
      ...(this.#names.size > 0 ? { ExpressionAttributeNames: names } : {}),
      ...(this.#count > 0 ? { ExpressionAttributeValues: this.#values } : {}),
    };
  }

  #name(name: string): string {
    const known = this.#names.get(name) ?? `#n${this.#names.size}`;
    this.#names.set(name, known);
    return known;
  }
}

/** A condition expression. Throws InvalidTableCall for one that `checkCondition` refuses. */
export function conditionExpression(condition: Condition, to: Placeholders): string {
  checkCondition(condition);
  return compile(condition, to);
}

function compile(condition: Condition, to: Placeholders): string {
  if ('exists' in condition) return `attribute_exists(${to.path(condition.exists)})`;
  if ('missing' in condition) return `attribute_not_exists(${to.path(condition.missing)})`;
  if ('all' in condition) return joined(condition.all, ' AND ', to);
  if ('any' in condition) return joined(condition.any, ' OR ', to);
  if ('not' in condition) return `(NOT ${compile(condition.not, to)})`;
  return comparison(condition, to);
}

function comparison(condition: Extract<Condition, { path: Path }>, to: Placeholders): string {
  const path = to.path(condition.path);
  if ('equals' in condition) return `${path} = ${to.value(condition.equals)}`;
  if ('below' in condition) return `${path} < ${to.value(condition.below)}`;
  if ('atMost' in condition) return `${path} <= ${to.value(condition.atMost)}`;
  if ('above' in condition) return `${path} > ${to.value(condition.above)}`;
  if ('atLeast' in condition) return `${path} >= ${to.value(condition.atLeast)}`;
  if ('contains' in condition) return `contains(${path}, ${to.value(condition.contains)})`;
  if ('sizeBelow' in condition) return `size(${path}) < ${to.value(condition.sizeBelow)}`;
  return `${path} IN (${condition.oneOf.map((value) => to.value(value)).join(', ')})`;
}

function joined(parts: readonly Condition[], word: string, to: Placeholders): string {
  const compiled = parts.map((part) => compile(part, to));
  // DynamoDB refuses redundant parentheses
  return compiled.length === 1 ? `${compiled[0]}` : `(${compiled.join(word)})`;
}

/** An update expression. Throws InvalidTableCall for changes that `checkChanges` refuses. */
export function updateExpression(changes: Changes, to: Placeholders): string {
  checkChanges(changes);
  const set = [
    ...(changes.set ?? []).map(([path, value]) => `${to.path(path)} = ${to.value(value)}`),
    ...(changes.setIfMissing ?? []).map(([path, value]) => withDefault(to.path(path), to.value(value))),
    // SET, not ADD: DynamoDB documents ADD for top-level attributes only
    ...(changes.add ?? []).map(([path, amount]) => `${withDefault(to.path(path), to.value(0))} + ${to.value(amount)}`),
  ];
  const sections: [string, string[]][] = [
    ['SET', set],
    ['ADD', (changes.addToSet ?? []).map(([path, members]) => `${to.path(path)} ${to.value(new Set(members))}`)],
    [
      'DELETE',
      (changes.removeFromSet ?? []).map(([path, members]) => `${to.path(path)} ${to.value(new Set(members))}`),
    ],
    ['REMOVE', (changes.remove ?? []).map((path) => to.path(path))],
  ];
  return sections.flatMap(([word, parts]) => (parts.length > 0 ? `${word} ${parts.join(', ')}` : [])).join(' ');
}

function withDefault(path: string, fallback: string): string {
  return `${path} = if_not_exists(${path}, ${fallback})`;
}

/** The key condition of a query. */
export function keyExpression(
  keys: { pk: string; sk: string },
  pk: string,
  range: SortKeyRange | undefined,
  to: Placeholders,
): string {
  const partition = `${to.path(keys.pk)} = ${to.value(pk)}`;
  return range === undefined ? partition : `${partition} AND ${rangeExpression(to.path(keys.sk), range, to)}`;
}

function rangeExpression(sk: string, range: SortKeyRange, to: Placeholders): string {
  if ('beginsWith' in range) return `begins_with(${sk}, ${to.value(range.beginsWith)})`;
  if ('equals' in range) return `${sk} = ${to.value(range.equals)}`;
  if ('between' in range) return `${sk} BETWEEN ${to.value(range.between[0])} AND ${to.value(range.between[1])}`;
  if ('atLeast' in range) return `${sk} >= ${to.value(range.atLeast)}`;
  if ('above' in range) return `${sk} > ${to.value(range.above)}`;
  if ('atMost' in range) return `${sk} <= ${to.value(range.atMost)}`;
  return `${sk} < ${to.value(range.below)}`;
}
