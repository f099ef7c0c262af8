// Looks whether a decision is settled, and if so rules and carries it out. Whoever brings the deciding vote does this.
import { askReviewers } from './ask-reviewers.ts';
import { carryOutDecision } from './carry-out-decision.ts';
import type { Decision } from './decision.ts';
import { type DecisionDeps, latest } from './decision-work.ts';
import { VoteRequested } from './events.ts';
import { judgeDecision } from './judge-decision.ts';
import { begun } from './place-proposal.ts';

const TRIES_MAX = 20;

/** The decision after it. Of many at once exactly one rules: the others find that it moved. */
export async function weighDecision(decision: Decision, deps: DecisionDeps): Promise<Decision> {
  let current = decision;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    if (current.status !== 'open' && current.status !== 'gathering') return current;
    const at = deps.now().toISOString();
    const judgement = judgeDecision(current, at);
    if (judgement.kind === 'wait') return current;
    if (judgement.kind === 'begin') {
      const next = begun(current, deps.panel, at);
      if (await deps.decisions.change(next, current, 'decisions', 'the vote begins')) await invite(next, deps);
    } else {
      const { status, chosen, reason } = judgement;
      const ruled = await deps.decisions.rule(current, { status, chosen, reason, by: ruledBy(current), at });
      if (ruled) {
        await carryOutDecision(ruled, deps);
        return ruled;
      }
    }
    current = await latest(current, deps);
  }
  return current;
}

/** A person alone decides in their own name, everybody else as the panel. */
function ruledBy({ seats, votes }: Decision): string {
  const people = Object.values(votes).filter(({ person }) => person);
  return seats.length === 0 && people.length > 0 ? people.map(({ voterId }) => voterId).join(', ') : 'panel';
}

/** Tells those outside that there is something to vote on, and has those inside vote at once. */
export async function invite(decision: Decision, deps: DecisionDeps): Promise<void> {
  const { decisionId, digest, options, seats, closesAt } = decision;
  await deps.announce(VoteRequested, {
    decisionId,
    digest,
    effectIds: options.map(({ effectId }) => effectId),
    action: options[0]?.action ?? '',
    needs: [...new Set(options.flatMap(({ needs }) => needs))],
    voters: seats.filter(({ builtIn }) => !builtIn).map(({ voterId }) => voterId),
    closesAt,
    at: deps.now().toISOString(),
  });
  await askReviewers(decision, deps);
}

/** Whatever is left to do with a decision, done now: votes of the panel, a ruling, its consequences. */
export async function attendTo(decision: Decision, deps: DecisionDeps): Promise<Decision> {
  if (decision.status === 'gathering') return weighDecision(decision, deps);
  if (decision.status === 'open') {
    await askReviewers(decision, deps);
    return weighDecision(await latest(decision, deps), deps);
  }
  await carryOutDecision(decision, deps);
  return decision;
}
