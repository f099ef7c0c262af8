// An effect: the one record of an autonomous side effect, from its proposal to its outcome.
import * as z from 'zod';

/** What an effect may cost at most. What is unknown counts as the maximum, so every figure has to be said. */
export const Impact = z.strictObject({
  spendCents: z.int().min(0),
  apiCalls: z.int().min(0),
  files: z.int().min(0),
  tokens: z.int().min(0),
});
export type Impact = z.infer<typeof Impact>;

const sentence = z.string().trim().min(1).max(500);

/** A proposal explains itself completely or is refused: who, what, on what, why, instead of what, at what cost. */
export const Proposal = z.strictObject({
  /** the same intent twice is the same effect */
  intentKey: z.string().min(1).max(200),
  /** this try's token: only its holder may settle the effect */
  fence: z.string().min(1).max(100),
  actor: sentence,
  action: z.string().regex(/^[a-z]+\.[a-z-]+$/),
  target: sentence,
  context: z.record(z.string(), z.union([z.string().max(500), z.number(), z.boolean()])),
  options: z.array(sentence).min(1).max(20),
  choice: sentence,
  rationale: sentence,
  confidence: z.number().min(0).max(1),
  impact: Impact,
  reversible: z.enum(['yes', 'no', 'nothing_to_undo']),
  undo: sentence.optional(),
});
export type Proposal = z.infer<typeof Proposal>;

export const EffectStatus = z.enum(['denied', 'held', 'executing', 'confirmed', 'failed', 'unknown']);
export type EffectStatus = z.infer<typeof EffectStatus>;

/**
 * A held effect is cleared when the hold is lifted; of two who were cleared for the same effect one may hold it while the
 * other goes on and ends it. An unknown one is resolved by looking up what happened.
 */
export const ALLOWED_EFFECT_MOVES = {
  denied: [],
  held: ['executing', 'denied', 'confirmed', 'failed'],
  executing: ['held', 'confirmed', 'failed', 'unknown'],
  unknown: ['confirmed', 'failed'],
  confirmed: [],
  failed: [],
} as const satisfies Record<EffectStatus, readonly EffectStatus[]>;

export type Effect = Proposal & {
  effectId: string;
  status: EffectStatus;
  reason: string;
  at: string;
  settledAt?: string;
};
