// What people should know of what the bus tells: which event raises which notice, and which one ends it. Pure.

import type * as z from 'zod';
import { DecisionMade, NoticeWanted, SwarmKilled, SwarmResumed, VoteRequested } from './events.ts';
import type { WantedNotice } from './notice.ts';

export type BusEvent = { id: string; source: string; 'detail-type': string; time?: string; detail: unknown };
export type Meaning =
  | { kind: 'raise'; wanted: WantedNotice }
  | { kind: 'resolve'; key: string; by: string; note: string }
  | { kind: 'sweep' }
  | { kind: 'nothing'; reason: string };

type Reader = (detail: never, event: BusEvent) => Meaning;
type Text = Record<string, string>;

/** Throws where an event of ours is not as its schema says: a bug of its announcer, which ends in the room's failures. */
export function meaningOf(event: BusEvent): Meaning {
  const reader = READERS[event['detail-type']];
  return reader ? reader(event.detail as never, event) : { kind: 'nothing', reason: 'no reader' };
}

const raiseIt = (
  wanted: Omit<WantedNotice, 'subject' | 'occurrence'> & Partial<WantedNotice>,
  { id }: BusEvent,
): Meaning => ({
  kind: 'raise',
  wanted: { subject: {}, occurrence: id, ...wanted },
});

const READERS: Record<string, Reader> = {
  'Scheduled Event': () => ({ kind: 'sweep' }),

  [NoticeWanted.detailType]: (detail, event) => raiseIt(NoticeWanted.schema.parse(detail), event),

  [SwarmKilled.detailType]: (detail, event) => {
    const { by, reason, at, scope } = SwarmKilled.schema.parse(detail);
    const key = killKey(scope);
    const body = `Nothing autonomous happens there until a captain resumes it. Reason: ${reason}`;
    const about = { key, body, subject: { by, at } };
    return scope === 'everything'
      ? raiseIt({ ...about, kind: 'swarm_killed', severity: 'critical', title: `The swarm was killed by ${by}` }, event)
      : raiseIt(
          { ...about, kind: 'part_stopped', severity: 'warning', title: `${key.slice(7)} was stopped by ${by}` },
          event,
        );
  },
  [SwarmResumed.detailType]: (detail) => {
    const { by, reason, scope } = SwarmResumed.schema.parse(detail);
    return { kind: 'resolve', key: killKey(scope), by, note: `resumed: ${reason}` };
  },

  [VoteRequested.detailType]: (detail, event) => {
    const { decisionId, action, needs, closesAt, effectIds } = VoteRequested.schema.parse(detail);
    if (!needs.includes('person')) return { kind: 'nothing', reason: 'no person is asked' };
    return raiseIt(
      {
        key: decisionKey(decisionId),
        kind: 'effect_held',
        severity: 'error',
        title: `${action} waits for a person`,
        body: `Without an approval until ${closesAt} it is denied. lazyark decision show ${decisionId}`,
        needsAckBy: closesAt,
        subject: { decisionId, ...(effectIds.length === 1 ? { effectId: effectIds[0] ?? '' } : {}) },
      },
      event,
    );
  },
  [DecisionMade.detailType]: (detail) => {
    const { decisionId, status, by, reason } = DecisionMade.schema.parse(detail);
    return { kind: 'resolve', key: decisionKey(decisionId), by, note: `${status}: ${reason}`.slice(0, 500) };
  },

  /** CloudWatch tells of every alarm on the account's own bus. */
  'CloudWatch Alarm State Change': (detail: { alarmName?: string; state?: Text; configuration?: Text }, event) => {
    const { alarmName = 'unknown', state = {}, configuration = {} } = detail;
    const key = `alarm#${alarmName}`.slice(0, 200);
    if (state.value === 'OK') return { kind: 'resolve', key, by: 'cloudwatch', note: 'the alarm is over' };
    if (state.value !== 'ALARM') return { kind: 'nothing', reason: 'the alarm has no data' };
    const body = (configuration.description ?? state.reason ?? 'CloudWatch gave no reason').slice(0, 4_000);
    return raiseIt(
      {
        key,
        kind: 'alarm',
        severity: 'error',
        title: `Alarm: ${alarmName}`.slice(0, 200),
        body,
        subject: { alarmName },
      },
      event,
    );
  },
};

const decisionKey = (decisionId: string): string => `decision#${decisionId}`;

type Scope = z.infer<typeof SwarmKilled.schema>['scope'];
const killKey = (scope: Scope): string =>
  `killed#${typeof scope === 'string' ? scope : Object.entries(scope).map(([name, value]) => `${name}:${value}`)}`;
