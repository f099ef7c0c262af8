// Checks of the plan check: what is refused and how it is said, and that nothing invalid ever passes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Capabilities, type Capability } from '../common/capability.ts';
import type { PlanTask } from './plan.ts';
import { checkPlan, type PlanLimits } from './plan-check.ts';

const capabilities = new Map<string, Capability>(
  Capabilities.parse([
    { name: 'noop', title: 'Nothing', description: 'Does nothing.', parameters: { type: 'object' }, result: {} },
    {
      name: 'feedback.nps',
      title: 'NPS',
      description: 'Computes it.',
      timeoutSeconds: 30,
      maxAttempts: 2,
      parameters: {
        type: 'object',
        required: ['input'],
        additionalProperties: false,
        properties: { input: { type: 'string', minLength: 1 }, top: { type: 'integer', minimum: 1, maximum: 9 } },
      },
      result: {},
    },
  ]).map((capability) => [capability.name, capability]),
);
const limits: PlanLimits = { capabilities, budgetUsd: 5 };
const task = (id: string, dependsOn: string[] = [], more: object = {}) => ({
  id,
  title: id,
  capability: 'noop',
  dependsOn,
  ...more,
});

describe('what is refused', () => {
  const nps = (parameters: object) => [{ id: 'a', title: 'a', capability: 'feedback.nps', parameters }];
  const cases: { when: string; plan: unknown; path: string; expected: RegExp; got?: string }[] = [
    { when: 'no list', plan: {}, path: 'plan', expected: /array/ },
    { when: 'an empty list', plan: [], path: 'plan', expected: /at least 1/ },
    {
      when: 'an unknown field',
      plan: [task('a', [], { depends: ['b'] })],
      path: 'plan[0].depends',
      expected: /no field/,
    },
    {
      when: 'an id twice',
      plan: [task('a'), task('b'), task('a')],
      path: 'plan[2].id',
      expected: /plan\[0\]/,
      got: '"a"',
    },
    { when: 'an id with blanks', plan: [task('a b')], path: 'plan[0].id', expected: /letters, digits/ },
    {
      when: 'a dangling link',
      plan: [task('read'), task('b', ['raed'])],
      path: 'plan[1].dependsOn[0]',
      expected: /did you mean read/,
    },
    { when: 'a link to itself', plan: [task('a', ['a'])], path: 'plan[0].dependsOn[0]', expected: /itself/ },
    { when: 'a link twice', plan: [task('a'), task('b', ['a', 'a'])], path: 'plan[1].dependsOn[1]', expected: /once/ },
    {
      when: 'a cycle',
      plan: [task('start'), task('a', ['start', 'c']), task('b', ['a']), task('c', ['b'])],
      path: 'plan[1].dependsOn[1]',
      expected: /no cycle/,
      got: 'a waits for c waits for b waits for a',
    },
    {
      when: 'an unknown capability',
      plan: [task('a', [], { capability: 'feedback.nsp' })],
      path: 'plan[0].capability',
      expected: /did you mean feedback\.nps/,
      got: '"feedback.nsp"',
    },
    {
      when: 'a missing parameter',
      plan: nps({}),
      path: 'plan[0].parameters.input',
      expected: /string/,
      got: 'nothing',
    },
    {
      when: 'an unknown parameter',
      plan: nps({ input: 'f', tpo: 3 }),
      path: 'plan[0].parameters.tpo',
      expected: /no field/,
    },
    {
      when: 'a parameter out of range',
      plan: nps({ input: 'f', top: 10 }),
      path: 'plan[0].parameters.top',
      expected: /at most 9/,
      got: '10',
    },
    {
      when: 'too large parameters',
      plan: [task('a', [], { parameters: { text: 'x'.repeat(32_768) } })],
      path: 'plan[0].parameters',
      expected: /32 KB/,
    },
    {
      when: 'parameters that no table holds',
      plan: [task('a', [], { parameters: { deep: [{ n: 1e300 }] } })],
      path: 'plan[0].parameters.deep[0].n',
      expected: /stored/,
    },
    {
      when: 'a name that gets lost',
      plan: [task('a', [], { parameters: JSON.parse('{"__proto__":{"a":1}}') })],
      path: 'plan[0].parameters',
      expected: /names/,
    },
    {
      when: 'more than a page of the store holds',
      plan: Array.from({ length: 20 }, (_, n) => task(`t${n}`, [], { parameters: { text: 'x'.repeat(30_000) } })),
      path: 'plan[0]',
      expected: /400 KB/,
    },
    {
      when: 'half of a character',
      plan: [task('a', [], { title: '\ud800' })],
      path: 'plan[0].title',
      expected: /halves of characters/,
    },
    {
      when: 'a long cycle',
      plan: Array.from({ length: 500 }, (_, n) => task(`t${n}`, [`t${(n + 1) % 500}`])),
      path: 'plan[0].dependsOn[0]',
      expected: /no cycle/,
      got: 't0 waits for t1 waits for t2 waits for t3 waits for t4 waits for t5 waits for t6 waits for t7 waits for t8 waits for … waits for t0',
    },
    {
      when: 'too long a time-out',
      plan: [task('a', [], { timeoutSeconds: 901 })],
      path: 'plan[0].timeoutSeconds',
      expected: /900/,
      got: '901',
    },
    {
      when: 'no attempts',
      plan: [task('a', [], { maxAttempts: 0 })],
      path: 'plan[0].maxAttempts',
      expected: /at least 1/,
    },
    {
      when: 'an odd lock name',
      plan: [task('a', [], { resources: ['Shop Prices'] })],
      path: 'plan[0].resources[0]',
      expected: /lower case/,
    },
    {
      when: 'half cents',
      plan: [task('a', [], { budgetUsd: 0.005 })],
      path: 'plan[0].budgetUsd',
      expected: /whole cents/,
    },
    {
      when: 'more budget than the objective has',
      plan: [task('a', [], { budgetUsd: 2.5 }), task('b', [], { budgetUsd: 2.51 })],
      path: 'plan',
      expected: /at most 5 USD/,
      got: '5.01 USD',
    },
    {
      when: 'too many tasks',
      plan: Array.from({ length: 1_001 }, (_, n) => task(`t${n}`)),
      path: 'plan',
      expected: /1000 elements/,
    },
  ];

  it.each(cases)('$when', ({ plan, path, expected, got }) => {
    const verdict = checkPlan(plan, limits);
    if (verdict.ok) throw new Error('accepted');
    expect(verdict.problems).toHaveLength(1);
    expect(verdict.problems[0]!.path).toBe(path);
    expect(verdict.problems[0]!.expected).toMatch(expected);
    if (got !== undefined) expect(verdict.problems[0]!.got).toBe(got);
  });

  it('guesses what was meant for the first wrong names only, and lists the first hundred', () => {
    const links = Array.from({ length: 100 }, (_, n) => `ghost${n}`);
    const verdict = checkPlan([task('ghost'), ...Array.from({ length: 900 }, (_, n) => task(`t${n}`, links))], limits);
    if (verdict.ok) throw new Error('accepted');
    expect(verdict.problems).toHaveLength(101);
    expect(verdict.problems.filter(({ expected }) => expected.includes('did you mean'))).toHaveLength(5);
    expect(verdict.problems.at(-1)).toMatchObject({ path: '(more)', got: '89900 more of the kind' });
  });

  it('says everything that is wrong at once', () => {
    const verdict = checkPlan([task('a', ['x']), task('a', [], { capability: 'fly' })], limits);
    expect(verdict).toMatchObject({
      ok: false,
      problems: [{ path: 'plan[1].id' }, { path: 'plan[0].dependsOn[0]' }, { path: 'plan[1].capability' }],
    });
  });
});

