// A decision as a person reads it: what was to be decided and why, who said what, what became of it, who may still act.
import { type Voter, whyBarred } from './admit-vote.ts';
import { type Decision, decisionIdOf, type Option } from './decision.ts';
import type { HeldEffect } from './place-proposal.ts';
import { pointsOf } from './tally.ts';

/** One line of the list. */
export function decisionSummary(decision: Decision) {
  const { decisionId, status, options, openedAt, closesAt, decidedAt, decidedBy, reason, chosen } = decision;
  const shown = options.find(({ effectId }) => effectId === chosen) ?? options[0];
  return {
    decisionId,
    status,
    ...(shown && { actor: shown.actor, action: shown.action, target: shown.target, choice: shown.choice }),
    ...(shown && { confidence: shown.confidence, spendCents: shown.spendCents, files: shown.files }),
    proposals: options.length,
    needs: needsOf(options),
    votes: countOf(decision),
    openedAt,
    closesAt,
    ...(decidedAt ? { decidedAt, decidedBy, reason } : {}),
  };
}

export function decisionView(
  decision: Decision,
  effects: readonly (HeldEffect | undefined)[],
  caller: Voter,
  at: string,
) {
  const {
    digest,
    contest,
    votes,
    earlier = [],
    seats,
    quorum,
    gatheringUntil,
    chosen,
    carriedOut,
    carriedOutAt,
  } = decision;
  const barred = whyBarred(decision, caller, at);
  return {
    ...decisionSummary(decision),
    digest,
    ...(contest === undefined ? {} : { contest, chosen, points: pointsTable(decision) }),
    proposed: decision.options.map((option, index) =>
      proposalView(option, effects[index], carriedOut?.[option.effectId]),
    ),
    quorum,
    ballots: Object.values(votes).sort((a, b) => (a.at < b.at ? -1 : 1)),
    ...(earlier.length > 0 ? { earlierBallots: earlier } : {}),
    ...(carriedOutAt ? { carriedOutAt } : {}),
    mayStillAct: {
      ...(gatheringUntil ? { gatheringUntil } : {}),
      until: decision.closesAt,
      voters:
        decision.status === 'open'
          ? seats.filter(({ voterId }) => !Object.hasOwn(votes, voterId)).map(({ voterId }) => voterId)
          : [],
      person:
        decision.status === 'open' &&
        needsOf(decision.options).includes('person') &&
        !Object.values(votes).some(({ person }) => person),
      captainsVeto: decision.status !== 'vetoed',
      you: barred ? { mayVote: false, because: barred.detail } : { mayVote: true },
    },
  };
}

const pointsTable = ({ options, votes }: Decision) => {
  const points = pointsOf(options, Object.values(votes));
  return Object.fromEntries(options.map((option) => [option.effectId, points(option)]));
};

/** An effect that nobody had to decide on: the gate did, by its rules. */
export const gateDecisionView = (effect: HeldEffect) => ({
  decisionId: decisionIdOf(effect.effectId),
  status: effect.status === 'denied' ? 'rejected' : effect.status === 'held' ? 'open' : 'approved',
  actor: effect.actor,
  action: effect.action,
  target: effect.target,
  choice: effect.choice,
  confidence: effect.confidence,
  proposals: 1,
  needs: effect.needs,
  votes: { for: 0, against: 0, abstained: 0, seats: 0 },
  openedAt: effect.at,
  decidedBy: 'gate',
  reason: effect.reason,
  digest: effect.digest,
  proposed: [proposalView(effect, effect, undefined)],
  ballots: [],
  mayStillAct: {
    voters: [],
    person: false,
    captainsVeto: true,
    you: { mayVote: false, because: 'The gate decided by its rules' },
  },
});

/** Everything that the proposal said, beside what really happened. */
function proposalView(
  option: Pick<Option, 'effectId' | 'digest' | 'needs'> | HeldEffect,
  effect: HeldEffect | undefined,
  fate: string | undefined,
) {
  const { effectId, digest, needs } = option;
  if (!effect) return { effectId, digest, needs };
  const { actor, action, target, context, options, choice, rationale, confidence, impact, scope } = effect;
  const { reversible, undo, status, reason, outcome, real, settledAt } = effect;
  const happened = {
    status,
    reason,
    ...(outcome ? { outcome } : {}),
    ...(real ? { impact: real } : {}),
    ...(settledAt ? { settledAt } : {}),
  };
  return {
    ...{ effectId, digest, needs, actor, scope, action, target, context, options, choice, rationale, confidence },
    expectedImpact: impact,
    reversible,
    ...(undo ? { undo } : {}),
    ...(fate ? { carriedOut: fate } : {}),
    outcome: happened,
  };
}

const needsOf = (options: readonly Pick<Option, 'needs'>[]): string[] => [
  ...new Set(options.flatMap(({ needs }) => needs)),
];

function countOf({ votes, seats }: Decision) {
  const all = Object.values(votes);
  const counted = all.filter(({ abstains }) => !abstains);
  const yes = counted.filter(({ accepts }) => accepts.length > 0).length;
  return { for: yes, against: counted.length - yes, abstained: all.length - counted.length, seats: seats.length };
}
