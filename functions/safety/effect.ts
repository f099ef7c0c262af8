// An effect: the one record of an autonomous side effect, from its proposal to its outcome. Pure.
import * as z from 'zod';
import { quicklyMasked } from '../common/mask.ts';
import { isStorableNumber, isWhole, STORABLE, WHOLE } from '../common/storable.ts';
import type { Key } from '../common/table.ts';
import { canonicalDigest } from './canonical.ts';

/** What is counted of every effect, and what limits are set on. */
export const UNITS = ['spendCents', 'apiCalls', 'files', 'tokens'] as const;
export type Unit = (typeof UNITS)[number];

const amount = z.int().min(0);
/** Known amounts, one for each unit. */
export const Impact = z.strictObject({ spendCents: amount, apiCalls: amount, files: amount, tokens: amount });
export type Impact = z.infer<typeof Impact>;

const atMost = z.union([amount, z.literal('unknown')]);
/** What an effect may cost at most; `unknown` counts as the most that one action may. */
export const ProposedImpact = z.strictObject({ spendCents: atMost, apiCalls: atMost, files: atMost, tokens: atMost });
export type ProposedImpact = z.infer<typeof ProposedImpact>;

const name = z.string().min(1).max(100).refine(isWhole, WHOLE);
const sentence = z.string().trim().min(1).max(500).refine(isWhole, WHOLE);
const CONTEXT_MAX = 50;
const fact = z.union([
  z.string().max(500).refine(isWhole, WHOLE),
  z.number().refine(isStorableNumber, STORABLE),
  z.boolean(),
]);

/** Whose effect it is: what kills, limits, cohorts and the watch for anomalies go by. */
export const Scope = z.strictObject({
  room: name,
  agentId: name.optional(),
  objectiveId: name.optional(),
  capability: name.optional(),
});
export type Scope = z.infer<typeof Scope>;

/** A proposal explains itself completely or is refused: who, what, on what, why, instead of what, at what cost. */
export const Proposal = z.strictObject({
  /** the same intent twice is the same effect */
  intentKey: z.string().min(1).max(300).refine(isWhole, WHOLE),
  /** this try's token: only its holder may settle the effect */
  fence: name,
  actor: sentence,
  /** proposals that exclude each other share it: one of them is chosen, the others are denied */
  contest: name.optional(),
  scope: Scope,
  action: z
    .string()
    .max(100)
    .regex(/^[a-z]+\.[a-z-]+$/, 'a dotted name such as task.execute'),
  target: sentence,
  context: z
    .record(name, fact)
    .refine((context) => Object.keys(context).length <= CONTEXT_MAX, `at most ${CONTEXT_MAX} facts`),
  options: z.array(sentence).min(1).max(20),
  choice: sentence,
  rationale: sentence,
  confidence: z.number().min(0).max(1).refine(isStorableNumber, STORABLE),
  impact: ProposedImpact,
  reversible: z.enum(['yes', 'no', 'nothing_to_undo']),
  undo: sentence.optional(),
  /** once it executes, how long until it counts as stuck and is looked up; 15 minutes when not said */
  deadlineSeconds: z.int().min(1).max(2_592_000).optional(),
});
export type Proposal = z.infer<typeof Proposal>;

export const EffectStatus = z.enum([
  'denied',
  'shadowed',
  'held',
  'cleared',
  'executing',
  'confirmed',
  'failed',
  'unknown',
  'reversed',
]);
export type EffectStatus = z.infer<typeof EffectStatus>;

/**
 * A held effect waits for its needs and is then cleared; who owns it proposes it again, and it executes. A held one
 * without needs waits for its owner. An unknown one is resolved by looking up what happened; a veto denies what has not
 * begun, and reversing is an effect of its own that marks the first.
 */
