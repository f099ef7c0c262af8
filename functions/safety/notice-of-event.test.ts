// Which event tells people what, and which one says that it is over.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WantedNotice } from './notice.ts';
import { meaningOf } from './notice-of-event.ts';

const at = '2026-11-20T12:00:00Z';
const closesAt = '2026-11-20T14:00:00Z';
const killId = `kil_${'0'.repeat(26)}`;
const killed = { by: 'ann', reason: 'too fast', at, scope: 'everything', killId };
const asked = {
  decisionId: 'dec_1',
  digest: 'd',
  effectIds: ['eff_1'],
  action: 'mail.send',
  needs: ['votes', 'person'],
};
const vote = { ...asked, voters: [], closesAt, at };
const made = { decisionId: 'dec_1', status: 'approved', effectIds: ['eff_1'], by: 'ann', reason: 'fine', at };
const unknown = {
  effectId: 'eff_1',
  intentKey: 'k',
  action: 'bank.pay',
  scope: { room: 'r' },
  reason: 'no answer',
  at,
};
const ending = { name: 'mail', urgency: 'expiring', endsAt: null, reason: 'invalid_grant', at };
const alarm = (value: string, configuration: object = { description: 'What people notice.' }) => ({
  alarmName: 'LazyArk-Audit',
  state: { value, reason: 'r' },
  configuration,
});
const meant = (type: string, detail: object) =>
  meaningOf({ id: 'evt_1', source: 'lazyark.safety', 'detail-type': type, time: at, detail });
const raised = (type: string, detail: object) =>
  meant(type, detail).flatMap((meaning) => (meaning.kind === 'raise' ? [meaning.wanted] : []));

