// Between plain items and DynamoDB's typed JSON. Written here because the port's values are few and the SDK's own
// converter adds to every cold start. Numbers stay numbers.
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { InvalidTableCall, type Item, type Value } from './table.ts';
import { checkName } from './table-limits.ts';

type Attributes = { [attribute: string]: Value | undefined };

/** A map of typed attributes; members that are undefined are dropped. Throws InvalidTableCall for foreign types. */
export function marshalItem(item: Attributes): Record<string, AttributeValue> {
  const typed: Record<string, AttributeValue> = {};
  for (const name of Object.keys(item)) {
    const value = item[name];
    checkName(name);
    if (value !== undefined) typed[name] = marshal(value);
  }
  return typed;
}

/** One typed attribute. */
export function marshal(value: Value): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: numberText(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (value instanceof Set) return { SS: [...value] };
  if (Array.isArray(value)) return { L: value.map(marshal) };
  if (typeof value === 'object') return { M: marshalItem(value) };
  throw new InvalidTableCall(`A value is of a type no table holds: ${typeof value}.`);
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new InvalidTableCall(`${value} is not a number that a table holds.`);
  return String(value);
}

/** The plain item. Throws when it holds what only other programs write: binary values and sets of numbers. */
export function unmarshalItem(typed: Record<string, AttributeValue>): Item {
  return unmarshalMap(typed) as Item;
}

function unmarshalMap(typed: Record<string, AttributeValue>): Attributes {
  const map: Attributes = {};
  for (const name of Object.keys(typed)) map[name] = unmarshal(typed[name] as AttributeValue);
  return map;
}

function unmarshal(typed: AttributeValue): Value {
  if (typed.S !== undefined) return typed.S;
  if (typed.N !== undefined) return Number(typed.N);
  if (typed.BOOL !== undefined) return typed.BOOL;
  if (typed.NULL !== undefined) return null;
  if (typed.SS !== undefined) return new Set(typed.SS);
  if (typed.L !== undefined) return typed.L.map(unmarshal);
  if (typed.M !== undefined) return unmarshalMap(typed.M) as Value;
  throw new Error(`An item holds a value of the type ${Object.keys(typed)[0]}, which LazyArk never writes.`);
}
