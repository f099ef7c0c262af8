// Records what is denied or only shadowed, with its reason. It costs nothing.
import type { Condition } from '../common/table.ts';
import { type EffectDeps, meet } from './clear-effects.ts';
import { isNew, mayPass, putEffect } from './effect-item.ts';
import type { Decided, Verdict } from './gate.ts';

/** `passing`: refused for now, for instance by a limit; the same intent may be proposed again later. */
export type RefusalRecord = { status: 'denied' | 'shadowed'; reason: string; passing?: boolean };

const mayReplace: Condition = { any: [isNew, { path: 'status', oneOf: ['held', 'cleared'] }, mayPass] };

export async function recordRefusal(one: Decided, record: RefusalRecord, deps: EffectDeps): Promise<Verdict> {
  const { effectId, decision } = one;
  const { status, reason, passing } = record;
  const put = { ...one, ...record, impact: decision.impact, now: deps.now() };
  const outcome = await deps.tables.write([putEffect(deps.table, put, mayReplace)]);
  if (!outcome.written) return meet(one, outcome.refused[0]?.found);
  return { kind: status, effectId, reason, ...(passing ? { passing } : {}) };
}