describe('an event raises a notice', () => {
  const held = (subject: object) => ({
    key: 'decision#dec_1',
    kind: 'effect_held',
    severity: 'error',
    title: 'mail.send waits for a person',
    body: `Without an approval until ${closesAt} it is denied. lazyark decision show dec_1`,
    needsAckBy: closesAt,
    subject,
    occurrence: `${closesAt}#d`,
  });
  const credential = (severity: string, urgency: string, end = '') => ({
    key: 'credential#mail',
    kind: 'credential',
    severity,
    title: `mail is ${urgency}`,
    body: `invalid_grant${end}. docs/identity.md says how it is replaced.`,
    subject: { name: 'mail' },
    occurrence: `2026-11-20#${urgency}`,
    happenedAt: at,
  });
  const stopped = (part: string) => ({
    key: `killed#${part}`,
    kind: 'part_stopped',
    severity: 'warning',
    title: `${part} was stopped by ann`,
    body: 'Nothing autonomous happens there until a captain resumes it. Reason: too fast',
    subject: { by: 'ann', at },
    occurrence: killId,
    happenedAt: at,
  });
  const rings = (body: string) => ({
    key: 'alarm#LazyArk-Audit',
    kind: 'alarm',
    severity: 'error',
    title: 'Alarm: LazyArk-Audit',
    body,
    subject: { alarmName: 'LazyArk-Audit' },
    occurrence: 'evt_1',
    happenedAt: at,
  });

  it.each<{ when: string; type: string; detail: object; wanted: object }>([
    {
      when: 'everything is killed',
      type: 'safety.SwarmKilled',
      detail: killed,
      wanted: {
        ...stopped('everything'),
        kind: 'swarm_killed',
        severity: 'critical',
        title: 'The swarm was killed by ann',
      },
    },
    {
      when: 'an agent is stopped',
      type: 'safety.SwarmKilled',
      detail: { ...killed, scope: { agentId: 'agt_x' } },
      wanted: stopped('agentId:agt_x'),
    },
    {
      when: 'a room is stopped',
      type: 'safety.SwarmKilled',
      detail: { ...killed, scope: { room: 'finance' } },
      wanted: stopped('room:finance'),
    },
    {
      when: 'a person is asked',
      type: 'safety.VoteRequested',
      detail: vote,
      wanted: held({ decisionId: 'dec_1', effectId: 'eff_1' }),
    },
    {
      when: 'a person is asked about several, which no one effect stands for',
      type: 'safety.VoteRequested',
      detail: { ...vote, effectIds: ['eff_1', 'eff_2'] },
      wanted: held({ decisionId: 'dec_1' }),
    },
    {
      when: 'a person is asked about none that is left',
      type: 'safety.VoteRequested',
      detail: { ...vote, effectIds: [] },
      wanted: held({ decisionId: 'dec_1' }),
    },
    {
      when: 'nobody made a decision in time',
      type: 'safety.DecisionMade',
      detail: { ...made, status: 'expired' },
      wanted: {
        key: 'decision-expired#dec_1',
        kind: 'decision_expired',
        severity: 'warning',
        title: 'A decision was not made in time',
        body: 'It counts as a no. fine',
        subject: { decisionId: 'dec_1' },
        occurrence: 'dec_1',
      },
    },
    {
      when: 'nobody knows of an effect',
      type: 'safety.EffectUnknown',
      detail: unknown,
      wanted: {
        key: 'effect-unknown#eff_1',
        kind: 'effect_unknown',
        severity: 'error',
        title: 'Nobody knows whether bank.pay happened',
        body: 'It is not tried again before it was looked up. no answer. npx lazyark effect show eff_1',
        subject: { effectId: 'eff_1' },
        occurrence: at,
      },
    },
    {
      when: 'an agent is lost',
      type: 'agents.AgentLost',
      detail: { agentId: 'agt_x', reason: 'silent', at },
      wanted: {
        key: 'agent-lost#agt_x',
        kind: 'agent_lost',
        severity: 'info',
        title: 'The agent agt_x is lost',
        body: 'silent',
        subject: { agentId: 'agt_x' },
        occurrence: at,
      },
    },
    {
      when: 'a credential ends soon',
      type: 'operations.CredentialExpiring',
      detail: { ...ending, endsAt: closesAt },
      wanted: credential('warning', 'expiring', `; its end: ${closesAt}`),
    },
    {
      when: 'a credential should have been replaced',
      type: 'operations.CredentialExpiring',
      detail: { ...ending, urgency: 'overdue' },
      wanted: credential('warning', 'overdue'),
    },
    ...['expired', 'refused'].map((urgency) => ({
      when: `a credential is ${urgency}`,
      type: 'operations.CredentialExpiring',
      detail: { ...ending, urgency },
      wanted: credential('error', urgency),
    })),
    {
      when: 'an alarm rings',
      type: 'CloudWatch Alarm State Change',
      detail: alarm('ALARM'),
      wanted: rings('What people notice.'),
    },
    {
      when: 'an alarm rings that nobody described',
      type: 'CloudWatch Alarm State Change',
      detail: alarm('ALARM', { description: '' }),
      wanted: rings('r'),
    },
    {
      when: 'an alarm rings that says nothing at all',
      type: 'CloudWatch Alarm State Change',
      detail: { state: { value: 'ALARM' } },
      wanted: {
        ...rings('CloudWatch gave no reason'),
        key: 'alarm#unknown',
        title: 'Alarm: unknown',
        subject: { alarmName: 'unknown' },
      },
    },
    {
      when: 'a room wants one',
      type: 'safety.NoticeWanted',
      detail: { key: 'k', kind: 'drill', severity: 'info', title: 'T', body: 'B', occurrence: 'own' },
      wanted: { key: 'k', kind: 'drill', severity: 'info', title: 'T', body: 'B', subject: {}, occurrence: 'own' },
    },
  ])('when $when', ({ type, detail, wanted }) => {
    expect(raised(type, detail)).toEqual([wanted]);
  });
});

