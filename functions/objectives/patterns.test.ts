// The shipped patterns: which objective gets which, that every plan passes the plan check, and what is recalled.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Capabilities } from '../common/capability.ts';
import { InvalidConfig, parseConfig, readConfig, readConfigs } from '../common/config.ts';
import { knownInput, mediaTypeOf } from './known-input.ts';
import { Pattern } from './pattern.ts';
import { choosePattern, fillPattern, type KnownInput, planFallback, recallSimilar } from './patterns.ts';
import { checkPlan } from './plan-check.ts';

const capabilities = new Map(readConfig('capabilities.yaml', Capabilities).map((one) => [one.name, one]));
const patterns = readConfigs('patterns', Pattern);
const csv = (name: string, columns?: string[]): KnownInput => ({
  name,
  mediaType: 'text/csv',
  ...(columns && { columns }),
});
const nameChosen = (text: string, inputs: KnownInput[]) => choosePattern({ text, inputs }, patterns)?.pattern.name;

it('four patterns are shipped, and each plan of theirs passes the plan check', () => {
  expect(patterns.map(({ name }) => name)).toEqual(['brief', 'csv-overview', 'customer-feedback', 'product-reviews']);
  for (const pattern of patterns) {
    const inputs = pattern.needs.map(({ name }) => csv(`my {inputs.x} ${name}`));
    const plan = fillPattern(pattern, { text: 'Anything', inputs });
    expect(checkPlan(plan, { capabilities, budgetUsd: 0 })).toMatchObject({ ok: true });
    for (const { parameters } of plan) expect(JSON.stringify(parameters)).not.toMatch(/\{inputs\.(?!x)/);
  }
});

it.each([
  {
    text: 'Increase the net promoter score of our shop by 5 % this quarter',
    inputs: [csv('feedback')],
    chosen: 'customer-feedback',
  },
  { text: 'Lift our NPS', inputs: [csv('answers 2026')], chosen: 'customer-feedback' },
  { text: 'What do the reviews of our clothes say?', inputs: [csv('reviews')], chosen: 'product-reviews' },
  { text: 'Average rating and main complaints', inputs: [csv('clothing')], chosen: 'product-reviews' },
  {
    text: 'Why are customers unhappy?',
    inputs: [csv('data', ['Rating', 'Review Text', 'Department Name'])],
    chosen: 'product-reviews',
  },
  { text: 'Why are customers unhappy?', inputs: [csv('data', ['nps', 'comment'])], chosen: 'customer-feedback' },
  { text: 'Give me an overview of this table', inputs: [csv('stock')], chosen: 'csv-overview' },
  { text: 'Draft a strategy for next year', inputs: [], chosen: 'brief' },
  { text: 'Increase the net promoter score', inputs: [], chosen: undefined },
  {
    text: 'Increase the net promoter score',
    inputs: [{ name: 'feedback', mediaType: 'image/png' }],
    chosen: undefined,
  },
  { text: 'Sell more socks', inputs: [csv('socks')], chosen: undefined },
])('$text with $inputs -> $chosen', ({ text, inputs, chosen }) => {
  expect(nameChosen(text, inputs)).toBe(chosen);
});

it('says why, binds the input that is liked best, and fills it in', () => {
  const objective = { text: 'Raise the Net Promoter Score!', inputs: [csv('stock'), csv('NPS survey'), csv('other')] };
  const choice = choosePattern(objective, patterns)!;
  expect(choice.why).toBe('It says net promoter score, promoter, and brings "NPS survey"');
  expect(choice.score).toBe(6);
  const plan = fillPattern(choice.pattern, objective);
  expect(plan[0]).toMatchObject({ title: 'Read NPS survey', parameters: { input: 'NPS survey' } });
});

it('without a fitting pattern every table is profiled, and without a table a brief is drafted', () => {
  const tables = planFallback({ text: 'x', inputs: [csv('a'), { name: 'b', mediaType: 'text/plain' }, csv('c')] });
  expect(tables.map(({ capability }) => capability)).toEqual(['table.profile', 'table.profile', 'report.write']);
  expect(tables[2]!.dependsOn).toEqual(['profile-1', 'profile-2']);
  expect(planFallback({ text: 'x', inputs: [] }).map(({ capability }) => capability)).toEqual(['brief.write']);
  for (const inputs of [[csv('a')], []]) {
    expect(checkPlan(planFallback({ text: 'x', inputs }), { capabilities, budgetUsd: 0 })).toMatchObject({ ok: true });
  }
});

it('whatever the objective says, the plan that comes out passes the plan check', () => {
  const input = fc.record({
    name: fc.string({ minLength: 1, maxLength: 100 }),
    mediaType: fc.constantFrom('text/csv', 'text/plain'),
  });
  const word = fc.constantFrom(
    'nps',
    'reviews',
    'rating',
    'table',
    'brief',
    'draft',
    'customer',
    '{inputs.feedback}',
    '$&',
    'x',
  );
  const text = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join(' '));
  fc.assert(
    fc.property(text, fc.uniqueArray(input, { maxLength: 4, selector: ({ name }) => name }), (said, inputs) => {
      const objective = { text: said, inputs };
      const choice = choosePattern(objective, patterns);
      const plan = choice ? fillPattern(choice.pattern, objective) : planFallback(objective);
      return checkPlan(plan, { capabilities, budgetUsd: 0 }).ok;
    }),
    { numRuns: 500 },
  );
});

