// The DynamoDB adapter: the contract on a real engine, random writes beside the SQLite adapter, and its judgement of errors.
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createHouseTable, type Dynoxide, hasDynoxide, startDynoxide } from './dynoxide.test-support.ts';
import { tableContract } from './table.contract.ts';
import { TableAccessDenied, TableBusy, TableOutcomeUnknown, type Write } from './table.ts';
import { dynamoTables } from './table-dynamodb.ts';
import { runScript, scriptOf } from './table-script.test-support.ts';
import { openSqlite } from './table-sqlite.ts';

const TABLE = 'contract';

if (!hasDynoxide) {
  it.skip(`DynamoDB contract: dynoxide is not installed for ${process.platform}-${process.arch}`, () => undefined);
} else {
  let engine: Dynoxide | undefined;
  const open = async () => {
    engine = await startDynoxide();
    await createHouseTable(engine.client, TABLE);
    return { tables: dynamoTables(engine.client), table: TABLE };
  };
  tableContract('DynamoDB (dynoxide)', open);

  describe('beside the SQLite adapter', () => {
    it('random writes get the same answers and leave the same items', async () => {
      const store = openSqlite(':memory:');
      store.defineTable({ name: TABLE, indexes: [{ name: 'queue' }], stream: false });
      const dynamo = dynamoTables((engine as Dynoxide).client);
      let run = 0;
      await fc.assert(
        fc.asyncProperty(scriptOf(TABLE, 'template'), async (template) => {
          const read = { table: TABLE, pk: `script ${++run}` };
          const script = template.map((writes) => writes.map((write) => under(read.pk, write)));
          expect(await runScript(store, script, read)).toEqual(await runScript(dynamo, script, read));
        }),
        { numRuns: 200 },
      );
      store.close();
    }, 60_000);
  });

  afterAll(() => engine?.stop());
}

function under(pk: string, write: Write): Write {
  const moved = Object.entries(write).map(([name, part]) => [
    name,
    ['put', 'update', 'delete', 'check'].includes(name) ? { ...(part as object), pk } : part,
  ]);
  return Object.fromEntries(moved) as Write;
}

describe('what an error of DynamoDB means', () => {
  const key = { pk: 'a', sk: '1' };
  const one: Write[] = [{ table: TABLE, update: key, changes: { add: [['n', 1]] } }];
  const two: Write[] = [...one, { table: TABLE, delete: { pk: 'a', sk: '2' } }];
  const failure = (name: string, more: object = {}) => Object.assign(new Error(name), { name, ...more });
  const refusal = (name: string) => failure(name, { $metadata: { httpStatusCode: 400 } });
  const cancelled = (...codes: string[]) =>
    failure('TransactionCanceledException', {
      $metadata: { httpStatusCode: 400 },
      CancellationReasons: codes.map((Code) => ({ Code })),
    });
  const broken = failure('InternalServerError', { $metadata: { httpStatusCode: 500 } });
  const reset = failure('Error', { code: 'ECONNRESET' });
  const throttled = refusal('ThrottlingException');

  /** A client that fails with these errors one after the other and then succeeds. */
  function failing(...errors: Error[]) {
    const sent: unknown[] = [];
    const send = async ({ input }: { input: unknown }) => {
      sent.push(input);
      const error = errors.shift();
      if (error) throw error;
      return {};
    };
    return { tables: dynamoTables({ send: send as never }, async () => undefined), sent };
  }

  it.each([
    { what: 'a write is tried again when it was throttled', errors: [throttled, throttled], writes: one, sends: 3 },
    { what: 'and when it never left', errors: [failure('Error', { code: 'ECONNREFUSED' })], writes: one, sends: 2 },
    {
      what: 'a transaction is tried again after a conflict',
      errors: [cancelled('None', 'TransactionConflict')],
      writes: two,
      sends: 2,
    },
    {
      what: 'and after a lost answer',
      errors: [reset, refusal('TransactionInProgressException')],
      writes: two,
      sends: 3,
    },
  ])('$what', async ({ errors, writes, sends }) => {
    const { tables, sent } = failing(...errors);
    expect((await tables.write(writes)).written).toBe(true);
    expect(sent).toHaveLength(sends);
  });

  it('a transaction carries the same token each time, another one a different token', async () => {
    const { tables, sent } = failing(reset);
    await tables.write(two);
    await tables.write(two);
    const [first, again, other] = (sent as { ClientRequestToken: string }[]).map((input) => input.ClientRequestToken);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it.each([
    { what: 'throttled throughout', errors: Array(4).fill(throttled), writes: one, error: TableBusy, sends: 4 },
    {
      what: 'in conflict throughout',
      errors: Array(4).fill(cancelled('TransactionConflict')),
      writes: two,
      error: TableBusy,
      sends: 4,
    },
    {
      what: 'a lost answer to a write is not sent again',
      errors: [reset],
      writes: one,
      error: TableOutcomeUnknown,
      sends: 1,
    },
    { what: 'nor is one that broke inside', errors: [broken], writes: one, error: TableOutcomeUnknown, sends: 1 },
    { what: 'a time-out', errors: [failure('TimeoutError')], writes: one, error: TableOutcomeUnknown, sends: 1 },
    {
      what: 'lost once, then throttled',
      errors: [reset, throttled, throttled, throttled],
      writes: two,
      error: TableOutcomeUnknown,
      sends: 4,
    },
    {
      what: 'access denied',
      errors: [refusal('AccessDeniedException')],
      writes: one,
      error: TableAccessDenied,
      sends: 1,
    },
  ])('$what: $error.name', async ({ errors, writes, error, sends }) => {
    const { tables, sent } = failing(...errors);
    await expect(tables.write(writes)).rejects.toBeInstanceOf(error);
    expect(sent).toHaveLength(sends);
  });

  it('a read is tried again whatever happened, and then the table is busy', async () => {
    expect(await failing(reset, broken, throttled).tables.get(TABLE, key)).toBeUndefined();
    await expect(failing(...Array(4).fill(reset)).tables.get(TABLE, key)).rejects.toBeInstanceOf(TableBusy);
  });

  it('an error it does not know is passed on', async () => {
    const strange = new Error('no credentials');
    await expect(failing(strange).tables.write(one)).rejects.toBe(strange);
  });
});
