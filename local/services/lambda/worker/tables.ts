// The table port inside a worker: calls go to the main thread, all of one turn in one message.
import type { Query, Tables, Write } from '../../../../functions/common/table.ts';
import type { TableAnswer, TableCall } from './protocol.ts';

type Waiting = { resolve(value: unknown): void; reject(error: Error): void };

export function portTables(send: (calls: TableCall[]) => void): {
  tables: Tables;
  settle(answers: TableAnswer[]): void;
} {
  const waiting = new Map<number, Waiting>();
  let queued: TableCall[] = [];
  let lastId = 0;

  function flush(): void {
    const calls = queued;
    queued = [];
    try {
      send(calls);
    } catch {
      for (const call of calls) sendAlone(call);
    }
  }

  // One value that cannot travel (a function, a symbol) must not take the other calls of the turn with it.
  function sendAlone(call: TableCall): void {
    try {
      send([call]);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      settle([[call[0], undefined, { name: 'InvalidTableCall', message }]]);
    }
  }

  function ask(operation: TableCall[1], args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      if (queued.push([lastId, operation, args]) === 1) queueMicrotask(flush);
    });
  }

  function settle(answers: TableAnswer[]): void {
    for (const [id, value, error] of answers) {
      const call = waiting.get(id);
      waiting.delete(id);
      if (error) call?.reject(Object.assign(new Error(error.message), { name: error.name }));
      else call?.resolve(value);
    }
  }

  const tables = {
    get: (table: string, key: unknown, options?: unknown) => ask('get', [table, key, options]),
    query: (query: Query) => ask('query', [query]),
    write: (writes: readonly Write[]) => ask('write', [writes]),
  } as Tables;
  return { tables, settle };
}
