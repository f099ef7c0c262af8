// Ends what was cleared: confirmed, failed, unknown, or held again because it could not be done yet.
import type { Condition, Item, Write } from '../common/table.ts';
import type { EffectDeps } from './clear-effects.ts';
import { statusesBefore } from './effect.ts';
import { CLOSED, effectKey } from './effect-item.ts';
import type { Settlement } from './gate.ts';

export type SettleEffectDeps = EffectDeps;

/** Only the holder of the fence may; the second time changes nothing. */
export async function settleEffect(settlement: Settlement, deps: EffectDeps): Promise<'settled' | 'not_yours'> {
  const { effectId, status } = settlement;
  const notApproved: Condition = { missing: 'satisfied' };
  const write =
    status === 'held' ? settleWrite(settlement, 'held', deps, notApproved) : settleWrite(settlement, status, deps);
  const outcome = await deps.tables.write([write]);
  if (outcome.written) return 'settled';
  if (status !== 'held' || !isApproved(outcome.refused[0]?.found)) return 'not_yours';
  // What was approved stays approved while it waits for its turn.
  const again = await deps.tables.write([settleWrite({ ...settlement, effectId }, 'cleared', deps)]);
  return again.written ? 'settled' : 'not_yours';
}

const isApproved = (found: Item | undefined): boolean => found?.satisfied !== undefined;

function settleWrite(
  { effectId, fence, status, reason }: Settlement,
  to: Settlement['status'] | 'cleared',
  { table, now }: EffectDeps,
  onlyIf?: Condition,
): Write {
  const at = now().toISOString();
  const isEnd = to === 'confirmed' || to === 'failed';
  return {
    table,
    update: effectKey(effectId),
    changes: {
      set: [
        ['status', to],
        ['by', 'gate'],
        ['why', reason],
        ['outcome', reason],
        ['settledAt', at],
      ],
      ...(isEnd ? { remove: CLOSED } : {}),
    },
    if: {
      all: [
        { path: 'status', oneOf: status === 'held' ? ['executing'] : statusesBefore(status) },
        { path: 'fence', equals: fence },
        ...(onlyIf ? [onlyIf] : []),
      ],
    },
  };
}