describe('a pattern file', () => {
  const file = (plan: string) =>
    `name: p\ntitle: P\nfits: { words: [x] }\nneeds: [{ name: data, mediaTypes: [text/csv] }]\nplan:\n${plan}`;
  it('with a placeholder that nothing fills is refused with its line', () => {
    const text = file(
      "  - { id: a, title: A, capability: noop }\n  - { id: b, title: B, capability: noop, parameters: { note: '{inputs.date}' } }",
    );
    const read = () => parseConfig('patterns/p.yaml', text, Pattern);
    expect(read).toThrow(InvalidConfig);
    expect(read).toThrow(
      /^patterns\/p\.yaml:7: plan\[1\]: expected placeholders among \{objective\.text\}, \{inputs\.data\}, not \{inputs\.date\}/,
    );
  });
  it('may use braces for something else', () => {
    const text = file('  - { id: a, title: "A {b} {1.2}", capability: noop }');
    expect(parseConfig('p.yaml', text, Pattern).plan[0]!.title).toBe('A {b} {1.2}');
  });
});

describe('recall', () => {
  const past = [
    { text: 'Increase the net promoter score of our shop by 3 %', patternName: 'lucky', succeeded: 1, total: 1 },
    { text: 'increase the Net Promoter Score of our shops', patternName: 'proven', succeeded: 99, total: 100 },
    { text: 'Increase the net promoter score of our shop', patternName: 'failing', succeeded: 1, total: 9 },
    { text: 'Increase the average order value of our shop', patternName: 'half alike', succeeded: 9, total: 9 },
    { text: 'Reduce the cost of shipping', patternName: 'other', succeeded: 9, total: 9 },
  ];
  it('finds what says nearly the same, the best success rate first', () => {
    const recalled = recallSimilar('Increase the net promoter score of our shop', past);
    expect(recalled.map(({ patternName }) => patternName)).toEqual(['proven', 'lucky', 'failing']);
    expect(recalled[0]!.similarity).toBeCloseTo(1, 10);
    expect(recalled[1]!.successRate).toBeCloseTo(2 / 3, 10);
  });
  it('finds nothing in other words, nor for no words', () => {
    expect(recallSimilar('Hire a cook', past)).toEqual([]);
    expect(recallSimilar('…', past)).toEqual([]);
  });
});

describe('what is known about an input', () => {
  it.each([
    { input: { name: 'a', mediaType: 'text/plain', content: 'x,y\n1,2' }, type: 'text/plain' },
    { input: { name: 'a.CSV' }, type: 'text/csv' },
    { input: { name: 'a.md', mediaType: 'application/octet-stream' }, type: 'text/markdown' },
    { input: { name: 'a.json' }, type: 'application/json' },
    { input: { name: 'a', content: ' {"x": 1}' }, type: 'application/json' },
    { input: { name: 'a', content: 'x;y\n1;2\n' }, type: 'text/csv' },
    { input: { name: 'a', content: 'We want to grow, and soon.' }, type: 'text/plain' },
    { input: { name: 'a' }, type: 'text/csv' },
    { input: { name: 'a.constructor' }, type: 'text/csv' },
    { input: { name: 'a.__proto__', content: 'x' }, type: 'text/plain' },
  ])('$input -> $type', ({ input, type }) => {
    expect(mediaTypeOf(input)).toBe(type);
  });
  it('includes the columns of inline tables', () => {
    expect(knownInput({ name: 'a', content: '\r\n"nps";Comment \r\n9;x\r\n' })).toEqual({
      name: 'a',
      mediaType: 'text/csv',
      columns: ['nps', 'Comment'],
    });
    expect(knownInput({ name: 'a.csv' })).toEqual({ name: 'a.csv', mediaType: 'text/csv' });
  });
});
