// Random scripts of writes for the property tests: few keys and few values, so that conditions often meet what is there.
import fc from 'fast-check';
import type { Changes, Condition, Path, Tables, Value, Write, WriteOutcome } from './table.ts';

/** What a table answers: an outcome, or the name of the error. */
export type Answer = WriteOutcome | { error: string };

const path: fc.Arbitrary<Path> = fc.constantFrom<Path>('a', 'b', 'x.y', ['m', 'a'], ['m', 'b'], ['m', 'm', 'a']);
// Not below maps, and no nulls: there the engine of the tests is laxer than DynamoDB, and so than the SQLite adapter.
const topLevel = fc.constantFrom('a', 'b', 'm', 'x.y');
const text = fc.constantFrom('', 'p', 'pq', 'q');
const number = fc.constantFrom(-1, 0, 1, 2.5);
const members = fc.uniqueArray(fc.constantFrom('p', 'q', 'r'), { minLength: 1, maxLength: 2 });
const value = fc.oneof<fc.Arbitrary<Value>[]>(
  text,
  number,
  fc.boolean(),
  members.map((list) => new Set(list)),
  fc.constant<Value>({}),
  fc.constant<Value>({ a: 1, m: { a: 'p' } }),
  fc.constant<Value>(['p', 1]),
);

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small' },
    fc.record({ exists: path }),
    fc.record({ missing: path }),
    fc.record({ path, equals: fc.oneof(text, number, fc.boolean(), fc.constant(null)) }),
    fc.record({ path, oneOf: fc.array(fc.oneof(text, number), { minLength: 1, maxLength: 3 }) }),
    fc.record({ path, below: fc.oneof(text, number) }),
    fc.record({ path, atLeast: fc.oneof(text, number) }),
    fc.record({ path, contains: fc.constantFrom('p', 'q') }),
    fc.record({ path, sizeBelow: fc.constantFrom(1, 2) }),
    fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ any: fc.array(tie('condition'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ not: tie('condition') }),
  ),
}));

const changes: fc.Arbitrary<Changes> = fc.record(
  {
    set: fc.array(fc.tuple(path, value), { maxLength: 2 }),
    setIfMissing: fc.array(fc.tuple(topLevel, value), { maxLength: 1 }),
    add: fc.array(fc.tuple(topLevel, number), { maxLength: 1 }),
    addToSet: fc.array(fc.tuple(topLevel, members), { maxLength: 1 }),
    removeFromSet: fc.array(fc.tuple(topLevel, members), { maxLength: 1 }),
    remove: fc.array(topLevel, { maxLength: 1 }),
  },
  { requiredKeys: [] },
);

const attributes = fc.dictionary(fc.constantFrom('a', 'b', 'm', 'x.y'), value, { maxKeys: 3 });
const sk = fc.constantFrom('1', '2', '3');
const maybe = fc.option(condition, { nil: undefined });

/** Writes to the items 1, 2 and 3 under one partition key. */
export const scriptOf = (table: string, pk: string): fc.Arbitrary<Write[][]> => {
  const write: fc.Arbitrary<Write> = fc
    .oneof(
      fc.record({ put: fc.tuple(sk, attributes).map(([key, rest]) => ({ ...rest, pk, sk: key })), if: maybe }),
      fc.record({ update: sk.map((key) => ({ pk, sk: key })), changes, if: maybe }),
      fc.record({ update: sk.map((key) => ({ pk, sk: key })), changes }),
      fc.record({ delete: sk.map((key) => ({ pk, sk: key })), if: maybe }),
      fc.record({ check: sk.map((key) => ({ pk, sk: key })), if: condition }),
    )
    .map((rest) => ({ table, ...rest }) as Write);
  return fc.array(
    fc.oneof({ weight: 3, arbitrary: write.map((one) => [one]) }, fc.array(write, { minLength: 1, maxLength: 3 })),
    {
      minLength: 1,
      maxLength: 12,
    },
  );
};

/** Runs a script and returns every answer and what is there in the end. */
export async function runScript(tables: Tables, script: readonly Write[][], read: { table: string; pk: string }) {
  const answers: Answer[] = [];
  for (const writes of script) {
    answers.push(await tables.write(writes).catch((error: Error) => ({ error: error.name })));
  }
  return { answers, items: (await tables.query(read)).items };
}
