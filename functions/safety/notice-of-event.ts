// What people should know of what the bus tells: which event raises which notice, and which one ends it. Pure.

import type * as z from 'zod';
import { AgentLost } from '../agents/events.ts';
import { CredentialExpiring, CredentialRenewed } from '../operations/events.ts';
import {
  DecisionMade,
  EffectUnknown,
  type KillScope,
  NoticeWanted,
  SwarmKilled,
  SwarmResumed,
  VoteRequested,
} from './events.ts';
import type { WantedNotice } from './notice.ts';

export type BusEvent = { id: string; source: string; 'detail-type': string; time?: string; detail: unknown };
export type Meaning =
  | { kind: 'raise'; wanted: WantedNotice }
  | { kind: 'resolve'; key: string; end: { by: string; note: string; overAt?: string } }
  | { kind: 'sweep' }
  | { kind: 'nothing'; reason: string };

type Reader = (detail: never, event: BusEvent) => Meaning | Meaning[];
type Text = Record<string, string>;

/** Throws where an event of ours is not as its schema says: a bug of its announcer, which ends in the room's failures. */
export function meaningOf(event: BusEvent): Meaning[] {
  const reader = READERS[event['detail-type']];
  return reader ? [reader(event.detail as never, event)].flat() : [{ kind: 'nothing', reason: 'no reader' }];
}

/**
 * `occurrence` names what happened, never the event that tells of it: an announcement whose answer was lost is made
 * again, and the bus gives it another id. People would be told twice, the second time perhaps after they answered.
 * What does not fit is cut off and what says nothing is said so: an announcer's many words keep nobody from being told.
 */
const raiseIt = ({ title, body, ...wanted }: WantedNotice & { occurrence: string }): Meaning => {
  const fitting = { title: title.slice(0, 200), body: body.trim().slice(0, 4_000) || 'no reason' };
  return { kind: 'raise', wanted: { ...wanted, ...fitting } };
};
const endIt = (key: string, end: { by: string; note: string; overAt?: string }): Meaning => ({
  kind: 'resolve',
  key,
  end: { ...end, note: end.note.slice(0, 500) },
});

