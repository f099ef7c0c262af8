// A plan: the task graph of an objective as a planner, a pattern or a person writes it. plan-check.ts judges it.
import * as z from 'zod';
import { isWhole, refuseUnstorable, WHOLE } from '../common/storable.ts';

export const planTasksMax = 1_000;
const parametersBytesMax = 32 * 1024;

export const PlanTaskId = z
  .string()
  .min(1)
  .max(64)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    'letters, digits, dots, dashes and underscores, beginning with a letter or digit',
  );

/** A lock's name, such as `shop/prices`: tasks that name the same one never run at the same time. */
export const ResourceName = z
  .string()
  .max(64)
  .regex(
    /^[a-z0-9][a-z0-9._:/-]*$/,
    'a name in lower case: letters, digits and . _ : / -, beginning with a letter or digit',
  );

export const BudgetUsd = z
  .number()
  .min(0)
  .max(1_000_000)
  .refine((usd) => Math.abs(usd * 100 - Math.round(usd * 100)) < 1e-6, 'an amount in whole cents');

/** Looked at before it is read as a record, which would lose some names without a word. */
const Parameters = z
  .unknown()
  .superRefine(refuseUnstorable)
  .pipe(z.record(z.string(), z.unknown()))
  .refine((parameters) => bytesOf(parameters) <= parametersBytesMax, 'at most 32 KB as JSON')
  .meta({ type: 'object', additionalProperties: {} });

export const PlanTask = z.strictObject({
  id: PlanTaskId,
  title: z.string().trim().min(1).max(200).refine(isWhole, WHOLE),
  capability: z.string().min(1).max(64),
  parameters: Parameters.default({}),
  dependsOn: z.array(z.string().min(1).max(64)).max(100).default([]),
  /** both: what the capability says, when missing */
  timeoutSeconds: z.int().min(1).max(86_400).optional(),
  maxAttempts: z.int().min(1).max(10).optional(),
  /** exclusive locks the task needs while it runs */
  resources: z.array(ResourceName).max(10).default([]),
  budgetUsd: BudgetUsd.optional(),
});
export type PlanTask = z.infer<typeof PlanTask>;

export const Plan = z.array(PlanTask).min(1).max(planTasksMax);
export type Plan = z.infer<typeof Plan>;

function bytesOf(value: unknown): number {
  try {
    return new TextEncoder().encode(JSON.stringify(value)).length;
  } catch {
    return Number.POSITIVE_INFINITY; // not JSON at all: a cycle or a bigint
  }
}
