// A capability: something an agent can be asked to do, with the JSON Schemas of what it takes and what it answers.
import * as z from 'zod';
import { type FieldProblem, problemsOf } from './problem.ts';

export const CapabilityName = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$/, 'a dotted name in lower case, such as feedback.nps');

const JsonSchema = z.record(z.string(), z.unknown()).superRefine((schema, context) => {
  try {
    z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  } catch (error) {
    context.addIssue({ code: 'custom', message: `a JSON Schema that can be checked (${(error as Error).message})` });
  }
});

const outside = z.union([z.int().min(0), z.literal('unknown')]);

export const Capability = z.strictObject({
  name: CapabilityName,
  title: z.string().trim().min(1).max(100),
  description: z.string().trim().min(1).max(1_000),
  /** what a task may say in `parameters` */
  parameters: JsonSchema,
  /** what an agent has to answer; an answer that does not fit is a failed attempt */
  result: JsonSchema,
  /** for tasks that do not say */
  timeoutSeconds: z.int().min(1).max(86_400).default(60),
  maxAttempts: z.int().min(1).max(10).default(3),
  /** what one attempt does outside at most; most capabilities only compute, and declare nothing */
  impact: z
    .strictObject({ spendCents: outside, apiCalls: outside, files: outside, tokens: outside })
    .partial()
    .optional(),
  /** whether what it does outside can be undone, and how */
  reversible: z.enum(['yes', 'no', 'nothing_to_undo']).default('nothing_to_undo'),
  undo: z.string().trim().min(1).max(500).optional(),
  /** new: what it would do is recorded and not done, until it has earned more (config/stages.yaml says how) */
  stage: z.literal('shadow').optional(),
});
export type Capability = z.infer<typeof Capability>;

/** The file config/capabilities.yaml: a list without two of the same name. */
export const Capabilities = z
  .array(Capability)
  .min(1)
  .max(1_000)
  .superRefine((capabilities, context) => {
    const seen = new Set<string>();
    capabilities.forEach(({ name }, index) => {
      if (seen.has(name)) context.addIssue({ code: 'custom', path: [index, 'name'], message: 'a name used only once' });
      seen.add(name);
    });
  });

const compiled = new WeakMap<object, z.ZodType>();

/** What keeps `value` from fitting the JSON Schema; empty when it fits. A schema is compiled once per object. */
export function misfits(
  schema: Record<string, unknown>,
  value: unknown,
  root: readonly PropertyKey[] = [],
): FieldProblem[] {
  let check = compiled.get(schema);
  if (!check) {
    check = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
    compiled.set(schema, check);
  }
  const parsed = check.safeParse(value);
  return parsed.success ? [] : problemsOf(parsed.error.issues, value, root);
}
