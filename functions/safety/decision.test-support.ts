// A decision and its votes for tests; every part can be said otherwise.
import type { Decision, Option, Seat } from './decision.ts';
import type { Ballot } from './tally.ts';

export const AT = '2026-11-20T10:00:00.000Z';
export const CLOSES = '2026-11-20T10:10:00.000Z';
export const atMinute = (minute: number): string => `2026-11-20T10:${String(minute).padStart(2, '0')}:00.000Z`;

export const anOption = (n: number, other: Partial<Option> = {}): Option => ({
  effectId: `eff_${n}`,
  digest: `digest-${n}`,
  needs: ['votes'],
  authors: [`author-${n}`],
  actor: `author-${n}`,
  action: 'mail.send',
  target: 'customers',
  choice: `way-${n}`,
  confidence: 0.9,
  spendCents: 5_000,
  files: 0,
  priority: 0,
  proposedAt: atMinute(n),
  ...other,
});

export const someSeats = (count: number, lineages = count): Seat[] =>
  Array.from({ length: count }, (_, n) => ({ voterId: `agt_${n}`, lineage: `lineage-${n % lineages}` }));

export const aBallot = (n: number, accepts: string[] | 'abstains', other: Partial<Ballot> = {}): Ballot => ({
  voterId: `agt_${n}`,
  lineage: `lineage-${n}`,
  seated: true,
  person: false,
  captain: false,
  accepts: accepts === 'abstains' ? [] : accepts,
  abstains: accepts === 'abstains',
  ...other,
});

export const aDecision = (other: Partial<Decision> = {}): Decision => ({
  decisionId: 'dec_1',
  status: 'open',
  digest: 'digest-1',
  options: [anOption(1)],
  seats: someSeats(5),
  quorum: { approvals: 3, lineages: 3 },
  votes: {},
  voteCount: 0,
  openedAt: AT,
  closesAt: CLOSES,
  ...other,
});