describe('an event ends a notice', () => {
  it.each([
    {
      when: 'everything is resumed',
      type: 'safety.SwarmResumed',
      detail: killed,
      key: 'killed#everything',
      end: { by: 'ann', note: 'resumed: too fast', overAt: at },
    },
    {
      when: 'a part is resumed',
      type: 'safety.SwarmResumed',
      detail: { ...killed, scope: { objectiveId: 'obj_1' } },
      key: 'killed#objectiveId:obj_1',
      end: { by: 'ann', note: 'resumed: too fast', overAt: at },
    },
    {
      when: 'a decision is made',
      type: 'safety.DecisionMade',
      detail: made,
      key: 'decision#dec_1',
      end: { by: 'ann', note: 'approved: fine' },
    },
    {
      when: 'a credential was replaced',
      type: 'operations.CredentialRenewed',
      detail: { name: 'mail', at },
      key: 'credential#mail',
      end: { by: 'operations', note: 'it was replaced', overAt: at },
    },
    {
      when: 'an alarm is over',
      type: 'CloudWatch Alarm State Change',
      detail: alarm('OK'),
      key: 'alarm#LazyArk-Audit',
      end: { by: 'cloudwatch', note: 'the alarm is over', overAt: at },
    },
  ])('when $when, and raises none', ({ type, detail, key, end }) => {
    expect(meant(type, detail)).toEqual([{ kind: 'resolve', key, end }]);
  });

  it('when nobody made a decision in time: first the one that asked, then the other is raised', () => {
    const kinds = meant('safety.DecisionMade', { ...made, status: 'expired' });
    expect(kinds).toMatchObject([{ kind: 'resolve', end: { note: 'expired: fine' } }, { kind: 'raise' }]);
  });

  it('the very one that was raised, however long its name', () => {
    const named = (value: string) => ({ alarmName: 'x'.repeat(255), state: { value } });
    const key = `alarm#${'x'.repeat(194)}`;
    expect(meant('CloudWatch Alarm State Change', named('ALARM'))).toMatchObject([{ wanted: { key } }]);
    expect(meant('CloudWatch Alarm State Change', named('OK'))).toMatchObject([{ key }]);
  });
});

describe('an event means nothing for people', () => {
  it.each([
    { when: 'no person is asked', type: 'safety.VoteRequested', detail: { ...vote, needs: ['votes'] } },
    { when: 'the alarm has no data', type: 'CloudWatch Alarm State Change', detail: alarm('INSUFFICIENT_DATA') },
    { when: 'no reader', type: 'safety.Unheard', detail: {} },
  ])('when there is: $when', ({ when, type, detail }) => {
    expect(meant(type, detail)).toEqual([{ kind: 'nothing', reason: when }]);
  });

  it('but for the minute that passes: what waits is looked through', () => {
    expect(meant('Scheduled Event', {})).toEqual([{ kind: 'sweep' }]);
  });

  it('and is refused when it is not as its schema says', () => {
    for (const type of ['safety.NoticeWanted', 'safety.SwarmKilled', 'agents.AgentLost'])
      expect(() => meant(type, { key: 'k' }), type).toThrow();
  });
});

describe('what an announcer says', () => {
  const words = fc.oneof(fc.constantFrom('', ' ', 'x'.repeat(199), 'y'.repeat(5_000)), fc.string());
  const events = fc.record({ reason: words, action: words }).map(({ reason, action }) => [
    { type: 'safety.SwarmKilled', detail: { ...killed, reason } },
    { type: 'safety.VoteRequested', detail: { ...vote, action } },
    { type: 'safety.DecisionMade', detail: { ...made, status: 'expired', reason } },
    { type: 'safety.EffectUnknown', detail: { ...unknown, action, reason } },
    { type: 'agents.AgentLost', detail: { agentId: 'agt_x', reason, at } },
    { type: 'operations.CredentialExpiring', detail: { ...ending, reason } },
    { type: 'CloudWatch Alarm State Change', detail: alarm('ALARM', { description: reason }) },
  ]);

  it('makes a notice as it has to be, however much or little that is', () => {
    fc.assert(
      fc.property(events, (all) => {
        for (const { type, detail } of all)
          for (const wanted of raised(type, detail)) expect(WantedNotice.safeParse(wanted).error).toBeUndefined();
      }),
    );
  });

  it('is kept as far as there is room for it', () => {
    const lost = (reason: string) => raised('agents.AgentLost', { agentId: 'agt_x', reason, at })[0]?.body;
    expect([lost(` ${'y'.repeat(5_000)}`), lost(' ')]).toEqual(['y'.repeat(4_000), 'no reason']);
    const [held] = raised('safety.VoteRequested', { ...vote, action: `${'a'.repeat(190)}${'b'.repeat(20)}` });
    expect(held?.title).toBe(`${'a'.repeat(190)}${'b'.repeat(10)}`);
    const [over] = meant('safety.DecisionMade', { ...made, status: 's', reason: 'x'.repeat(600) });
    expect(over).toMatchObject({ end: { note: `s: ${'x'.repeat(497)}` } });
  });
});
