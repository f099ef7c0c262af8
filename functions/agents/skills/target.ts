// What a goal such as "increase the net promoter score by 5 %" means in answers, given the score that was found.
import * as z from 'zod';
import { answersOf } from './nps.ts';

const Nps = z.object({
  kind: z.literal('feedback.nps'),
  computed: z.literal(true),
  counts: z.object({
    promoters: z.number(),
    passives: z.number(),
    detractors: z.number(),
    empty: z.number(),
    invalid: z.number(),
  }),
});

/** One sentence, or nothing when the text names no such goal or no score was computed. */
export function targetNote(objectiveText: string, results: unknown[]): string | undefined {
  const counts = results.flatMap((result) => Nps.safeParse(result).data?.counts ?? [])[0];
  const goal =
    /\b(?:increase|raise|improve|lift|grow)\b.*?\b(?:nps|net promoter score|promoter score)\b.*?\bby\s+(\d{1,3}(?:[.,]\d+)?)\s*(%|percent\b|points?\b)/is.exec(
      objectiveText,
    );
  if (!counts || !goal || answersOf(counts) === 0) return undefined;
  const answers = answersOf(counts);
  const balance = counts.promoters - counts.detractors;
  const amount = Number(goal[1]!.replace(',', '.'));
  const relative = !goal[2]!.toLowerCase().startsWith('point');
  if (relative && balance <= 0)
    return `The goal of ${goal[1]} % more has no meaning for a score of zero or less; state it in points.`;
  const neededBalance = Math.ceil(
    relative ? balance * (1 + amount / 100) - 1e-9 : balance + (amount * answers) / 100 - 1e-9,
  );
  const steps = neededBalance - balance;
  const unit = relative ? '%' : 'points';
  return `The goal (${goal[1]} ${unit} more) takes ${steps} of these ${answers} answers one class higher: a detractor who becomes passive or a passive who becomes a promoter.`;
}
