// The drill: does each action that can be undone on a scope of its own, undoes it, and compares the state with before.
import type { EffectRequest } from './effect-request.ts';
import { requestOf } from './effect-request.ts';
import type { Said } from './holds.ts';
import { type PerformDeps, performEffect } from './perform-effect.ts';
import { type ReverseDeps, reverseEffect } from './reverse-effect.ts';

/** A harmless instance of an action: `state` reads what it touches. */
export type Exercise = { action: string; parameters: unknown; state: () => Promise<string | null> };
export type DrilledAction = {
  action: string;
  result: 'undone' | 'failed';
  detail: string;
  durationMs: number;
};
export type DrillDeps = PerformDeps &
  ReverseDeps & {
    exercises: readonly Exercise[];
    /** refuses what is held, so that nobody does it later */
    withdraw: (said: Said) => Promise<unknown>;
  };

/** Drills every exercise, one after the other; `drillId` names their effects, so a repeated drill meets its own. */
export async function drillUndo(drillId: string, deps: DrillDeps): Promise<DrilledAction[]> {
  const drilled: DrilledAction[] = [];
  for (const exercise of deps.exercises) {
    const beganMs = deps.now().getTime();
    const fault = await drillOne(drillId, exercise, deps);
    const durationMs = deps.now().getTime() - beganMs;
    const { action } = exercise;
    drilled.push({ action, result: fault ? 'failed' : 'undone', detail: fault ?? 'as it was before', durationMs });
  }
  return drilled;
}

/** What went wrong; nothing when the state is as before, and was another in between. */
async function drillOne(drillId: string, exercise: Exercise, deps: DrillDeps): Promise<string | undefined> {
  const before = await exercise.state();
  const request = exerciseRequest(drillId, exercise, deps);
  await deps.requests.add(request, deps.now().toISOString());
  const done = await performEffect(request.effectId, deps);
  // Done after a resume, nobody would undo it: the next drill would begin where this one wanted to arrive.
  if (done.kind === 'held')
    await deps.withdraw({ effectId: request.effectId, by: 'drill', reason: `${drillId} is over` });
  if (done.kind !== 'confirmed') return `it was not done: ${done.kind}${'reason' in done ? `, ${done.reason}` : ''}`;
  if ((await exercise.state()) === before) return 'it was done and has changed nothing: the drill proves nothing';
  const asked = await reverseEffect(request.effectId, { by: 'drill', reason: `${drillId}: undo it again` }, deps);
  if (asked.kind !== 'requested') return `it could not be undone: ${asked.kind}`;
  const undone = await performEffect(asked.undoEffectId, deps);
  if (undone.kind !== 'confirmed') return `the undo was not done: ${undone.kind}`;
  return (await exercise.state()) === before ? undefined : 'the state is not what it was before';
}

function exerciseRequest(drillId: string, { action, parameters }: Exercise, { performers }: DrillDeps): EffectRequest {
  const performer = performers[action];
  if (!performer) throw new Error(`Nobody here performs ${action}`);
  const words = {
    action,
    options: ['drill it', 'trust that it works'],
    choice: 'drill it',
    rationale: `${drillId}: an undo that is never tried may not work when it is needed`,
    confidence: 1,
    context: { drillId },
  };
  return requestOf(words, parameters, performer, { by: 'drill', intentKey: `${drillId}#${action}` });
}
