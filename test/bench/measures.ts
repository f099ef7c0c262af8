// Each measure of the bench: what it runs, how often, and the figures it yields.
import { setTimeout as sleep } from 'node:timers/promises';
import { openApi } from '../../bin/cli/api.ts';
import { fetchedTrail } from '../../bin/cli/audit-trail.ts';
import { auditVerifier } from '../../bin/cli/verify-audit.ts';
import { type Counts, countsSince } from './count-operations.ts';
import { type Drive, drive, tasksPerJob } from './dag-job.ts';
import { decisionsMs, reservationsMs } from './gate.ts';
import { tableUsd } from './prices.ts';
import { restoreTimes, trailLines, verifiedPerSecond } from './safety.ts';
import { median, percentile, rounded } from './statistics.ts';
import { type Swarm, startSwarm } from './swarm.ts';
import { startSeconds, synthSeconds } from './timings.ts';

export type Figure = { measure: string; value: number; unit: string; target?: string; repeats?: number[] };
export type Sizes = { repeats: number; warmUp: number; alone: number; together: number; counted: number; kept: number };

/** The warm-up lets every environment compile what it runs often: until then the figures rise from one repeat to the next. */
export const fullSizes: Sizes = { repeats: 3, warmUp: 1_000, alone: 150, together: 600, counted: 50, kept: 100_000 };
export const quickSizes: Sizes = { repeats: 1, warmUp: 10, alone: 10, together: 60, counted: 10, kept: 1_000 };

const inFlight = 100;
const quietMs = 1_500;

const figure = (measure: string, unit: string, repeats: number[], target?: string): Figure => ({
  measure,
  value: rounded(median(repeats), 2),
  unit,
  ...(target ? { target } : {}),
  repeats: repeats.map((value) => rounded(value, 2)),
});

export async function startMeasures({ repeats }: Sizes): Promise<Figure[]> {
  const synths: number[] = [];
  const starts: { newStore: number; sameStore: number }[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    synths.push(await synthSeconds());
    starts.push(await startSeconds());
  }
  return [
    figure('synth', 's', synths, '< 5'),
    figure(
      'ready, new store',
      's',
      starts.map(({ newStore }) => newStore),
      '< 3',
    ),
    figure(
      'ready, same store',
      's',
      starts.map(({ sameStore }) => sameStore),
      '< 3',
    ),
  ];
}

/** The DAG job on a fresh runtime: warm-up, then repeats of one alone and of 100 in flight; memory over all of it. */
export async function dagMeasures(assembly: string, sizes: Sizes): Promise<Figure[]> {
  const swarm = await startSwarm(assembly);
  try {
    await drive(swarm, sizes.warmUp, inFlight);
    const alone: Drive[] = [];
    const together: Drive[] = [];
    for (let repeat = 0; repeat < sizes.repeats; repeat++) {
      alone.push(await drive(swarm, sizes.alone, 1));
      together.push(await drive(swarm, sizes.together, inFlight));
    }
    const peakMb = swarm.peakMemoryMb();
    return [
      figure(
        `objectives/s, ${inFlight} in flight`,
        '1/s',
        together.map((one) => one.jobsPerSecond),
        '≥ 60',
      ),
      figure(
        `tasks/s, ${inFlight} in flight`,
        '1/s',
        together.map((one) => one.jobsPerSecond * tasksPerJob),
      ),
      figure(
        'p50, one alone',
        'ms',
        alone.map((one) => one.p50Ms),
        '≤ 60',
      ),
      figure(
        'p99, one alone',
        'ms',
        alone.map((one) => one.p99Ms),
      ),
      figure(
        `p50, ${inFlight} in flight`,
        'ms',
        together.map((one) => one.p50Ms),
      ),
      figure(
        `p99, ${inFlight} in flight`,
        'ms',
        together.map((one) => one.p99Ms),
      ),
      ...(peakMb ? [figure('peak memory of the runtime', 'MB', [peakMb])] : []),
    ];
  } finally {
    await swarm.stop();
  }
}

