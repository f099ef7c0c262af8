// The gate: every autonomous side effect asks here first, and what it asked and what became of it is one stored record.
import { clearEffects } from './clear-effects.ts';
import { digestOf, type EffectStatus, type Impact, type Need, Proposal } from './effect.ts';
import { effectIdOf } from './effect-item.ts';
import { decideProposal, type GateDecision, type Rules } from './gate-decision.ts';
import { holdEffect } from './hold-effects.ts';
import { recordRefusal } from './record-refusal.ts';
import { type SettleEffectDeps, settleEffect } from './settle-effect.ts';

export { staffFor, stageFor } from './cohort.ts';
export type { Impact, Need, Proposal } from './effect.ts';
export { effectIdOf } from './effect-item.ts';
export type { Rules } from './gate-decision.ts';
export { type Stages, whyShadowBy } from './read-stages.ts';

export type Verdict =
  /** written as executing: act now, then settle */
  | { kind: 'cleared'; effectId: string }
  /** `passing`: refused for now, by a limit for instance; the same intent may be proposed again later */
  | { kind: 'denied'; effectId: string; reason: string; passing?: boolean }
  /** it waits: propose it again with the same intent when EffectCleared or SwarmResumed says so */
  | { kind: 'held'; effectId: string; reason: string; needs: Need[] }
  /** recorded, and not to be carried out */
  | { kind: 'shadowed'; effectId: string; reason: string }
  /** the same intent is already with somebody else, or done */
  | { kind: 'taken'; effectId: string; status: EffectStatus };

export type Settlement = {
  effectId: string;
  fence: string;
  /** `held`: cleared, but it cannot be done now; asking again with the same intent clears it again */
  status: 'confirmed' | 'failed' | 'unknown' | 'held';
  reason: string;
  /** what it cost in the end; what it had reserved beyond that is given back. Without it all of it counts as spent */
  real?: Impact;
};

export type Gate = {
  propose(proposals: readonly Proposal[]): Promise<Verdict[]>;
  settle(settlement: Settlement): Promise<'settled' | 'not_yours'>;
};

export type GateDeps = SettleEffectDeps & {
  /** policies and thresholds as they are now, at most 2 s old; without any nothing runs */
  rules(): Promise<Rules | undefined>;
  /** why a proposal is only recorded; nothing for what is live */
  whyShadow?(): Promise<(proposal: Proposal) => string | undefined>;
};

/** A proposal with what was decided of it. */
export type Decided = { proposal: Proposal; effectId: string; digest: string; decision: GateDecision };

/**
 * The gate over a store. `propose` writes the effects it clears in one transaction with a check of the control flags, so
 * a kill wins every race; it throws on an incomplete proposal. Asking again with the same intent and fence gives the same
 * answer. At most 90 proposals at once.
 */
export const gateOf = (deps: GateDeps): Gate => ({
  propose: (proposals) => propose(proposals, deps),
  settle: (settlement) => settleEffect(settlement, deps),
});

async function propose(proposals: readonly Proposal[], deps: GateDeps): Promise<Verdict[]> {
  const complete = proposals.map((proposal) => Proposal.parse(proposal));
  const [rules, whyShadow] = await Promise.all([deps.rules(), deps.whyShadow?.()]);
  if (!rules) return complete.map(({ intentKey }) => withoutPolicy(effectIdOf(intentKey)));
  const decided = complete.map((proposal): Decided => {
    const decision = decideProposal(proposal, rules, whyShadow);
    return { proposal, effectId: effectIdOf(proposal.intentKey), digest: digestOf(proposal), decision };
  });
  const clear = decided.filter(({ decision }) => decision.kind === 'clear');
  const others = decided.filter(({ decision }) => decision.kind !== 'clear');
  const verdicts = [
    ...(await clearEffects(clear, deps)),
    ...(await Promise.all(others.map((one) => holdOrRefuse(one, deps)))),
  ];
  const byEffect = new Map(verdicts.map((verdict) => [verdict.effectId, verdict]));
  return decided.map(({ effectId }) => byEffect.get(effectId) as Verdict);
}

function holdOrRefuse(one: Decided, deps: GateDeps): Promise<Verdict> {
  const { kind, reason } = one.decision;
  if (kind === 'hold') return holdEffect(one, deps);
  return recordRefusal(one, { status: kind === 'shadow' ? 'shadowed' : 'denied', reason }, deps);
}

const withoutPolicy = (effectId: string): Verdict => ({
  kind: 'held',
  effectId,
  reason: 'there is no policy',
  needs: ['resume'],
});
