// A stage: how far a capability or an action has come from shadow to live, and the record that it has earned there.
import * as z from 'zod';

export const STEPS = ['shadow', 'canary_1', 'canary_10', 'canary_50', 'live'] as const;
export const Step = z.enum(STEPS);
export type Step = z.infer<typeof Step>;

/** The share of operations that a step gives to the candidate, in units of 1/10,000. */
export const SHARE: Record<Step, number> = {
  shadow: 0,
  canary_1: 100,
  canary_10: 1_000,
  canary_50: 5_000,
  live: 10_000,
};

/** A capability (`feedback.nps`) or an action (`payout.submit`). */
export const SUBJECT = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$/;
export const SUBJECT_MEANS = 'a capability or an action, such as feedback.nps';
export const Subject = z.string().max(64).regex(SUBJECT, SUBJECT_MEANS);

/** What was seen since the step began. Counted once each, whatever comes twice. */
export type StageRecord = {
  /** the candidate's own: shadowed, or ended in its cohort */
  decisions: number;
  /** of which is known what was really done */
  compared: number;
  disagreed: number;
  critical: number;
  /** what the shadowed decisions would have cost at most, and how many of them the gate would not have let through */
  wouldSpendCents: number;
  wouldBeRefused: number;
  candidateSucceeded: number;
  candidateFailed: number;
  incumbentSucceeded: number;
  incumbentFailed: number;
};

export const NO_RECORD: StageRecord = {
  decisions: 0,
  compared: 0,
  disagreed: 0,
  critical: 0,
  wouldSpendCents: 0,
  wouldBeRefused: 0,
  candidateSucceeded: 0,
  candidateFailed: 0,
  incumbentSucceeded: 0,
  incumbentFailed: 0,
};

export type Stage = {
  subject: string;
  step: Step;
  /** the agent whose share grows; without one, nobody does what is outside of the cohort */
  candidate?: string;
  /** what it does costs money that leaves: no step without a captain */
  money: boolean;
  since: string;
  by: string;
  why: string;
  version: number;
  /** how often the candidate was tested against the incumbent at this step: each look spends some of the allowed error */
  looks: number;
  record: StageRecord;
};

const Evidence = z.strictObject({
  decisionsMin: z.int().min(1).max(1_000_000),
  comparedMin: z.int().min(0).max(1_000_000),
  hoursMin: z.number().min(0).max(10_000),
});

/** config/stages.yaml. */
export const StagesConfig = z.strictObject({
  promotion: z.strictObject({
    disagreementMax: z.number().min(0).max(0.5),
    criticalMax: z.int().min(0).max(100),
    steps: z.strictObject({ shadow: Evidence, canary_1: Evidence, canary_10: Evidence, canary_50: Evidence }),
    automaticUpTo: z.enum(['none', 'canary_1', 'canary_10', 'canary_50', 'live']),
  }),
  demotion: z.strictObject({
    falseDemotionMax: z.number().gt(0).max(0.2),
    failureShareAccepted: z.number().gt(0).lt(1),
  }),
  subjects: z.array(
    z.strictObject({
      subject: Subject,
      candidate: z
        .string()
        .regex(/^agt_[a-z0-9_]+$/, 'the id of an agent')
        .optional(),
      money: z.boolean().default(false),
    }),
  ),
});
export type StagesConfig = z.infer<typeof StagesConfig>;

export const STEP_AFTER = {
  shadow: 'canary_1',
  canary_1: 'canary_10',
  canary_10: 'canary_50',
  canary_50: 'live',
} as const satisfies Record<Exclude<Step, 'live'>, Step>;

/** What the configuration puts into shadow: the subjects of stages.yaml, and capabilities that say so. */
export const declaredStages = (
  { subjects }: StagesConfig,
  capabilities: Iterable<{ name: string; stage?: 'shadow' }>,
): StagesConfig['subjects'] => {
  const named = new Set(subjects.map(({ subject }) => subject));
  const others = [...capabilities].filter(({ name, stage }) => stage === 'shadow' && !named.has(name));
  return [...subjects, ...others.map(({ name }) => ({ subject: name, money: false }))];
};
