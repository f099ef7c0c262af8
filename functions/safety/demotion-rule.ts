// Whether a subject has to go back to shadow: a critical failure at once, worse results by an exact test. Pure.
import { failsAtLeast, failsMoreOften } from './exact-test.ts';
import type { Stage, StagesConfig } from './stage.ts';

export type Demotion =
  | { kind: 'demote'; to: 'shadow'; reason: string }
  /** `looks`: so many are spent now; more than before when the test was made and found nothing */
  | { kind: 'stay'; looks: number };

/** Results are looked at when the candidate has this many, so that the number of looks grows slowly: 5, 7, 8, 10, 13 … */
export const lookAt = (look: number): number => Math.ceil(5 * 1.25 ** look);

/**
 * The share of the allowed error that a look may spend: all looks together spend no more than the whole, so however long
 * one watches, a candidate as good as the incumbent is sent back with at most that probability.
 */
export const errorOfLook = (look: number, whole: number): number => whole / ((look + 1) * (look + 2));

/** After a look at so many results: how many looks are behind us, those that were passed over included. */
export function looksAfter(results: number): number {
  let look = 0;
  while (lookAt(look) <= results) look += 1;
  return look;
}

export function decideDemotion(
  { step, record, looks, subject }: Stage,
  { promotion, demotion }: StagesConfig,
): Demotion {
  if (step === 'shadow') return { kind: 'stay', looks };
  if (record.critical > promotion.criticalMax)
    return { kind: 'demote', to: 'shadow', reason: `critical: ${record.critical} in ${subject}` };
  const candidate = { failed: record.candidateFailed, of: record.candidateFailed + record.candidateSucceeded };
  const incumbent = { failed: record.incumbentFailed, of: record.incumbentFailed + record.incumbentSucceeded };
  if (candidate.of < lookAt(looks)) return { kind: 'stay', looks };
  const [probability, against] =
    incumbent.of > 0
      ? [failsMoreOften(candidate, incumbent), `${incumbent.failed} of ${incumbent.of} of the incumbent`]
      : [
          failsAtLeast(candidate, demotion.failureShareAccepted),
          `the accepted ${demotion.failureShareAccepted * 100} %`,
        ];
  if (probability > errorOfLook(looks, demotion.falseDemotionMax))
    return { kind: 'stay', looks: looksAfter(candidate.of) };
  const odds = probability.toPrecision(2);
  return {
    kind: 'demote',
    to: 'shadow',
    reason: `worse: ${candidate.failed} of ${candidate.of} failed against ${against} (by chance: ${odds})`,
  };
}
