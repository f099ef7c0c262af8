// Finds effects that are open beyond their deadline, and has them looked up by who owns them; never tries them again.
import type { Announce } from '../common/announce.ts';
import type { Write } from '../common/table.ts';
import type { EffectDeps } from './clear-effects.ts';
import type { Effect } from './effect.ts';
import { asEffect, effectKey, OPEN_SHARDS, openEntry, openPartition } from './effect-item.ts';
import { EffectOverdue } from './events.ts';

export type SweepDeps = EffectDeps & { announce: Announce };
export type SweepReport = { overdue: number; unknown: number };
type Open = Effect & { asked?: number; openSk?: string };

/** Looked at per shard in one sweep; the next one goes on. */
const LOOKED_AT_MAX = 50;
/** Its owner was asked so often and has not said: nobody knows what became of it. */
const ASKED_MAX = 2;
const ASK_AGAIN_MINUTES = 5;
const ASK_AGAIN_MINUTES_MAX = 60;

/** Once a minute. An owner who knows settles the effect; what nobody knows becomes unknown, which tells people. */
export async function sweepEffects(deps: SweepDeps): Promise<SweepReport> {
  const report: SweepReport = { overdue: 0, unknown: 0 };
  for (let shard = 0; shard < OPEN_SHARDS; shard += 1) {
    const { items } = await deps.tables.query({
      table: deps.table,
      index: 'open',
      pk: openPartition(shard),
      sk: { below: deps.now().toISOString() },
      limit: LOOKED_AT_MAX,
    });
    for (const { pk } of items) {
      const becomes = await sweepOne(pk, deps);
      if (becomes) report[becomes] += 1;
    }
  }
  return report;
}

async function sweepOne(effectId: string, deps: SweepDeps): Promise<keyof SweepReport | undefined> {
  const found = await deps.tables.get(deps.table, effectKey(effectId));
  if (!found) return undefined;
  const effect: Open = { ...asEffect(found), asked: Number(found.asked ?? 0), openSk: String(found.openSk) };
  const becomes = moveOf(effect);
  // Two sweeps at once: one of them goes on.
  const outcome = await deps.tables.write([askLater(effect, becomes === 'unknown', deps)]);
  if (!outcome.written) return undefined;
  const { intentKey, action, scope, reason, status } = effect;
  const at = deps.now().toISOString();
  if (becomes === 'overdue')
    await deps.announce(EffectOverdue, { effectId, intentKey, action, scope, reason, at, status });
  return becomes;
}

/** What is done with an effect whose time is over. */
export const moveOf = ({ status, asked = 0 }: Pick<Open, 'status' | 'asked'>): keyof SweepReport =>
  status === 'executing' && asked >= ASKED_MAX ? 'unknown' : 'overdue';

function askLater({ effectId, status, asked = 0, openSk = '' }: Open, isUnknown: boolean, deps: SweepDeps): Write {
  const minutes = Math.min(ASK_AGAIN_MINUTES * 2 ** asked, ASK_AGAIN_MINUTES_MAX);
  const why = isUnknown
    ? 'nobody knows what became of it'
    : `open beyond its deadline: its owner is asked (${asked + 1})`;
  const set = Object.entries({
    ...openEntry(effectId, deps.now().getTime() + minutes * 60_000),
    ...(isUnknown ? { status: 'unknown', outcome: why } : {}),
    asked: asked + 1,
    by: 'safety/sweep-effects',
    why,
  });
  return {
    table: deps.table,
    update: effectKey(effectId),
    changes: { set },
    if: {
      all: [
        { path: 'status', equals: status },
        { path: 'openSk', equals: openSk },
      ],
    },
  };
}
