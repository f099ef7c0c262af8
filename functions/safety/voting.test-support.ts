// A gate whose held effects are put to the vote, for tests: panels by hand, a clock by hand, and faults on demand.
import type { BallotPaper, Voter } from './admit-vote.ts';
import { castVote } from './cast-vote.ts';
import { decisionIdOf } from './decision.ts';
import { type DecisionDeps, decisionDepsOf } from './decision-work.ts';
import { decisionsIn } from './decisions.store.ts';
import type { Proposal } from './effect.ts';
import { aGate, aProposal } from './gate.test-support.ts';
import { effectIdOf } from './gate.ts';
import { openDecision } from './open-decision.ts';
import type { Panel } from './panel.ts';

const PANEL = {
  quorum: { approvals: 3, lineages: 3 },
  voteMinutes: 10,
  personMinutes: 120,
  gatherSeconds: 30,
  spendCentsPerDay: 20_000,
};
/** Five agents from outside, so that a test says how each of them votes. */
export const OUTSIDE: Panel = {
  ...PANEL,
  seats: Array.from({ length: 5 }, (_, n) => ({ voterId: `agt_${n}`, lineage: `lineage-${n}` })),
};
export const REVIEWERS: Panel = {
  ...PANEL,
  seats: (['budget', 'precedent', 'reversibility', 'evidence', 'scope'] as const).map((rule) => ({
    voterId: `rev_${rule}`,
    lineage: rule,
    rule,
  })),
};

/** One that needs votes alone, and that explains itself well enough for every reviewer. */
export const votable = (overrides: Partial<Proposal> = {}): Proposal =>
  aProposal({
    actor: 'objectives/dispatch-tasks',
    scope: { room: 'objectives', agentId: 'agt_worker', objectiveId: 'obj_1' },
    context: { objectiveId: 'obj_1' },
    rationale: 'The plan asks for it and the worker is free',
    impact: { spendCents: 5_000, apiCalls: 1, files: 0, tokens: 0 },
    ...overrides,
  });
/** One that needs nobody. */
export const free = (overrides: Partial<Proposal> = {}): Proposal =>
  votable({ impact: { spendCents: 0, apiCalls: 0, files: 0, tokens: 0 }, ...overrides });

export const agent = (n: number): Voter => ({ principalId: `agt_${n}`, roles: ['agent'], inside: false });
export const approver: Voter = { principalId: 'usr_ann', roles: ['viewer', 'approver'], inside: false };
export const captain: Voter = { principalId: 'usr_cap', roles: ['viewer', 'captain'], inside: false };

export async function aVote({ panel = OUTSIDE, ...faults }: { panel?: Panel } & Partial<DecisionDeps> = {}) {
  const gate = await aGate();
  const told: { type: string; detail: Record<string, unknown> }[] = [];
  const left: string[] = [];
  const real = decisionDepsOf({
    tables: gate.tables,
    table: 'safety',
    decisions: decisionsIn(gate.tables, 'safety'),
    announce: async ({ detailType }, detail) =>
      void told.push({ type: detailType, detail: detail as Record<string, unknown> }),
    panel,
    now: gate.now,
    leftBehind: (decisionId, error) => void left.push(`${decisionId}: ${error.message}`),
  });
  const deps = { ...real, ...faults };
  return {
    ...gate,
    deps,
    real,
    told,
    left,
    decision: async (decisionId: string) => {
      const found = await real.decisions.read(decisionId);
      if (!found) throw new Error(`there is no decision ${decisionId}`);
      return found;
    },
    /** A proposal that the gate holds, with its decision opened as the news of it does. */
    held: async (proposal: Proposal = votable()) => {
      await gate.gate.propose([proposal]);
      const effectId = effectIdOf(proposal.intentKey);
      await openDecision(effectId, deps);
      return { effectId, decisionId: decisionIdOf(effectId) };
    },
    vote: async (decisionId: string, voter: Voter, paper: Partial<BallotPaper> = {}) => {
      const { digest } = (await real.decisions.read(decisionId)) ?? { digest: 'none' };
      const choice = paper.ranking ? undefined : ('approve' as const);
      return castVote(decisionId, voter, { choice, reason: 'as it seems', digest, ...paper }, deps);
    },
  };
}