/** Table operations and their price, audit included, and how fast the trail verifies; on a runtime of its own. */
export async function countMeasures(assembly: string, { warmUp, counted, repeats }: Sizes): Promise<Figure[]> {
  const swarm = await startSwarm(assembly);
  try {
    swarm.startCounting();
    await drive(swarm, Math.min(warmUp, 100), 10);
    const before = await countsWhenQuiet(swarm);
    await drive(swarm, counted, 10);
    const counts = countsSince(before, await countsWhenQuiet(swarm));
    const sum = (name: 'itemsWritten' | 'writeUnits' | 'readUnits' | 'calls') =>
      Object.values(counts).reduce((total, table) => total + table[name], 0) / counted;
    const lines: string[] = [];
    for await (const line of fetchedTrail(openApi({ endpoint: swarm.url, token: swarm.token }))) lines.push(line);
    return [
      figure('items written per task', '', [sum('itemsWritten') / tasksPerJob]),
      figure('table calls per objective', '', [sum('calls')]),
      figure('write units per objective', 'WRU', [sum('writeUnits')]),
      figure('read units per objective', 'RRU', [sum('readUnits')]),
      figure('tables, per 1,000 objectives', '$', [(tableUsd(counts) / counted) * 1_000], '≤ 0.10'),
      ...Object.entries(counts).map(([table, { writeUnits }]) =>
        figure(`write units of ${table}`, 'WRU', [writeUnits / counted]),
      ),
      figure('audit entries verified', '1/s', verifyRates(lines, repeats)),
    ];
  } finally {
    await swarm.stop();
  }
}

// The audit follows the change by up to a second or so; what is counted has to be complete.
async function countsWhenQuiet(swarm: Swarm): Promise<Counts> {
  let earlier = '';
  for (;;) {
    const counts = await swarm.counts();
    if (JSON.stringify(counts) === earlier) return counts;
    earlier = JSON.stringify(counts);
    await sleep(quietMs);
  }
}

function verifyRates(lines: readonly string[], repeats: number): number[] {
  return Array.from({ length: repeats }, () => {
    const verifier = auditVerifier();
    const startMs = performance.now();
    for (const line of lines) verifier.feed(line);
    const { valid, entries, faults } = verifier.report();
    if (!valid) throw new Error(`the audit trail is not valid: ${JSON.stringify(faults[0])}`);
    return entries / ((performance.now() - startMs) / 1_000);
  });
}

/** The gate alone: a decision in this process, and one that takes from limits and writes its effect. */
async function gateMeasures({ repeats }: Sizes): Promise<Figure[]> {
  const decided: number[] = [];
  const reserved: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    decided.push(percentile(await decisionsMs(200, 2_000), 0.99));
    reserved.push(percentile(await reservationsMs(200, 1_000), 0.99));
  }
  return [
    figure('gate, decision by 200 policies, p99', 'ms', decided, '< 1'),
    figure('gate, effect with reservations, p99', 'ms', reserved, '< 10'),
  ];
}

/** What the safety of the swarm costs, in this process: the gate, the trail's verification, a restore. */
export async function safetyMeasures(sizes: Sizes): Promise<Figure[]> {
  const lines = trailLines(sizes.kept);
  const restores = [];
  for (let repeat = 0; repeat < sizes.repeats; repeat++) restores.push(await restoreTimes(sizes.kept));
  return [
    ...(await gateMeasures(sizes)),
    figure(
      `audit, entries verified of ${sizes.kept}`,
      '1/s',
      Array.from({ length: sizes.repeats }, () => verifiedPerSecond(lines)),
      '≥ 100000',
    ),
    figure(
      `snapshot of ${sizes.kept} control items`,
      's',
      restores.map(({ readSeconds }) => readSeconds),
    ),
    figure(
      `restore of ${sizes.kept} control items`,
      's',
      restores.map(({ restoreSeconds }) => restoreSeconds),
      '≤ 120',
    ),
  ];
}
