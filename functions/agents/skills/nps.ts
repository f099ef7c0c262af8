// The net promoter score: promoters 9-10, passives 7-8, detractors 0-6. Counting first, then one rounding. Pure.
import { numberIn, percentText, ratioText, roundedText } from './numbers.ts';

export type NpsTally = { promoters: number; passives: number; detractors: number; empty: number; invalid: number };
export const noAnswers = (): NpsTally => ({ promoters: 0, passives: 0, detractors: 0, empty: 0, invalid: 0 });

/** Counts one cell: whole numbers from 0 to 10 are answers, blanks are empty, everything else is invalid. */
export function countScore(tally: NpsTally, cell: string): void {
  tally[kindOf(cell)] += 1;
}

function kindOf(cell: string): keyof NpsTally {
  if (cell.trim() === '') return 'empty';
  const score = numberIn(cell);
  if (score === undefined || !Number.isInteger(score) || score < 0 || score > 10) return 'invalid';
  if (score >= 9) return 'promoters';
  return score >= 7 ? 'passives' : 'detractors';
}

export const answersOf = ({ promoters, passives, detractors }: NpsTally): number => promoters + passives + detractors;

/**
 * `score`: 100 × (promoters − detractors) / answers, to one decimal, half away from zero. `low`, `high`: 95 % interval,
 * normal approximation, cut at ±100. Undefined without answers.
 */
export function npsOf(tally: NpsTally): { score: string; low: string; high: string } | undefined {
  const answers = answersOf(tally);
  if (answers === 0) return undefined;
  const { promoters, detractors } = tally;
  const mean = (promoters - detractors) / answers;
  const variance = (promoters + detractors) / answers - mean ** 2;
  const margin = 196 * Math.sqrt(Math.max(0, variance) / answers);
  return {
    score: ratioText(100 * (promoters - detractors), answers, 1),
    low: roundedText(Math.max(-100, 100 * mean - margin), 1),
    high: roundedText(Math.min(100, 100 * mean + margin), 1),
  };
}

/** `['Promoters (9–10)', '120', '40.0 %']` and so on. */
export function shareRows(tally: NpsTally): string[][] {
  const answers = answersOf(tally);
  const row = (label: string, count: number) => [label, String(count), percentText(count, answers)];
  return [
    row('Promoters (9–10)', tally.promoters),
    row('Passives (7–8)', tally.passives),
    row('Detractors (0–6)', tally.detractors),
  ];
}
