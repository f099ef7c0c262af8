// kill -9 at any moment, again and again: what was acknowledged comes to its end, and nothing happens twice.
//
// LAZYARK_FAULT_SEED repeats a run's choices (not the machine's timing), LAZYARK_FAULT_ROUNDS makes it shorter or longer.
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureAssembly } from '../../bin/build.ts';
import { type Chance, chanceFrom, numberFrom } from './random.ts';
import { aSubject, type Subject } from './subject.ts';
import { tenObjectives } from './workload.ts';

const seed = numberFrom('LAZYARK_FAULT_SEED', 7);
const rounds = numberFrom('LAZYARK_FAULT_ROUNDS', 20);
/** Rounds that share a data folder: a store that has lived through some kills, and new ones, are both of interest. */
const roundsPerFolder = 5;
const startMs = 1_500;
/** Nothing here takes that long by itself: somebody waited for a time-out or for the sweep. */
const slowMs = 25_000;

let subject: Subject | undefined;
const report: string[] = [];

beforeAll(async () => {
  await ensureAssembly({ quiet: true });
});
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  await subject?.leave(true);
  subject = undefined;
});
afterAll(async () => {
  await subject?.leave(false);
  console.info(`kill -9, LAZYARK_FAULT_SEED=${seed}\n${report.join('\n')}`);
});

describe(`kill -9 (LAZYARK_FAULT_SEED=${seed})`, () => {
  const numbers = Array.from({ length: rounds }, (_, index) => index + 1);

  it.for(numbers)('round %i', async (round) => {
    const beganMs = Date.now();
    const chance = chanceFrom(seed * 1_000 + round);
    if (!subject || (round - 1) % roundsPerFolder === 0) {
      await subject?.leave(false);
      subject = aSubject();
      await startDespite(chance, subject, 0.5);
    }
    const what = await disturb(chance, subject, round);
    const startedMs = Date.now();
    await subject.ended();
    const endedMs = Date.now();
    if (endedMs - startedMs > slowMs)
      console.warn(`round ${round} was slow\n${(await subject.story(startedMs)).join('\n')}`);
    expect(await subject.untruths()).toEqual([]);
    const seconds = (fromMs: number, toMs = Date.now()) => ((toMs - fromMs) / 1_000).toFixed(1);
    report.push(
      `${round}: ${what}; all ended ${seconds(startedMs, endedMs)} s after the last start, ${seconds(beganMs)} s in all`,
    );
  });
});

/** Hands in ten objectives, kills the runtime at some moment, and starts it again. Says what it did. */
async function disturb(chance: Chance, subject: Subject, round: number): Promise<string> {
  const wanted = tenObjectives(chance);
  const moment = chance.pick(['while submitting', 'just submitted', 'under way', 'part done'] as const);
  let acknowledged = 0;
  const sending = wanted.map((one, index) =>
    subject.submit(one, `round-${round}-${index}`).then(() => {
      acknowledged += 1;
      if (moment === 'while submitting' && acknowledged === killAt) enough.resolve();
    }),
  );
  const enough = Promise.withResolvers<void>();
  const killAt = 1 + chance.below(wanted.length);
  const laterMs = chance.below(1_200);
  const share = 0.1 + chance.below(60) / 100;
  if (moment === 'while submitting') await enough.promise;
  else await Promise.all(sending);
  if (moment === 'under way') await wait(laterMs);
  if (moment === 'part done') await subject.progressed(share);
  await subject.kill();
  const again = await startDespite(chance, subject, 0.4);
  await Promise.all(sending);
  const detail = {
    'while submitting': ` (${killAt})`,
    'under way': ` (${laterMs} ms)`,
    'part done': ` (${share.toFixed(2)})`,
  };
  return `killed ${moment}${detail[moment as keyof typeof detail] ?? ''}${again}`;
}

/** Starts it; in this share of cases it is killed again on its way up, or soon after. */
async function startDespite(chance: Chance, subject: Subject, share: number): Promise<string> {
  const isKilled = chance.happens(share);
  const afterMs = chance.below(startMs);
  const onceReady = chance.happens(0.5);
  if (!isKilled) {
    await subject.start();
    return '';
  }
  if (onceReady) await subject.start();
  else subject.spawn();
  await wait(afterMs);
  await subject.kill();
  await subject.start();
  return `, and again ${afterMs} ms after ${onceReady ? 'it was ready' : 'its start'}`;
}
