// The leaf matchers of the EventBridge pattern language: what one element of a pattern's list accepts.

import { BlockList, isIP } from 'node:net';

/** A pattern that EventBridge would refuse; the message names the path inside the pattern. */
export class InvalidEventPattern extends Error {
  override name = 'InvalidEventPattern';
}

/** Judges one scalar of an event (string, number, boolean or null). */
export type Matcher = (value: unknown) => boolean;

export const refuse = (path: string, reason: string): never => {
  throw new InvalidEventPattern(`Event pattern is not valid. Reason: ${reason} at ${path || 'the top level'}`);
};

export const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isScalar = (value: unknown): value is string | number | boolean | null =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

const stringAt = (value: unknown, path: string): string =>
  typeof value === 'string' ? value : refuse(path, `expected a string, got ${JSON.stringify(value)}`);

const stringsAt = (value: unknown, path: string): string[] => {
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 0) refuse(path, 'empty arrays are not allowed');
  return list.map((one, index) => stringAt(one, Array.isArray(value) ? `${path}[${index}]` : path));
};

/** The single key and value of an operator object such as `{ "prefix": "a" }`. */
const operatorAt = (value: Record<string, unknown>, path: string): [name: string, operand: unknown] => {
  const entries = Object.entries(value);
  return entries.length === 1 && entries[0] ? entries[0] : refuse(path, 'exactly one operator is expected');
};

const onString =
  (accept: (text: string) => boolean): Matcher =>
  (value) =>
    typeof value === 'string' && accept(value);

const ignoringCase = (text: string): Matcher => {
  const wanted = text.toLowerCase();
  return onString((value) => value.toLowerCase() === wanted);
};

const affix = (end: 'prefix' | 'suffix', operand: unknown, path: string): Matcher => {
  const has = (value: string, part: string) => (end === 'prefix' ? value.startsWith(part) : value.endsWith(part));
  if (isPlainObject(operand)) {
    const [name, inner] = operatorAt(operand, path);
    if (name !== 'equals-ignore-case') refuse(`${path}.${name}`, `${end} knows only equals-ignore-case`);
    const part = stringAt(inner, `${path}.${name}`).toLowerCase();
    return onString((value) => has(value.toLowerCase(), part));
  }
  const part = stringAt(operand, path);
  return onString((value) => has(value, part));
};

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** `*` stands for any characters, `\*` for a star, `\\` for a backslash. */
const wildcard = (operand: unknown, path: string): Matcher => {
  const text = stringAt(operand, path);
  let source = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (char === '\\') {
      const next = text[++at];
      if (next !== '*' && next !== '\\') refuse(path, 'a backslash may only escape * or \\');
      source += escapeRegExp(next as string);
    } else if (char === '*') {
      if (text[at + 1] === '*') refuse(path, 'consecutive wildcard characters are not allowed');
      source += '.*';
    } else source += escapeRegExp(char);
  }
  const regExp = new RegExp(`^${source}$`, 's');
  return onString((value) => regExp.test(value));
};

const COMPARE: Record<string, (value: number, bound: number) => boolean> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};
const NUMERIC_BOUND_MAX = 5_000_000_000;

const numeric = (operand: unknown, path: string): Matcher => {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    return refuse(path, 'numeric needs one or two pairs of operator and number');
  }
  const tests: Matcher[] = [];
  for (let at = 0; at < operand.length; at += 2) {
    const compare = COMPARE[String(operand[at])] ?? refuse(`${path}[${at}]`, `unknown operator ${operand[at]}`);
    const bound: unknown = operand[at + 1];
    if (typeof bound !== 'number') return refuse(`${path}[${at + 1}]`, 'expected a number');
    if (Math.abs(bound) > NUMERIC_BOUND_MAX) return refuse(`${path}[${at + 1}]`, 'expected -5e9 to 5e9');
    tests.push((value) => compare(value as number, bound));
  }
  if (tests.length === 2) checkRange(operand, path);
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
};

const checkRange = (operand: unknown[], path: string): void => {
  const [low, from, high, to] = operand as [string, number, string, number];
  if (!low.startsWith('>') || !high.startsWith('<')) refuse(path, 'a range is a lower bound, then an upper bound');
  if (from >= to) refuse(path, 'the lower bound must be below the upper bound');
};

const cidr = (operand: unknown, path: string): Matcher => {
  const [address = '', bits = ''] = stringAt(operand, path).split('/');
  const version = isIP(address);
  const bitsMax = version === 6 ? 128 : 32;
  if (version === 0 || !/^\d+$/.test(bits) || Number(bits) > bitsMax) {
    refuse(path, 'expected an IP address with mask bits');
  }
  const block = new BlockList();
  block.addSubnet(address, Number(bits), version === 6 ? 'ipv6' : 'ipv4');
  const family = version === 6 ? 'ipv6' : 'ipv4';
  return onString((value) => isIP(value) === version && block.check(value, family));
};

const anythingBut = (operand: unknown, path: string): Matcher => {
  if (isPlainObject(operand)) {
    const [name, inner] = operatorAt(operand, path);
    const make = BUT[name] ?? refuse(`${path}.${name}`, `anything-but does not know ${name}`);
    const unwanted = stringsAt(inner, `${path}.${name}`).map((text) => make(text, `${path}.${name}`));
    return (value) => !unwanted.some((matches) => matches(value));
  }
  const list = Array.isArray(operand) ? operand : [operand];
  if (list.length === 0) refuse(path, 'empty arrays are not allowed');
  const strange = list.findIndex((one) => !isScalar(one) || one === null);
  if (strange >= 0) refuse(`${path}[${strange}]`, 'anything-but takes strings, numbers or booleans');
  return (value) => !list.includes(value);
};
const BUT: Record<string, (text: string, path: string) => Matcher> = {
  prefix: (text, path) => affix('prefix', text, path),
  suffix: (text, path) => affix('suffix', text, path),
  wildcard,
  'equals-ignore-case': ignoringCase,
};

const OPERATORS: Record<string, (operand: unknown, path: string) => Matcher> = {
  prefix: (operand, path) => affix('prefix', operand, path),
  suffix: (operand, path) => affix('suffix', operand, path),
  'equals-ignore-case': (operand, path) => ignoringCase(stringAt(operand, path)),
  'anything-but': anythingBut,
  numeric,
  cidr,
  wildcard,
};

/** Compiles one element of a leaf list, `exists` aside. Throws InvalidEventPattern. */
export function compileMatcher(element: unknown, path: string): Matcher {
  if (isScalar(element)) return (value) => value === element;
  if (!isPlainObject(element)) return refuse(path, 'expected a value or an operator');
  const [name, operand] = operatorAt(element, path);
  const make = OPERATORS[name] ?? refuse(path, `unrecognized match type ${name}`);
  return make(operand, `${path}.${name}`);
}
