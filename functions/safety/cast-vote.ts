// Takes a vote of somebody who came through a door: one write that takes it or finds why not, then the count.
import { TableBusy } from '../common/table.ts';
import { admitVote, type BallotPaper, type VoteRefusal, type Voter } from './admit-vote.ts';
import type { Decision } from './decision.ts';
import type { DecisionDeps } from './decision-work.ts';
import { weighDecision } from './weigh-decision.ts';

const TRIES_MAX = 5;

export type CastAnswer =
  | { kind: 'cast'; decision: Decision }
  | { kind: 'no_such_decision' }
  | { kind: 'refused'; reason: VoteRefusal; detail: string; path?: string };

export async function castVote(
  decisionId: string,
  voter: Voter,
  paper: BallotPaper,
  deps: DecisionDeps,
): Promise<CastAnswer> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const decision = await deps.decisions.read(decisionId);
    if (!decision) return { kind: 'no_such_decision' };
    const admission = admitVote(decision, voter, paper, deps.now().toISOString());
    if (admission.kind === 'refused') return admission;
    const stored = await deps.decisions.cast(decision.decisionId, admission.vote);
    if (stored) return { kind: 'cast', decision: await counted(stored, deps) };
  }
  throw new TableBusy(`${decisionId} changes too fast to vote on it`);
}

/** The vote is in, whatever becomes of the count now: the sweep counts again. */
const counted = (decision: Decision, deps: DecisionDeps): Promise<Decision> =>
  weighDecision(decision, deps).catch((error: Error) => {
    deps.leftBehind(decision.decisionId, error);
    return decision;
  });
