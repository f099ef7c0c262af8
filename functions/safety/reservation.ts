// Takes from every limit that an effect touches, or from none: the writes of one transaction, made again when refused.
import type { Item, Write, WriteOutcome } from '../common/table.ts';
import type { Reservation } from './effect.ts';
import { limitKey, type Take } from './limit.ts';
import { asWindow, headAt, standing, takeBlindly, takeKnowing } from './limit-window.ts';

/** `seen`: what an earlier try found, by take; a take without an entry is tried without looking. */
export type Attempt = { takes: readonly Take[]; seen: ReadonlyMap<number, Item | undefined>; nowMs: number };
export type Refusal = { take: Take; used: number };

type Facts = { effectId: string; actor: string; at: string };

/** One write for each take, and what they would take. */
export function takingWrites(attempt: Attempt, table: string, { effectId, actor, at }: Facts) {
  const reservations: Reservation[] = [];
  const writes = attempt.takes.map((take, index): Write => {
    const { limit, subject, amount } = take;
    const key = limitKey(limit, subject);
    const { head, changes, if: onlyIf } = takingOf(take, index, attempt);
    reservations.push({ limit: limit.name, window: key, bucket: head, unit: limit.unit, amount });
    const facts = Object.entries({
      ...{ limit: limit.name, subject, unit: limit.unit },
      ...{ lastTakenBy: actor, lastTakenFor: effectId, lastTakenAt: at },
      ...{ limitsPk: 'limits', limitsSk: `${key.pk}#${key.sk}` },
      ...{ by: actor, why: `${amount} ${limit.unit} taken for ${effectId}` },
    });
    return { table, update: key, changes: { ...changes, set: [...(changes.set ?? []), ...facts] }, if: onlyIf };
  });
  return { writes, reservations };
}

/** Without looking as long as the newest bucket is the present one, so that many at once do not stand in each other's way. */
function takingOf({ limit, amount }: Take, index: number, { seen, nowMs }: Attempt) {
  const item = asWindow(seen.get(index));
  const present = headAt(limit, nowMs);
  const head = Math.max(present, item?.head ?? 0);
  if (!seen.has(index) || item?.head === head) return { head, ...takeBlindly(limit, head, amount) };
  return takeKnowing(item, limit, nowMs, amount);
}

/** Which takes are more than is left, by what a refused try has found. */
export function overLimit({ takes, nowMs }: Attempt, found: ReadonlyMap<number, Item | undefined>): Refusal[] {
  return takes.flatMap((take, index) => {
    if (take.amount > take.limit.most) return [{ take, used: 0 }];
    if (!found.has(index)) return [];
    const { used } = standing(asWindow(found.get(index)), take.limit, nowMs);
    return used + take.amount > take.limit.most ? [{ take, used }] : [];
  });
}

/** What the refused writes of a try have found, by take; the first take is the write at `offset`. */
export function foundIn(outcome: WriteOutcome, offset: number, takes: number): Map<number, Item | undefined> {
  const refused = outcome.written ? [] : outcome.refused;
  return new Map(
    refused
      .filter(({ index }) => index >= offset && index < offset + takes)
      .map(({ index, found }) => [index - offset, found]),
  );
}

export const refusalText = (refusals: readonly Refusal[]): string =>
  refusals
    .map(({ take: { limit, subject, amount }, used }) => {
      const left = Math.max(0, limit.most - used);
      return `${limit.name} of ${subject}: ${amount} ${limit.unit} asked, ${left} of ${limit.most} left`;
    })
    .join('; ')
    .slice(0, 500);
