// Who may vote on what, and what a vote has to say to count: one per identity, for exactly what stands to be decided.
import * as z from 'zod';
import type { Decision, Vote } from './decision.ts';

const reason = z.string().trim().min(3, 'a word on why').max(500);

/** One proposal is approved, rejected or abstained from; of several that exclude each other those agreed to are ranked. */
export const BallotPaper = z.strictObject({
  choice: z.enum(['approve', 'reject', 'abstain']).optional(),
  ranking: z.array(z.string().max(100)).max(20).optional(),
  reason,
  /** what the voter has read: a decision that changed since is not voted on unseen */
  digest: z.string().min(1).max(100),
});
export type BallotPaper = z.infer<typeof BallotPaper>;

/** Who came in, as the door found them. A built-in reviewer's identity is only believed inside. */
export type Voter = { principalId: string; roles: readonly string[]; inside: boolean };

export type VoteRefusal =
  | 'voting_not_begun'
  | 'voting_closed'
  | 'too_many_votes'
  | 'digest_changed'
  | 'already_voted'
  | 'not_a_voter'
  | 'own_proposal'
  | 'choice_missing'
  | 'unknown_option';
export type Admission =
  | { kind: 'admitted'; vote: Vote }
  | { kind: 'refused'; reason: VoteRefusal; detail: string; path?: string };

const PEOPLE = 'people';
/** A decision and its votes are one item, which has to stay below 400 KB. */
export const VOTES_MAX = 200;

export function admitVote(decision: Decision, voter: Voter, paper: BallotPaper, at: string): Admission {
  const barred = whyBarred(decision, voter, at) ?? unreadable(decision, paper);
  if (barred) return { kind: 'refused', ...barred };
  const seat = seatOf(decision, voter);
  const person = isPerson(voter);
  const vote: Vote = {
    voterId: voter.principalId,
    lineage: seat?.lineage ?? PEOPLE,
    seated: seat !== undefined,
    person,
    captain: person && voter.roles.includes('captain'),
    accepts: paper.ranking ?? (paper.choice === 'approve' ? decision.options.map(({ effectId }) => effectId) : []),
    abstains: paper.choice === 'abstain',
    reason: paper.reason,
    digest: paper.digest,
    at,
  };
  return { kind: 'admitted', vote };
}

type Fault = { reason: VoteRefusal; detail: string; path?: string };

/** Why this voter may not vote on this decision now; nothing when they may. */
export function whyBarred(decision: Decision, voter: Voter, at: string): Fault | undefined {
  const { status, closesAt, votes, options } = decision;
  if (status === 'gathering')
    return {
      reason: 'voting_not_begun',
      detail: `Proposals join until ${decision.gatheringUntil}; then the vote begins`,
    };
  if (status !== 'open') return { reason: 'voting_closed', detail: `The decision is ${status}` };
  if (at >= closesAt) return { reason: 'voting_closed', detail: `The vote ended at ${closesAt}` };
  if (decision.voteCount >= VOTES_MAX)
    return { reason: 'too_many_votes', detail: `${VOTES_MAX} have voted; no more votes are taken` };
  if (!seatOf(decision, voter) && !isPerson(voter))
    return { reason: 'not_a_voter', detail: 'Only the panel of this decision and people who may approve vote on it' };
  if (options.some(({ authors }) => authors.includes(voter.principalId)))
    return { reason: 'own_proposal', detail: 'Nobody votes on a proposal of their own' };
  if (Object.hasOwn(votes, voter.principalId))
    return { reason: 'already_voted', detail: `Voted at ${votes[voter.principalId]?.at}; one vote each` };
  return undefined;
}

/** Why this paper says nothing about this decision. */
function unreadable({ digest, options }: Decision, paper: BallotPaper): Fault | undefined {
  if (paper.digest !== digest)
    return {
      reason: 'digest_changed',
      path: 'digest',
      detail: `What stands to be decided is now ${digest}: read it again`,
    };
  const { choice, ranking } = paper;
  if (!ranking) {
    if (choice === 'reject' || choice === 'abstain' || (choice && options.length === 1)) return undefined;
    const several = 'The effects that are agreed to, best first';
    return choice
      ? { reason: 'choice_missing', path: 'ranking', detail: several }
      : { reason: 'choice_missing', path: 'choice', detail: 'approve, reject or abstain, or a ranking' };
  }
  if (choice) return { reason: 'choice_missing', path: 'choice', detail: 'Either a choice or a ranking' };
  const foreign = ranking.find(
    (id, index) => !options.some(({ effectId }) => effectId === id) || ranking.indexOf(id) < index,
  );
  if (foreign === undefined) return undefined;
  const known = options.map(({ effectId }) => effectId).join(', ');
  return { reason: 'unknown_option', path: 'ranking', detail: `${foreign} is not one of ${known}, or is there twice` };
}

const isPerson = ({ roles }: Voter): boolean => roles.includes('approver') || roles.includes('captain');
const seatOf = ({ seats }: Decision, { principalId, inside }: Voter) =>
  seats.find(({ voterId, builtIn }) => voterId === principalId && Boolean(builtIn) === inside);
