// The runtime as a process of its own, started as a person starts it, so that it can be killed without warning.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Swarm } from '../journeys/client.ts';

const root = join(import.meta.dirname, '../..');
const startMsMax = 60_000;

export type RuntimeProcess = {
  /** where it listens, once it says that it is ready; rejects when it ends before that */
  ready: Promise<Swarm>;
  /** kill -9; resolves when the process is gone */
  kill(): Promise<void>;
};

/** `settings` are environment variables of the runtime, such as LAZYARK_CHAOS. */
export function startProcess(dataDir: string, settings: Record<string, string> = {}): RuntimeProcess {
  const args = [join(root, 'bin/cli.ts'), 'start', '--data', dataDir, '--port', '0', '--no-example'];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LAZYARK_CHAOS: '', LAZYARK_CLOCK_SPEED: '', ...settings },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const ended = once(child, 'close');
  const isReady = async (): Promise<Swarm> => {
    while (!said.includes('operator token: ')) {
      await Promise.race([
        once(child.stdout, 'data'),
        ended.then(() => Promise.reject(new Error(`it ended: ${said}`))),
      ]);
    }
    const text = (name: string) => readFileSync(join(dataDir, name), 'utf8').trim();
    return { endpoint: text('endpoint'), token: text('operator-token') };
  };
  const ready = Promise.race([isReady(), tooLate(() => said)]);
  ready.catch(() => undefined);
  return {
    ready,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function tooLate(said: () => string): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready after ${startMsMax} ms: ${said()}`)), startMsMax);
    timer.unref();
  });
}

/** What the runtime's own log holds about errors, for a test that failed. */
export function errorsLogged(dataDir: string): string[] {
  const file = join(dataDir, 'runtime.log');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines.filter((line) => line.includes('"level":"error"')).slice(-20);
}
