// Runs a tool of the project in a group of its own, so that an interruption ends whatever the tool has started.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** the pinned CDK CLI, vitest, and Node 24 for them and for the functions */
export const TOOLS = join(import.meta.dirname, '../../node_modules/.bin');

type Surroundings = { cwd: string; env: NodeJS.ProcessEnv; signal: AbortSignal; quiet?: boolean };
export type Ended = { code: number; said: string };

/** `quiet` keeps what it says for the caller. An aborted tool ends with 1. */
export function runTool(
  name: string,
  args: readonly string[],
  { cwd, env, signal, quiet }: Surroundings,
): Promise<Ended> {
  if (signal.aborted) return Promise.resolve({ code: 1, said: 'interrupted' });
  const output = quiet ? 'pipe' : 'inherit';
  const child = spawn(join(TOOLS, name), args, { cwd, env, stdio: ['ignore', output, output], detached: true });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => said.push(String(text)));
  const stop = () => child.pid !== undefined && signalGroup(child.pid, 'SIGTERM');
  signal.addEventListener('abort', stop);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      signal.removeEventListener('abort', stop);
      resolve({ code: code ?? 1, said: said.join('') });
    });
  });
}

/** Signals a process and everything it has started. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}
