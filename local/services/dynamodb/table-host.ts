// The table port as the workers reach it: each call is checked against the caller's role, may meet chaos, and then
// goes to the store.
import {
  type Item,
  type Key,
  type Page,
  type Query,
  TableAccessDenied,
  TableBusy,
  TableOutcomeUnknown,
  type Tables,
  type Write,
  type WriteOutcome,
} from '../../../functions/common/table.ts';
import { AccessDenied, arnOf, type Caller, type Chaos, type Host } from '../../service.ts';
import { tablesOf } from './service.ts';

type Needs = Pick<Host, 'store' | 'chaos' | 'authorize' | 'shared'>;
type GetOptions = { eventually?: boolean };

/** The tables as one function may use them. */
export function tablesFor(caller: Caller, host: Needs): Tables {
  const { store, chaos } = host;
  const guarded: Tables = {
    get: async (table, key, options) => {
      allow(host, caller, 'GetItem', table, key.pk);
      return store.get(table, key, options);
    },
    query: async (query) => {
      allow(host, caller, 'Query', query.index ? `${query.table}/index/${query.index}` : query.table, query.pk);
      return projected(await store.query(query), query, host);
    },
    write: async (writes) => {
      for (const write of writes) allow(host, caller, actionOf(write), write.table, keyOf(write).pk);
      return store.write(writes);
    },
  };
  return chaos.active ? unreliable(guarded, chaos) : guarded;
}

/** An index gives back what it carries and no more, as on AWS. */
function projected(page: Page, { table, index }: Query, host: Needs): Page {
  const carried = index && tablesOf(host).get(table)?.projections.get(index);
  if (!carried) return page;
  const items = page.items.map((item) => Object.entries(item).filter(([name]) => carried.has(name)));
  return { ...page, items: items.map((entries) => Object.fromEntries(entries) as Item) };
}

function allow(host: Needs, caller: Caller, operation: string, table: string, pk: string): void {
  const resource = arnOf('dynamodb', `table/${table}`);
  try {
    host.authorize(caller, `dynamodb:${operation}`, resource, { 'dynamodb:LeadingKeys': [pk] });
  } catch (error) {
    throw error instanceof AccessDenied ? new TableAccessDenied(error.message) : error;
  }
}

function actionOf(write: Write): string {
  if ('put' in write) return 'PutItem';
  if ('update' in write) return 'UpdateItem';
  return 'delete' in write ? 'DeleteItem' : 'ConditionCheckItem';
}

function keyOf(write: Write): Key {
  if ('put' in write) return write.put;
  if ('update' in write) return write.update;
  return 'delete' in write ? write.delete : write.check;
}

/** The same tables on a bad day. Stale index reads are answered from what the same query found before. */
function unreliable(tables: Tables, chaos: Chaos): Tables {
  const earlier = new Map<string, Page>();
  const meet = async () => {
    const delayMs = chaos.delayMs();
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (chaos.strikes('throttle')) throw new TableBusy('ThrottlingException: Rate exceeded');
  };
  return {
    get: async (table, key, options?: GetOptions) => {
      await meet();
      return tables.get(table, key, options);
    },
    query: async (query) => {
      await meet();
      return query.index ? maybeStale(tables, query, earlier, chaos) : tables.query(query);
    },
    write: async (writes) => {
      await meet();
      if (chaos.strikes('conflict')) throw new TableBusy('TransactionConflict: another transaction holds an item');
      if (chaos.strikes('error500')) throw new TableOutcomeUnknown('InternalServerError before the write');
      return maybeLost(await tables.write(writes), chaos);
    },
  };
}

function maybeLost(outcome: WriteOutcome, chaos: Chaos): WriteOutcome {
  if (chaos.strikes('lostResponse')) throw new TableOutcomeUnknown('The response was lost after the commit');
  return outcome;
}

const earlierMost = 2000;

async function maybeStale(tables: Tables, query: Query, earlier: Map<string, Page>, chaos: Chaos): Promise<Page> {
  const key = JSON.stringify(query);
  const before = earlier.get(key);
  if (before && chaos.strikes('staleIndex')) return before;
  const page = await tables.query(query);
  if (earlier.size >= earlierMost) earlier.clear();
  earlier.set(key, page);
  return page;
}
