// Holds effects that others have to agree to.
import type { Condition, Item } from '../common/table.ts';
import { clearApproved, type EffectDeps, meet } from './clear-effects.ts';
import { asEffect, isHeldForNobody, isNew, mayPass, putEffect } from './effect-item.ts';
import type { Decided, Verdict } from './gate.ts';

const mayBegin: Condition = { any: [isNew, isHeldForNobody, mayPass] };

/** Stored as held, or cleared when exactly this was approved before. Another proposal for the same intent asks anew. */
export async function holdEffect(one: Decided, deps: EffectDeps): Promise<Verdict> {
  const found = await tryHold(one, mayBegin, deps);
  if (found === 'held') return heldVerdict(one);
  const { status, digest } = found ? asEffect(found) : { status: 'unknown' as const, digest: '' };
  if (status === 'cleared' && digest === one.digest) return clearApproved(one, deps);
  if ((status !== 'held' && status !== 'cleared') || digest === one.digest) return meet(one, found);
  const isStillThat: Condition = {
    all: [
      { path: 'status', equals: status },
      { path: 'digest', equals: digest },
    ],
  };
  const again = await tryHold(one, isStillThat, deps);
  return again === 'held' ? heldVerdict(one) : meet(one, again);
}

const needsOf = ({ decision }: Decided) => (decision.kind === 'hold' ? decision.needs : []);
const heldVerdict = (one: Decided): Verdict => ({
  kind: 'held',
  effectId: one.effectId,
  reason: one.decision.reason,
  needs: needsOf(one),
});

async function tryHold(one: Decided, onlyIf: Condition, deps: EffectDeps): Promise<'held' | Item | undefined> {
  const { reason, impact } = one.decision;
  const put = { ...one, impact, status: 'held' as const, reason, now: deps.now(), needs: needsOf(one) };
  const outcome = await deps.tables.write([putEffect(deps.table, put, onlyIf)]);
  return outcome.written ? 'held' : outcome.refused[0]?.found;
}
