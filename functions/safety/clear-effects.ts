// Clears effects: one transaction with a check of the control flags and what they take from limits, all or nothing.
import type { Condition, Item, Tables, Write } from '../common/table.ts';
import { flagCopyOf, flagKey, flagsOf, mayActOn, whyNot } from './control-flags.ts';
import { isSameDeed, type Reservation } from './effect.ts';
import {
  asEffect,
  deadlineMsOf,
  effectKey,
  isClearedFor,
  isHeldForNobody,
  isNew,
  mayPass,
  openEntry,
  putEffect,
} from './effect-item.ts';
import { executeReserving } from './execute-effect.ts';
import type { Decided, Verdict } from './gate.ts';
import { noteRefusals } from './note-refusals.ts';
import { recordRefusal } from './record-refusal.ts';

export type EffectDeps = { tables: Tables; table: string; now: () => Date };

const mayReplace: Condition = { any: [isNew, isHeldForNobody, { path: 'status', equals: 'cleared' }, mayPass] };

/** What needs no approval: what costs nothing all together, or, when one is refused, each alone; what costs, each alone. */
export async function clearEffects(asked: readonly Decided[], deps: EffectDeps): Promise<Verdict[]> {
  const free = asked.filter(({ decision }) => decision.takes.length === 0);
  const costing = asked.filter(({ decision }) => decision.takes.length > 0);
  const verdicts = await Promise.all([clearFree(free, deps), ...costing.map((one) => clearCosting(one, deps))]);
  return verdicts.flat();
}

async function clearFree(asked: readonly Decided[], deps: EffectDeps): Promise<Verdict[]> {
  const [first] = asked;
  if (!first) return [];
  const { tables, table } = deps;
  const puts = asked.map((one) => putExecuting(one, deps));
  const outcome = await tables.write([checkFlags(asked, table), ...puts]);
  if (outcome.written) return asked.map(({ effectId }) => ({ kind: 'cleared', effectId }));
  const flags = outcome.refused.find(({ index }) => index === 0);
  if (flags) return stopOrClear(asked, flags.found, deps);
  if (asked.length > 1) return (await Promise.all(asked.map((one) => clearFree([one], deps)))).flat();
  return [meet(first, outcome.refused[0]?.found)];
}

async function clearCosting(one: Decided, deps: EffectDeps): Promise<Verdict> {
  const effectWith = (reservations: readonly Reservation[]) => putExecuting(one, deps, reservations);
  const executed = await executeReserving(one, checkFlags([one], deps.table), effectWith, deps);
  if (executed.kind === 'written') return { kind: 'cleared', effectId: one.effectId };
  if (executed.kind === 'stopped') return holdForResume(one, executed.flags, deps);
  if (executed.kind === 'met') return meet(one, executed.found);
  await noteRefusals(one, executed.refusals, deps);
  return recordRefusal(one, { status: 'denied', reason: executed.reason, passing: true }, deps);
}

/** What was approved: it executes as it was approved, and keeps who approved it; so it does when it has to wait again. */
export async function clearApproved(one: Decided, deps: EffectDeps): Promise<Verdict> {
  const { proposal, effectId, digest } = one;
  const { table, now } = deps;
  const effectWith = (reservations: readonly Reservation[]): Write => ({
    table,
    update: effectKey(effectId),
    changes: {
      set: Object.entries({
        status: 'executing',
        fence: proposal.fence,
        scope: proposal.scope,
        ...(reservations.length > 0 ? { reservations: reservations as never } : {}),
        ...openEntry(effectId, now().getTime() + deadlineMsOf(proposal)),
        by: proposal.actor,
        why: 'all its needs are met',
      }),
    },
    if: isClearedFor(digest),
  });
  const executed = await executeReserving(one, checkFlags([one], table), effectWith, deps);
  if (executed.kind === 'written') return { kind: 'cleared', effectId };
  if (executed.kind === 'met') return meet(one, executed.found);
  if (executed.kind === 'stopped')
    return { kind: 'held', effectId, reason: whyStopped(one, executed.flags), needs: ['resume'] };
  await noteRefusals(one, executed.refusals, deps);
  return { kind: 'denied', effectId, reason: executed.reason, passing: true };
}

/** Holds only while none of them is stopped by a kill, whole or of a part. */
function checkFlags(asked: readonly Decided[], table: string): Write {
  const { intentKey = '' } = asked[0]?.proposal ?? {};
  return { table, check: flagKey(flagCopyOf(intentKey)), if: mayActOn(...asked.map(({ proposal }) => proposal.scope)) };
}

/** Those that a kill stops are held; the others have nothing to do with it. */
async function stopOrClear(asked: readonly Decided[], flags: Item | undefined, deps: EffectDeps): Promise<Verdict[]> {
  const isStopped = ({ proposal }: Decided) =>
    asked.length === 1 || whyNot(flagsOf(flags), proposal.scope) !== undefined;
  const held = await Promise.all(asked.filter(isStopped).map((one) => holdForResume(one, flags, deps)));
  const others = asked.filter((one) => !isStopped(one));
  if (others.length < asked.length) return [...held, ...(await clearFree(others, deps))];
  return (await Promise.all(asked.map((one) => clearFree([one], deps)))).flat();
}

const putExecuting = (one: Decided, { table, now }: EffectDeps, reservations: readonly Reservation[] = []): Write => {
  const { reason, impact } = one.decision;
  return putEffect(table, { ...one, status: 'executing', reason, impact, reservations, now: now() }, mayReplace);
};

/**
 * The effect exists: it is ours when the fence and what is to be done are the same, else another's; or it waits, or was
 * refused before.
 */
export function meet({ proposal, effectId, decision }: Decided, found: Item | undefined): Verdict {
  if (!found) return { kind: 'taken', effectId, status: 'unknown' };
  const effect = asEffect(found);
  const { status, fence, reason, needs } = effect;
  const isOurs = fence === proposal.fence && isSameDeed(effect, { ...proposal, impact: decision.impact });
  if (status === 'executing' && isOurs) return { kind: 'cleared', effectId };
  if (status === 'denied' || status === 'shadowed') return { kind: status, effectId, reason };
  if (status === 'held') return { kind: 'held', effectId, reason, needs };
  return { kind: 'taken', effectId, status };
}

async function holdForResume(one: Decided, flags: Item | undefined, deps: EffectDeps): Promise<Verdict> {
  const { tables, table, now } = deps;
  const { effectId, decision } = one;
  const reason = whyStopped(one, flags);
  const held = { ...one, impact: decision.impact, status: 'held' as const, reason, now: now() };
  const write = putEffect(table, { ...held, needs: ['resume'] }, { any: [isNew, isHeldForNobody, mayPass] });
  const outcome = await tables.write([write]);
  const waits: Verdict = { kind: 'held', effectId, reason, needs: ['resume'] };
  if (outcome.written) return waits;
  const met = meet(one, outcome.refused[0]?.found);
  // It stays approved: the resume only has to be followed by the next proposal.
  return met.kind === 'taken' && met.status === 'cleared' ? waits : met;
}

const whyStopped = ({ proposal }: Decided, flags: Item | undefined): string =>
  whyNot(flagsOf(flags), proposal.scope) ?? 'stopped a moment ago';
