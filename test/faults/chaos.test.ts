// Everything that a cloud does to its users now and then, all the time: the same ten objectives come to the same end.
//
// LAZYARK_CHAOS_SEEDS="3 17" runs other seeds.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureAssembly } from '../../bin/build.ts';
import { chanceFrom } from './random.ts';
import { aSubject, type Subject } from './subject.ts';
import { tenObjectives } from './workload.ts';

/** Pauses between attempts, and the time-outs after which what was lost comes again, pass this much faster. */
const clockSpeed = '12';
const everything = [
  'throttle',
  'conflict',
  'error500',
  'lostResponse',
  'staleIndex',
  'duplicateRecord',
  'lateRecord',
  'slow',
];
const mixes = {
  'a bit of everything': [...everything, 'killFunction'].map((fault) => `${fault}=1%`),
  'answers that do not come': ['lostResponse=4%', 'error500=4%', 'slow=2%'],
  'a crowded table': ['throttle=4%', 'conflict=4%', 'staleIndex=20%'],
  'streams that stutter, functions that die': ['duplicateRecord=30%', 'lateRecord=30%', 'killFunction=5%'],
};
const seeds = (process.env.LAZYARK_CHAOS_SEEDS ?? '1 2').split(' ').map(Number);

let subject: Subject | undefined;
const report: string[] = [];

beforeAll(async () => {
  await ensureAssembly({ quiet: true });
});
afterEach(async ({ task }) => {
  await subject?.leave(task.result?.state === 'fail');
  subject = undefined;
});
afterAll(() => console.info(`chaos\n${report.join('\n')}`));

describe.for(Object.entries(mixes))('%s', ([name, faults]) => {
  it.for(seeds)('seed %i', async (seed) => {
    const beganMs = Date.now();
    const chaos = [`seed=${seed}`, ...faults].join(',');
    const current = aSubject();
    subject = current;
    await current.startPatiently({ LAZYARK_CHAOS: chaos, LAZYARK_CLOCK_SPEED: clockSpeed });
    const wanted = tenObjectives(chanceFrom(seed));
    await Promise.all(wanted.map((one, index) => current.submit(one, `chaos-${index}`)));
    await current.ended();
    // Read in peace: a page of effects needs a hundred reads, and one of them would always be refused.
    await current.kill();
    await current.start();
    expect(await current.untruths()).toEqual([]);
    report.push(`${name}, seed ${seed}: ${((Date.now() - beganMs) / 1_000).toFixed(1)} s`);
  });
});
