// What the gate decides before it writes: default deny, then the limits on a single action.
import * as z from 'zod';
import { Impact, type Proposal } from './effect.ts';

/** config/gate.yaml: which actions may happen at all, and how much one of them may do. */
export const GatePolicy = z.strictObject({
  /** an action that is not listed is denied; `targets` are exact names, or a prefix ending in `*` */
  allow: z.array(z.strictObject({ action: z.string(), targets: z.array(z.string()).min(1) })),
  /** blast radius of one action */
  perAction: Impact,
});
export type GatePolicy = z.infer<typeof GatePolicy>;

export type GateDecision =
  | { kind: 'clear'; reason: 'allowed_within_limits' }
  | { kind: 'deny'; reason: 'action_not_allowed' | 'over_limit_of_one_action'; detail: string };

/** Whether one proposal may happen by policy alone; the kill switch is checked where the effect is written. */
export function decideProposal(proposal: Proposal, policy: GatePolicy): GateDecision {
  const { action, target, impact } = proposal;
  const rule = policy.allow.find(
    (entry) => entry.action === action && entry.targets.some((name) => fits(target, name)),
  );
  if (!rule) return { kind: 'deny', reason: 'action_not_allowed', detail: `${action} on ${target} is on no list` };
  const over = (Object.keys(impact) as (keyof Impact)[]).filter((unit) => impact[unit] > policy.perAction[unit]);
  if (over.length === 0) return { kind: 'clear', reason: 'allowed_within_limits' };
  const detail = over.map((unit) => `${unit} ${impact[unit]} > ${policy.perAction[unit]}`).join(', ');
  return { kind: 'deny', reason: 'over_limit_of_one_action', detail };
}

const fits = (target: string, name: string): boolean =>
  name.endsWith('*') ? target.startsWith(name.slice(0, -1)) : target === name;