describe('what is accepted', () => {
  it('says layers in the order of the plan and the worst case', () => {
    const plan = [
      task('late', ['b', 'c'], { timeoutSeconds: 10, maxAttempts: 1 }),
      { id: 'a', title: 'A', capability: 'feedback.nps', parameters: { input: 'f' }, budgetUsd: 1.25 },
      task('c', ['a'], { timeoutSeconds: 5, maxAttempts: 1 }),
      task('b', ['a'], { budgetUsd: 3.75 }),
    ];
    const verdict = checkPlan(plan, limits);
    expect(verdict).toMatchObject({
      ok: true,
      layers: [['a'], ['c', 'b'], ['late']],
      worstCase: { tasks: 4, attempts: 7, budgetCents: 500, agentSeconds: 255, durationSeconds: 250 },
    });
  });

  it('takes 1,000 tasks in one chain', () => {
    const plan = Array.from({ length: 1_000 }, (_, n) => task(`t${n}`, n === 0 ? [] : [`t${n - 1}`]));
    const verdict = checkPlan(plan, limits);
    expect(verdict.ok && verdict.layers.length).toBe(1_000);
  });
});

/** Any graph without a cycle: links lead from later to earlier tasks, then the tasks are shuffled. */
const dags = fc
  .integer({ min: 1, max: 25 })
  .chain((size) =>
    fc.tuple(
      fc.array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: size, maxLength: size }),
      fc.shuffledSubarray([...Array(size).keys()], { minLength: size, maxLength: size }),
    ),
  )
  .map(([links, order]) => {
    const tasks = links.map((targets, n) =>
      task(`t${n}`, n === 0 ? [] : [...new Set(targets.map((target) => `t${target % n}`))]),
    );
    return order.map((index) => tasks[index]!);
  });

