import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidConfig, parseConfig, readConfig } from '../common/config.ts';
import { EscalationConfig, type Treatment } from './escalation-config.ts';
import { type Answer, deadlineOf, endingOf, nextAfter, turnOf, waitsOf } from './ladder.ts';
import { CHANNELS, type Delivery, type Notice, RUNGS, WantedNotice } from './notice.ts';
import { UNUSED, type Used } from './prompt-budget.ts';
import { decideRaise } from './raise-decision.ts';

const config = readConfig('escalation.yaml', EscalationConfig);
const { critical, error, warning, info } = config.severities;
const NOW = new Date('2026-11-20T12:00:00.000Z');
const wanted = (more: Partial<WantedNotice> = {}): WantedNotice =>
  WantedNotice.parse({
    key: 'k',
    kind: 'drill',
    severity: 'error',
    title: 'A drill',
    body: 'Nothing is wrong.',
    ...more,
  });
const known = (notice?: Notice, used: Used = UNUSED) => ({ notice, used: () => used });
const raised = (more: Partial<WantedNotice> = {}): Notice => {
  const decision = decideRaise(wanted(more), known(), config, NOW);
  if (decision.kind !== 'told') throw new Error('not told');
  return decision.notice;
};
const delivered = (status: Delivery['status'], attempts = 1): Delivery => ({
  round: 1,
  channel: 'discord',
  status,
  reason: 'because',
  attempts,
  at: NOW.toISOString(),
});

describe('what a wanted notice becomes', () => {
  const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

  it('new: told at once, with the deadline of its ladder', () => {
    const decision = decideRaise(wanted(), known(), config, NOW);
    expect(decision).toMatchObject({ kind: 'told', reason: 'new', notice: { round: 1, ladder: 'wanted', count: 1 } });
    expect(raised().needsAckBy).toBe('2026-11-20T12:30:00.000Z');
    expect(raised({ needsAckBy: '2026-11-20T12:05:00Z' }).needsAckBy).toBe('2026-11-20T12:05:00Z');
  });

  it('the same again while it is open: counted, nobody is told', () => {
    const again = decideRaise(wanted(), known(raised()), config, at(1));
    expect(again).toMatchObject({ kind: 'counted', reason: 'still_open', notice: { count: 2, round: 1 } });
  });

  it('the same event delivered twice: not even counted', () => {
    const first = raised({ occurrence: 'evt_1' });
    expect(decideRaise(wanted({ occurrence: 'evt_1' }), known(first), config, at(1))).toEqual({
      kind: 'ignored',
      reason: 'told_already',
    });
    expect(decideRaise(wanted({ occurrence: 'evt_2' }), known(first), config, at(1))).toMatchObject({
      notice: { occurrences: ['evt_1', 'evt_2'] },
    });
  });

  it('worse than before: another round at the worse severity, also after an answer', () => {
    const worse = decideRaise(wanted({ severity: 'critical' }), known(raised()), config, at(1));
    expect(worse).toMatchObject({
      kind: 'told',
      reason: 'worse_than_before',
      notice: { round: 2, severity: 'critical' },
    });
    const better = decideRaise(wanted({ severity: 'info' }), known(raised()), config, at(1));
    expect(better).toMatchObject({ kind: 'counted', notice: { severity: 'error' } });
  });

  it('again after somebody answered: quiet for a while, then another round without the old answer', () => {
    const answered: Notice = { ...raised(), status: 'acknowledged', answeredAt: NOW.toISOString(), answeredBy: 'ann' };
    expect(decideRaise(wanted(), known(answered), config, at(29))).toMatchObject({ reason: 'answered_recently' });
    const back = decideRaise(wanted(), known(answered), config, at(30));
    expect(back).toMatchObject({ kind: 'told', reason: 'came_back', notice: { round: 2, status: 'open' } });
    expect(back).not.toHaveProperty('notice.answeredBy');
  });

  it('again after it was resolved: it has come back', () => {
    const resolved: Notice = { ...raised(), status: 'resolved', answeredAt: NOW.toISOString() };
    expect(decideRaise(wanted(), known(resolved), config, at(1))).toMatchObject({ reason: 'came_back' });
  });

  it('a kind that is off is ignored, a kind that is listed has the severity of the configuration', () => {
    expect(decideRaise(wanted({ kind: 'agent_lost' }), known(), config, NOW)).toMatchObject({ reason: 'kind_is_off' });
    expect(raised({ kind: 'swarm_killed', severity: 'info' }).severity).toBe('critical');
  });

  it('over the budget: kept for the digest; a digest itself and what is critical never are', () => {
    const used: Used = { hour: '2026-11-20T12', hourCount: 6, day: '2026-11-20', dayCount: 6 };
    const over = (more: Partial<WantedNotice>) => decideRaise(wanted(more), known(undefined, used), config, NOW);
    expect(over({})).toMatchObject({ notice: { ladder: 'digest', ladderReason: 'hour_is_used_up' } });
    expect(over({ kind: 'digest' })).toMatchObject({ notice: { ladder: 'wanted' }, admission: undefined });
    expect(over({ severity: 'critical' })).toMatchObject({ notice: { ladder: 'wanted' } });
  });
});

