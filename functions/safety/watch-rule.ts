// Sequential detection for one metric: a bet against "as always", whose winnings are the evidence. Pure.
//
// In each slot the capital is multiplied by 1 + bet * (count / (bound * exposure) - 1), where `bound` is the most that is
// normal. As long as what is to be expected, given all before, is within the bound, this factor is 1 or less on average,
// whatever the distribution. Capital that starts at 1 again whenever it falls below (a CUSUM) then reaches A after A slots
// on average at the earliest: so A = slots of a week * metrics / false alarms allowed. No threshold is tuned by hand.
import {
  type Alarm,
  type BehaviourConfig,
  BLOCK_SLOTS,
  METRICS,
  type Metric,
  SLOT_MS,
  type Watch,
} from './behaviour.ts';

const SLOTS_OF_A_WEEK = (7 * 86_400_000) / SLOT_MS;
/** The memory of a baseline: about two hours of activity. */
const BLOCKS_REMEMBERED = 240;
/** While there is so much evidence (1 : 20) nothing is learned: what may be an anomaly does not become normal. */
const SUSPICION = Math.log(20);
/** Few counts in a slot: bet as if against three times the bound. Many: never more than this part of the capital. */
const RATIO = 3;
const STAKE_MAX = 0.8;
/** A spread learned from so many blocks counts double. */
const UNSURE_BLOCKS = 10;
/** A single block moves the baseline no further than if it were this many deviations off. */
const OUTLIER_SIGMAS = 4;

export const thresholdFor = ({ falseAlarmsPerWeekMax }: Pick<BehaviourConfig, 'falseAlarmsPerWeekMax'>): number =>
  Math.log((SLOTS_OF_A_WEEK * METRICS.length) / falseAlarmsPerWeekMax);

type Rules = Pick<BehaviourConfig, 'sigmas' | 'normalUpTo' | 'blocksMin' | 'metrics'>;

/** The highest rate that is normal: by the baseline's spread, by its size, and never less than the floor. */
export function boundOf({ blocks, mean, variance }: Watch, metric: Metric, rules: Rules): number {
  const { floor, newcomer } = rules.metrics[metric];
  // The spread of a few blocks is easily too small.
  const deviation = Math.sqrt(variance) * (1 + UNSURE_BLOCKS / Math.max(1, blocks));
  const normal = Math.max(floor, mean + rules.sigmas * deviation, mean * rules.normalUpTo);
  return blocks < rules.blocksMin ? Math.max(normal, newcomer) : normal;
}

/** One slot of one metric. Without exposure there is nothing to bet on and nothing to learn. */
export function watchSlot(watch: Watch, metric: Metric, count: number, exposure: number, rules: Rules): Watch {
  if (exposure <= 0) return watch;
  const expected = boundOf(watch, metric, rules) * exposure;
  const stake = Math.min(STAKE_MAX, (RATIO - 1) * expected);
  const evidence = Math.max(0, watch.evidence + Math.log1p(stake * (count / expected - 1)));
  const isCalm = evidence === 0;
  return learn({
    ...watch,
    evidence,
    count: isCalm ? 0 : watch.count + count,
    exposure: isCalm ? 0 : watch.exposure + exposure,
    blockCount: watch.blockCount + count,
    blockExposure: watch.blockExposure + exposure,
    blockSlots: watch.blockSlots + 1,
  });
}

function learn(watch: Watch): Watch {
  if (watch.blockSlots < BLOCK_SLOTS) return watch;
  const empty = { ...watch, blockCount: 0, blockExposure: 0, blockSlots: 0 };
  if (watch.evidence > SUSPICION) return empty;
  const seen = watch.blockCount / watch.blockExposure;
  const blocks = Math.min(watch.blocks + 1, BLOCKS_REMEMBERED);
  const most = watch.mean + OUTLIER_SIGMAS * Math.sqrt(watch.variance);
  // With a handful of blocks the spread is not known: then nothing is an outlier.
  const difference = (watch.blocks < 5 || watch.variance === 0 ? seen : Math.min(seen, most)) - watch.mean;
  const mean = watch.mean + difference / blocks;
  const variance = (1 - 1 / blocks) * (watch.variance + difference ** 2 / blocks);
  return { ...empty, blocks, mean, variance };
}

/** Whether the evidence is enough, and by how much what was seen differs. */
export function alarmOf(watch: Watch, metric: Metric, threshold: number): Alarm | undefined {
  if (watch.evidence < threshold) return undefined;
  const observed = watch.count / watch.exposure;
  const deviation = Math.sqrt(watch.variance);
  return {
    metric,
    expected: watch.mean,
    deviation,
    observed,
    sigmas: deviation > 0 ? (observed - watch.mean) / deviation : Number.MAX_SAFE_INTEGER,
    score: watch.evidence,
    threshold,
  };
}