describe('any plan', () => {
  it('without a cycle is accepted, and its layers respect every dependency', () => {
    fc.assert(
      fc.property(dags, (plan) => {
        const verdict = checkPlan(plan, limits);
        if (!verdict.ok) return false;
        const layerOf = new Map(verdict.layers.flatMap((layer, depth) => layer.map((id) => [id, depth] as const)));
        return (
          layerOf.size === plan.length &&
          plan.every(({ id, dependsOn }) => dependsOn.every((needed) => layerOf.get(needed)! < layerOf.get(id)!))
        );
      }),
      { numRuns: 500 },
    );
  });

  it('with one link back is refused, and the cycle that is named is one', () => {
    fc.assert(
      fc.property(dags, fc.nat(), (plan, seed) => {
        const links = plan.flatMap(({ id, dependsOn }) => dependsOn.map((needed) => ({ id, needed })));
        fc.pre(links.length > 0);
        const { id, needed } = links[seed % links.length]!;
        const looped = plan.map((one) => (one.id === needed ? { ...one, dependsOn: [...one.dependsOn, id] } : one));
        const verdict = checkPlan(looped, limits);
        if (verdict.ok) return false;
        const ids = verdict.problems[0]!.got!.split(' waits for ');
        const isLink = (from: string, to: string) => looped.find((one) => one.id === from)!.dependsOn.includes(to);
        return ids[0] === ids.at(-1) && ids.slice(1).every((to, index) => isLink(ids[index]!, to));
      }),
      { numRuns: 500 },
    );
  });
});

/** The rule book once more, written as plainly and slowly as possible, to judge the fuzzed plans independently. */
function isValid(plan: PlanTask[]): boolean {
  const ids = plan.map(({ id }) => id);
  if (plan.length === 0 || new Set(ids).size !== ids.length) return false;
  const settled = new Set<string>();
  for (let round = 0; round < plan.length; round += 1) {
    for (const { id, dependsOn } of plan) if (dependsOn.every((needed) => settled.has(needed))) settled.add(id);
  }
  const cents = plan.reduce((sum, { budgetUsd = 0 }) => sum + Math.round(budgetUsd * 100), 0);
  return (
    settled.size === plan.length &&
    cents <= 500 &&
    plan.every(({ dependsOn }) => new Set(dependsOn).size === dependsOn.length) &&
    plan.every(
      ({ capability, parameters }) => capability === 'noop' || (capability === 'feedback.nps' && fitsNps(parameters)),
    ) &&
    plan.every(({ timeoutSeconds = 1 }) => timeoutSeconds <= 900)
  );
}
const fitsNps = ({ input, ...more }: Record<string, unknown>) =>
  typeof input === 'string' && input !== '' && Object.keys(more).length === 0;

it('10,000 fuzzed plans are accepted exactly when they are valid', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const fuzzedTask = fc.record(
    {
      id,
      title: fc.constant('t'),
      capability: fc.constantFrom('noop', 'noop', 'noop', 'feedback.nps', 'nop'),
      parameters: fc.constantFrom({}, { input: 'f' }, { input: '' }, { input: 'f', x: 1 }),
      dependsOn: fc.array(id, { maxLength: 2 }),
      timeoutSeconds: fc.constantFrom(1, 900, 901),
      budgetUsd: fc.constantFrom(0, 1, 2.5, 5),
    },
    { requiredKeys: ['id', 'title', 'capability'] },
  );
  let accepted = 0;
  fc.assert(
    fc.property(fc.uniqueArray(fuzzedTask, { maxLength: 4, selector: (one) => JSON.stringify(one) }), (plan) => {
      const verdict = checkPlan(plan, limits);
      accepted += verdict.ok ? 1 : 0;
      expect(verdict.ok).toBe(isValid(plan.map((one) => ({ parameters: {}, dependsOn: [], resources: [], ...one }))));
    }),
    { numRuns: 10_000, seed: 20_260_301 },
  );
  expect(accepted).toBeGreaterThan(300);
});

it('anything at all is answered, never thrown at', () => {
  fc.assert(
    fc.property(fc.array(fc.anything(), { maxLength: 3 }), (plan) => checkPlan(plan, limits).ok === false),
    { numRuns: 2_000 },
  );
});