describe('the waits of a ladder', () => {
  it('are those of the configuration where there is time', () => {
    expect(waitsOf(critical, 0).map(({ rung, seconds }) => [rung, seconds])).toEqual([
      ['discord', 300],
      ['sms', 300],
      ['voice', 600],
    ]);
    expect(waitsOf(critical, 0, 3_600_000)).toEqual(waitsOf(critical, 0));
    expect(waitsOf(info, 0)).toEqual([]);
    expect(deadlineOf(critical, 0)).toBe(1_200_000);
    expect(deadlineOf(info, 0), 'a notice without a ladder').toBe(60_000);
  });

  it('shrink alike where an answer is needed sooner, but never below half a minute', () => {
    expect(waitsOf(critical, 0, 600_000).map(({ seconds }) => seconds)).toEqual([150, 150, 300]);
    expect(waitsOf(critical, 60_000, 661_000).map(({ seconds }) => seconds)).toEqual([150, 150, 300]);
    expect(waitsOf(critical, 0, 1_000).map(({ seconds }) => seconds)).toEqual([30, 30, 30]);
    expect(waitsOf(critical, 1_000, 0).map(({ seconds }) => seconds)).toEqual([30, 30, 30]);
    const short: Treatment = { ...critical, ladder: { sms: { waitSeconds: 10 } } };
    expect(waitsOf(short, 0, 1_000)).toEqual([{ rung: 'sms', seconds: 10 }]);
  });

  it('keep their order and never grow', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10_000, max: 10_000_000 }), (leftMs) => {
        const waits = waitsOf(critical, 0, leftMs);
        expect(waits.map(({ rung }) => rung)).toEqual([...RUNGS]);
        for (const [index, { seconds }] of waits.entries()) {
          expect(seconds).toBeGreaterThanOrEqual(30);
          expect(seconds).toBeLessThanOrEqual(waitsOf(critical, 0)[index]!.seconds);
        }
      }),
    );
  });
});

describe('whether a channel is used now', () => {
  const notice = raised();
  const withDelivery = (delivery: Delivery, key = '1_discord'): Notice => ({
    ...notice,
    deliveries: { [key]: delivery },
  });

  it.each([
    { when: 'nothing was sent', of: notice, then: { kind: 'send', attempt: 1 } },
    {
      when: 'somebody answered',
      of: { ...notice, status: 'acknowledged' as const },
      then: { kind: 'stop', reason: 'answered' },
    },
    {
      when: 'what it was about has passed',
      of: { ...notice, status: 'resolved' as const },
      then: { kind: 'stop', reason: 'answered' },
    },
    { when: 'another round has begun', of: { ...notice, round: 2 }, then: { kind: 'stop', reason: 'another_round' } },
    { when: 'it was delivered', of: withDelivery(delivered('delivered')), then: { kind: 'pass', status: 'delivered' } },
    {
      when: 'a sender died in between',
      of: withDelivery(delivered('sending')),
      then: { kind: 'pass', status: 'unknown' },
    },
  ])('$when', ({ of, then }) => {
    expect(turnOf(of, 1, 'discord', error)).toMatchObject(then);
  });

  it('PagerDuty merges repeats, so a sender that died is followed by another attempt', () => {
    const died = withDelivery({ ...delivered('sending'), channel: 'pagerduty' }, '1_pagerduty');
    expect(turnOf(died, 1, 'pagerduty', error)).toEqual({ kind: 'send', attempt: 2 });
  });

  it('what a severity does not use is passed over, with the reason', () => {
    expect(turnOf(notice, 1, 'voice', error)).toMatchObject({
      kind: 'pass',
      status: 'skipped',
      reason: 'not used for severity error',
    });
    expect(turnOf(notice, 1, 'pagerduty', warning)).toMatchObject({ status: 'skipped' });
  });
});

