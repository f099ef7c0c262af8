// Words and figures of stages and anomalies. Pure.
import type { Anomaly, Promotion, Stage, Step } from '../stages-api.ts';
import { plural } from './format.ts';
import type { StateLook } from './states.ts';

export const STEPS: readonly Step[] = ['shadow', 'canary_1', 'canary_10', 'canary_50', 'live'];

export const STEP_NAMES: Record<Step, string> = {
  shadow: 'Shadow',
  canary_1: 'Canary 1 %',
  canary_10: 'Canary 10 %',
  canary_50: 'Canary 50 %',
  live: 'Live',
};

export function stepLook(step: Step): StateLook {
  const word = STEP_NAMES[step] ?? step;
  if (step === 'shadow')
    return { word, tone: 'violet', icon: 'shadow', why: 'What it would do is recorded and not done.' };
  if (step === 'live') return { word, tone: 'green', icon: 'check', why: 'It acts on everything.' };
  const share = step.slice('canary_'.length);
  return { word, tone: 'blue', icon: 'play', why: `It acts on ${share} % of operations; the others go as before.` };
}

/** The verdict in one line, with its look. */
export function verdictOf(promotion: Promotion): StateLook {
  if (promotion.kind === 'live')
    return {
      word: 'Live, no further step',
      tone: 'green',
      icon: 'check',
      why: 'A captain may send it back to shadow.',
    };
  const to = STEP_NAMES[promotion.to] ?? promotion.to;
  if (promotion.kind === 'not_yet')
    return {
      word: `${to}: not yet, ${plural(promotion.missing.length, 'thing')} missing`,
      tone: 'grey',
      icon: 'clock',
      why: promotion.missing.join('\n'),
    };
  return promotion.by === 'captain'
    ? { word: `${to}: earned, a captain decides`, tone: 'amber', icon: 'hand', why: 'Every condition is met.' }
    : { word: `${to}: earned, goes on by itself`, tone: 'green', icon: 'check', why: 'Every condition is met.' };
}

export const percent = (share: number): string => `${Math.round(share * 1_000) / 10} %`;

/** How often it disagreed, and how often at most with 95 % confidence; nothing while nothing was compared. */
export function disagreementOf({ record, disagreementAtMost }: Pick<Stage, 'record' | 'disagreementAtMost'>) {
  if (record.compared === 0) return undefined;
  return {
    share: percent(record.disagreed / record.compared),
    atMost: disagreementAtMost === null ? undefined : percent(disagreementAtMost),
  };
}

const METRICS: Record<string, string> = {
  effects: 'effects per operation',
  calls: 'calls per operation',
  spendCents: 'cents per operation',
  failures: 'failures per ended task',
  refusals: 'refusals per proposal',
};
export const metricName = (metric: string): string => METRICS[metric] ?? metric;

/** Four digits are enough to compare what was seen with what was usual. */
export const formatRate = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 4 });

export const formatSigmas = ({ sigmas }: Pick<Anomaly, 'sigmas'>): string =>
  sigmas > 1_000 ? '> 1,000 σ' : `${sigmas.toFixed(1)} σ`;
