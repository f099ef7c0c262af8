// MiniStack in a Python environment of its own, installed once.
import { spawn } from 'node:child_process';
import { globSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export const MINISTACK_VERSION = '1.5.33';
/** what its KMS signs with; without it there are keys that sign nothing */
const CRYPTOGRAPHY_VERSION = '50.0.2';
const folder = join(import.meta.dirname, '../../.venv/ministack');
const program = join(folder, 'bin/ministack');
const INSTALL_SECONDS_MAX = 60;

export type Installed = { kind: 'installed'; program: string; signs: boolean } | { kind: 'unavailable'; why: string };

/** Python or its registry may be missing where the tests run: that is a reason to skip, not a failure. */
export async function ensureMiniStack(): Promise<Installed> {
  if (has('ministack', MINISTACK_VERSION)) return { kind: 'installed', program, signs: await ensureSigning() };
  rmSync(folder, { recursive: true, force: true });
  const made = await tried('python3', ['-m', 'venv', folder]);
  if (made !== undefined) return { kind: 'unavailable', why: `python3 makes no environment: ${made}` };
  const failed = await install(`ministack==${MINISTACK_VERSION}`);
  if (failed === undefined) return { kind: 'installed', program, signs: await ensureSigning() };
  rmSync(folder, { recursive: true, force: true });
  return { kind: 'unavailable', why: `pip does not get ministack ${MINISTACK_VERSION}: ${failed}` };
}

async function ensureSigning(): Promise<boolean> {
  if (has('cryptography', CRYPTOGRAPHY_VERSION)) return true;
  return (await install(`cryptography==${CRYPTOGRAPHY_VERSION}`)) === undefined;
}

function install(requirement: string): Promise<string | undefined> {
  const quietly = ['--quiet', '--disable-pip-version-check', '--no-input', '--retries', '1', '--timeout', '20'];
  return tried(join(folder, 'bin/pip'), ['install', ...quietly, requirement]);
}

/** An installation that was broken off has no record of itself. */
const has = (name: string, version: string): boolean =>
  globSync(`lib/python*/site-packages/${name}-${version}.dist-info/RECORD`, { cwd: folder }).length > 0;

/** Runs it quietly. Resolves with nothing when it ended well, else with its last words. */
function tried(command: string, args: readonly string[]): Promise<string | undefined> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: INSTALL_SECONDS_MAX * 1_000 });
  const said: string[] = [];
  child.stderr.on('data', (text) => said.push(String(text)));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => {
      const words = said.join('').trim().split('\n').at(-1);
      if (code === 0) resolve(undefined);
      else resolve(signal ? `no answer within ${INSTALL_SECONDS_MAX} s` : words || `exit code ${code}`);
    });
  });
}
