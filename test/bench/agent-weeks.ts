// How often agents that behave as always are taken for anomalous, and how soon one that runs away is noticed: simulated.
// Run it: node test/bench/agent-weeks.ts [agent-weeks] [seed]. An agent-week is a week of an agent that is active 1 % of it.
import { pathToFileURL } from 'node:url';
import { readConfig } from '../../functions/common/config.ts';
import {
  type BehaviourConfig,
  BehaviourConfig as Config,
  type Metric,
  NEW_WATCH,
  SLOT_MS,
} from '../../functions/safety/behaviour.ts';
import { alarmOf, thresholdFor, watchSlot } from '../../functions/safety/watch-rule.ts';

export type Random = () => number;

/** xorshift128: fast, and the same everywhere. */
export function seeded(seed: number): Random {
  let [x, y, z, w] = [seed | 0 || 1, 362_436_069, 521_288_629, 88_675_123];
  const random = () => {
    const t = x ^ (x << 11);
    [x, y, z] = [y, z, w];
    w = w ^ (w >>> 19) ^ (t ^ (t >>> 8));
    return (w >>> 0) / 2 ** 32;
  };
  for (let n = 0; n < 20; n += 1) random();
  return random;
}

export function poisson(mean: number, random: Random): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * gaussian(random)));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}

const gaussian = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** How one agent behaves in a slot: a count and what it is measured by. `times` = 10: it does ten times as much. */
export type Habit = {
  name: string;
  metric: Metric;
  next(random: Random, times: number): { count: number; exposure: number };
};

const each = (name: string, perSlot: number, size: (random: Random) => number = () => 1): Habit => ({
  name,
  metric: 'effects',
  next: (random, times) => {
    let count = 0;
    for (let arrivals = poisson(perSlot * times, random); arrivals > 0; arrivals -= 1) count += size(random);
    return { count, exposure: 1 };
  },
});

/** Work comes in waves of an hour, of one to a hundred tasks at a time; each task acts as always. */
function waves(name: string, perTask: number): Habit {
  let [slots, tasks] = [0, 1];
  return {
    name,
    metric: 'effects',
    next: (random, times) => {
      if (slots % 7_200 === 0) tasks = Math.ceil(100 ** random());
      slots += 1;
      return { count: poisson(perTask * tasks * times, random), exposure: tasks };
    },
  };
}

/** Busy and quiet minutes by turns, of no fixed length: what an agent does is clustered in time. */
function moods(name: string, quiet: number, busy: number): Habit {
  let isBusy = false;
  return {
    name,
    metric: 'effects',
    next: (random, times) => {
      if (random() < 1 / 60) isBusy = !isBusy;
      return { count: poisson((isBusy ? busy : quiet) * times, random), exposure: 1 };
    },
  };
}

const outcomes = (name: string, metric: Metric, perSlot: number, share: number): Habit => ({
  name,
  metric,
  next: (random, times) => {
    const exposure = poisson(perSlot, random);
    let count = 0;
    for (let n = 0; n < exposure; n += 1) if (random() < Math.min(1, share * times)) count += 1;
    return { count, exposure };
  },
});

/** Made anew for each agent: some of them have a state. */
export const HABITS: (() => Habit)[] = [
  () => each('an act in ten seconds', 0.05),
  () => each('two acts in five seconds', 0.2),
  () => each('an act a second', 0.5),
  () => each('ten acts a second', 5),
  () => each('batches of 1 to 39', 0.1, (random) => 1 + Math.floor(random() * 39)),
  () => each('heavy tails (Pareto 1.5)', 0.1, (random) => Math.min(10_000, Math.ceil((1 - random()) ** (-1 / 1.5)))),
  () => waves('waves of 1 to 100 tasks', 0.3),
  () => moods('half minutes of little and of much', 0.1, 1),
  () => outcomes('one in twenty fails', 'failures', 3, 0.05),
  () => outcomes('one in three fails', 'failures', 3, 0.33),
  () => outcomes('one in fifty is refused', 'refusals', 3, 0.02),
];

/** Alarms of one agent in so many active slots; after an alarm it goes on as it was. */
export function alarmsOf(
  habit: Habit,
  slots: number,
  random: Random,
  config: BehaviourConfig,
  threshold: number,
): number {
  let watch = NEW_WATCH;
  let alarms = 0;
  for (let slot = 0; slot < slots; slot += 1) {
    const { count, exposure } = habit.next(random, 1);
    watch = watchSlot(watch, habit.metric, count, exposure, config);
    if (watch.evidence >= threshold) {
      alarms += 1;
      watch = { ...watch, evidence: 0, count: 0, exposure: 0 };
    }
  }
  return alarms;
}

/** Seconds until an agent that was as always for so many slots, and then does ten times as much, is noticed. */
export function secondsToNotice(habit: Habit, slotsBefore: number, random: Random, config: BehaviourConfig) {
  const threshold = thresholdFor(config);
  let watch = NEW_WATCH;
  for (let slot = 0; slot < slotsBefore; slot += 1) {
    const { count, exposure } = habit.next(random, 1);
    watch = watchSlot(watch, habit.metric, count, exposure, config);
  }
  for (let slot = 1; slot < 10_000; slot += 1) {
    const { count, exposure } = habit.next(random, 10);
    watch = watchSlot(watch, habit.metric, count, exposure, config);
    const alarm = alarmOf(watch, habit.metric, threshold);
    if (alarm) return { seconds: (slot * SLOT_MS) / 1_000, sigmas: alarm.sigmas };
  }
  return { seconds: Number.POSITIVE_INFINITY, sigmas: 0 };
}

function main(agentWeeks: number, seed: number): void {
  const config = readConfig('behaviour.yaml', Config);
  const threshold = thresholdFor(config);
  const slotsOfAWeek = (7 * 86_400_000) / SLOT_MS / 100;
  for (const make of HABITS) {
    const random = seeded(seed);
    let alarms = 0;
    for (let week = 0; week < agentWeeks; week += 1)
      alarms += alarmsOf(make(), slotsOfAWeek, random, config, threshold);
    const delays = Array.from({ length: 200 }, () => secondsToNotice(make(), 7_200, random, config).seconds).sort(
      (one, other) => one - other,
    );
    const { name, metric } = make();
    const row = {
      name,
      metric,
      agentWeeks,
      seed,
      falseAlarms: alarms,
      tenfoldNoticedP50: delays[100],
      p99: delays[197],
    };
    process.stdout.write(`${JSON.stringify(row)}\n`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  main(Number(process.argv[2] ?? 10_000), Number(process.argv[3] ?? 7));
