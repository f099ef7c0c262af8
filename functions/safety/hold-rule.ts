// Which proposals wait for others before they may happen: votes for what is large, a person for what is doubtful. Pure.
import * as z from 'zod';
import type { Impact, Need, Proposal } from './effect.ts';

/** The part `holds` of config/gate.yaml. */
export const HoldThresholds = z.strictObject({
  /** from here on agents vote: 3 of 5 */
  votes: z.strictObject({ spendCentsFrom: z.int().min(0), filesFrom: z.int().min(0) }),
  /** below this confidence, above this money, or when it cannot be undone, a person is asked */
  person: z.strictObject({
    confidenceBelow: z.number().min(0).max(1),
    spendCentsAbove: z.int().min(0),
    irreversible: z.boolean(),
  }),
});
export type HoldThresholds = z.infer<typeof HoldThresholds>;

export type Hold = { needs: Need[]; because: string[] };

/** What has to be met before it may happen; nothing for most. `impact` is what it may cost at most. */
export function holdOf(
  { confidence, reversible, undo, contest }: Pick<Proposal, 'confidence' | 'reversible' | 'undo' | 'contest'>,
  impact: Impact,
  { votes, person }: HoldThresholds,
): Hold {
  const forVotes = [
    ...(impact.spendCents >= votes.spendCentsFrom ? [`${impact.spendCents} cents from ${votes.spendCentsFrom}`] : []),
    ...(impact.files >= votes.filesFrom ? [`${impact.files} files from ${votes.filesFrom}`] : []),
    ...(contest === undefined ? [] : [`one of those that compete for ${contest}`]),
  ];
  const cannotBeUndone = reversible === 'no' || (reversible === 'yes' && undo === undefined);
  const forPerson = [
    ...(confidence < person.confidenceBelow ? [`confidence ${confidence} below ${person.confidenceBelow}`] : []),
    ...(impact.spendCents > person.spendCentsAbove
      ? [`${impact.spendCents} cents above ${person.spendCentsAbove}`]
      : []),
    ...(person.irreversible && cannotBeUndone ? ['it says no way to undo it'] : []),
  ];
  return {
    needs: [...(forVotes.length > 0 ? ['votes' as const] : []), ...(forPerson.length > 0 ? ['person' as const] : [])],
    because: [...forVotes.map((text) => `votes: ${text}`), ...forPerson.map((text) => `person: ${text}`)],
  };
}
