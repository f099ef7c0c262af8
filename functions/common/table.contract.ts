// What both adapters of the table port must do, told as cases. table-sqlite.test.ts and table-dynamodb.test.ts run them.
import { beforeAll, describe } from 'vitest';
import type { Item, Tables, Value } from './table.ts';
import { conditionCases } from './table-conditions.contract.ts';
import { queryCases } from './table-queries.contract.ts';
import { transactionCases } from './table-transactions.contract.ts';
import { updateCases } from './table-updates.contract.ts';

/** An empty table of the house (pk, sk) with the index `queue`. */
export type Subject = { tables: Tables; table: string };
export type Attributes = { [attribute: string]: Value | undefined };

/** Defines the cases for one adapter. `open` is called once, before the first case. */
export function tableContract(name: string, open: () => Promise<Subject>): void {
  describe(`the table port on ${name}`, () => {
    let subject: Subject;
    beforeAll(async () => {
      subject = await open();
    }, 30_000);
    const lazily = () => subject;
    conditionCases(lazily);
    updateCases(lazily);
    transactionCases(lazily);
    queryCases(lazily);
  });
}

/** Puts an item and returns it. */
export async function given(
  { tables, table }: Subject,
  pk: string,
  sk: string,
  attributes: Attributes = {},
): Promise<Item> {
  const item = { pk, sk, ...attributes };
  await tables.write([{ table, put: item }]);
  return item;
}
