// The captain's veto: above every tally, before an effect, while it executes, and after it.
import { TableBusy } from '../common/table.ts';
import { carryOutDecision } from './carry-out-decision.ts';
import { type Decision, digestOfOptions, effectIdIn } from './decision.ts';
import type { DecisionDeps } from './decision-work.ts';
import { optionOf } from './place-proposal.ts';

const TRIES_MAX = 5;

export type VetoAnswer =
  | { kind: 'no_such_decision' }
  /** what became of each effect: denied, fenced, to_reverse, or too_late */
  | { kind: 'vetoed'; decision: Decision; effects: Record<string, string> };
type Veto = { decisionId: string; by: string; reason: string };

/** Any effect has a decision, also one that nobody had to vote on. Vetoing twice asks its effects again. */
export async function vetoDecision(veto: Veto, deps: DecisionDeps): Promise<VetoAnswer> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const found = await deps.decisions.read(veto.decisionId);
    const vetoed = found ? await ruled(found, veto, deps) : await unasked(veto, deps);
    if (vetoed === 'no_such_decision') return { kind: vetoed };
    if (vetoed) return { kind: 'vetoed', decision: vetoed, effects: await carryOutDecision(vetoed, deps) };
  }
  throw new TableBusy(`${veto.decisionId} changes too fast to veto it`);
}

/** Nothing when it moved meanwhile. */
async function ruled(decision: Decision, { by, reason }: Veto, deps: DecisionDeps): Promise<Decision | undefined> {
  if (decision.status === 'vetoed') return decision;
  return deps.decisions.rule(decision, { status: 'vetoed', by, reason, at: deps.now().toISOString() });
}

/** The gate alone decided on this effect: its decision is written down now, with the veto in it. */
async function unasked(
  { decisionId, by, reason }: Veto,
  deps: DecisionDeps,
): Promise<Decision | 'no_such_decision' | undefined> {
  const effect = await deps.effect(effectIdIn(decisionId));
  if (!effect) return 'no_such_decision';
  const option = optionOf(effect);
  const at = deps.now().toISOString();
  const decision: Decision = {
    decisionId,
    status: 'vetoed',
    options: [option],
    digest: digestOfOptions([option]),
    seats: [],
    quorum: deps.panel.quorum,
    votes: {},
    voteCount: 0,
    openedAt: at,
    closesAt: at,
    decidedAt: at,
    decidedBy: by,
    reason,
  };
  return (await deps.decisions.open(decision, by, reason)) ? decision : undefined;
}
