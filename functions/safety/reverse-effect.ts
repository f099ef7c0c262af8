// Undoes an effect by the way back that was noted before it was done. That is an effect of its own, through the gate.
import type { Effect } from './effect.ts';
import { undoRequest } from './effect-request.ts';
import type { EffectRequests, StoredRequest } from './effect-requests.store.ts';
import type { EffectView } from './effects.ts';
import type { Deed, Performers } from './performer.ts';

export type ReverseDeps = {
  requests: EffectRequests;
  performers: Performers;
  effect(effectId: string): Promise<EffectView | undefined>;
  now: () => Date;
};
export type ReverseAnswer =
  | { kind: 'requested'; undoEffectId: string }
  | { kind: 'no_such_effect' }
  /** it did not happen, is not over yet, or was undone before */
  | { kind: 'not_confirmed'; status: Effect['status'] }
  | { kind: 'no_way_back'; reason: string };

/** Whether an effect can be undone now, and by what. Pure. */
export function decideReversal(
  effect: EffectView | undefined,
  request: StoredRequest | undefined,
): { kind: 'reverse'; undo: Deed } | Exclude<ReverseAnswer, { kind: 'requested' }> {
  if (!effect) return { kind: 'no_such_effect' };
  if (effect.status !== 'confirmed') return { kind: 'not_confirmed', status: effect.status };
  if (effect.reversible === 'nothing_to_undo') {
    return { kind: 'no_way_back', reason: `${effect.action} changes nothing that could be undone` };
  }
  const undo = request?.plan?.undo;
  if (undo) return { kind: 'reverse', undo };
  return { kind: 'no_way_back', reason: `no way back from this ${effect.action} was noted: a person has to see to it` };
}

/** Requests the undo. Asking again asks for the same one. */
export async function reverseEffect(
  effectId: string,
  said: { by: string; reason: string },
  deps: ReverseDeps,
): Promise<ReverseAnswer> {
  const [effect, request] = await Promise.all([deps.effect(effectId), deps.requests.get(effectId)]);
  const decision = decideReversal(effect, request);
  if (decision.kind !== 'reverse') return decision;
  const { undo } = decision;
  const performer = deps.performers[undo.action];
  if (!performer) return { kind: 'no_way_back', reason: `nobody here performs ${undo.action}` };
  const undoing = undoRequest(effectId, undo, performer, said);
  await deps.requests.add(undoing, deps.now().toISOString());
  return { kind: 'requested', undoEffectId: undoing.effectId };
}
