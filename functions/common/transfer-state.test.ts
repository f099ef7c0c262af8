// A room's part in snapshots, on the SQLite store: there and back, and no restore from what is damaged.
import { describe, expect, it } from 'vitest';
import { keptKeys } from './kept.ts';
import { openSqlite } from './table-sqlite.ts';
import { SnapshotDamaged, type TransferDeps, type TransferStep, transferState } from './transfer-state.ts';

const SNAPSHOT = 'snp_20261120T100000Z';

function aRoom() {
  const tables = openSqlite(':memory:');
  tables.defineTable({ name: 'safety', indexes: [{ name: 'kept' }], stream: true });
  const objects = new Map<string, string>();
  const deps: TransferDeps = {
    room: 'safety',
    tables,
    table: 'safety',
    rule: { volatile: ['seen'], stricterNow: (now) => now.revoked === true },
    objects: {
      put: async (key, text) => void objects.set(key, text),
      get: async (key) => objects.get(key) ?? Promise.reject(new SnapshotDamaged(`${key} is not there`)),
    },
  };
  const put = (pk: string, attributes = {}, kept = true) =>
    tables.write([{ table: 'safety', put: { pk, sk: 'x', ...(kept && keptKeys({ pk, sk: 'x' })), ...attributes } }]);
  const get = (pk: string) => tables.get('safety', { pk, sk: 'x' });
  const ask = (step: TransferStep) =>
    transferState(step, deps) as Promise<{ manifestSha256: string; digest: string; items: number }>;
  const remove = (pk: string) => tables.write([{ table: 'safety', delete: { pk, sk: 'x' } }]);
  const read = () => ask({ step: 'read', snapshotId: SNAPSHOT });
  const restore = (manifestSha256: string) =>
    ask({ step: 'restore', snapshotId: SNAPSHOT, manifestSha256, by: 'captain', reason: 'bad change' });
  return { put, get, remove, ask, read, restore, objects };
}

describe('the state of a room', () => {
  it('comes back in place, and what is not kept stays as it is', async () => {
    const { put, get, remove, read, restore } = aRoom();
    await put('policy', { text: 'old', tags: new Set(['a', 'b']) });
    await put('stage', { at: 1, seen: 'then' });
    await put('ledger', { cents: 100 }, false);
    const { manifestSha256 } = await read();
    await put('policy', { text: 'new' });
    await remove('stage');
    await put('later');
    await put('ledger', { cents: 200 }, false);
    expect(await restore(manifestSha256)).toMatchObject({ changed: 3, equal: 0, stricter: [], same: true });
    expect(await get('policy')).toMatchObject({ text: 'old', tags: new Set(['a', 'b']), by: 'captain' });
    expect(await get('stage')).toMatchObject({ at: 1 });
    expect(await get('later')).toBeUndefined();
    expect(await get('ledger')).toMatchObject({ cents: 200 });
    expect(await restore(manifestSha256)).toMatchObject({ changed: 0, equal: 2, same: true });
  });

  it('keeps what is stricter now', async () => {
    const { put, get, read, restore } = aRoom();
    await put('token', { revoked: false });
    const { manifestSha256 } = await read();
    await put('token', { revoked: true });
    expect(await restore(manifestSha256)).toMatchObject({ changed: 0, stricter: ['token|x'], same: true });
    expect(await get('token')).toMatchObject({ revoked: true });
  });

  it('is told to be the same only while nothing has changed', async () => {
    const { put, ask, read } = aRoom();
    await put('policy', { text: 'old' });
    const { digest } = await read();
    expect(await ask({ step: 'read-again', digest })).toMatchObject({ same: true });
    await put('policy', { text: 'new' });
    expect(await ask({ step: 'read-again', digest })).toMatchObject({ same: false });
  });

  it('is checked without being changed', async () => {
    const { put, get, ask, read } = aRoom();
    await put('policy', { text: 'old' });
    const { manifestSha256 } = await read();
    await put('policy', { text: 'new' });
    const checked = await ask({ step: 'check', snapshotId: SNAPSHOT, manifestSha256 });
    expect(checked).toEqual({ room: 'safety', items: 1, equal: 0, toChange: 1, stricter: 0 });
    expect(await get('policy')).toMatchObject({ text: 'new' });
  });

  it('goes into several parts when it is large', async () => {
    const { put, read, restore, objects, remove } = aRoom();
    for (let n = 0; n < 5_001; n += 1) await put(`item ${n}`);
    const { manifestSha256, items } = await read();
    expect(items).toBe(5_001);
    expect([...objects.keys()].map((key) => key.split('/').at(-1))).toEqual([
      '00000.jsonl',
      '00001.jsonl',
      'manifest.json',
    ]);
    await remove('item 17');
    expect(await restore(manifestSha256)).toMatchObject({ changed: 1, equal: 5_000, same: true });
  });

  it('may be empty', async () => {
    const { put, get, read, restore } = aRoom();
    const { manifestSha256 } = await read();
    await put('later');
    expect(await restore(manifestSha256)).toMatchObject({ changed: 1, same: true });
    expect(await get('later')).toBeUndefined();
  });
});

describe('a damaged snapshot', () => {
  it.each([
    ['a part that was changed', (text: string) => text.replace('old', 'odd'), '00000.jsonl'],
    ['a list of parts that was changed', (text: string) => text.replace('"items":1', '"items":2'), 'manifest.json'],
    ['a part that is gone', () => undefined, '00000.jsonl'],
  ])('is refused before anything is written: %s', async (_, damage, file) => {
    const { put, get, read, restore, objects } = aRoom();
    await put('policy', { text: 'old' });
    const { manifestSha256 } = await read();
    await put('policy', { text: 'new' });
    const key = `snapshots/${SNAPSHOT}/safety/${file}`;
    const damaged = damage(objects.get(key) ?? '');
    if (damaged === undefined) objects.delete(key);
    else objects.set(key, damaged);
    await expect(restore(manifestSha256)).rejects.toThrow(SnapshotDamaged);
    expect(await get('policy')).toMatchObject({ text: 'new' });
  });
});
