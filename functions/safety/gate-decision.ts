// What the gate decides of one proposal before anything is stored: policy, blast radius, stage, holds. Pure.
import * as z from 'zod';
import { Breaker } from './breaker.ts';
import { Impact, type Need, type Proposal, type ProposedImpact, UNITS } from './effect.ts';
import { HoldThresholds, holdOf } from './hold-rule.ts';
import { Limits, type Take, takesOf } from './limit.ts';

/** config/gate.yaml: how much one action may do, and from where on others are asked. */
export const Thresholds = z.strictObject({
  /** blast radius of one action; what is unknown counts as this much */
  perAction: Impact,
  holds: HoldThresholds,
  /** how much may be done within a time */
  limits: Limits,
  /** when an agent's action fails too often in a row; without it nothing is broken off */
  breaker: Breaker.optional(),
});
export type Thresholds = z.infer<typeof Thresholds>;

/** Whether policy allows it, and which policies said so. */
export type PolicyAnswer = { allowed: boolean; because: readonly string[] };
export type Rules = {
  judge(proposal: Proposal, impact: Impact): PolicyAnswer;
  thresholds: Thresholds;
  /** why it does not fit the catalogue of actions */
  undeclared?(proposal: Proposal): string | undefined;
};

/** `takes` is what it takes from limits once it executes. */
export type GateDecision = { reason: string; impact: Impact; takes: Take[]; breaker?: Breaker } & (
  | { kind: 'clear' | 'shadow' | 'deny' }
  | { kind: 'hold'; needs: Need[] }
);

/** `whyShadow` says why this proposal is recorded and not carried out; nothing when it is live. */
export function decideProposal(
  proposal: Proposal,
  { judge, thresholds, undeclared }: Rules,
  whyShadow?: (proposal: Proposal) => string | undefined,
): GateDecision {
  const impact = atMostOf(proposal.impact, thresholds.perAction);
  const { allowed, because } = judge(proposal, impact);
  const names = because.join(', ');
  const hold = holdOf(proposal, impact, thresholds.holds);
  const takes = takesOf(proposal, impact, thresholds.limits, hold.needs.length > 0);
  const facts = { impact, takes, ...(takes.length > 0 ? { breaker: thresholds.breaker } : {}) };
  const misfit = undeclared?.(proposal);
  if (misfit !== undefined) return { kind: 'deny', reason: misfit, ...facts };
  if (!allowed) return { kind: 'deny', reason: names ? `forbidden by ${names}` : notAllowed(proposal), ...facts };
  const over = UNITS.filter((unit) => impact[unit] > thresholds.perAction[unit]);
  if (over.length > 0) {
    const excess = over.map((unit) => `${unit} ${impact[unit]} > ${thresholds.perAction[unit]}`).join(', ');
    return { kind: 'deny', reason: `over the limit of one action: ${excess}`, ...facts };
  }
  const shadow = whyShadow?.(proposal);
  if (shadow !== undefined) {
    const held = `held for ${hold.needs.join(', ')}: ${hold.because.join('; ')}`;
    const reason = `${shadow}; else ${hold.needs.length > 0 ? held : `allowed by ${names}`}`;
    return { kind: 'shadow', reason, ...facts };
  }
  if (hold.needs.length > 0) return { kind: 'hold', reason: hold.because.join('; '), needs: hold.needs, ...facts };
  return { kind: 'clear', reason: `allowed by ${names}`, ...facts };
}

const notAllowed = ({ action, target }: Proposal): string => `no policy allows ${action} on ${target}`.slice(0, 500);

/** What it may cost at most: unknown amounts count as the most that one action may. */
export const atMostOf = (proposed: ProposedImpact, most: Impact): Impact =>
  Object.fromEntries(UNITS.map((unit) => [unit, proposed[unit] === 'unknown' ? most[unit] : proposed[unit]])) as Impact;

/** Whether it costs anything that is counted: if not, it touches no limit. */
export const isFree = (impact: Impact): boolean => UNITS.every((unit) => impact[unit] === 0);
