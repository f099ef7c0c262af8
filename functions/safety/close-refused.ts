// The gate or somebody else refused an effect that still stands to be decided: there is nothing to vote on any more.
import { carryOutDecision } from './carry-out-decision.ts';
import { decisionIdOf } from './decision.ts';
import type { DecisionDeps } from './decision-work.ts';

type Refused = { effectId: string; reason: string };

/** Of several that exclude each other the others go on: one that is refused is not cleared, even when it is chosen. */
export async function closeRefused({ effectId, reason }: Refused, deps: DecisionDeps): Promise<'closed' | 'left'> {
  const decision = await deps.decisions.read(decisionIdOf(effectId));
  if (decision?.status !== 'open' || decision.options.length > 1) return 'left';
  const effect = await deps.effect(effectId);
  if (effect?.status !== 'denied') return 'left';
  const at = deps.now().toISOString();
  const ruled = await deps.decisions.rule(decision, {
    status: 'rejected',
    by: 'gate',
    reason: `refused: ${reason}`,
    at,
  });
  if (ruled) await carryOutDecision(ruled, deps);
  return ruled ? 'closed' : 'left';
}
