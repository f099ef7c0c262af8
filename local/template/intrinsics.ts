// Resolves the functions of a CloudFormation template (Ref, Fn::Sub …) once what they point at exists.

/** What references can point at while a stack is made. */
export type Scope = {
  parameters: Readonly<Record<string, string>>;
  pseudo: Readonly<Record<string, string>>;
  /** Ref value and attributes of the resources made so far */
  made: ReadonlyMap<string, { ref: string; attribute(name: string): string | undefined }>;
  mappings: Readonly<Record<string, Record<string, Record<string, unknown>>>>;
  condition(name: string): boolean;
  /** exports of the stacks made before this one */
  imports: ReadonlyMap<string, string>;
};

/** The template cannot be run: says which resource and where in it. */
export class TemplateError extends Error {
  override name = 'TemplateError';
}

type Resolver = (argument: unknown, scope: Scope, where: string) => unknown;

/** A value with every function in it resolved; what resolves to AWS::NoValue is left out. */
export function resolve(value: unknown, scope: Scope, where: string): unknown {
  if (Array.isArray(value)) {
    return value.map((member, i) => resolve(member, scope, `${where}[${i}]`)).filter((member) => member !== undefined);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) {
    const resolver = resolvers[only[0]];
    if (!resolver) throw new TemplateError(`${where}: ${only[0]} is not covered by the embedded runtime`);
    return resolver(only[1], scope, where);
  }
  const resolved: Record<string, unknown> = {};
  for (const [name, member] of entries) {
    const inner = resolve(member, scope, `${where}.${name}`);
    if (inner !== undefined) resolved[name] = inner;
  }
  return resolved;
}

/** What the conditions section says of a name; a condition is a function over parameters and other conditions. */
export function evaluateCondition(expression: unknown, scope: Scope, where: string): boolean {
  const [name, argument] = Object.entries(expression as object)[0] ?? [];
  const each = () => list(argument, where).map((member) => evaluateCondition(member, scope, where));
  if (name === 'Condition') return scope.condition(text(argument, where));
  if (name === 'Fn::Not') return !each()[0];
  if (name === 'Fn::And') return each().every(Boolean);
  if (name === 'Fn::Or') return each().some(Boolean);
  if (name === 'Fn::Equals') {
    const [left, right] = list(argument, where).map((member) => resolve(member, scope, where));
    return JSON.stringify(left) === JSON.stringify(right);
  }
  throw new TemplateError(`${where}: ${name} is no condition function`);
}

const resolvers: Record<string, Resolver> = {
  Ref: (argument, scope, where) => reference(text(argument, where), scope, where),
  'Fn::GetAZs': (_, scope) => ['a', 'b', 'c'].map((zone) => `${scope.pseudo['AWS::Region']}${zone}`),
  'Fn::GetAtt': (argument, scope, where) => {
    const [logicalId, name] = getAttParts(argument);
    return attribute(logicalId, text(resolve(name, scope, where), where), scope, where);
  },
  'Fn::Sub': (argument, scope, where) => substitute(argument, scope, where),
  'Fn::Join': (argument, scope, where) => {
    const [separator, parts] = list(argument, where);
    return list(resolve(parts, scope, where), where)
      .map(String)
      .join(text(separator, where));
  },
  'Fn::Select': (argument, scope, where) => {
    const [index, from] = list(argument, where).map((member) => resolve(member, scope, where));
    const chosen = list(from, where)[Number(index)];
    if (chosen === undefined) throw new TemplateError(`${where}: Fn::Select has no member ${String(index)}`);
    return chosen;
  },
  'Fn::Split': (argument, scope, where) => {
    const [separator, from] = list(argument, where);
    return text(resolve(from, scope, where), where).split(text(separator, where));
  },
  'Fn::FindInMap': (argument, scope, where) => {
    const [map, first, second] = list(argument, where).map((member) => text(resolve(member, scope, where), where));
    const found = scope.mappings[map ?? '']?.[first ?? '']?.[second ?? ''];
    if (found === undefined) throw new TemplateError(`${where}: no mapping ${map}.${first}.${second}`);
    return found;
  },
  'Fn::If': (argument, scope, where) => {
    const [name, whenTrue, whenFalse] = list(argument, where);
    return resolve(scope.condition(text(name, where)) ? whenTrue : whenFalse, scope, where);
  },
  'Fn::Base64': (argument, scope, where) =>
    Buffer.from(text(resolve(argument, scope, where), where)).toString('base64'),
  'Fn::ImportValue': (argument, scope, where) => {
    const name = text(resolve(argument, scope, where), where);
    const value = scope.imports.get(name);
    if (value === undefined) throw new TemplateError(`${where}: no stack of this assembly exports ${name}`);
    return value;
  },
};

function reference(name: string, scope: Scope, where: string): string | undefined {
  if (name === 'AWS::NoValue') return undefined;
  const value = scope.pseudo[name] ?? scope.parameters[name] ?? scope.made.get(name)?.ref;
  if (value === undefined) throw new TemplateError(`${where}: Ref points at ${name}, which does not exist`);
  return value;
}

function attribute(logicalId: string, name: string, scope: Scope, where: string): string {
  const made = scope.made.get(logicalId);
  if (!made) throw new TemplateError(`${where}: Fn::GetAtt points at ${logicalId}, which does not exist`);
  const value = made.attribute(name);
  if (value === undefined) {
    throw new TemplateError(`${where}: the embedded runtime knows no attribute ${name} of ${logicalId}`);
  }
  return value;
}

function substitute(argument: unknown, scope: Scope, where: string): string {
  const [pattern, own] = Array.isArray(argument) ? argument : [argument, {}];
  return text(pattern, where).replace(/\$\{([^}]+)\}/g, (_, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (Object.hasOwn(own ?? {}, name)) return String(resolve(own[name], scope, where));
    const [logicalId, att] = getAttParts(name);
    return att === undefined ? String(reference(name, scope, where)) : attribute(logicalId, String(att), scope, where);
  });
}

/** `A.B.C` and `[A, 'B.C']` both mean attribute B.C of A; a name without a dot has no attribute. */
export function getAttParts(argument: unknown): [logicalId: string, attribute: unknown] {
  if (Array.isArray(argument)) return [String(argument[0]), argument[1]];
  const name = String(argument);
  const dot = name.indexOf('.');
  return dot < 0 ? [name, undefined] : [name.slice(0, dot), name.slice(dot + 1)];
}

function list(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value)) throw new TemplateError(`${where}: expected a list, got ${JSON.stringify(value)}`);
  return value;
}

function text(value: unknown, where: string): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') throw new TemplateError(`${where}: expected text, got ${JSON.stringify(value)}`);
  return value;
}
