// Clears effects: one transaction with a check of the control flags, all or nothing.
import type { Condition, Item, Tables, Write } from '../common/table.ts';
import { flagCopyOf, flagKey, flagsOf, mayActOn, whyNot } from './control-flags.ts';
import {
  asEffect,
  deadlineMsOf,
  effectKey,
  isClearedFor,
  isHeldForNobody,
  isNew,
  openEntry,
  putEffect,
} from './effect-item.ts';
import type { Decided, Verdict } from './gate.ts';

export type EffectDeps = { tables: Tables; table: string; now: () => Date };

/** What needs no approval: written as executing, all together or, when one is refused, each alone. */
export async function clearEffects(asked: readonly Decided[], deps: EffectDeps): Promise<Verdict[]> {
  const [first] = asked;
  if (!first) return [];
  const { tables, table } = deps;
  const mayReplace: Condition = { any: [isNew, isHeldForNobody, { path: 'status', equals: 'cleared' }] };
  const outcome = await tables.write([
    checkFlags(asked, table),
    ...asked.map((one) => putEffect(table, { ...one, ...executing(one, deps) }, mayReplace)),
  ]);
  if (outcome.written) return asked.map(({ effectId }) => ({ kind: 'cleared', effectId }));
  const flags = outcome.refused.find(({ index }) => index === 0);
  if (flags) return stopOrClear(asked, flags.found, deps);
  if (asked.length > 1) return (await Promise.all(asked.map((one) => clearEffects([one], deps)))).flat();
  return [meet(first, outcome.refused[0]?.found)];
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
  if (others.length < asked.length) return [...held, ...(await clearEffects(others, deps))];
  return (await Promise.all(asked.map((one) => clearEffects([one], deps)))).flat();
}

const executing = ({ decision }: Decided, { now }: EffectDeps) => ({
  status: 'executing' as const,
  reason: decision.reason,
  impact: decision.impact,
  now: now(),
});

/** What was approved: it executes as it was approved, and keeps who approved it. */
export async function clearApproved(one: Decided, deps: EffectDeps): Promise<Verdict> {
  const { proposal, effectId, digest } = one;
  const { tables, table, now } = deps;
  const set = Object.entries({
    status: 'executing',
    fence: proposal.fence,
    scope: proposal.scope,
    ...openEntry(effectId, now().getTime() + deadlineMsOf(proposal)),
    by: proposal.actor,
    why: 'all its needs are met',
  });
  const execute: Write = { table, update: effectKey(effectId), changes: { set }, if: isClearedFor(digest) };
  const outcome = await tables.write([checkFlags([one], table), execute]);
  if (outcome.written) return { kind: 'cleared', effectId };
  const flags = outcome.refused.find(({ index }) => index === 0);
  // It stays approved: the resume only has to be followed by the next proposal.
  if (flags) return { kind: 'held', effectId, reason: whyStopped(one, flags.found), needs: ['resume'] };
  return meet(one, outcome.refused[0]?.found);
}

/** The effect exists: it is ours when the fence is the same, else another's; or it waits, or was refused before. */
export function meet({ proposal, effectId }: Decided, found: Item | undefined): Verdict {
  if (!found) return { kind: 'taken', effectId, status: 'unknown' };
  const { status, fence, reason, needs } = asEffect(found);
  if (status === 'executing' && fence === proposal.fence) return { kind: 'cleared', effectId };
  if (status === 'denied' || status === 'shadowed') return { kind: status, effectId, reason };
  if (status === 'held') return { kind: 'held', effectId, reason, needs };
  return { kind: 'taken', effectId, status };
}

async function holdForResume(one: Decided, flags: Item | undefined, deps: EffectDeps): Promise<Verdict> {
  const { tables, table, now } = deps;
  const reason = whyStopped(one, flags);
  const held = {
    ...one,
    impact: one.decision.impact,
    status: 'held' as const,
    reason,
    now: now(),
    needs: ['resume' as const],
  };
  const outcome = await tables.write([putEffect(table, held, { any: [isNew, isHeldForNobody] })]);
  if (outcome.written) return { kind: 'held', effectId: one.effectId, reason, needs: ['resume'] };
  const met = meet(one, outcome.refused[0]?.found);
  return met.kind === 'taken' && met.status === 'cleared'
    ? { kind: 'held', effectId: one.effectId, reason, needs: ['resume'] }
    : met;
}

const whyStopped = ({ proposal }: Decided, flags: Item | undefined): string =>
  whyNot(flagsOf(flags), proposal.scope) ?? 'stopped a moment ago';
