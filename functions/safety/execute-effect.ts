// Writes an effect as executing in one transaction with the control flags and every limit it touches: all, or nothing.
import { setTimeout as wait } from 'node:timers/promises';
import type { Item, Write, WriteOutcome } from '../common/table.ts';
import { passBreaker } from './breaker.ts';
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
/** the writes before those of the breaker and the limits: flags and effect */
const OFFSET = 2;

/** Tried again while others take from the same limits at the same moment; when it never comes through, it is refused. */
export async function executeReserving(
  one: Decided,
  flags: Write,
  effectWith: (reservations: readonly Reservation[]) => Write,
  { tables, table, now }: EffectDeps,
): Promise<Executed> {
  const { takes, breaker } = one.decision;
  let broken: Item | undefined;
  const seen = new Map<number, Item | undefined>();
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const at = now();
    const attempt: Attempt = { takes, seen, nowMs: at.getTime() };
    const tooMuch = overLimit(attempt, new Map());
    if (tooMuch.length > 0) return { kind: 'over', reason: refusalText(tooMuch), refusals: tooMuch };
    const pass = breaker && passBreaker(table, one.proposal, breaker, at.getTime(), broken);
    if (pass?.kind === 'open') return { kind: 'over', reason: openText(one, pass.untilMs), refusals: [] };
    const guards = pass ? [pass.write] : [];
    const facts = { effectId: one.effectId, actor: one.proposal.actor, at: at.toISOString() };
    const { writes, reservations } = takingWrites(attempt, table, facts);
    const outcome = await orBusy(() => tables.write([flags, effectWith(reservations), ...guards, ...writes]));
    if (outcome === 'busy') {
      await wait(PAUSE_MS * 2 ** Math.min(tries, 6));
      continue;
    }
    if (outcome.written) return { kind: 'written' };
    const ended = endedBy(outcome);
    if (ended) return ended;
    if (pass) broken = refusedAt(outcome, OFFSET)?.found;
    const found = foundIn(outcome, OFFSET + guards.length, takes.length);
    const refusals = overLimit(attempt, found);
    if (refusals.length > 0) return { kind: 'over', reason: refusalText(refusals), refusals };
    for (const [index, item] of found) seen.set(index, item);
  }
  return { kind: 'over', reason: 'its limits were too busy to take from', refusals: [] };
}

type Refused = Extract<WriteOutcome, { written: false }>;
const refusedAt = ({ refused }: Refused, at: number) => refused.find(({ index }) => index === at);

/** A kill, or an effect that is not as expected: no other try would help. */
function endedBy(outcome: Refused): Executed | undefined {
  const [byFlags, byEffect] = [refusedAt(outcome, 0), refusedAt(outcome, 1)];
  if (byFlags) return { kind: 'stopped', flags: byFlags.found };
  return byEffect && { kind: 'met', found: byEffect.found };
}

const openText = ({ proposal: { action, scope } }: Decided, untilMs: number): string =>
  `${action} of ${scope.agentId ?? scope.room} failed too often in a row; tried again from ${new Date(untilMs).toISOString()}`;

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
