// What the real app has promised before a kill it does after it: calls that were taken, and schedules where they were.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { ensureAssembly } from '../../bin/build.ts';
import { task } from '../journeys/plans.ts';
import { aSubject, type Subject } from './subject.ts';

const MINUTE_MS = 60_000;

let subject: Subject | undefined;

beforeAll(async () => {
  await ensureAssembly({ quiet: true });
});
afterEach(async (context) => {
  await subject?.leave(context.task.result?.state === 'fail');
  subject = undefined;
});

it('a call to an agent that was taken before the kill is delivered after it, as the same attempt', async () => {
  const current = aSubject();
  subject = current;
  await current.start();
  const plan = [task('slow', 'noop', { delayMs: 4_000, note: 'kept' })];
  await current.submit({ name: 'slow', status: 'succeeded', objective: { text: 'Practise: slow', plan } }, 'slow');
  const [objectiveId = ''] = current.acceptedIds();
  await current.api.seen('the agent is at work', objectiveId, ({ tasks }) => tasks[0]?.status === 'running');
  await current.kill();
  await current.start();
  await current.ended();
  const { tasks } = await current.api.look(objectiveId);
  expect(tasks).toMatchObject([{ status: 'succeeded', attempts: 1, result: { done: true, note: 'kept' } }]);
  expect(await current.untruths()).toEqual([]);
});

type Run = { key: string; anchor_ms: number; last_ms: number | null };

function sweepIn(folder: string): Run | undefined {
  const store = new DatabaseSync(join(folder, 'store.sqlite'), { readOnly: true });
  try {
    const runs = store.prepare('SELECT key, anchor_ms, last_ms FROM rt_scheduler_runs').all() as Run[];
    return runs.find(({ key }) => key.includes('SweepObjectives'));
  } finally {
    store.close();
  }
}

it('a schedule goes on from its last run: none is repeated, and its minutes stay where they were', async () => {
  const current = aSubject();
  subject = current;
  // Four seconds of an agent's work are two minutes for the schedule. The store can be read while nobody runs on it.
  const plan = [task('slow', 'noop', { delayMs: 4_000 })];
  const sweepAfter = async (key: string): Promise<Run | undefined> => {
    await current.start({ LAZYARK_CLOCK_SPEED: '30' });
    await current.submit({ name: key, status: 'succeeded', objective: { text: 'Practise: slow', plan } }, key);
    await current.ended();
    await current.kill();
    return sweepIn(current.folder);
  };
  const before = await sweepAfter('before the kill');
  const after = await sweepAfter('after the kill');
  expect(after?.anchor_ms).toBe(before?.anchor_ms);
  const minutes = [before, after].map((run) => ((run?.last_ms ?? 0) - (run?.anchor_ms ?? 0)) / MINUTE_MS);
  expect(minutes.map(Number.isInteger)).toEqual([true, true]);
  expect(minutes[0]).toBeGreaterThan(0);
  expect(minutes[1]).toBeGreaterThan(minutes[0] ?? 0);
});
