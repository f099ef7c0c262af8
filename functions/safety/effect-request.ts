// What somebody asks the swarm to do through the gate: an action it can perform, its parameters, and why. Pure.
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { Proposal } from './effect.ts';
import { effectIdOf } from './effect-item.ts';
import type { Deed, Performer } from './performer.ts';

const { options, choice, rationale, confidence, action, contest } = Proposal.shape;

/** The body of POST /effects: the act, and the whole explanation that the gate asks for. */
export const EffectBody = z.strictObject({
  action,
  parameters: z.record(z.string(), z.unknown()),
  options,
  choice,
  rationale,
  confidence,
  context: Proposal.shape.context.default({}),
  contest,
});
export type EffectBody = z.infer<typeof EffectBody>;

export type EffectRequest = {
  effectId: string;
  proposal: Proposal;
  parameters: unknown;
  /** the effect that this one undoes */
  reverses?: string;
};

/** How long a performer may take before it is looked up what became of it. */
const DEADLINE_SECONDS = 120;

/**
 * The request of a performer's action. The parameters lie beside the proposal; their digest is part of its context, so
 * that whoever agrees to the effect agrees to exactly these.
 */
export function requestOf(
  body: Omit<EffectBody, 'parameters'>,
  parameters: unknown,
  performer: Performer,
  asked: { by: string; intentKey: string; reverses?: string },
): EffectRequest {
  const proposal = Proposal.parse({
    ...body,
    intentKey: asked.intentKey,
    fence: `fnc_${sha256(asked.intentKey).slice(0, 20)}`,
    actor: asked.by,
    scope: { room: 'safety' },
    target: performer.targetOf(parameters),
    context: {
      ...body.context,
      parameters: sha256(JSON.stringify(parameters)),
      ...(asked.reverses && { reverses: asked.reverses }),
    },
    impact: performer.impactOf(parameters),
    ...performer.undoOf(parameters),
    deadlineSeconds: DEADLINE_SECONDS,
  });
  return {
    effectId: effectIdOf(asked.intentKey),
    proposal,
    parameters,
    ...(asked.reverses && { reverses: asked.reverses }),
  };
}

/** The same effect is reversed once, whoever asks and however often. */
export const undoIntent = (effectId: string): string => `undo#${effectId}`;

/** The request of undoing an effect, by the way back that was noted before it was done. */
export function undoRequest(
  effectId: string,
  { action, parameters }: Deed,
  performer: Performer,
  { by, reason }: { by: string; reason: string },
): EffectRequest {
  const words = {
    action,
    options: ['undo it', 'leave it'],
    choice: 'undo it',
    rationale: reason,
    confidence: 1,
    context: {},
  };
  return requestOf(words, parameters, performer, { by, intentKey: undoIntent(effectId), reverses: effectId });
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
