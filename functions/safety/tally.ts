// Counts votes: approval for one proposal, Borda for several that exclude each other. Pure; every rule of the count is here.
import type { Option, Quorum, Seat, Vote } from './decision.ts';

export type Ballot = Pick<Vote, 'voterId' | 'lineage' | 'seated' | 'person' | 'captain' | 'accepts' | 'abstains'>;
type Candidate = Pick<Option, 'effectId' | 'needs' | 'priority' | 'proposedAt'>;

export type Election = {
  options: readonly Candidate[];
  ballots: readonly Ballot[];
  /** invited and not heard from yet; nobody once the vote is closed */
  outstanding: readonly Seat[];
  /** whether people may still come; not once the vote is closed */
  open: boolean;
  quorum: Quorum;
};
export type Refusal =
  | 'too_few_approvals'
  | 'too_few_lineages'
  | 'majority_against'
  | 'tie'
  | 'person_against'
  | 'no_person';
export type Tally =
  | { kind: 'chosen'; effectId: string; by: 'count' | 'captain' | 'priority' | 'order' }
  | { kind: 'refused'; reason: Refusal }
  | { kind: 'undecided' };

/** Whatever the votes still to come may say, a result that is certain now stays; only the closing ends what is not. */
export const tally = (election: Election): Tally =>
  election.options.length === 1 ? tallyApproval(election) : tallyBorda(election);

/** One proposal: enough approvals of enough lineages, more than are against, and a person where one is needed. */
export function tallyApproval(election: Election): Tally {
  const [option] = election.options as [Candidate];
  const atBest = objectionTo(option, bestFor(election), election.quorum);
  if (atBest) return { kind: 'refused', reason: atBest };
  if (objectionTo(option, worstFor(election), election.quorum)) return { kind: 'undecided' };
  return { kind: 'chosen', effectId: option.effectId, by: 'count' };
}

/**
 * Several: of those that would pass alone, the one with the most points. On a ballot over n options the first gets n - 1
 * points, the next one less, an option that is left out none. Ties: captain, then priority, then the earlier one.
 */
export function tallyBorda(election: Election): Tally {
  const { options, ballots, outstanding, quorum } = election;
  const best = bestFor(election);
  const hopeful = options.filter((option) => !objectionTo(option, best, quorum));
  if (hopeful.length === 0) {
    const [objection = 'too_few_approvals'] = options.map((option) => objectionTo(option, best, quorum));
    return { kind: 'refused', reason: objection };
  }
  const worst = worstFor(election);
  const safe = options.filter((option) => !objectionTo(option, worst, quorum));
  const points = pointsOf(options, ballots);
  if (outstanding.length === 0 && safe.length === hopeful.length) return leading(safe, points, ballots);
  const more = outstanding.length * (options.length - 1);
  const certain = safe.find((option) => {
    const rivals = hopeful.filter((rival) => rival !== option);
    return rivals.every((rival) => points(rival) + more < points(option));
  });
  return certain ? { kind: 'chosen', effectId: certain.effectId, by: 'count' } : { kind: 'undecided' };
}

export function pointsOf(
  options: readonly Pick<Candidate, 'effectId'>[],
  ballots: readonly Ballot[],
): (option: Pick<Candidate, 'effectId'>) => number {
  const most = options.length - 1;
  return ({ effectId }) =>
    ballots
      .map(({ accepts }) => accepts.indexOf(effectId))
      .filter((rank) => rank >= 0)
      .reduce((sum, rank) => sum + most - rank, 0);
}

function leading(
  options: readonly Candidate[],
  points: ReturnType<typeof pointsOf>,
  ballots: readonly Ballot[],
): Tally {
  const most = Math.max(...options.map(points));
  const tied = options.filter((option) => points(option) === most);
  const preferred = ballots
    .filter(({ captain }) => captain)
    .flatMap(({ accepts }) => accepts.filter((id) => tied.some(({ effectId }) => effectId === id)).slice(0, 1));
  const [preference] = preferred;
  if (tied.length > 1 && preference && new Set(preferred).size === 1)
    return { kind: 'chosen', effectId: preference, by: 'captain' };
  const highest = Math.max(...tied.map(({ priority }) => priority));
  const urgent = tied.filter(({ priority }) => priority === highest);
  const [earliest] = urgent.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)) as [Candidate];
  const tie = urgent.length === 1 ? 'priority' : 'order';
  return { kind: 'chosen', effectId: earliest.effectId, by: tied.length === 1 ? 'count' : tie };
}

const orderOf = ({ proposedAt, effectId }: Candidate): string => `${proposedAt}#${effectId}`;

/**
 * What stands against one option with these votes, or nothing. Seats make the quorum; a person's no is final; a person's
 * yes fills no seat. More agreement never raises an objection.
 */
function objectionTo({ effectId, needs }: Candidate, ballots: readonly Ballot[], quorum: Quorum): Refusal | undefined {
  const counted = ballots.filter(({ abstains }) => !abstains);
  const agreed = counted.filter(({ accepts }) => accepts.includes(effectId));
  const against = counted.filter(({ accepts }) => !accepts.includes(effectId));
  if (against.some(({ person }) => person)) return 'person_against';
  if (needs.includes('person') && !agreed.some(({ person }) => person)) return 'no_person';
  if (!needs.includes('votes')) return undefined;
  const ayes = agreed.filter(({ seated }) => seated);
  const noes = against.filter(({ seated }) => seated);
  if (ayes.length < quorum.approvals) return 'too_few_approvals';
  if (new Set(ayes.map(({ lineage }) => lineage)).size < quorum.lineages) return 'too_few_lineages';
  if (ayes.length < noes.length) return 'majority_against';
  return ayes.length > noes.length || agreed.some(({ captain }) => captain) ? undefined : 'tie';
}

const SILENT = { seated: true, person: false, captain: false, abstains: false };

/** As if everybody who is still awaited agreed to everything, a person included. */
function bestFor({ options, ballots, outstanding, open }: Election): Ballot[] {
  const accepts = options.map(({ effectId }) => effectId);
  const come = outstanding.map((seat): Ballot => ({ ...SILENT, ...seat, accepts }));
  const person = { ...SILENT, voterId: '', lineage: '', seated: false, person: true, accepts };
  return [...ballots, ...come, ...(open ? [person] : [])];
}

const worstFor = ({ ballots, outstanding }: Election): Ballot[] => [
  ...ballots,
  ...outstanding.map((seat): Ballot => ({ ...SILENT, ...seat, accepts: [] })),
];
