// Where a table comes from: inline, or a download that may fail for now or for good.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PermanentTaskError, TransientTaskError } from '../errors.ts';
import { aWork } from '../work.test-support.ts';
import { openTable } from './open-table.ts';

const server = createServer((request, response) => {
  if (request.url === '/gone') response.writeHead(404).end();
  else if (request.url === '/busy') response.writeHead(503).end();
  else if (request.url === '/cut') {
    response.writeHead(200, { 'content-length': 1_000 }).write('a,b\n1,2\n');
    setImmediate(() => response.destroy());
  } else if (request.url === '/broken') response.end('a,b\n1,"2\n');
  else response.end('a,b\n1,2\n');
});
let base = '';
beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

async function read(path: string, signal?: AbortSignal) {
  const inputs = [{ name: 'data', mediaType: 'text/csv', url: `${base}${path}` }];
  const { rows } = await openTable(aWork({ inputs, ...(signal && { signal }) }), 'data');
  const read: string[][] = [];
  for await (const { values } of rows) read.push(values);
  return read;
}

it('downloads and reads', async () => {
  expect(await read('/ok')).toEqual([['1', '2']]);
});

it.each([
  { path: '/gone', kind: PermanentTaskError, says: /^Input "data": the uploaded data is not there any more/ },
  { path: '/broken', kind: PermanentTaskError, says: /^Input "data": line 2: a quote is opened/ },
  { path: '/busy', kind: TransientTaskError, says: /status 503/ },
  { path: '/cut', kind: TransientTaskError, says: /broke off/ },
])('$path', async ({ path, kind, says }) => {
  await expect(read(path)).rejects.toThrow(kind);
  await expect(read(path)).rejects.toThrow(says);
});

it('a download that was given up or cannot begin is worth another attempt', async () => {
  await expect(read('/ok', AbortSignal.abort())).rejects.toThrow(TransientTaskError);
  const inputs = [{ name: 'data', mediaType: 'text/csv', url: 'http://127.0.0.1:1/' }];
  await expect(openTable(aWork({ inputs }), 'data')).rejects.toThrow(TransientTaskError);
});

it('an input with neither content nor address is refused', async () => {
  await expect(openTable(aWork({ inputs: [{ name: 'data', mediaType: 'text/csv' }] }), 'data')).rejects.toThrow(
    /neither/,
  );
});
