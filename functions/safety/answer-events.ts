// What the performer of effects does with each event that reaches it.
import * as z from 'zod';
import type { Announce } from '../common/announce.ts';
import type { ActionCatalogue } from './action.ts';
import type { KillScope } from './control-flags.ts';
import { type DrillDeps, drillUndo } from './drill-undo.ts';
import type { Drill, Drills } from './drills.store.ts';
import type { Effect } from './effect.ts';
import {
  DrillAsked,
  EffectCleared,
  EffectOverdue,
  EffectRequested,
  NoticeWanted,
  ReversalAsked,
  SwarmResumed,
} from './events.ts';
import { lookUpEffect, performEffect } from './perform-effect.ts';
import { reverseEffect } from './reverse-effect.ts';
import { snapshotIdOf } from './snapshot.ts';

/** An event of the bus, or the clock's. */
export const PerformerEvent = z.looseObject({
  'detail-type': z.string(),
  time: z.iso.datetime(),
  detail: z.unknown(),
});
export type PerformerEvent = z.infer<typeof PerformerEvent>;

export type AnswerDeps = DrillDeps & {
  drills: Drills;
  announce: Announce;
  catalogue: ActionCatalogue;
  /** the effects that waited for a resume of this scope and for nothing else */
  waitingFor: (scope: KillScope) => Promise<Effect[]>;
};

/** Events of effects that somebody else performs are nobody's business here: they were not requested. */
export async function answerEvent({ 'detail-type': type, detail, time }: PerformerEvent, deps: AnswerDeps) {
  if (type === EffectRequested.detailType) return performEffect(EffectRequested.schema.parse(detail).effectId, deps);
  if (type === EffectCleared.detailType) return performEffect(EffectCleared.schema.parse(detail).effectId, deps);
  if (type === EffectOverdue.detailType) {
    const { effectId, status } = EffectOverdue.schema.parse(detail);
    return status === 'held' ? performEffect(effectId, deps) : lookUpEffect(effectId, deps);
  }
  if (type === ReversalAsked.detailType) {
    const { effectId, by, reason } = ReversalAsked.schema.parse(detail);
    const answer = await reverseEffect(effectId, { by, reason }, deps);
    return answer.kind === 'requested' ? performEffect(answer.undoEffectId, deps) : answer;
  }
  if (type === SwarmResumed.detailType) return askAgain(SwarmResumed.schema.parse(detail).scope, deps);
  const drillId =
    type === DrillAsked.detailType ? DrillAsked.schema.parse(detail).drillId : snapshotIdOf('drl', new Date(time));
  return drill(drillId, deps);
}

/** Each in an event of its own, so that none waits for another. What is missed here is asked again when its time is over. */
async function askAgain(
  scope: KillScope,
  { waitingFor, performers, announce }: AnswerDeps,
): Promise<{ asked: number }> {
  const ours = (await waitingFor(scope)).filter(({ action }) => action in performers);
  for (const { effectId } of ours) await announce(EffectRequested, { effectId });
  return { asked: ours.length };
}

async function drill(drillId: string, deps: AnswerDeps): Promise<Drill> {
  const actions = await drillUndo(drillId, deps);
  const result = actions.every((one) => one.result === 'undone') ? 'passed' : 'failed';
  const exercised = new Set(actions.map(({ action }) => action));
  const notDrilled = deps.catalogue
    .filter(({ action, undo }) => ['automatic', 'declared'].includes(undo) && !exercised.has(action))
    .map(({ action }) => ({ action, reason: 'its undo is declared with each effect; there is none that is harmless' }));
  const at = deps.now().toISOString();
  const kept: Drill = { drillId, at, result, actions, notDrilled };
  await deps.drills.keep(kept);
  if (result === 'failed') {
    const failed = actions.filter((one) => one.result === 'failed').map(({ action, detail }) => `${action}: ${detail}`);
    await deps.announce(NoticeWanted, {
      key: 'undo-drill-failed',
      kind: 'undo_drill_failed',
      severity: 'error',
      title: 'An undo did not lead back in the drill',
      body: `${failed.join('; ')}. Until it does, let people approve such actions: docs/runbook.md.`.slice(0, 4_000),
      subject: { drillId },
      occurrence: drillId,
    });
  }
  return kept;
}
