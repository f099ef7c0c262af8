// How a handler gets its tables: from the host that runs it (the embedded runtime puts them there), else DynamoDB.
import type { Tables } from './table.ts';

const HOST_TABLES = Symbol.for('lazyark.tables');

let opened: Tables | undefined;

/** The tables of this process, made once. Call it at module level, so that the SDK loads while the function starts. */
export function openTables(): Tables {
  const host = (globalThis as { [HOST_TABLES]?: Tables })[HOST_TABLES];
  if (host) return host;
  opened ??= afterLoading(loadDynamoTables());
  return opened;
}

async function loadDynamoTables(): Promise<Tables> {
  const [{ DynamoDBClient }, { dynamoTables }] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('./table-dynamodb.ts'),
  ]);
  return dynamoTables(
    new DynamoDBClient({ maxAttempts: 1, requestHandler: { requestTimeout: 5_000, connectionTimeout: 2_000 } }),
  );
}

/** Tables that wait for the adapter; a failure to load it reaches whoever calls, not the process. */
function afterLoading(adapter: Promise<Tables>): Tables {
  adapter.catch(() => undefined);
  return {
    get: async (...call) => (await adapter).get(...call),
    query: async (query) => (await adapter).query(query),
    write: async (writes) => (await adapter).write(writes),
  };
}
