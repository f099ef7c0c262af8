// The submit form refuses what the server would refuse, with the same paths.
import { describe, expect, it } from 'vitest';
import { checkDraft, checkPlan, type Draft, fieldOf } from './check-draft.ts';

const good: Draft = { text: 'Raise the score', impact: 8, urgency: 'days', budgetUsd: '5', plan: undefined };
const task = (id: string, dependsOn: string[] = []) => ({ id, title: id, capability: 'noop', dependsOn });

it('accepts a plain objective', () => expect(checkDraft(good)).toEqual([]));

it.each([
  { when: 'blank text', change: { text: '  ' }, path: 'text' },
  { when: 'endless text', change: { text: 'x'.repeat(2_001) }, path: 'text' },
  { when: 'impact 11', change: { impact: 11 }, path: 'impact' },
  { when: 'half an impact', change: { impact: 2.5 }, path: 'impact' },
  { when: 'a negative budget', change: { budgetUsd: '-1' }, path: 'budgetUsd' },
  { when: 'a third of a cent', change: { budgetUsd: '0.333' }, path: 'budgetUsd' },
  { when: 'a budget in words', change: { budgetUsd: 'five' }, path: 'budgetUsd' },
])('$when -> $path', ({ change, path }) =>
  expect(checkDraft({ ...good, ...change }).map((error) => error.path)).toEqual([path]),
);

describe('checkPlan', () => {
  it.each([
    { when: 'no plan', plan: undefined, paths: [] },
    { when: 'a chain', plan: [task('a'), task('b', ['a'])], paths: [] },
    { when: 'not a list', plan: { a: 1 }, paths: ['plan'] },
    { when: 'a task that is a word', plan: ['a'], paths: ['plan[0]'] },
    { when: 'a doubled id', plan: [task('a'), task('a')], paths: ['plan[1].id'] },
    { when: 'a dangling dependency', plan: [task('a', ['z'])], paths: ['plan[0].dependsOn[0]'] },
    { when: 'a circle', plan: [task('a', ['b']), task('b', ['a']), task('c')], paths: ['plan'] },
    { when: 'waiting for itself', plan: [task('a', ['a'])], paths: ['plan[0].dependsOn[0]'] },
    { when: 'a field of another name', plan: [{ ...task('a'), after: [] }], paths: ['plan[0].after'] },
    { when: 'no title', plan: [{ id: 'a', capability: 'noop' }], paths: ['plan[0].title'] },
  ])('$when', ({ plan, paths }) => expect(checkPlan(plan).map((error) => error.path)).toEqual(paths));
  it('knows who can do what, once the agents are known', () => {
    expect(checkPlan([task('a')], new Set(['report.write'])).map((error) => error.path)).toEqual([
      'plan[0].capability',
    ]);
  });
});

it.each([
  ['plan[2].dependsOn[0]', 'plan'],
  ['inputs[0].name', 'inputs'],
  ['colour', ''],
])('%s belongs to the field "%s"', (path, field) => expect(fieldOf(path)).toBe(field));