export const ALLOWED_EFFECT_MOVES = {
  denied: [],
  shadowed: [],
  held: ['cleared', 'executing', 'denied', 'confirmed', 'failed'],
  cleared: ['executing', 'held', 'denied', 'failed'],
  executing: ['held', 'confirmed', 'failed', 'unknown'],
  unknown: ['confirmed', 'failed'],
  confirmed: ['reversed'],
  failed: [],
  reversed: [],
} as const satisfies Record<EffectStatus, readonly EffectStatus[]>;

export const statusesBefore = (status: EffectStatus): EffectStatus[] =>
  EffectStatus.options.filter((before) => (ALLOWED_EFFECT_MOVES[before] as readonly EffectStatus[]).includes(status));

/** What a held effect waits for: 3 of 5 votes, a person, or the end of a kill. Without any it waits for its owner. */
export const Need = z.enum(['votes', 'person', 'resume']);
export type Need = z.infer<typeof Need>;

/** What was taken from a limit for an effect: `window` is the item that counts it, `bucket` where in it. */
export type Reservation = { limit: string; window: Key; bucket: number; unit: Unit; amount: number };

/** A proposal whose unknown amounts count as the most that one action may; `unknown` says which those are. */
export type Weighed = Omit<Proposal, 'impact'> & { impact: Impact; unknown?: Unit[] };

export type Effect = Weighed & {
  effectId: string;
  status: EffectStatus;
  reason: string;
  /** of the proposal: what was decided on */
  digest: string;
  at: string;
  needs: Need[];
  /** needs that were met, by whom and why */
  satisfied?: { need: Need; by: string; reason: string; at: string }[];
  reservations?: Reservation[];
  /** of what is to be done, where persons or secrets were taken out of the words that say it */
  deed?: string;
  /** denied for now: the same intent may be proposed again */
  passing?: boolean;
  /** what it cost in the end */
  real?: Impact;
  outcome?: string;
  settledAt?: string;
};

/**
 * The digest that votes and approvals are bound to: of the whole proposal, but for its fence and for which agent carries
 * it out. Those may change between asking and acting; what is done, why, and at what cost may not.
 */
export function digestOf({ fence, ...proposal }: Proposal): string {
  const { agentId, ...scope } = proposal.scope;
  return canonicalDigest({ ...proposal, scope });
}

const keptText = (text: string): string => quicklyMasked(text).slice(0, 500);
const keptFact = <Fact>(value: Fact): Fact => (typeof value === 'string' ? (keptText(value) as Fact) : value);

/**
 * As it is kept, and read by reviewers and people: without persons and secrets. What is decided and done is the proposal
 * itself. Most hold nothing of the kind, and stay as they are.
 */
export function withoutSecrets(proposal: Proposal): Proposal {
  const { actor, target, options, choice, rationale, undo, context } = proposal;
  const words = [actor, target, ...options, choice, rationale, undo ?? '', ...Object.entries(context).flat()];
  if (words.every((word) => keptFact(word) === word)) return proposal;
  return {
    ...proposal,
    actor: keptText(actor),
    target: keptText(target),
    options: options.map(keptText),
    choice: keptText(choice),
    rationale: keptText(rationale),
    ...(undo === undefined ? {} : { undo: keptText(undo) }),
    context: Object.fromEntries(Object.entries(context).map(([name, value]) => [keptText(name), keptFact(value)])),
  };
}

/** What is to be done, of what was decided: the words around it may differ, and the agent that carries it out. */
export const deedOf = ({
  action,
  target,
  scope: { agentId, ...scope },
  context,
  impact,
  reversible,
  undo,
}: Weighed): string => canonicalDigest({ action, target, scope, context, impact, reversible, undo });

/** Whether the kept effect is of this deed. Where something was taken out of its words, it knows by a digest. */
export const isSameDeed = (effect: Weighed & { deed?: string }, asked: Weighed): boolean =>
  (effect.deed ?? deedOf(effect)) === deedOf(asked);

const BY_OTHERS = /^(the objective |followed by another|the attempt had ended|looked up|veto|stopped|killed|contained)/;

/** An end that says nothing about who acted: a person or the swarm ended it. */
export const isEndedByOthers = (outcome = ''): boolean => BY_OTHERS.test(outcome);