describe('what follows an answer of a provider', () => {
  const unknown: Answer = { kind: 'unknown', reason: 'no answer' };
  const busy = (retryAfterSeconds: number): Answer => ({ kind: 'refused', reason: 'busy', retryAfterSeconds });

  it.each([
    {
      answer: { kind: 'delivered' } as Answer,
      channel: 'discord' as const,
      then: { kind: 'end', status: 'delivered' },
    },
    { answer: unknown, channel: 'sms' as const, then: { kind: 'end', status: 'unknown' } },
    { answer: unknown, channel: 'pagerduty' as const, then: { kind: 'again', pauseSeconds: 1 } },
    { answer: unknown, channel: 'pagerduty' as const, attempt: 3, then: { kind: 'end', status: 'unknown' } },
    { answer: busy(5), channel: 'discord' as const, then: { kind: 'again', pauseSeconds: 5 } },
    { answer: busy(2), channel: 'discord' as const, attempt: 3, then: { kind: 'end', status: 'failed' } },
    { answer: busy(6), channel: 'discord' as const, then: { kind: 'end', status: 'failed' } },
    {
      answer: { kind: 'refused', reason: 'gone' } as Answer,
      channel: 'slack' as const,
      then: { kind: 'end', status: 'failed', reason: 'gone' },
    },
  ])('$channel $answer.kind ($attempt)', ({ answer, channel, attempt = 1, then }) => {
    expect(nextAfter(channel, answer, attempt)).toMatchObject(then);
  });

  it('ends after three attempts at most, and what may have arrived is repeated only where repeats are merged', () => {
    const answers = fc.array(fc.constantFrom<Answer>(unknown, busy(1), { kind: 'refused', reason: 'no' }), {
      minLength: 3,
      maxLength: 3,
    });
    fc.assert(
      fc.property(answers, fc.constantFrom(...CHANNELS), (all, channel) => {
        const steps = all.map((answer, index) => ({ answer, next: nextAfter(channel, answer, index + 1) }));
        expect(steps.some(({ next }) => next.kind === 'end')).toBe(true);
        const repeated = steps.filter(({ answer, next }) => answer.kind === 'unknown' && next.kind === 'again');
        if (channel !== 'pagerduty') expect(repeated).toEqual([]);
      }),
    );
  });
});

describe('how a ladder ends', () => {
  const open = raised({ severity: 'critical' });
  const having = (...statuses: Delivery['status'][]): Notice => ({
    ...open,
    deliveries: Object.fromEntries(statuses.map((status, index) => [`1_${RUNGS[index]}`, delivered(status)])),
  });

  it.each([
    { of: { ...open, status: 'acknowledged' as const }, then: 'acknowledged' },
    { of: { ...open, round: 2 }, then: 'acknowledged' },
    { of: open, then: 'console' },
    { of: having('skipped', 'skipped', 'skipped'), then: 'console' },
    { of: having('delivered', 'skipped'), then: 'exhausted' },
    { of: having('failed', 'failed', 'unknown'), then: 'exhausted' },
  ])('$then (%#)', ({ of, then }) => {
    expect(endingOf(of, 1, critical)).toBe(then);
  });

  it('in the console, for what is not worth an alarm', () => {
    expect(endingOf(having('delivered'), 1, warning)).toBe('console');
  });
});

describe('config/escalation.yaml', () => {
  it('as shipped tells critical things always, by all three rungs', () => {
    expect(critical.prompts).toBe('always');
    expect(Object.keys(critical.ladder)).toEqual([...RUNGS]);
  });
  const text = JSON.stringify(config);
  it.each([
    {
      fault: 'a budget for what is critical',
      wrong: text.replace('"always"', '{"perHour":1,"perDay":1}'),
      says: /severities\.critical\.prompts: expected always/,
    },
    { fault: 'a severity that is missing', wrong: text.replace('"info":{', '"debug":{'), says: /severities/ },
    { fault: 'a rung that there is not', wrong: text.replace('"discord":{', '"pigeon":{'), says: /ladder/ },
    { fault: 'a wait of no time', wrong: text.replace('300', '3'), says: /expected at least 10, got 3/ },
    { fault: 'a typo', wrong: text.replace('"unanswered"', '"unansered"'), says: /no field of this name/ },
  ])('with $fault is refused', ({ wrong, says }) => {
    expect(wrong).not.toBe(text);
    expect(() => parseConfig('escalation.yaml', wrong, EscalationConfig)).toThrow(InvalidConfig);
    expect(() => parseConfig('escalation.yaml', wrong, EscalationConfig)).toThrow(says);
  });
});
