// What is wrong with something that came from outside, one line per field: where, what was expected, what was there.
import type * as z from 'zod';

/** As on the wire of problem+json: `{ path: 'plan[2].dependsOn[0]', expected: 'the id of a task', got: '"x"' }`. */
export type FieldProblem = { path: string; expected: string; got?: string };

const shownCharactersMax = 80;
/** A list of faults is for people, and has to fit into an answer. */
const listedMax = 100;
const sizeUnits: Record<string, string> = { string: ' characters', array: ' elements', set: ' elements' };

/** `['plan', 2, 'dependsOn', 0]` → `plan[2].dependsOn[0]`; keys that are no plain name are quoted. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const name = clipped(String(part));
    if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

/** A value as people see it in a message: JSON, clipped, so that a large or private text is never repeated whole. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  return clipped(typeof value === 'number' ? String(value) : jsonOf(value));
}

const clipped = (text: string): string =>
  text.length > shownCharactersMax ? `${text.slice(0, shownCharactersMax)}…` : text;

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return 'something that is nested too deeply'; // or in a circle
  }
}

/** The first hundred, and how many more there are; `unlisted` are those that were not even put into words. */
export function listed(problems: readonly FieldProblem[], unlisted = 0): FieldProblem[] {
  const more = Math.max(0, problems.length - listedMax) + unlisted;
  const rest = { path: '(more)', expected: 'nothing else to be wrong', got: `${more} more of the kind` };
  return [...problems.slice(0, listedMax), ...(more > 0 ? [rest] : [])];
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
  const problems = issues.slice(0, listedMax).flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField([...root, ...issue.path, key]));
    const got = valueAt(value, issue.path);
    return [{ path: pathText([...root, ...issue.path]), expected: expectationOf(issue), got: shown(got) }];
  });
  return listed(problems, Math.max(0, issues.length - listedMax));
}

const unknownField = (path: PropertyKey[]): FieldProblem => ({
  path: pathText(path),
  expected: 'no field of this name',
  got: shown(path.at(-1)),
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
