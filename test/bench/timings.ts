// How long synthesis takes, and how long it takes from the command to `ready`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '../..');

/** Seconds of one bundle and synthesis in a process of its own, as `cdk synth` does it without the CLI. */
export async function synthSeconds(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'lazyark-synth-'));
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: object };
  const env = { ...process.env, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify(context) };
  const startMs = performance.now();
  const child = spawn(process.execPath, ['bin/lazyark.ts'], { cwd: root, env, stdio: ['ignore', 'ignore', 2] });
  const [code] = await once(child, 'exit');
  const seconds = (performance.now() - startMs) / 1_000;
  rmSync(folder, { recursive: true, force: true });
  if (code !== 0) throw new Error(`bin/lazyark.ts ended with ${code}`);
  return seconds;
}

/** Seconds from starting the command line to its line `ready`: on a new store, and again on the same one. */
export async function startSeconds(): Promise<{ newStore: number; sameStore: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'lazyark-start-'));
  const newStore = await oneStart(folder);
  const sameStore = await oneStart(folder);
  rmSync(folder, { recursive: true, force: true });
  return { newStore, sameStore };
}

async function oneStart(folder: string): Promise<number> {
  const args = ['bin/cli.ts', 'start', '--data', folder, '--port', '0', '--no-example'];
  const startMs = performance.now();
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('ready ')) continue;
    const seconds = (performance.now() - startMs) / 1_000;
    child.kill('SIGTERM');
    await gone;
    return seconds;
  }
  throw new Error(`the command ended with ${(await gone)[0]} before it was ready`);
}
