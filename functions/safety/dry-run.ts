// What would become of proposals, without storing anything: for planners, before they plan around it.
import { type FieldProblem, problemsOf } from '../common/problem.ts';
import { flagCopyOf, flagKey, flagsOf, whyNot } from './control-flags.ts';
import { digestOf, type Impact, type Need, Proposal } from './effect.ts';
import { effectIdOf } from './effect-item.ts';
import type { GateDeps } from './gate.ts';
import { decideProposal, type GateDecision } from './gate-decision.ts';
import { limitKey, type Take } from './limit.ts';
import { asWindow, standing } from './limit-window.ts';

export type DryVerdict = {
  verdict: 'cleared' | 'held' | 'denied' | 'shadowed' | 'incomplete';
  reasons: string[];
  needs?: Need[];
  effectId?: string;
  digest?: string;
  /** what it may cost at most */
  impact?: Impact;
  /** what it would take, and what is left now */
  limits?: { name: string; subject: string; unit: string; asked: number; left: number; most: number }[];
  problems?: FieldProblem[];
};

/** One answer for each. Nothing is reserved by it: what is left now may be gone when it is proposed. */
export function dryRun(proposals: readonly unknown[], deps: GateDeps): Promise<DryVerdict[]> {
  return Promise.all(proposals.map((proposal) => dryRunOne(proposal, deps)));
}

async function dryRunOne(value: unknown, deps: GateDeps): Promise<DryVerdict> {
  const parsed = Proposal.safeParse(value);
  if (!parsed.success) {
    const problems = problemsOf(parsed.error.issues, value);
    return {
      verdict: 'incomplete',
      reasons: problems.map(({ path, expected }) => `${path}: expected ${expected}`),
      problems,
    };
  }
  const proposal = parsed.data;
  const [rules, whyShadow, flags] = await Promise.all([deps.rules(), deps.whyShadow?.(), flagsFor(proposal, deps)]);
  const stopped = whyNot(flags, proposal.scope);
  if (!rules) return { verdict: 'held', reasons: ['there is no policy'], needs: ['resume'] };
  const decision = decideProposal(proposal, rules, whyShadow);
  const limits = await Promise.all(decision.takes.map((take) => leftOf(take, deps)));
  const short = limits.filter(({ asked, left }) => asked > left);
  const facts = {
    effectId: effectIdOf(proposal.intentKey),
    digest: digestOf(proposal),
    impact: decision.impact,
    limits,
  };
  return { ...outcomeOf(decision, stopped, short), ...facts };
}

type Short = { name: string; subject: string; asked: number; left: number };

function outcomeOf(decision: GateDecision, stopped: string | undefined, short: readonly Short[]) {
  const { kind, reason } = decision;
  if (kind === 'deny') return { verdict: 'denied' as const, reasons: [reason] };
  if (kind === 'shadow') return { verdict: 'shadowed' as const, reasons: [reason] };
  const missing = short.map(({ name, subject, asked, left }) => `${name} of ${subject}: ${asked} asked, ${left} left`);
  if (missing.length > 0) return { verdict: 'denied' as const, reasons: missing };
  const needs: Need[] = [...(kind === 'hold' ? decision.needs : []), ...(stopped ? ['resume' as const] : [])];
  if (needs.length === 0) return { verdict: 'cleared' as const, reasons: [reason] };
  return {
    verdict: 'held' as const,
    reasons: [...(kind === 'hold' ? [reason] : []), ...(stopped ? [stopped] : [])],
    needs,
  };
}

async function flagsFor({ intentKey }: Proposal, { tables, table }: GateDeps) {
  return flagsOf(await tables.get(table, flagKey(flagCopyOf(intentKey))));
}

async function leftOf({ limit, subject, amount }: Take, { tables, table, now }: GateDeps) {
  const item = await tables.get(table, limitKey(limit, subject), { eventually: true });
  const { used } = standing(asWindow(item), limit, now().getTime());
  const { name, unit, most } = limit;
  return { name, subject, unit, asked: amount, left: Math.max(0, most - used), most };
}