const READERS: Record<string, Reader> = {
  'Scheduled Event': () => ({ kind: 'sweep' }),

  [NoticeWanted.detailType]: (detail) => raiseIt(NoticeWanted.schema.parse(detail)),

  /** Pressed once more it is the same kill. */
  [SwarmKilled.detailType]: (detail) => {
    const { killId, by, reason, at, scope } = SwarmKilled.schema.parse(detail);
    const part = partOf(scope);
    const body = `Nothing autonomous happens there until a captain resumes it. Reason: ${reason}`;
    const about = { key: killKey(part), body, subject: { by, at }, occurrence: killId, happenedAt: at };
    return scope === 'everything'
      ? raiseIt({ ...about, kind: 'swarm_killed', severity: 'critical', title: `The swarm was killed by ${by}` })
      : raiseIt({ ...about, kind: 'part_stopped', severity: 'warning', title: `${part} was stopped by ${by}` });
  },
  [SwarmResumed.detailType]: (detail) => {
    const { by, reason, scope, at } = SwarmResumed.schema.parse(detail);
    return endIt(killKey(partOf(scope)), { by, note: `resumed: ${reason}`, overAt: at });
  },

  [VoteRequested.detailType]: (detail) => {
    const { decisionId, digest, action, needs, closesAt, effectIds } = VoteRequested.schema.parse(detail);
    if (!needs.includes('person')) return { kind: 'nothing', reason: 'no person is asked' };
    const [effectId, ...others] = effectIds;
    const subject = { decisionId, ...(effectId !== undefined && others.length === 0 && { effectId }) };
    const about = { key: decisionKey(decisionId), kind: 'effect_held', severity: 'error' as const, subject };
    const body = `Without an approval until ${closesAt} it is denied. lazyark decision show ${decisionId}`;
    const occurrence = `${closesAt}#${digest}`;
    return raiseIt({ ...about, title: `${action} waits for a person`, body, needsAckBy: closesAt, occurrence });
  },
  [DecisionMade.detailType]: (detail) => {
    const { decisionId, status, by, reason } = DecisionMade.schema.parse(detail);
    const over = endIt(decisionKey(decisionId), { by, note: `${status}: ${reason}` });
    if (status !== 'expired') return over;
    const about = { key: `decision-expired#${decisionId}`, kind: 'decision_expired', severity: 'warning' as const };
    const body = `It counts as a no. ${reason}`;
    const title = 'A decision was not made in time';
    return [over, raiseIt({ ...about, title, body, subject: { decisionId }, occurrence: decisionId })];
  },
  [EffectUnknown.detailType]: (detail) => {
    const { effectId, action, reason, at } = EffectUnknown.schema.parse(detail);
    const title = `Nobody knows whether ${action} happened`;
    const body = `It is not tried again before it was looked up. ${reason}. npx lazyark effect show ${effectId}`;
    const about = { key: `effect-unknown#${effectId}`, kind: 'effect_unknown', severity: 'error' as const };
    return raiseIt({ ...about, title, body, subject: { effectId }, occurrence: at });
  },
  [AgentLost.detailType]: (detail) => {
    const { agentId, reason, at } = AgentLost.schema.parse(detail);
    const about = { key: `agent-lost#${agentId}`, kind: 'agent_lost', severity: 'info' as const, subject: { agentId } };
    return raiseIt({ ...about, title: `The agent ${agentId} is lost`, body: reason, occurrence: at });
  },

  [CredentialExpiring.detailType]: (detail) => {
    const { name, urgency, endsAt, reason, at } = CredentialExpiring.schema.parse(detail);
    const severity = urgency === 'expired' || urgency === 'refused' ? 'error' : 'warning';
    const title = `${name} is ${urgency}`;
    const body = `${reason}${endsAt ? `; its end: ${endsAt}` : ''}. docs/identity.md says how it is replaced.`;
    const about = { key: credentialKey(name), kind: 'credential', severity, subject: { name } } as const;
    // Told once a day for each urgency.
    return raiseIt({ ...about, title, body, occurrence: `${at.slice(0, 10)}#${urgency}`, happenedAt: at });
  },
  [CredentialRenewed.detailType]: (detail) => {
    const { name, at } = CredentialRenewed.schema.parse(detail);
    return endIt(credentialKey(name), { by: 'operations', note: 'it was replaced', overAt: at });
  },

  /** CloudWatch tells of every alarm on the account's own bus. Its own event is put there once: the id names it. */
  'CloudWatch Alarm State Change': (
    detail: { alarmName?: string; state?: Text; configuration?: Text },
    { id, time },
  ) => {
    const { alarmName = 'unknown', state = {}, configuration = {} } = detail;
    const key = `alarm#${alarmName}`.slice(0, 200);
    if (state.value === 'OK')
      return endIt(key, { by: 'cloudwatch', note: 'the alarm is over', ...(time && { overAt: time }) });
    if (state.value !== 'ALARM') return { kind: 'nothing', reason: 'the alarm has no data' };
    const body = configuration.description || state.reason || 'CloudWatch gave no reason';
    const about = { key, kind: 'alarm', severity: 'error' as const, subject: { alarmName } };
    return raiseIt({ ...about, title: `Alarm: ${alarmName}`, body, occurrence: id, ...(time && { happenedAt: time }) });
  },
};

type Scope = z.infer<typeof KillScope>;
const partOf = (scope: Scope): string =>
  typeof scope === 'string'
    ? scope
    : Object.entries(scope)
        .map(([name, value]) => `${name}:${value}`)
        .join();
const killKey = (part: string): string => `killed#${part}`;
const credentialKey = (name: string): string => `credential#${name}`;
const decisionKey = (decisionId: string): string => `decision#${decisionId}`;
