// A planner that wants out: 100,000 plans and tool calls made to get past the swarm as it is shipped. What it did is judged
// by rules that are written again (hostile-oracle.ts), and by nothing of the swarm's own. LAZYARK_HOSTILE_PLANS says how
// many of them are whole plans; the rest are tool calls.
import { beforeAll, expect, it } from 'vitest';
import { logger } from '../../functions/common/lambda.ts';
import { attackWithPlan, type Siege, type Tally } from './hostile-planning.ts';
import { HEAVY_ATTACKS } from './hostile-plans.ts';
import { aSwarmUnderAttack, type ShippedSwarm, shipped } from './hostile-swarm.ts';
import { attackWithCall, doorsOf } from './hostile-tools.ts';
import { chanceFrom, numberFrom } from './random.ts';

const SEED = numberFrom('LAZYARK_SEED', 20_261_120);
const ATTEMPTS = 100_000;
const PLANS = numberFrom('LAZYARK_HOSTILE_PLANS', 6_000);
const CALLS = Math.max(0, ATTEMPTS - PLANS);
/** A swarm is left behind after so many, so that a hundred thousand fit into memory. */
const PLANS_A_SWARM = 500;
const CALLS_A_SWARM = 25_000;
const AT_ONCE = 20;
const START_MS = Date.parse('2026-03-01T10:00:00Z');

let ours: ShippedSwarm;
beforeAll(async () => {
  logger.setLogLevel('SILENT');
  ours = await shipped();
}, 60_000);

it.skipIf(PLANS === 0)(
  `does nothing outside of the rules for ${PLANS} plans (seed ${SEED})`,
  { timeout: 600_000 },
  async () => {
    const chance = chanceFrom(SEED);
    const tally: Tally = {};
    const findings: string[] = [];
    let executed = 0;
    for (let from = 0; from < PLANS; from += PLANS_A_SWARM) {
      const swarm = await aSwarmUnderAttack(ours, START_MS + chance.below(86_400_000));
      const siege: Siege = { swarm, sent: [], chance, tally };
      for (let n = from; n < Math.min(PLANS, from + PLANS_A_SWARM); n += 1) {
        await swarm.flag({ killed: chance.happens(0.02) });
        await attackWithPlan(siege, n);
        swarm.at(chance.below(60_000));
      }
      findings.push(...swarm.watch.verdict());
      executed += swarm.watch.executed();
      swarm.tables.close();
    }
    console.log(JSON.stringify({ seed: SEED, plans: PLANS, executed, ...tally }));
    expect(findings).toEqual([]);
    expect(executed).toBeGreaterThan(PLANS / 10);
    for (const outcome of ['accepted', 'refused', 'draft accepted', 'draft refused'])
      expect(tally[outcome]).toBeGreaterThan(0);
  },
);

it.each(HEAVY_ATTACKS)('takes or refuses %s, and says so in time', async (heavy) => {
  const swarm = await aSwarmUnderAttack(ours, START_MS);
  const tally: Tally = {};
  await attackWithPlan({ swarm, sent: [], chance: chanceFrom(SEED), tally }, 0, heavy);
  swarm.tables.close();
  expect(swarm.watch.verdict()).toEqual([]);
  expect(tally[`+ ${heavy}`] ?? tally[`- ${heavy}`]).toBe(1);
});

it.skipIf(CALLS === 0)(
  `does nothing outside of the rules for ${CALLS} tool calls (seed ${SEED})`,
  { timeout: 600_000 },
  async () => {
    const chance = chanceFrom(SEED + 1);
    const tally: Tally = {};
    const findings: string[] = [];
    let executed = 0;
    for (let from = 0; from < CALLS; from += CALLS_A_SWARM) {
      const swarm = await aSwarmUnderAttack(ours, START_MS);
      const doors = doorsOf(swarm);
      const until = Math.min(CALLS, from + CALLS_A_SWARM);
      for (let n = from; n < until; n += AT_ONCE) {
        const many = Array.from({ length: Math.min(AT_ONCE, until - n) }, (_, index) => n + index);
        const ends = await Promise.all(many.map((number) => attackWithCall(swarm, doors, number, chance)));
        for (const end of ends) tally[end] = (tally[end] ?? 0) + 1;
        swarm.at(chance.below(3_000));
      }
      findings.push(...swarm.watch.verdict());
      executed += swarm.watch.executed();
      swarm.tables.close();
    }
    console.log(JSON.stringify({ seed: SEED, calls: CALLS, executed, ...tally }));
    expect(findings).toEqual([]);
    expect(executed).toBeGreaterThan(CALLS / 100);
    for (const end of ['denied', 'held', 'incomplete', 'taken', 'confirmed'])
      expect(tally[end], end).toBeGreaterThan(0);
  },
);
