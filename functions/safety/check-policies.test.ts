// What is found in policies before they count: where it is, and what was expected there.
import { describe, expect, it } from 'vitest';
import { type CheckDeps, checkPolicies } from './check-policies.ts';
import { checkDeps, configuredPolicies } from './gate-deps.ts';
import { currentPolicyKey, type PolicyFiles, policyVersionKey } from './policy-set.ts';

const deps = await checkDeps();
const { 'gate.yaml': thresholds = '' } = configuredPolicies();
const ALLOW = '@id("tasks") permit(principal, action == Action::"task.execute", resource);';
const problemsOf = (files: PolicyFiles, by: CheckDeps = deps) => {
  const checked = checkPolicies(files, by);
  return checked.kind === 'wrong' ? checked.problems : [];
};
const compiledOf = (files: PolicyFiles) => {
  const checked = checkPolicies(files, deps);
  return checked.kind === 'right' ? checked.compiled : undefined;
};
const withText = (text: string): PolicyFiles => ({ 'gate.yaml': thresholds, 'a.cedar': text });

describe('a set that is right', () => {
  it('has its policies by file, each with the one action that it is about', () => {
    const files = {
      'gate.yaml': thresholds,
      'b.cedar': '@id("some") forbid(principal, action in [Action::"task.execute"], resource == Target::"x");',
      'a.cedar': `${ALLOW}\n@id("all") forbid(principal, action, resource == Target::"y");`,
    };
    const compiled = compiledOf(files);
    expect(compiled?.policies.map(({ id, file, effect, action }) => [id, file, effect, action])).toEqual([
      ['tasks', 'a.cedar', 'permit', 'task.execute'],
      ['all', 'a.cedar', 'forbid', undefined],
      ['some', 'b.cedar', 'forbid', undefined],
    ]);
    expect(compiled?.policies[1]).not.toHaveProperty('action');
    expect(Object.keys(compiled?.policies[0] ?? {})).toEqual(['id', 'file', 'effect', 'action', 'text']);
    expect(compiled?.actions).toContain('task.execute');
    expect(compiledOf({ ...files, 'gate.yaml': `${thresholds}\n# more` })?.digest).not.toBe(compiled?.digest);
  });

  it('has those of one file in their order there, however many', () => {
    const ids = Array.from({ length: 12 }, (_, n) => `p${n}`);
    const text = ids.map((id) => `@id("${id}") permit(principal, action, resource);`).join('\n');
    expect(compiledOf(withText(text))?.policies.map(({ id }) => id)).toEqual(ids);
  });

  it('may be exactly as large as is allowed, and have exactly as many policies', () => {
    const bytes = Buffer.byteLength(thresholds) + Buffer.byteLength(ALLOW);
    const padded = `${ALLOW}//${'x'.repeat(150_000 - bytes - 2)}`;
    expect(problemsOf(withText(padded))).toEqual([]);
    expect(problemsOf(withText(`${padded}x`))).toEqual([
      { file: '(all files)', line: 1, column: 1, message: 'expected at most 150000 bytes, got 150001' },
    ]);
    const many = (count: number) =>
      Array.from({ length: count }, (_, n) => `@id("p${n}")permit(principal,action,resource);`).join('\n');
    const validate = () => ({ type: 'success', validationErrors: [], validationWarnings: [] });
    const trusting = { ...deps, cedar: { ...deps.cedar, validate } as never };
    expect(problemsOf(withText(many(1_000)), trusting)).toEqual([]);
    expect(problemsOf(withText(`\n${many(1_001)}`), trusting)).toEqual([
      { file: 'a.cedar', line: 1, column: 1, message: 'expected at most 1000 policies' },
    ]);
  });
});

