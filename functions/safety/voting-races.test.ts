// Many at once on each engine: one vote per identity, one ruling, its consequences once.
import { afterAll, describe, expect, it } from 'vitest';
import { createHouseTable, hasDynoxide, startDynoxide } from '../common/dynoxide.test-support.ts';
import type { Tables } from '../common/table.ts';
import { dynamoTables } from '../common/table-dynamodb.ts';
import { openSqlite } from '../common/table-sqlite.ts';
import { castVote } from './cast-vote.ts';
import { aDecision, CLOSES, someSeats } from './decision.test-support.ts';
import type { DecisionDeps } from './decision-work.ts';
import { decisionsIn } from './decisions.store.ts';
import { OUTSIDE } from './voting.test-support.ts';

const closing: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closing.map((close) => close())));

async function sqlite(): Promise<Tables> {
  const tables = openSqlite(':memory:');
  tables.defineTable({ name: 'house', indexes: [{ name: 'open' }, { name: 'decisions' }], stream: false });
  return tables;
}
async function dynamoDb(): Promise<Tables> {
  const { client, stop } = await startDynoxide();
  closing.push(stop);
  await createHouseTable(client, 'house');
  return dynamoTables(client);
}

async function race(tables: Tables, count: number) {
  const decisions = decisionsIn(tables, 'house');
  const made: string[] = [];
  const noted = (what: string) => async () => {
    made.push(what);
    return what;
  };
  const deps = {
    decisions,
    panel: OUTSIDE,
    now: () => new Date(Date.parse(CLOSES) - 60_000),
    announce: async () => {},
    effect: async () => undefined,
    veto: async () => ({ kind: 'no_such_effect' }),
    satisfy: noted('cleared'),
    refuse: noted('denied'),
    leftBehind: () => {},
  } as unknown as DecisionDeps;
  const decision = aDecision({ seats: someSeats(5) });
  await decisions.open(decision, 'test', 'a race');
  const answers = await Promise.all(
    Array.from({ length: count }, (_, n) => {
      const voter = { principalId: `agt_${n % 5}`, roles: ['agent'], inside: false };
      const choice = n % 3 === 0 ? ('reject' as const) : ('approve' as const);
      return castVote('dec_1', voter, { choice, reason: 'as it seems', digest: decision.digest }, deps);
    }),
  );
  return { answers, made, after: await decisions.read('dec_1') };
}

const engines = [
  { engine: 'SQLite', open: sqlite, count: 1_000, there: true },
  { engine: 'a DynamoDB engine', open: dynamoDb, count: 100, there: hasDynoxide },
];

describe.each(engines.filter(({ there }) => there))('$count votes at once on $engine', ({ open, count }) => {
  it('are one each, and rule once', async () => {
    const { answers, made, after } = await race(await open(), count);
    const cast = answers.filter(({ kind }) => kind === 'cast').length;
    expect(cast).toBe(after?.voteCount);
    expect(Object.keys(after?.votes ?? {})).toHaveLength(cast);
    expect(cast).toBeGreaterThanOrEqual(3);
    expect(cast).toBeLessThanOrEqual(5);
    const yes = Object.values(after?.votes ?? {}).filter(({ accepts }) => accepts.length > 0).length;
    expect(made).toEqual([yes >= 3 ? 'cleared' : 'denied']);
    expect(after).toMatchObject({ status: yes >= 3 ? 'approved' : 'rejected', carriedOutAt: expect.any(String) });
  });
});
