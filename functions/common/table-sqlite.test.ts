// The SQLite adapter: the contract, a reference model, and what only it has: change log, expiry, definitions, own rows.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { tableContract } from './table.contract.ts';
import { type Changes, InvalidTableCall, TableBusy, TableOutcomeUnknown, type Write } from './table.ts';
import { openSqlite, type SqliteStore, type TableDefinition } from './table-sqlite.ts';

const folder = mkdtempSync(join(tmpdir(), 'table-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true }));

const TASKS: TableDefinition = { name: 'tasks', indexes: [{ name: 'queue' }], stream: true, ttlAttribute: 'expiresAt' };
const key = { pk: 'a', sk: '1' };
const put = (attributes = {}, at = key): Write => ({ table: 'tasks', put: { ...at, ...attributes } });

function opened(definition = TASKS, path = ':memory:'): SqliteStore {
  const store = openSqlite(path, { now: () => 1_000 });
  store.defineTable(definition);
  return store;
}

tableContract('SQLite', async () => ({ tables: opened(), table: 'tasks' }));

describe('random writes on SQLite', () => {
  const counter = fc.record({
    sk: fc.constantFrom('1', '2'),
    kind: fc.constantFrom('make', 'add', 'delete' as const),
    when: fc.constantFrom('missing', 'there', 'even', undefined),
  });

  /** The simplest thing that could be right: a map from key to number. */
  function modelled(
    model: Map<string, number>,
    { sk, kind, when }: { sk: string; kind: string; when?: string },
  ): boolean {
    const n = model.get(sk);
    const holds = { missing: n === undefined, there: n !== undefined, even: n !== undefined && [0, 2, 4].includes(n) };
    if (when && !holds[when as keyof typeof holds]) return false;
    if (kind === 'delete') model.delete(sk);
    else model.set(sk, kind === 'make' ? 0 : (n ?? 0) + 1);
    return true;
  }

  it('agree with a map of numbers', async () => {
    const store = opened();
    let run = 0;
    const conditions = {
      missing: { missing: 'pk' },
      there: { exists: 'pk' },
      even: { path: 'n', oneOf: [0, 2, 4] },
    } as const;
    await fc.assert(
      fc.asyncProperty(fc.array(counter, { maxLength: 30 }), async (script) => {
        const pk = `run ${++run}`;
        const model = new Map<string, number>();
        for (const step of script) {
          const at = { pk, sk: step.sk };
          const what = {
            make: { put: { ...at, n: 0 } },
            add: { update: at, changes: { add: [['n', 1]] } },
            delete: { delete: at },
          };
          const condition = step.when && conditions[step.when as keyof typeof conditions];
          const write = { table: 'tasks', ...what[step.kind as keyof typeof what], if: condition } as Write;
          expect((await store.write([write])).written).toBe(modelled(model, step));
        }
        const { items } = await store.query({ table: 'tasks', pk });
        expect(items.map((item) => [item.sk, item.n])).toEqual([...model].sort());
      }),
      { numRuns: 200 },
    );
    store.close();
  });
});

describe('the change log', () => {
  it('tells every change in order, with the item before and after', async () => {
    const store = opened();
    await store.write([put({ n: 1, tags: new Set(['x']) })]);
    await store.write([{ table: 'tasks', update: key, changes: { set: [['n', 2]] } }]);
    await store.write([{ table: 'tasks', delete: key }]);
    const [made, changed, removed] = store.changesAfter('tasks', 0, 10);
    const first = { ...key, n: 1, tags: new Set(['x']) };
    expect(made).toEqual({ seq: 1, table: 'tasks', ...key, kind: 'INSERT', after: first, atMs: 1_000 });
    expect(changed).toMatchObject({ seq: 2, kind: 'MODIFY', before: first, after: { ...first, n: 2 } });
    expect(removed).toEqual({
      seq: 3,
      table: 'tasks',
      ...key,
      kind: 'REMOVE',
      before: { ...first, n: 2 },
      atMs: 1_000,
    });
    expect(store.changesAfter('tasks', 1, 1).map(({ seq }) => seq)).toEqual([2]);
  });

  it('is silent about refusals, failed calls and writes that change nothing', async () => {
    const store = opened();
    await store.write([put({ n: 1, map: { x: 1, y: 2 } })]);
    await store.write([put({ map: { y: 2, x: 1 }, n: 1 })]);
    await store.write([{ table: 'tasks', update: key, changes: { set: [['n', 1]] } }]);
    await store.write([{ table: 'tasks', delete: key, if: { missing: 'pk' } }]);
    await store.write([{ table: 'tasks', delete: { pk: 'none', sk: '1' } }]);
    const halfInvalid: Write[] = [put({}, { pk: 'b', sk: '1' }), put({ queuePk: 7 }, { pk: 'b', sk: '2' })];
    await expect(store.write(halfInvalid)).rejects.toBeInstanceOf(InvalidTableCall);
    expect(store.changesAfter('tasks', 0, 10)).toHaveLength(1);
  });

  it('shows a change only once it is durable, and then calls its listeners', async () => {
    const store = opened();
    const heard: string[][] = [];
    const stop = store.onCommit((tables) => heard.push([...tables]));
    const writing = Promise.all([store.write([put()]), store.write([put({}, { pk: 'b', sk: '1' })])]);
    expect(store.changesAfter('tasks', 0, 10)).toEqual([]);
    await writing;
    expect(store.changesAfter('tasks', 0, 10)).toHaveLength(2);
    stop();
    await store.write([{ table: 'tasks', delete: key }]);
    expect(heard).toEqual([['tasks']]);
  });

  it('never gives a sequence number twice, also after everything was trimmed and the file opened again', async () => {
    const path = join(folder, 'trim.db');
    const first = opened(TASKS, path);
    await first.write([put()]);
    first.trimChanges('tasks', 1);
    first.close();
    const second = opened(TASKS, path);
    expect(second.changesAfter('tasks', 0, 10)).toEqual([]);
    await second.write([{ table: 'tasks', delete: key }]);
    expect(second.changesAfter('tasks', 0, 10).map(({ seq }) => seq)).toEqual([2]);
    second.close();
  });
});

describe('expiry', () => {
  it('deletes what has expired and says so in the change log', async () => {
    const store = opened();
    const now = 2_000_000_000;
    await store.write([
      put({ expiresAt: now }, { pk: 'a', sk: 'now' }),
      put({ expiresAt: now + 1 }, { pk: 'a', sk: 'later' }),
    ]);
    await store.write([
      put({ expiresAt: 5 }, { pk: 'a', sk: 'ages ago' }),
      put({ expiresAt: 'text' }, { pk: 'a', sk: 'text' }),
    ]);
    expect(await store.sweepExpired(now * 1000 + 999)).toBe(1);
    expect((await store.query({ table: 'tasks', pk: 'a' })).items.map(({ sk }) => sk)).toEqual([
      'ages ago',
      'later',
      'text',
    ]);
    expect(store.changesAfter('tasks', 4, 10)).toMatchObject([{ kind: 'REMOVE', sk: 'now', byTtl: true }]);
  });

  it('sweeps more items than one batch holds', async () => {
    const store = opened();
    for (let batch = 0; batch < 12; batch++) {
      await store.write(
        Array.from({ length: 100 }, (_, i) => put({ expiresAt: 1_999_999_999 }, { pk: `${batch}`, sk: `${i}` })),
      );
    }
    expect(await store.sweepExpired(2_000_000_000_000)).toBe(1200);
  });
});

describe('a changed definition', () => {
  it('adds and drops an index, keeping the items', async () => {
    const path = join(folder, 'definition.db');
    const before = opened({ name: 'tasks', indexes: [], stream: false }, path);
    await before.write([put({ queuePk: 'q', queueSk: '1' }), put({ queuePk: 7, queueSk: '2' }, { pk: 'a', sk: '2' })]);
    before.close();
    const after = opened(TASKS, path);
    const query = { table: 'tasks', index: 'queue', pk: 'q' };
    expect((await after.query(query)).items).toEqual([{ ...key, queuePk: 'q', queueSk: '1' }]);
    after.close();
    const dropped = opened({ ...TASKS, indexes: [] }, path);
    await expect(dropped.query(query)).rejects.toBeInstanceOf(InvalidTableCall);
    expect((await dropped.get('tasks', key))?.queueSk).toBe('1');
    dropped.close();
  });

  it('with a name that is no name is refused', () => {
    expect(() => opened({ ...TASKS, name: 'a"; DROP TABLE' })).toThrow(InvalidTableCall);
  });
});

describe('rows of the runtime', () => {
  it('are written in the same commit, and an error undoes only its own', async () => {
    const store = opened();
    await store.durably((db) => db.exec('CREATE TABLE rt_test (n INTEGER)'));
    const broken = store.durably((db) => {
      db.exec('INSERT INTO rt_test VALUES (1)');
      throw new Error('changed my mind');
    });
    const fine = store.durably((db) => db.prepare('INSERT INTO rt_test VALUES (2)').run().changes);
    const item = store.write([put()]);
    await expect(broken).rejects.toThrow('changed my mind');
    expect(await fine).toBe(1);
    expect((await item).written).toBe(true);
    expect(await store.durably((db) => db.prepare('SELECT n FROM rt_test').all())).toEqual([{ n: 2 }]);
    expect(await store.get('tasks', key)).toEqual(key);
  });

  it('a table write inside them is refused, because it could be undone after its answer', async () => {
    const store = opened();
    let inner: Promise<unknown> | undefined;
    await store.durably(() => {
      inner = store.write([put()]);
      inner.catch(() => undefined);
    });
    await expect(inner).rejects.toThrow('acknowledged');
  });
});

describe('where the engine of the contract tests is laxer than DynamoDB', () => {
  it.each<[string, Changes]>([
    ['removing', { remove: [['nowhere', 'x']] }],
    ['setting', { set: [[['nothing', 'x'], 1]] }],
  ])('%s below a map that is missing or null is refused', async (_name, changes) => {
    const store = opened();
    await store.write([put({ nothing: null })]);
    await expect(store.write([{ table: 'tasks', update: key, changes }])).rejects.toBeInstanceOf(InvalidTableCall);
  });
});

describe('a store that cannot write', () => {
  it('tells everybody of a commit that failed, keeps nothing of it, and goes on', async () => {
    const store = opened();
    await store.durably((db) =>
      db.exec('CREATE TABLE rt_a (n PRIMARY KEY); CREATE TABLE rt_b (n REFERENCES rt_a DEFERRABLE INITIALLY DEFERRED)'),
    );
    const item = store.write([put()]);
    const orphan = store.durably((db) => db.exec('INSERT INTO rt_b VALUES (1)'));
    await expect(item).rejects.toBeInstanceOf(TableOutcomeUnknown);
    await expect(orphan).rejects.toBeInstanceOf(TableOutcomeUnknown);
    expect(await store.get('tasks', key)).toBeUndefined();
    expect(store.changesAfter('tasks', 0, 10)).toEqual([]);
    await store.write([put()]);
    expect(store.changesAfter('tasks', 0, 10).map(({ seq }) => seq)).toEqual([1]);
  });

  it('keeps nothing of a transaction that broke in the middle', async () => {
    const store = opened();
    store.defineTable({ name: 'broken', indexes: [], stream: false });
    await store.durably((db) =>
      db.exec('CREATE TRIGGER rt_break BEFORE INSERT ON t_broken BEGIN SELECT raise(ABORT, 1); END'),
    );
    await expect(store.write([put(), { table: 'broken', put: key }])).rejects.toBeInstanceOf(TableBusy);
    expect(await store.get('tasks', key)).toBeUndefined();
    expect((await store.write([put()])).written).toBe(true);
  });
});