describe('a set that is wrong says where', () => {
  it.each([
    {
      what: 'a foreign file',
      files: { ...withText(ALLOW), 'A.txt': '' },
      at: ['A.txt', 1, 1],
      says: 'expected gate.yaml or',
    },
    { what: 'no thresholds', files: { 'a.cedar': ALLOW }, at: ['gate.yaml', 1, 1], says: 'expected a file with' },
    {
      what: 'no id',
      files: withText(`${ALLOW}\n  permit(principal, action, resource);`),
      at: ['a.cedar', 2, 3],
      says: 'expected @id',
    },
    {
      what: 'an id twice',
      files: { ...withText(ALLOW), 'b.cedar': `// é\n${ALLOW}` },
      at: ['b.cedar', 2, 1],
      says: 'no other policy has, got tasks',
    },
    {
      what: 'the same policy twice in a file',
      files: withText(`${ALLOW}\n// and again\n  ${ALLOW}`),
      at: ['a.cedar', 3, 3],
      says: 'no other policy has, got tasks',
    },
    { what: 'no Cedar', files: withText(`${ALLOW}\n@id("x") permit(prince);`), at: ['a.cedar', 2, 17], says: '' },
    {
      what: 'an unknown attribute',
      files: withText(`${ALLOW}\n\n@id("x") forbid(principal, action, resource) when { context.nothing > 1 };`),
      at: ['a.cedar', 3, 53],
      says: 'nothing',
    },
  ])('$what', ({ files, at, says }) => {
    const [problem] = problemsOf(files);
    expect([problem?.file, problem?.line, problem?.column]).toEqual(at);
    expect(problem?.message).toContain(says);
  });

  it('and what helps: label and advice of Cedar, without its own framing', () => {
    const [problem] = problemsOf(withText(`${ALLOW}\n@id("x") permit(prince);`));
    expect(problem?.message).not.toContain('failed to parse policies from string');
    expect(problem?.message).toMatch(/ \(.+\)$/);
  });

  it('and a mistake of the thresholds at its line', () => {
    const found = problemsOf({
      ...withText(ALLOW),
      'gate.yaml': thresholds.replace('spendCents: 10000', 'spendCents: x'),
    });
    expect(found).toMatchObject([{ file: 'gate.yaml', column: 1 }]);
    expect(found[0]?.line).toBe(thresholds.split('\n').findIndex((line) => line.includes('spendCents: 10000')) + 1);
  });

  it('and does not fit them into the schema before they can be read', () => {
    const both = problemsOf(withText('permit(principal, action, resource) when { context.nothing > 1 };'));
    expect(both.map(({ message }) => message)).toEqual(['expected @id("a-name") before the policy']);
  });
});

describe('what Cedar complains of', () => {
  const complaint = { message: 'no good', help: null, sourceLocations: [{ start: 2, end: 3, label: null }] };
  const complaining = (error: object, policyId = 'tasks', of = 'validationErrors') =>
    ({
      ...deps.cedar,
      validate: () => ({ type: 'success', validationErrors: [], validationWarnings: [], [of]: [{ policyId, error }] }),
    }) as never;
  const found = (error: object, ...about: string[]) =>
    problemsOf(withText(`// é\n  ${ALLOW}`), { ...deps, cedar: complaining({ ...complaint, ...error }, ...about) });

  it.each([
    { what: 'a place', error: {}, column: 5, message: 'no good' },
    { what: 'no place', error: { sourceLocations: [] }, column: 3, message: 'no good' },
    { what: 'no list of places', error: { sourceLocations: undefined }, column: 3, message: 'no good' },
    {
      what: 'a label',
      error: { sourceLocations: [{ start: 0, end: 1, label: 'here' }] },
      column: 3,
      message: 'no good (here)',
    },
    { what: 'advice', error: { help: 'try again' }, column: 5, message: 'no good (try again)' },
    {
      what: 'both',
      error: { help: 'try again', sourceLocations: [{ start: 1, end: 2, label: 'here' }] },
      column: 4,
      message: 'no good (here; try again)',
    },
  ])('is shown in its policy, with $what', ({ error, column, message }) => {
    expect(found(error)).toEqual([{ file: 'a.cedar', line: 2, column, message }]);
    expect(found(error, 'tasks', 'validationWarnings')).toEqual([{ file: 'a.cedar', line: 2, column, message }]);
  });

  it('is not lost where it is about no policy that is there', () => {
    expect(found({}, 'nobody')).toEqual([{ file: '(all files)', line: 1, column: 1, message: 'no good' }]);
  });

  it('is no mistake of the policies when it took them before', () => {
    const failure = () => ({ type: 'failure', errors: [complaint] });
    for (const name of ['policySetTextToParts', 'policyToJson', 'schemaToJson']) {
      const cedar = { ...deps.cedar, [name]: failure } as never;
      expect(() => checkPolicies(withText(ALLOW), { ...deps, cedar }), name).toThrow(/^Cedar refuses .*no good/);
    }
  });
});

describe('a schema that is broken', () => {
  it('is found with its first place', () => {
    expect(problemsOf(withText(ALLOW), { ...deps, schema: 'entity' })).toMatchObject([
      { file: 'lazyark.cedarschema', line: 1, column: 1 },
    ]);
  });
});

it('versions are stored in the order of their numbers, beside the current one', () => {
  expect(currentPolicyKey).toEqual({ pk: 'policy', sk: 'current' });
  expect(policyVersionKey(12)).toEqual({ pk: 'policy', sk: 'version#00000012' });
});
