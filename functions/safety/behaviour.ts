// How an agent behaves: what is counted, its baseline, and the evidence that it no longer behaves like that. Types only.
import * as z from 'zod';

export const METRICS = ['effects', 'calls', 'spendCents', 'failures', 'refusals'] as const;
export type Metric = (typeof METRICS)[number];

/** Time is cut into slots; a baseline is learned from blocks of slots. */
export const SLOT_MS = 500;
export const BLOCK_SLOTS = 60;

const Normal = z.strictObject({
  /** a rate below this is never an anomaly */
  floor: z.number().gt(0),
  /** normal for an agent that is not known yet */
  newcomer: z.number().gt(0),
});

/** config/behaviour.yaml. */
export const BehaviourConfig = z.strictObject({
  falseAlarmsPerWeekMax: z.number().gt(0).max(1_000),
  pause: z.boolean(),
  sigmas: z.number().min(3).max(10),
  normalUpTo: z.number().min(1).max(5),
  blocksMin: z.int().min(2).max(1_000),
  metrics: z.strictObject(
    Object.fromEntries(METRICS.map((metric) => [metric, Normal])) as Record<Metric, typeof Normal>,
  ),
  exempt: z.array(
    z.strictObject({
      agentId: z.string().regex(/^agt_[a-z0-9_]+$/, 'the id of an agent'),
      metrics: z.array(z.enum(METRICS)).min(1),
      why: z.string().trim().min(1).max(200),
    }),
  ),
});
export type BehaviourConfig = z.infer<typeof BehaviourConfig>;

/** One metric of one agent. A rate is a count for each unit of exposure: a task, an effect. */
export type Watch = {
  /** the baseline, over blocks; so many of them were learned from */
  blocks: number;
  mean: number;
  variance: number;
  /** the block that is being filled */
  blockCount: number;
  blockExposure: number;
  blockSlots: number;
  /** ln of the betting capital against "as always"; never below 0 */
  evidence: number;
  /** since the evidence was last 0 */
  count: number;
  exposure: number;
};

export const NEW_WATCH: Watch = {
  blocks: 0,
  mean: 0,
  variance: 0,
  blockCount: 0,
  blockExposure: 0,
  blockSlots: 0,
  evidence: 0,
  count: 0,
  exposure: 0,
};

/** What happened within one slot. */
export type Slot = Record<Metric, number> & {
  /** tasks given to the agent */
  started: number;
  /** effects that ended, and that were proposed, of any kind */
  ended: number;
  proposed: number;
  /** the operations on whose behalf it acted */
  operations: string[];
};

export type Alarm = {
  metric: Metric;
  /** per unit of exposure and slot: the baseline, its standard deviation, and what was seen */
  expected: number;
  deviation: number;
  observed: number;
  /** how many standard deviations that is */
  sigmas: number;
  /** ln of the evidence, and what it had to reach */
  score: number;
  threshold: number;
};

export type Behaviour = {
  /** number of the open slot since 1970, and what it holds so far */
  slot: number;
  open: Slot;
  /** tasks of about the last minute */
  tasks: number;
  watches: Record<Metric, Watch>;
};

export const emptySlot = (): Slot => ({
  ...{ effects: 0, calls: 0, spendCents: 0, failures: 0, refusals: 0 },
  ...{ started: 0, ended: 0, proposed: 0, operations: [] },
});

export const newBehaviour = (slot: number): Behaviour => ({
  slot,
  open: emptySlot(),
  tasks: 0,
  watches: Object.fromEntries(METRICS.map((metric) => [metric, NEW_WATCH])) as Record<Metric, Watch>,
});
