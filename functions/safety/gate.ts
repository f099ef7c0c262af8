// The gate: every autonomous side effect asks here first, and what it asked and what became of it is one stored record.
import { contentId } from '../common/ids.ts';
import type { Item, Key, Tables, Write } from '../common/table.ts';
import { flagCopyOf, flagKey, flagsOf, mayAct } from './control-flags.ts';
import { ALLOWED_EFFECT_MOVES, type Effect, type EffectStatus, Proposal } from './effect.ts';
import { decideProposal, type GatePolicy } from './gate-policy.ts';

export type { Proposal } from './effect.ts';
export { GatePolicy } from './gate-policy.ts';

export type Verdict =
  /** written as executing: act now, then settle */
  | { kind: 'cleared'; effectId: string }
  | { kind: 'denied'; effectId: string; reason: string }
  /** killed or not bootstrapped: ask again when that has ended */
  | { kind: 'held'; effectId: string; reason: string }
  /** the same intent is already with somebody else, or done */
  | { kind: 'taken'; effectId: string; status: EffectStatus };

export type Settlement = {
  effectId: string;
  fence: string;
  /** `held`: cleared, but it cannot be done now; asking again with the same intent clears it again */
  status: 'confirmed' | 'failed' | 'unknown' | 'held';
  reason: string;
};
export type Gate = {
  propose(proposals: readonly Proposal[]): Promise<Verdict[]>;
  settle(settlement: Settlement): Promise<'settled' | 'not_yours'>;
};
type GateDeps = { tables: Tables; table: string; policy: GatePolicy; now: () => Date };

/**
 * The same intent always has the same effect id. An intent about a task begins with the task's time-ordered id, and so
 * does its effect: records of one time lie side by side in a store that is sorted by key.
 */
export function effectIdOf(intentKey: string): string {
  const task = /^tsk_([0-9A-Z]{26}_\d{1,4})(?!\d)/.exec(intentKey)?.[1];
  return task ? `eff_${task}_${contentId('x', intentKey).slice(2, 14)}` : contentId('eff', intentKey);
}

/**
 * The gate over a store. `propose` writes the effects it clears in one transaction with a check of the control flags, so
 * a kill wins every race; it throws on an incomplete proposal. Asking again with the same intent and fence gives the same
 * answer. At most 90 proposals at once.
 */
export const gateOf = (deps: GateDeps): Gate => ({
  propose: async (proposals) => {
    const complete = proposals.map((proposal) => Proposal.parse(proposal));
    const decisions = complete.map((proposal) => decideProposal(proposal, deps.policy));
    const cleared = complete.filter((_, index) => decisions[index]?.kind === 'clear');
    const verdicts = new Map<string, Verdict>();
    for (const verdict of await clear(cleared, deps)) verdicts.set(verdict.effectId, verdict);
    for (const [index, decision] of decisions.entries()) {
      const proposal = complete[index];
      if (decision.kind === 'deny' && proposal) {
        verdicts.set(
          effectIdOf(proposal.intentKey),
          await deny(proposal, `${decision.reason}: ${decision.detail}`, deps),
        );
      }
    }
    return complete.map((proposal) => verdicts.get(effectIdOf(proposal.intentKey)) as Verdict);
  },
  settle: (settlement) => settle(settlement, deps),
});

async function clear(proposals: readonly Proposal[], deps: GateDeps): Promise<Verdict[]> {
  const [first] = proposals;
  if (!first) return [];
  const { tables, table } = deps;
  const outcome = await tables.write([
    { table, check: flagKey(flagCopyOf(first.intentKey)), if: mayAct },
    ...proposals.map((proposal) => putEffect(proposal, 'executing', 'allowed_within_limits', deps)),
  ]);
  if (outcome.written) return proposals.map(({ intentKey }) => ({ kind: 'cleared', effectId: effectIdOf(intentKey) }));
  const flags = outcome.refused.find(({ index }) => index === 0);
  if (flags) return hold(proposals, flagsOf(flags.found).killed ? 'killed' : 'not_bootstrapped', deps);
  if (proposals.length > 1) return (await Promise.all(proposals.map((proposal) => clear([proposal], deps)))).flat();
  return [await meet(first, deps)];
}

/** The effect exists: it is ours when the fence is the same, else another's. */
async function meet(proposal: Proposal, { tables, table }: GateDeps): Promise<Verdict> {
  const effectId = effectIdOf(proposal.intentKey);
  const effect = (await tables.get(table, keyOf(effectId))) as unknown as Effect | undefined;
  if (effect?.status === 'executing' && effect.fence === proposal.fence) return { kind: 'cleared', effectId };
  return { kind: 'taken', effectId, status: effect?.status ?? 'unknown' };
}

async function hold(proposals: readonly Proposal[], reason: string, deps: GateDeps): Promise<Verdict[]> {
  await Promise.all(proposals.map((proposal) => deps.tables.write([putEffect(proposal, 'held', reason, deps)])));
  return proposals.map(({ intentKey }) => ({ kind: 'held', effectId: effectIdOf(intentKey), reason }));
}

async function deny(proposal: Proposal, reason: string, deps: GateDeps): Promise<Verdict> {
  await deps.tables.write([putEffect(proposal, 'denied', reason, deps)]);
  return { kind: 'denied', effectId: effectIdOf(proposal.intentKey), reason };
}

function putEffect(proposal: Proposal, status: EffectStatus, reason: string, { table, now }: GateDeps): Write {
  const effectId = effectIdOf(proposal.intentKey);
  const at = now().toISOString();
  const put: Item = {
    ...keyOf(effectId),
    ...proposal,
    effectId,
    status,
    reason,
    at,
    effectsPk: `effects#${at.slice(0, 10)}`,
    effectsSk: `${at}#${effectId}`,
    by: proposal.actor,
    why: reason,
  };
  return { table, put, if: { any: [{ missing: 'pk' }, { path: 'status', equals: 'held' }] } };
}

async function settle({ effectId, fence, status, reason }: Settlement, deps: GateDeps) {
  const from = (Object.keys(ALLOWED_EFFECT_MOVES) as EffectStatus[]).filter((before) =>
    (ALLOWED_EFFECT_MOVES[before] as readonly EffectStatus[]).includes(status),
  );
  const outcome = await deps.tables.write([
    {
      table: deps.table,
      update: keyOf(effectId),
      changes: {
        set: [
          ['status', status],
          ['by', 'gate'],
          ['why', reason],
          ['settledAt', deps.now().toISOString()],
        ],
      },
      if: {
        all: [
          { path: 'status', oneOf: from },
          { path: 'fence', equals: fence },
        ],
      },
    },
  ]);
  return outcome.written ? 'settled' : 'not_yours';
}

const keyOf = (effectId: string): Key => ({ pk: effectId, sk: 'effect' });
