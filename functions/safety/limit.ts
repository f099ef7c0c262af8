// A limit: how much of a unit may be taken within a time, by whom. Pure.
import * as z from 'zod';
import type { Key } from '../common/table.ts';
import { type Impact, type Proposal, UNITS } from './effect.ts';

const name = z.string().regex(/^[a-z][a-z0-9-]{0,60}$/, 'a name such as spend-per-hour');
const Duration = z.strictObject({ seconds: z.int().min(1).max(2_678_400) });

/** One of the list `limits` of config/gate.yaml. */
export const Limit = z.strictObject({
  name,
  unit: z.enum(UNITS),
  /** one for all, or one for each agent, room or objective */
  per: z.enum(['swarm', 'agent', 'room', 'objective']),
  most: z.int().min(0),
  /** `fixed`: from the full hour, for instance, to the next; `sliding`: within any so many seconds */
  window: z.enum(['fixed', 'sliding']),
  ...Duration.shape,
  /** counts only effects of this room or action, or those that others have agreed to, or have not */
  only: z
    .strictObject({ room: z.string().min(1), action: z.string().min(1), approved: z.boolean() })
    .partial()
    .optional(),
});
export type Limit = z.infer<typeof Limit>;

export const Limits = z
  .array(Limit)
  .max(30)
  .superRefine((limits, context) => {
    const seen = new Set<string>();
    limits.forEach(({ name: one }, index) => {
      if (seen.has(one)) context.addIssue({ code: 'custom', path: [index, 'name'], message: 'a name used only once' });
      seen.add(one);
    });
  });

/** What one proposal takes from one limit. */
export type Take = { limit: Limit; subject: string; amount: number };

/** Everything that a proposal has to take, or nothing of it may happen. What costs nothing of a unit touches no limit. */
export function takesOf(
  { scope, action }: Pick<Proposal, 'scope' | 'action'>,
  impact: Impact,
  limits: readonly Limit[],
  approved = false,
): Take[] {
  return limits.flatMap((limit): Take[] => {
    const { unit, per, only } = limit;
    const ofKind = (only?.room ?? scope.room) === scope.room && (only?.action ?? action) === action;
    const counts = ofKind && (only?.approved ?? approved) === approved;
    const subject =
      per === 'swarm' ? 'all' : { agent: scope.agentId, room: scope.room, objective: scope.objectiveId }[per];
    return counts && impact[unit] > 0 && subject !== undefined ? [{ limit, subject, amount: impact[unit] }] : [];
  });
}

/** The item that counts what a subject has taken. Another window is another count: it begins anew. */
export const limitKey = ({ name: limit, window, seconds }: Limit, subject: string): Key => ({
  pk: `limit#${limit}#${subject}`,
  sk: `${window}#${seconds}`,
});
