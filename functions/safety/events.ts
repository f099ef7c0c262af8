// What the room of safety announces.
import * as z from 'zod';
import { defineEvent } from '../common/define-event.ts';
import { Impact, Need, Scope } from './effect.ts';
import { WantedNotice } from './notice.ts';

const said = z.object({ by: z.string(), reason: z.string(), at: z.iso.datetime() });
const name = z.string().min(1).max(100);
export const KillScope = z.union([
  z.literal('everything'),
  z.strictObject({ room: name }),
  z.strictObject({ agentId: name }),
  z.strictObject({ objectiveId: name }),
]);
const killId = z.string().regex(/^kil_[0-9A-HJKMNP-TV-Z]{26}$/);

export const SwarmActivated = defineEvent('safety.SwarmActivated', said);
/** The gate refuses already; what runs is taken back from here on. */
export const SwarmKilled = defineEvent('safety.SwarmKilled', said.extend({ killId, scope: KillScope }));
export const SwarmResumed = defineEvent('safety.SwarmResumed', said.extend({ scope: KillScope }));

/**
 * Rooms with something to stop do their part and confirm it; asked again, round by round, until nothing is left.
 * `leftover`: effects that still execute after the round before.
 */
export const ContainmentWanted = defineEvent(
  'safety.ContainmentWanted',
  z.object({
    killId,
    scope: KillScope,
    round: z.int().min(1),
    leftover: z.array(z.object({ intentKey: z.string(), at: z.iso.datetime() })).max(200),
  }),
);
/** What a room answers, in an event of its own. */
export const ContainmentReport = z.object({
  killId,
  round: z.int().min(1),
  room: name,
  /** the effects that it stopped: the certificate has them, whatever an index shows and when */
  effects: z.array(z.string().max(200)).max(4_000),
  points: z.array(z.object({ name, at: z.iso.datetime(), counts: z.record(z.string(), z.int()), detail: z.string() })),
});
export type ContainmentReport = z.infer<typeof ContainmentReport>;

const effect = z.object({
  effectId: z.string(),
  intentKey: z.string(),
  action: z.string(),
  scope: Scope,
  reason: z.string(),
  at: z.iso.datetime(),
});

/** It waits for votes, a person or a resume: `digest` is what they decide on. */
export const EffectHeld = defineEvent(
  'safety.EffectHeld',
  effect.extend({
    needs: z.array(Need),
    digest: z.string(),
    target: z.string(),
    impact: Impact,
    confidence: z.number(),
  }),
);
/** All its needs are met: who owns it may propose it again. */
export const EffectCleared = defineEvent('safety.EffectCleared', effect);
/** It will not be: denied while it was held or cleared, or vetoed while it executed. */
export const EffectRefused = defineEvent('safety.EffectRefused', effect);
/** Nobody knows whether it happened; it is looked up. */
export const EffectUnknown = defineEvent('safety.EffectUnknown', effect);
/** Open beyond its deadline: who owns it looks up what became of it, and settles it. */
export const EffectOverdue = defineEvent('safety.EffectOverdue', effect.extend({ status: z.string() }));
/**
 * Any room may want people to know something; the room of safety decides whether, when and how they are told. It has to
 * name the occurrence: an announcement may reach the bus twice, as two events.
 */
export const NoticeWanted = defineEvent('safety.NoticeWanted', WantedNotice.required({ occurrence: true }));
/** Somebody answered a notice, or what it was about has passed. */
export const NoticeAnswered = defineEvent(
  'safety.NoticeAnswered',
  z.object({
    noticeId: z.string(),
    round: z.int().min(1),
    status: z.enum(['acknowledged', 'resolved']),
    by: z.string(),
    at: z.iso.datetime(),
  }),
);

/** It is open to votes: of the panel those outside are named; where a person is needed, any approver. */
export const VoteRequested = defineEvent(
  'safety.VoteRequested',
  z.object({
    decisionId: z.string(),
    /** what is voted on: a vote for another digest is refused */
    digest: z.string(),
    effectIds: z.array(z.string()),
    action: z.string(),
    needs: z.array(Need),
    voters: z.array(z.string()),
    closesAt: z.iso.datetime(),
    at: z.iso.datetime(),
  }),
);
/** It was ruled on, by the panel, a person or the captain. */
export const DecisionMade = defineEvent(
  'safety.DecisionMade',
  z.object({
    decisionId: z.string(),
    status: z.string(),
    chosen: z.string().optional(),
    effectIds: z.array(z.string()),
    by: z.string(),
    reason: z.string(),
    at: z.iso.datetime(),
  }),
);
/** The captain vetoed what is done already: it is to be undone by an effect of its own. */
export const ReversalAsked = defineEvent('safety.ReversalAsked', said.extend({ effectId: z.string() }));

const moved = said.extend({ subject: z.string(), from: z.string(), to: z.string(), forced: z.boolean() });

/** A subject has more freedom now. */
export const StagePromoted = defineEvent('safety.StagePromoted', moved);
/** A subject is back in shadow: what it would do is recorded and not done. */
export const StageDemoted = defineEvent('safety.StageDemoted', moved);

/** An agent no longer behaves as it did. `paused`: it is stopped, until a captain resumes it. */
export const AnomalyDetected = defineEvent(
  'safety.AnomalyDetected',
  z.object({
    anomalyId: z.string(),
    agentId: z.string(),
    metric: z.string(),
    expected: z.number(),
    observed: z.number(),
    sigmas: z.number(),
    score: z.number(),
    paused: z.boolean(),
    reason: z.string(),
    at: z.iso.datetime(),
  }),
);

/** Somebody asked for an effect that the swarm itself performs. */
export const EffectRequested = defineEvent('safety.EffectRequested', z.object({ effectId: z.string() }));
export const DrillAsked = defineEvent('safety.DrillAsked', z.object({ drillId: z.string() }));
