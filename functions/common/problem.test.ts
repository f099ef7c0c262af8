// How a misfit reads: its path, what was expected, what was there; and what JSON Schemas let through.
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { misfits } from './capability.ts';
import { listed, pathText, problemsOf, shown } from './problem.ts';

it.each([
  [['plan', 2, 'dependsOn', 0], 'plan[2].dependsOn[0]'],
  [[0, 'a b', 'größe', 'x-y'], '[0]["a b"].größe.x-y'],
  [[], ''],
])('%j -> %s', (path, text) => {
  expect(pathText(path)).toBe(text);
});

it('values are shown short', () => {
  expect([shown(undefined), shown(NaN), shown(null), shown('x'), shown({ a: [1] })]).toEqual([
    'nothing',
    'NaN',
    'null',
    '"x"',
    '{"a":[1]}',
  ]);
  expect(shown('x'.repeat(1_000)).length).toBeLessThan(90);
});

it('values and names that are too deep or too long to be shown are not repeated', () => {
  expect(shown(JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)))).toBe('something that is nested too deeply');
  expect(pathText(['a', 'b'.repeat(1_000)]).length).toBeLessThan(90);
  const { error } = z.strictObject({}).safeParse({ ['x'.repeat(100_000)]: 1 });
  expect(JSON.stringify(problemsOf(error?.issues ?? [], {})).length).toBeLessThan(400);
});

it('a hundred faults are listed, and how many more there are', () => {
  const fault = { path: 'a', expected: 'b' };
  expect(listed(Array(100).fill(fault))).toHaveLength(100);
  expect(listed(Array(103).fill(fault), 2).slice(99)).toEqual([
    fault,
    { path: '(more)', expected: 'nothing else to be wrong', got: '5 more of the kind' },
  ]);
  const { error } = z.array(z.int()).safeParse(Array(20_000).fill('x'));
  expect(problemsOf(error?.issues ?? [], []).at(-1)).toMatchObject({ path: '(more)', got: '19900 more of the kind' });
});

describe('a JSON Schema', () => {
  const schema = {
    type: 'object',
    required: ['input'],
    additionalProperties: false,
    properties: {
      input: { type: 'string', minLength: 1 },
      top: { type: 'integer', minimum: 1, maximum: 9 },
      share: { type: 'number', exclusiveMinimum: 0 },
      mode: { enum: ['a', 'b'] },
      done: { const: true },
      column: { anyOf: [{ type: 'string' }, { type: 'array', minItems: 1, items: { type: 'string' } }] },
    },
  };
  it.each([
    { value: { input: 'x', top: 9, share: 0.1, mode: 'b', done: true, column: ['y'] }, says: [] },
    { value: {}, says: [{ path: 'p.input', expected: 'string', got: 'nothing' }] },
    { value: { input: '' }, says: [{ path: 'p.input', expected: 'text that is not empty', got: '""' }] },
    { value: { input: 'x', top: 1.5 }, says: [{ path: 'p.top', expected: 'a whole number', got: '1.5' }] },
    { value: { input: 'x', top: 0 }, says: [{ path: 'p.top', expected: 'at least 1', got: '0' }] },
    { value: { input: 'x', share: 0 }, says: [{ path: 'p.share', expected: 'more than 0', got: '0' }] },
    { value: { input: 'x', mode: 'c' }, says: [{ path: 'p.mode', expected: 'one of a, b', got: '"c"' }] },
    { value: { input: 'x', done: false }, says: [{ path: 'p.done', expected: 'true', got: 'false' }] },
    { value: { input: 'x', column: 3 }, says: [{ path: 'p.column', expected: 'string or array', got: '3' }] },
    {
      value: { input: 'x', column: [] },
      says: [{ path: 'p.column', expected: 'at least 1 element', got: '[]' }],
    },
    { value: { input: 'x', extra: 1 }, says: [{ path: 'p.extra', expected: 'no field of this name', got: '"extra"' }] },
    { value: 'x', says: [{ path: 'p', expected: 'object', got: '"x"' }] },
  ])('judges $value', ({ value, says }) => {
    expect(misfits(schema, value, ['p'])).toEqual(says);
  });
});
