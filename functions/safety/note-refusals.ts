// Notes at a limit that something was refused there, for people to see. It takes nothing, and may fail.
import type { EffectDeps } from './clear-effects.ts';
import type { Decided } from './gate.ts';
import { limitKey } from './limit.ts';
import type { Refusal } from './reservation.ts';

export async function noteRefusals(one: Decided, refusals: readonly Refusal[], deps: EffectDeps): Promise<void> {
  const { tables, table, now } = deps;
  const noting = refusals.map(({ take: { limit, subject, amount } }) => {
    const set = Object.entries({
      ...{ lastRefusedBy: one.proposal.actor, lastRefusedFor: one.effectId },
      ...{ lastRefusedAmount: amount, lastRefusedAt: now().toISOString() },
      ...{ limit: limit.name, subject, unit: limit.unit },
      why: `${amount} ${limit.unit} refused to ${one.effectId}`,
      by: one.proposal.actor,
    });
    const changes = { set, add: [['refused', 1] as const] };
    return tables.write([{ table, update: limitKey(limit, subject), changes, if: { exists: 'head' } }]);
  });
  await Promise.allSettled(noting);
}
