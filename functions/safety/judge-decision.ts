// Whether a decision is settled now, and how: as soon as its tally is certain, or when its time is over. Pure.
import type { Decision, DecisionStatus } from './decision.ts';
import { type Refusal, type Tally, tally } from './tally.ts';

export type Judgement =
  | { kind: 'wait'; untilAt: string }
  /** no more proposals join; the vote begins */
  | { kind: 'begin' }
  | {
      kind: 'settle';
      status: Extract<DecisionStatus, 'approved' | 'rejected' | 'expired'>;
      chosen?: string;
      reason: string;
    };

const WORDS: Record<Refusal, string> = {
  too_few_approvals: 'fewer approvals than the quorum asks for',
  too_few_lineages: 'the approvals come from too few lineages',
  majority_against: 'more votes against it than for it',
  tie: 'as many against as for it, and no captain who breaks the tie',
  person_against: 'a person refused',
  no_person: 'no person approved',
};
const CHOSEN = {
  count: 'by count',
  captain: 'tied, and chosen by the captain',
  priority: 'tied, and chosen by priority',
  order: 'tied, and chosen because it was proposed first',
} as const satisfies Record<Extract<Tally, { kind: 'chosen' }>['by'], string>;

export function judgeDecision(decision: Decision, at: string): Judgement {
  const { status, gatheringUntil, closesAt } = decision;
  if (status === 'gathering' && gatheringUntil) {
    return at < gatheringUntil ? { kind: 'wait', untilAt: gatheringUntil } : { kind: 'begin' };
  }
  const over = at >= closesAt;
  const result = tally(electionOf(decision, over));
  if (result.kind === 'undecided') return { kind: 'wait', untilAt: closesAt };
  if (result.kind === 'chosen') {
    const reason = decision.options.length === 1 ? `approved: ${countOf(decision)}` : CHOSEN[result.by];
    return { kind: 'settle', status: 'approved', chosen: result.effectId, reason };
  }
  const reason = `${WORDS[result.reason]}: ${countOf(decision)}`;
  if (!over) return { kind: 'settle', status: 'rejected', reason };
  return { kind: 'settle', status: 'expired', reason: `its time is over with ${reason}` };
}

function electionOf({ options, votes, seats, quorum }: Decision, over: boolean) {
  const ballots = Object.values(votes);
  const outstanding = over ? [] : seats.filter(({ voterId }) => !Object.hasOwn(votes, voterId));
  return { options, ballots, outstanding, open: !over, quorum };
}

function countOf({ votes, seats, options }: Decision): string {
  const cast = Object.values(votes).filter(({ abstains }) => !abstains);
  const yes = cast.filter(({ accepts }) => accepts.length > 0).length;
  const of = options.length > 1 ? `${options.length} proposals, ` : '';
  return `${of}${yes} for, ${cast.length - yes} against, ${seats.length} seats`;
}
