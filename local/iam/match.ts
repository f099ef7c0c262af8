// How IAM compares: wildcards in actions and resources, and the operators of a policy's Condition block.
export type Context = Readonly<Record<string, string | readonly string[] | undefined>>;
/** True when the request's context satisfies the block. */
export type ConditionTest = (context: Context) => boolean;

type Comparison = { positive: (expected: readonly string[]) => (actual: string) => boolean; negated: boolean };

const plain = (compare: (expected: string, actual: string) => boolean) => (expected: readonly string[]) => {
  return (actual: string) => expected.some((one) => compare(one, actual));
};
const like = (expected: readonly string[]) => {
  const patterns = expected.map((one) => wildcard(one));
  return (actual: string) => patterns.some((matches) => matches(actual));
};
const equals = plain((expected, actual) => expected === actual);
const equalsAnyCase = plain((expected, actual) => expected.toLowerCase() === actual.toLowerCase());
const numeric = (compare: (actual: number, expected: number) => boolean): Comparison => ({
  positive: plain((expected, actual) => compare(Number(actual), Number(expected))),
  negated: false,
});

const comparisons: Record<string, Comparison> = {
  StringEquals: { positive: equals, negated: false },
  StringNotEquals: { positive: equals, negated: true },
  StringEqualsIgnoreCase: { positive: equalsAnyCase, negated: false },
  StringLike: { positive: like, negated: false },
  StringNotLike: { positive: like, negated: true },
  ArnEquals: { positive: like, negated: false },
  ArnLike: { positive: like, negated: false },
  ArnNotEquals: { positive: like, negated: true },
  ArnNotLike: { positive: like, negated: true },
  Bool: { positive: equalsAnyCase, negated: false },
  NumericEquals: numeric((actual, expected) => actual === expected),
  NumericLessThan: numeric((actual, expected) => actual < expected),
  NumericLessThanEquals: numeric((actual, expected) => actual <= expected),
  NumericGreaterThan: numeric((actual, expected) => actual > expected),
  NumericGreaterThanEquals: numeric((actual, expected) => actual >= expected),
};

/** A test for an IAM pattern: `*` is any run of characters, `?` is one. */
export function wildcard(pattern: string, flags = ''): (text: string) => boolean {
  if (pattern === '*') return () => true;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, `s${flags}`);
  return (text) => expression.test(text);
}

/** Compiles a Condition block; an operator that is not covered is an error that names it. */
export function compileConditions(block: unknown): ConditionTest {
  const tests: ConditionTest[] = [];
  for (const [operator, keys] of Object.entries((block ?? {}) as Record<string, Record<string, unknown>>)) {
    for (const [key, expected] of Object.entries(keys)) {
      tests.push(compileOne(operator, key.toLowerCase(), [expected].flat().map(String)));
    }
  }
  return (context) => tests.every((test) => test(context));
}

function compileOne(operator: string, key: string, expected: readonly string[]): ConditionTest {
  const [, quantifier, name = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  if (name === 'Null') return (context) => (valuesOf(context, key) === undefined) === (expected[0] === 'true');
  const comparison = comparisons[name];
  if (!comparison) throw new Error(`the condition operator ${operator} is not covered by the embedded runtime`);
  const positive = comparison.positive(expected);
  const one = (actual: string) => positive(actual) !== comparison.negated;
  return (context) => {
    const actual = valuesOf(context, key);
    if (actual === undefined || actual.length === 0) {
      return Boolean(ifExists) || quantifier === 'ForAllValues' || (comparison.negated && !quantifier);
    }
    return quantifier === 'ForAnyValue' || !quantifier ? actual.some(one) : actual.every(one);
  };
}

function valuesOf(context: Context, lowerCaseKey: string): readonly string[] | undefined {
  for (const [name, value] of Object.entries(context)) {
    if (name.toLowerCase() === lowerCaseKey && value !== undefined) return [value].flat() as string[];
  }
  return undefined;
}
