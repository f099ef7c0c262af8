// Starts the process under measurement and hears from it when objectives end.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Counts } from './count-operations.ts';
import { peakMemoryMb } from './memory.ts';
import type { FromSwarm, ToSwarm } from './swarm-messages.ts';

export type Swarm = {
  url: string;
  token: string;
  peakMemoryMb(): number | undefined;
  /** resolves with its last status once that is durable */
  ended(objectiveId: string): Promise<string>;
  startCounting(): void;
  counts(): Promise<Counts>;
  stop(): Promise<void>;
};

/** Throws when the process ends before it is ready; its own words are on stderr then. */
export async function startSwarm(assembly: string): Promise<Swarm> {
  const dataDir = mkdtempSync(join(tmpdir(), 'lazyark-bench-'));
  const child = fork(join(import.meta.dirname, 'swarm-process.ts'), [assembly, dataDir], {
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const ends = new Map<string, string>();
  const waiting = new Map<string, (status: string) => void>();
  child.on('message', (message: FromSwarm) => {
    if (message.kind !== 'ended') return;
    ends.set(message.objectiveId, message.status);
    waiting.get(message.objectiveId)?.(message.status);
  });
  const say = (message: ToSwarm) => child.send(message);
  const heard = <Kind extends FromSwarm['kind']>(kind: Kind) =>
    new Promise<Extract<FromSwarm, { kind: Kind }>>((resolve, reject) => {
      const listen = (message: FromSwarm) => {
        if (message.kind !== kind) return;
        child.off('message', listen);
        resolve(message as Extract<FromSwarm, { kind: Kind }>);
      };
      child.on('message', listen);
      child.once('exit', (code) => reject(new Error(`the runtime's process ended with ${code}`)));
    });
  const { url, token } = await heard('ready');
  return {
    url,
    token,
    peakMemoryMb: () => peakMemoryMb(child.pid ?? 0),
    ended: (objectiveId) => {
      const known = ends.get(objectiveId);
      return known ? Promise.resolve(known) : new Promise((resolve) => waiting.set(objectiveId, resolve));
    },
    startCounting: () => void say({ kind: 'count' }),
    counts: async () => {
      const answer = heard('counts');
      say({ kind: 'tell' });
      return (await answer).counts;
    },
    stop: async () => {
      const gone = once(child, 'exit');
      say({ kind: 'stop' });
      await gone;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
