// What is wrong with something that came from outside, one line per field: where, what was expected, what was there.
import type * as z from 'zod';

/** As on the wire of problem+json: `{ path: 'plan[2].dependsOn[0]', expected: 'the id of a task', got: '"x"' }`. */
export type FieldProblem = { path: string; expected: string; got?: string };

const shownCharactersMax = 80;
const sizeUnits: Record<string, string> = { string: ' characters', array: ' elements', set: ' elements' };

/** `['plan', 2, 'dependsOn', 0]` → `plan[2].dependsOn[0]`; keys that are no plain name are quoted. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const name = String(part);
    if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

/** A value as people see it in a message: JSON, clipped, so that a large or private text is never repeated whole. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > shownCharactersMax ? `${text.slice(0, shownCharactersMax)}…` : text;
}

/** The value that `path` leads to inside `value`, or undefined where the path ends early. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      inner !== null && typeof inner === 'object' ? (inner as Record<PropertyKey, unknown>)[part] : undefined,
    value,
  );
}

/** The issues of a failed parse of `value` as field problems; `root` is put before each path. */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  root: readonly PropertyKey[] = [],
): FieldProblem[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField([...root, ...issue.path, key]));
    const got = valueAt(value, issue.path);
    return [{ path: pathText([...root, ...issue.path]), expected: expectationOf(issue), got: shown(got) }];
  });
}

const unknownField = (path: PropertyKey[]): FieldProblem => ({
  path: pathText(path),
  expected: 'no field of this name',
  got: JSON.stringify(path.at(-1)),
});

function expectationOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'a whole number' : issue.expected;
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${sizeUnits[issue.origin] ?? ''}`;
    case 'too_small':
      if (issue.minimum === 1 && issue.origin in sizeUnits)
        return issue.origin === 'string' ? 'text that is not empty' : 'at least 1 element';
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${sizeUnits[issue.origin] ?? ''}`;
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return unionExpectation(issue);
    default:
      return issue.message;
  }
}

function unionExpectation(issue: z.core.$ZodIssueInvalidUnion): string {
  const alternatives = issue.errors.flatMap((branch) =>
    branch[0] && branch[0].path.length === 0 ? [expectationOf(branch[0])] : [],
  );
  return alternatives.length > 0 ? [...new Set(alternatives)].join(' or ') : issue.message;
}
