// A decision: one held effect, or several that exclude each other, put before voters and people until it is settled.
import { contentId } from '../common/ids.ts';

/** What may still be needed before a held effect is cleared: enough votes of the panel, or the word of a person. */
export const DECIDED_NEEDS = ['votes', 'person'] as const;
export type Need = (typeof DECIDED_NEEDS)[number];

/**
 * gathering: a contest that still takes proposals · open: votes are taken · approved, rejected, expired: the tally's word ·
 * vetoed: the captain's word, which stands above the tally's. What was approved is open again when the proposal changed
 * before it was carried out.
 */
export const DECISION_STATUSES = ['gathering', 'open', 'approved', 'rejected', 'expired', 'vetoed'] as const;
export type DecisionStatus = (typeof DECISION_STATUSES)[number];

export const ALLOWED_DECISION_MOVES = {
  gathering: ['open', 'vetoed'],
  open: ['approved', 'rejected', 'expired', 'vetoed'],
  approved: ['vetoed', 'open'],
  rejected: ['vetoed'],
  expired: ['vetoed'],
  vetoed: [],
} as const satisfies Record<DecisionStatus, readonly DecisionStatus[]>;

/** The statuses from which `to` may be reached: the condition of the write that moves a decision there. */
export const statusesBefore = (to: DecisionStatus): DecisionStatus[] =>
  DECISION_STATUSES.filter((from) => (ALLOWED_DECISION_MOVES[from] as readonly DecisionStatus[]).includes(to));

/** One held effect that stands to be decided. */
export type Option = {
  effectId: string;
  /** of the proposal: who votes, votes for exactly this */
  digest: string;
  needs: readonly Need[];
  /** who proposed it: none of them votes on it */
  authors: string[];
  actor: string;
  action: string;
  target: string;
  choice: string;
  confidence: number;
  spendCents: number;
  files: number;
  /** the higher one wins a tie that the captain does not break */
  priority: number;
  proposedAt: string;
};

/** Who is invited to vote. Votes of one lineage can fail together for one reason, so several lineages have to agree. */
export type Seat = { voterId: string; lineage: string; builtIn?: boolean };
export type Quorum = { approvals: number; lineages: number };

export type Vote = {
  voterId: string;
  lineage: string;
  /** on a seat of the panel: only these count towards the quorum */
  seated: boolean;
  /** a person with the right to approve, whose no is final; a captain's vote breaks ties */
  person: boolean;
  captain: boolean;
  /** the effects that the voter agrees to, best first; none of them is a no */
  accepts: string[];
  abstains: boolean;
  reason: string;
  digest: string;
  at: string;
};

export type Decision = {
  decisionId: string;
  status: DecisionStatus;
  /** the proposals that exclude each other share this key */
  contest?: string;
  digest: string;
  options: Option[];
  seats: Seat[];
  quorum: Quorum;
  votes: Record<string, Vote>;
  /** the votes on what this decision was about before its proposals changed */
  earlier?: Vote[];
  voteCount: number;
  openedAt: string;
  /** while gathering: until when proposals join */
  gatheringUntil?: string;
  closesAt: string;
  chosen?: string;
  decidedAt?: string;
  decidedBy?: string;
  reason?: string;
  /** what became of each effect when the decision was carried out */
  carriedOut?: Record<string, string>;
  carriedOutAt?: string;
};

/** `eff_01J…` → `dec_01J…`: nothing has to be looked up to find an effect's decision. */
export const decisionIdOf = (effectId: string): string => `dec_${effectId.slice(4)}`;
export const effectIdIn = (decisionId: string): string => `eff_${decisionId.slice(4)}`;
/** Proposals that exclude each other are decided together, under an id that follows from what they share. */
export const contestIdOf = (contest: string): string => contentId('dec', 'contest', contest);

/** Of one proposal its own digest; of several one over all of them, whatever order they came in. */
export function digestOfOptions(options: readonly Pick<Option, 'effectId' | 'digest'>[]): string {
  const [only] = options;
  if (only && options.length === 1) return only.digest;
  const lines = options.map(({ effectId, digest }) => `${effectId}=${digest}`).sort();
  return contentId('sha', ...lines);
}
