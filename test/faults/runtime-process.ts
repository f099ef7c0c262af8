// The runtime as a process of its own, started as a person starts it, so that it can be killed without warning.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Swarm } from '../journeys/client.ts';

const root = join(import.meta.dirname, '../..');
const startMsMax = 60_000;
const LINE_CHARACTERS_MAX = 700;

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

/** What the logs of the runtime and its functions hold about trouble since then, for a round that failed or was slow. */
export function troubleLogged(dataDir: string, sinceMs = 0): string[] {
  const files = globSync(['runtime.log', 'logs/*.log'], { cwd: dataDir });
  const lines = files.flatMap((file) => readFileSync(join(dataDir, file), 'utf8').split('\n'));
  const isTrouble = (line: string) => /"level":"(WARN|ERROR|warn|error)"/.test(line);
  const isRecent = (line: string) => {
    const at = /"(?:timestamp|at)":"([^"]+)"/.exec(line)?.[1];
    return at === undefined || Date.parse(at) >= sinceMs;
  };
  return lines.filter((line) => isTrouble(line) && isRecent(line)).map((line) => line.slice(0, LINE_CHARACTERS_MAX));
}
