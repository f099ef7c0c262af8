// config/escalation.yaml: whom to tell about what, in which order, how long to wait for an answer, and how often to ask.
import * as z from 'zod';
import { BESIDE, Kind, RUNGS, Severity } from './notice.ts';

const seconds = z.int().min(10).max(86_400);
const budget = z.strictObject({ perHour: z.int().min(0).max(1_000), perDay: z.int().min(0).max(10_000) });

const Treatment = z.strictObject({
  /** the rungs in their order, each with how long to wait for an answer before the next; a rung may be left out */
  ladder: z.partialRecord(z.enum(RUNGS), z.strictObject({ waitSeconds: seconds })),
  /** told at once and not waited for */
  beside: z.array(z.enum(BESIDE)).default([]),
  /** names of people; their numbers are in the secret */
  who: z
    .array(z.string().regex(/^[a-z][a-z0-9-]{0,30}$/))
    .max(10)
    .default([]),
  /** how often people may be asked; what is above is told in a digest */
  prompts: z.union([z.literal('always'), budget]),
  /** the same thing after somebody answered: how long it is only counted */
  quietMinutes: z.int().min(0).max(10_080),
  /** when every rung was tried and nobody answered: ring the alarm, or leave it to the console */
  unanswered: z.enum(['alarm', 'console']),
});
export type Treatment = z.infer<typeof Treatment>;

export const EscalationConfig = z
  .strictObject({
    /** where messages say they come from */
    source: z.string().min(1).max(60),
    /** put before the address of a notice; without it messages name the command only */
    consoleUrl: z.url({ protocol: /^https?$/ }).optional(),
    digestEveryMinutes: z.int().min(5).max(1_440),
    severities: z.record(Severity, Treatment),
    /** which severity a kind has here whatever its announcer says; `off` = people are not told */
    kinds: z.record(Kind, z.union([Severity, z.literal('off')])),
  })
  .check((context) => {
    const { critical } = context.value.severities;
    if (critical.prompts === 'always') return;
    const path = ['severities', 'critical', 'prompts'];
    const message = 'always: what is critical is never kept for a digest';
    context.issues.push({ code: 'custom', path, message, input: critical.prompts });
  });
export type EscalationConfig = z.infer<typeof EscalationConfig>;
