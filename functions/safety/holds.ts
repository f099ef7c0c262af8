// What others say to a held effect: a need is met, it is refused, or the captain vetoes it, even while it executes.
import type { Condition, Item, Write } from '../common/table.ts';
import type { EffectDeps } from './clear-effects.ts';
import type { Effect, Need } from './effect.ts';
import { asEffect, CLOSED, effectKey } from './effect-item.ts';
import { isFree } from './gate-decision.ts';

export type Said = { effectId: string; by: string; reason: string };
export type SatisfyAnswer = 'cleared' | 'still_held' | 'not_held' | 'digest_changed';
export type VetoAnswer =
  /** it had not begun, and will not */
  | { kind: 'denied' }
  /** it executed: its holder can settle it no more; unknown when something may have happened outside */
  | { kind: 'fenced'; status: 'failed' | 'unknown' }
  /** it is done: only a reversal helps */
  | { kind: 'to_reverse' }
  | { kind: 'too_late'; status: Effect['status'] }
  | { kind: 'no_such_effect' };

const TRIES_MAX = 5;

/** Meets one need. With the last one the effect is cleared: whoever owns it proposes it again. */
export async function satisfyNeed(
  said: Said & { need: Need; digest: string },
  deps: EffectDeps,
  triesLeft = TRIES_MAX,
): Promise<SatisfyAnswer> {
  const { effectId, need, by, reason, digest } = said;
  const effect = await readEffectIn(effectId, deps);
  if (effect?.status !== 'held' || triesLeft === 0) return 'not_held';
  if (effect.digest !== digest) return 'digest_changed';
  if (!effect.needs.includes(need)) return 'still_held';
  const left = effect.needs.filter((one) => one !== need);
  const at = deps.now().toISOString();
  const satisfied = [...(effect.satisfied ?? []), { need, by, reason, at }];
  const write: Write = {
    table: deps.table,
    update: effectKey(effectId),
    changes: {
      set: [
        ['satisfied', satisfied],
        ['by', by],
        ['why', `${need}: ${reason}`.slice(0, 500)],
        ...(left.length === 0 ? ([['status', 'cleared']] as const) : []),
      ],
      removeFromSet: [['needs', [need]]],
    },
    if: { all: [{ path: 'status', equals: 'held' }, { path: 'digest', equals: digest }, ...exactly(effect.needs)] },
  };
  const outcome = await deps.tables.write([write]);
  if (!outcome.written) return satisfyNeed(said, deps, triesLeft - 1);
  return left.length === 0 ? 'cleared' : 'still_held';
}

/** These needs and no others: somebody else may meet another one at the same moment. */
const exactly = (needs: readonly Need[]): Condition[] => [
  ...needs.map((need): Condition => ({ path: 'needs', contains: need })),
  { path: 'needs', sizeBelow: needs.length + 1 },
];

/** Refuses what is held or was cleared and has not begun. */
export async function refuseHeld({ effectId, by, reason }: Said, deps: EffectDeps): Promise<'denied' | 'not_held'> {
  const outcome = await deps.tables.write([deny(effectId, by, reason, deps)]);
  return outcome.written ? 'denied' : 'not_held';
}

const deny = (effectId: string, by: string, reason: string, { table, now }: EffectDeps): Write => ({
  table,
  update: effectKey(effectId),
  changes: {
    set: [
      ['status', 'denied'],
      ['reason', reason],
      ['by', by],
      ['why', reason],
      ['settledAt', now().toISOString()],
    ],
    remove: CLOSED,
  },
  if: { path: 'status', oneOf: ['held', 'cleared'] },
});

/** The captain's veto: before, during or after. During, the fence goes, so that whoever held it can settle it no more. */
export async function vetoEffect(said: Said, deps: EffectDeps, triesLeft = TRIES_MAX): Promise<VetoAnswer> {
  const effect = await readEffectIn(said.effectId, deps);
  if (!effect) return { kind: 'no_such_effect' };
  const { status } = effect;
  if (status === 'confirmed') return { kind: 'to_reverse' };
  if (triesLeft > 0 && (status === 'held' || status === 'cleared')) {
    if ((await refuseHeld({ ...said, reason: `vetoed: ${said.reason}` }, deps)) === 'denied') return { kind: 'denied' };
    return vetoEffect(said, deps, triesLeft - 1);
  }
  if (triesLeft > 0 && status === 'executing') {
    const to = isFree(effect.impact) && effect.reversible === 'nothing_to_undo' ? 'failed' : 'unknown';
    const outcome = await deps.tables.write([fenceOff(said, effect, to, deps)]);
    return outcome.written ? { kind: 'fenced', status: to } : vetoEffect(said, deps, triesLeft - 1);
  }
  return { kind: 'too_late', status };
}

function fenceOff({ by, reason }: Said, effect: Effect, to: 'failed' | 'unknown', { table, now }: EffectDeps): Write {
  const at = now().toISOString();
  return {
    table,
    update: effectKey(effect.effectId),
    changes: {
      set: [
        ['status', to],
        ['fence', `veto#${at}`],
        ['vetoedBy', by],
        ['outcome', `vetoed: ${reason}`.slice(0, 500)],
        ['by', by],
        ['why', `vetoed: ${reason}`.slice(0, 500)],
        ['settledAt', at],
      ],
      ...(to === 'failed' ? { remove: CLOSED } : {}),
    },
    if: {
      all: [
        { path: 'status', equals: 'executing' },
        { path: 'fence', equals: effect.fence },
      ],
    },
  };
}

async function readEffectIn(effectId: string, { tables, table }: EffectDeps): Promise<Effect | undefined> {
  const found: Item | undefined = await tables.get(table, effectKey(effectId));
  return found && asEffect(found);
}
