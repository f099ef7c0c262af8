// The runtime that a test disturbs: one data folder, processes that come and go on it, and what was acknowledged so far.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { clientOf, type Objective, type Swarm } from '../journeys/client.ts';
import { type RuntimeProcess, startProcess, troubleLogged } from './runtime-process.ts';
import { type Accepted, untruths } from './truth.ts';
import type { Wanted } from './workload.ts';

/** Generous: a machine that others use as well must be able to make it. */
const PATIENCE_MS = 100_000;
const AGAIN_MS = 50;
const STARTS_MAX = 5;
const ENDED = ['succeeded', 'failed', 'cancelled'];

/** Environment variables of a process. */
type Settings = Record<string, string>;
export type Subject = ReturnType<typeof aSubject>;

/** A runtime on a new data folder that nobody has started yet. */
export function aSubject() {
  const folder = mkdtempSync(join(tmpdir(), 'lazyark-faults-'));
  const accepted: Accepted[] = [];
  let process: RuntimeProcess | undefined;
  let swarm: Swarm | undefined;
  const api = clientOf(() => {
    if (!swarm) throw new Error('nothing runs now');
    return swarm;
  }, PATIENCE_MS);
  const objectives = () => Promise.all(accepted.map(({ objectiveId }) => insist(() => api.look(objectiveId))));
  const subject = {
    folder,
    api,
    acceptedIds: () => accepted.map(({ objectiveId }) => objectiveId),
    /** Starts a process without waiting for it. */
    spawn: (settings: Settings = {}): RuntimeProcess => {
      process = startProcess(folder, settings);
      return process;
    },
    start: async (settings: Settings = {}): Promise<void> => {
      swarm = await subject.spawn(settings).ready;
    },
    /** Starts it again when it gives up, as a person would. */
    startPatiently: async (settings: Settings, startsLeft = STARTS_MAX): Promise<void> => {
      const error = await subject.start(settings).then(
        () => undefined,
        (thrown: Error) => thrown,
      );
      if (error && startsLeft <= 1) throw error;
      if (error) await subject.startPatiently(settings, startsLeft - 1);
    },
    kill: async (): Promise<void> => {
      swarm = undefined;
      await process?.kill();
    },
    /** Sends it until it is acknowledged, under one key, whatever happens to the process meanwhile. */
    submit: async ({ name, status, objective }: Wanted, key: string): Promise<void> => {
      const objectiveId = await insist(() => postObjective(api, objective, key));
      accepted.push({ objectiveId, name, status });
    },
    /** Resolves when this share of the tasks of all objectives is done. */
    progressed: (share: number) =>
      api.until(`${share} of the tasks are done`, objectives, (all) => doneIn(all) >= share),
    ended: () =>
      api.until('all objectives have ended', objectives, (all) => all.every(({ status }) => ENDED.includes(status))),
    /** What happened since then, for who wonders why it took long: which objective ended last, and the logs' warnings. */
    story: async (sinceMs: number): Promise<string[]> => {
      const all = (await objectives()).toSorted((left, right) => (lastOf(left) < lastOf(right) ? 1 : -1));
      return [...all.slice(0, 2).map((one) => JSON.stringify(one)), ...troubleLogged(folder, sinceMs).slice(0, 20)];
    },
    /** Answers what is not as it has to be, once nothing is or patience is over. */
    untruths: () => api.until('all of it is true', () => untruths(accepted, api), isNone),
    /** Ends it; what a failed test left behind is kept for people to look at. */
    leave: async (isFailed: boolean): Promise<void> => {
      await subject.kill();
      if (isFailed) console.error(`kept for you: ${folder}\n${troubleLogged(folder).slice(-20).join('\n')}`);
      else rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return subject;
}

const lastOf = ({ finishedAt }: Objective): string => finishedAt ?? '';
const isNone = (all: readonly unknown[]): boolean => all.length === 0;

/** Again and again until it works: nobody listens while the process is down, and some of it is busy at times. */
async function insist<T>(attempt: () => Promise<T>): Promise<T> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof Refused || Date.now() > deadlineMs) throw error;
      await wait(AGAIN_MS);
    }
  }
}

class Refused extends Error {
  override name = 'Refused';
}

async function postObjective(api: ReturnType<typeof clientOf>, body: object, key: string): Promise<string> {
  const answer = await api.call('POST', '/api/v1/objectives', { body, headers: { 'idempotency-key': key } });
  if (answer.status === 201) return (JSON.parse(answer.text) as { objectiveId: string }).objectiveId;
  if (answer.status < 500 && answer.status !== 429) throw new Refused(`${answer.status}: ${answer.text}`);
  throw new Error(`${answer.status}: ${answer.text}`);
}

function doneIn(objectives: readonly Objective[]): number {
  const done = objectives.reduce((sum, { progress }) => sum + progress.done, 0);
  const total = objectives.reduce((sum, { progress }) => sum + progress.total, 0);
  return total === 0 ? 0 : done / total;
}
