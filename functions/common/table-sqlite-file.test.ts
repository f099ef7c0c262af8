// The file of a SQLite store, with real processes: what a kill leaves, and who owns it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';
import { openSqlite } from './table-sqlite.ts';

const folder = mkdtempSync(join(tmpdir(), 'table-sqlite-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the file', () => {
  const CHILD = `
    const { openSqlite } = await import(process.argv[1]);
    const store = openSqlite(process.argv[2]);
    store.defineTable({ name: 'tasks', indexes: [], stream: true });
    for (let n = 0; ; n++) {
      const pair = ['a', 'b'].map((sk) => ({ table: 'tasks', put: { pk: 'p' + n, sk } }));
      store.write(pair).then(() => process.stdout.write(n + '\\n'));
      if (n % 20 === 0) await new Promise(setImmediate);
    }`;
  const writer = (path: string) =>
    spawn(process.execPath, [
      '--input-type=module',
      '-e',
      CHILD,
      new URL('./table-sqlite.ts', import.meta.url).href,
      path,
    ]);

  it('loses nothing acknowledged and keeps no half when its process is killed', async () => {
    const path = join(folder, 'killed.db');
    const child = writer(path);
    const acknowledged: number[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(Number(line));
      if (acknowledged.length === 2_000) child.kill('SIGKILL');
    }
    const store = openSqlite(path);
    store.defineTable({ name: 'tasks', indexes: [], stream: true });
    for (const n of acknowledged) expect((await store.query({ table: 'tasks', pk: `p${n}` })).items).toHaveLength(2);
    const changes = store.changesAfter('tasks', 0, 1_000_000);
    expect(changes.length).toBeGreaterThanOrEqual(acknowledged.length * 2);
    expect(changes.length % 2).toBe(0);
    store.close();
  }, 30_000);

  it('belongs to one process; another one is told so', async () => {
    const path = join(folder, 'owned.db');
    const child = writer(path);
    await once(child.stdout, 'data');
    expect(() => openSqlite(path)).toThrow(`${path} is in use by another process`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    openSqlite(path).close();
  }, 30_000);
});
