// Writes an effect as executing in one transaction with the control flags and every limit it touches: all, or nothing.
import { setTimeout as wait } from 'node:timers/promises';
import type { Item, Write, WriteOutcome } from '../common/table.ts';
import type { EffectDeps } from './clear-effects.ts';
import type { Reservation } from './effect.ts';
import type { Decided } from './gate.ts';
import { type Attempt, foundIn, overLimit, type Refusal, refusalText, takingWrites } from './reservation.ts';

export type Executed =
  | { kind: 'written' }
  /** a kill, by the flags that were found */
  | { kind: 'stopped'; flags: Item | undefined }
  /** the effect is not as expected */
  | { kind: 'met'; found: Item | undefined }
  /** too little is left of a limit, or it could not be found out */
  | { kind: 'over'; reason: string; refusals: readonly Refusal[] };

const TRIES_MAX = 12;
const PAUSE_MS = 5;
/** the writes before those of the limits: flags and effect */
const OFFSET = 2;

/** Tried again while others take from the same limits at the same moment; when it never comes through, it is refused. */
export async function executeReserving(
  one: Decided,
  flags: Write,
  effectWith: (reservations: readonly Reservation[]) => Write,
  { tables, table, now }: EffectDeps,
): Promise<Executed> {
  const { takes } = one.decision;
  const seen = new Map<number, Item | undefined>();
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const at = now();
    const attempt: Attempt = { takes, seen, nowMs: at.getTime() };
    const tooMuch = overLimit(attempt, new Map());
    if (tooMuch.length > 0) return { kind: 'over', reason: refusalText(tooMuch), refusals: tooMuch };
    const facts = { effectId: one.effectId, actor: one.proposal.actor, at: at.toISOString() };
    const { writes, reservations } = takingWrites(attempt, table, facts);
    const outcome = await orBusy(() => tables.write([flags, effectWith(reservations), ...writes]));
    if (outcome === 'busy') {
      await wait(PAUSE_MS * 2 ** Math.min(tries, 6));
      continue;
    }
    if (outcome.written) return { kind: 'written' };
    const refusedAt = (index: number) => outcome.refused.find((refusal) => refusal.index === index);
    const [byFlags, byEffect] = [refusedAt(0), refusedAt(1)];
    if (byFlags) return { kind: 'stopped', flags: byFlags.found };
    if (byEffect) return { kind: 'met', found: byEffect.found };
    const found = foundIn(outcome, OFFSET, takes.length);
    const refusals = overLimit(attempt, found);
    if (refusals.length > 0) return { kind: 'over', reason: refusalText(refusals), refusals };
    for (const [index, item] of found) seen.set(index, item);
  }
  return { kind: 'over', reason: 'its limits were too busy to take from', refusals: [] };
}

/**
 * A busy store, or no answer from it. Trying again is safe: when the first try was written after all, the effect is found
 * as it was written then.
 */
async function orBusy(write: () => Promise<WriteOutcome>): Promise<WriteOutcome | 'busy'> {
  try {
    return await write();
  } catch (error) {
    if (['TableBusy', 'TableOutcomeUnknown'].includes((error as Error).name)) return 'busy';
    throw error;
  }
}
