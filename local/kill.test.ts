// kill -9 of the runtime's process: what was promised before it is done after it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import {
  functionResources,
  scratchFolder,
  startApp,
  type TestApp,
  tableResource,
  writeAssembly,
} from './test-assembly.ts';

const calls = 20;
const note = (after: string) => `
  const tables = globalThis[Symbol.for('lazyark.tables')];
  export const handler = async ({ n }) => {
    ${after}
    await tables.write([{ table: 'Notes', put: { pk: 'done', sk: String(n) } }]);
  };`;
const app = (after: string): TestApp => ({
  files: { 'room/note.mjs': note(after) },
  resources: {
    Notes: tableResource('Notes'),
    ...functionResources('note', 'room/note.handler', { Timeout: 60 }, [
      { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: { 'Fn::GetAtt': ['Notes', 'Arn'] } },
    ]),
  },
});

it('loses no asynchronous invocation and no table write that was acknowledged', { timeout: 30_000 }, async () => {
  const folder = scratchFolder();
  // In the process that dies no invocation ever ends, so each one must be found again in the store.
  const assembly = writeAssembly(folder, app('await new Promise((r) => setTimeout(r, 60_000));'));
  await acknowledgeAndDie(assembly, join(folder, 'data'));
  const runtime = await startApp(app(''), { folder });
  const done = async () => (await runtime.tables.query({ table: 'Notes', pk: 'done' })).items.length;
  await expect.poll(done, { timeout: 10_000 }).toBe(calls);
  expect((await runtime.tables.query({ table: 'Notes', pk: 'direct' })).items).toHaveLength(calls);
  await runtime.stop();
});

/** Starts a runtime in another process, has it acknowledge work, and kills it without warning. */
async function acknowledgeAndDie(assembly: string, dataDir: string): Promise<void> {
  const script = `
    import { startRuntime } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'main.ts')).href)};
    const runtime = await startRuntime(${JSON.stringify({ assembly, dataDir, port: 0 })});
    await Promise.all(Array.from({ length: ${calls} }, (_, n) => runtime.invokeAsync('note', { n })));
    await Promise.all(Array.from({ length: ${calls} }, (_, n) => runtime.tables.write([{ table: 'Notes', put: { pk: 'direct', sk: String(n) } }])));
    console.log('acknowledged');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => child.kill('SIGKILL'));
    child.once('exit', (code, signal) => (signal === 'SIGKILL' ? resolve() : reject(new Error(`ended with ${code}`))));
  });
}
