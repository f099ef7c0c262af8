// Ends what was cleared: confirmed, failed, unknown, or held again because it could not be done yet. What it had taken
// from limits beyond its real cost goes back to the window it came from.
import type { Condition, Item, Write } from '../common/table.ts';
import { noteEnd } from './breaker.ts';
import type { EffectDeps } from './clear-effects.ts';
import { type Effect, type Reservation, statusesBefore } from './effect.ts';
import { asEffect, CLOSED, effectKey } from './effect-item.ts';
import type { Settlement } from './gate.ts';
import { endOnly, giveBack } from './limit-window.ts';

export type SettleEffectDeps = EffectDeps;
type Answer = 'settled' | 'not_yours';

const TRIES_MAX = 5;

/** Only the holder of the fence may; the second time changes nothing. What touched no limit is one plain write. */
export async function settleEffect(settlement: Settlement, deps: EffectDeps): Promise<Answer> {
  const { status } = settlement;
  const tookNothing: Condition = { missing: 'reservations' };
  const alone: Condition[] = {
    held: [tookNothing, { missing: 'satisfied' } as const],
    unknown: [],
    ...{ confirmed: [tookNothing], failed: [tookNothing] },
  }[status];
  const outcome = await deps.tables.write([settleWrite(settlement, status, deps, alone)]);
  if (outcome.written) return 'settled';
  return settleFound(settlement, outcome.refused[0]?.found, deps);
}

/** It had taken something, or was approved: looked at, then settled in one transaction with what goes back. */
async function settleFound(
  settlement: Settlement,
  found: Item | undefined,
  deps: EffectDeps,
  gone: ReadonlySet<number> = new Set(),
  triesLeft = TRIES_MAX,
): Promise<Answer> {
  const effect = found && asEffect(found);
  const { fence, status } = settlement;
  if (!effect || effect.fence !== fence || !mayFollow(effect, status) || triesLeft === 0) return 'not_yours';
  // What was approved stays approved while it waits for its turn.
  const to = status === 'held' && effect.satisfied ? 'cleared' : status;
  const { reservations = [] } = effect;
  const returns = reservations.map((reservation, index) => returnOf(reservation, settlement, gone.has(index), deps));
  const settling = settleWrite(settlement, to, deps, [], reservations.length > 0 && status === 'held');
  const outcome = await deps.tables.write([settling, ...returns]);
  if (outcome.written) {
    if (to === 'confirmed' || to === 'failed') await noteForBreaker(effect, to, deps);
    return 'settled';
  }
  const byEffect = outcome.refused.find(({ index }) => index === 0);
  if (byEffect) return settleFound(settlement, byEffect.found, deps, gone, triesLeft - 1);
  const moved = new Set([...gone, ...outcome.refused.map(({ index }) => index - 1)]);
  return settleFound(settlement, found, deps, moved, triesLeft - 1);
}

/** Only what touched a limit is counted. It is no part of the settlement, and may be lost with a crash. */
async function noteForBreaker(effect: Effect, status: 'confirmed' | 'failed', deps: EffectDeps): Promise<void> {
  const { tables, table, now } = deps;
  await tables.write([noteEnd(table, effect, status, now().getTime())]).catch(() => undefined);
}

const comesBefore = (status: Settlement['status']) =>
  status === 'held' ? ['executing' as const] : statusesBefore(status);
const mayFollow = ({ status }: Effect, next: Settlement['status']): boolean =>
  comesBefore(next).includes(status as never);

/** Without a real cost all of it counts as spent; what was not done at all goes back whole. */
function returnOf(
  { window, bucket, unit, amount }: Reservation,
  { status, real }: Settlement,
  isGone: boolean,
  { table }: EffectDeps,
): Write {
  const spent = status === 'held' ? 0 : (real?.[unit] ?? amount);
  return { table, update: window, ...(isGone ? endOnly(amount) : giveBack(bucket, amount, amount - spent)) };
}

function settleWrite(
  { effectId, fence, status, reason, real }: Settlement,
  to: Settlement['status'] | 'cleared',
  { table, now }: EffectDeps,
  alone: readonly Condition[],
  givesAllBack = false,
): Write {
  const isEnd = to === 'confirmed' || to === 'failed';
  const remove = [...(isEnd ? CLOSED : []), ...(givesAllBack ? ['reservations'] : [])];
  return {
    table,
    update: effectKey(effectId),
    changes: {
      set: [
        ['status', to],
        ['by', 'gate'],
        ['why', reason],
        ['outcome', reason],
        ['settledAt', now().toISOString()],
        ...(real ? ([['real', real]] as const) : []),
      ],
      ...(remove.length > 0 ? { remove } : {}),
    },
    if: { all: [{ path: 'status', oneOf: comesBefore(status) }, { path: 'fence', equals: fence }, ...alone] },
  };
}
