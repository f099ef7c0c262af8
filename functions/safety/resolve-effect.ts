// A person says what became of an effect of which nobody else knows.
import type { EffectDeps } from './clear-effects.ts';
import type { EffectStatus, Impact } from './effect.ts';
import { asEffect, effectKey } from './effect-item.ts';
import { settleEffect } from './settle-effect.ts';

export type Resolution = {
  effectId: string;
  status: 'confirmed' | 'failed';
  by: string;
  reason: string;
  real?: Impact;
};
export type ResolveAnswer =
  | { kind: 'resolved' }
  | { kind: 'not_unknown'; status: EffectStatus }
  | { kind: 'no_such_effect' };

/** Only for what is unknown: as long as it executes, whoever holds it may still say so itself. */
export async function resolveEffect(resolution: Resolution, deps: EffectDeps): Promise<ResolveAnswer> {
  const { effectId, status, by, reason, real } = resolution;
  const found = await deps.tables.get(deps.table, effectKey(effectId));
  if (!found) return { kind: 'no_such_effect' };
  const effect = asEffect(found);
  if (effect.status !== 'unknown') return { kind: 'not_unknown', status: effect.status };
  const settlement = { effectId, fence: effect.fence, status, reason: `${by}: ${reason}`.slice(0, 500), real };
  const answer = await settleEffect(settlement, deps);
  return answer === 'settled' ? { kind: 'resolved' } : { kind: 'not_unknown', status: effect.status };
}
