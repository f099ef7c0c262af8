// What needs people reaches them: by the channels that are configured, until somebody answers; else it waits in the console.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReceivers, type Receivers } from '../../../functions/safety/receivers.test-support.ts';
import { type Client, expectProblem } from '../client.ts';

type Delivery = { channel: string; status: string; reason: string; round: number };
type Notice = {
  noticeId: string;
  key: string;
  severity: string;
  status: string;
  ladder: string;
  answeredBy?: string;
  rank: string[];
  deliveries: Delivery[];
};

const KEY = '0'.repeat(32);

export function noticeStories(api: Client): void {
  const look = (noticeId: string) => api.get<Notice>(`/notices/${noticeId}`);
  const say = async (severity: string, title: string) =>
    (await api.post<{ noticeId: string }>('/notices', { title, body: 'A story.', severity })).noticeId;
  const seen = async (noticeId: string, what: string, holds: (notice: Notice) => boolean) => {
    await api.until(
      `there is ${noticeId}`,
      () => api.call('GET', `/api/v1/notices/${noticeId}`),
      ({ status }) => status === 200,
    );
    return api.until(what, () => look(noticeId), holds);
  };
  const outcome = ({ deliveries }: Notice, channel: string) => deliveries.find((one) => one.channel === channel);
  const configure = (channels: object) => api.post<{ channels: string[] }>('/notices/channels', channels);

  describe('notices', () => {
    let receivers: Receivers;
    const configured = () => ({
      ownReceivers: true,
      discord: { webhookUrl: `${receivers.url}/discord/1/secret-part` },
      slack: { webhookUrl: `${receivers.url}/slack/T/B/secret-part` },
      pagerduty: { routingKey: KEY, url: `${receivers.url}/pagerduty` },
    });
    beforeAll(async () => {
      receivers = await openReceivers();
    });
    afterAll(async () => {
      await configure({});
      await receivers.close();
    });

    it('with no channel configured a notice passes every rung visibly and waits in the console', async () => {
      const noticeId = await say('critical', 'Nobody is configured');
      const waiting = await seen(noticeId, 'it waits in the console', ({ ladder }) => ladder === 'console');
      expect(waiting.deliveries.map(({ channel }) => channel).sort()).toEqual([
        'discord',
        'pagerduty',
        'slack',
        'sms',
        'voice',
      ]);
      expect(new Set(waiting.deliveries.map(({ status }) => status))).toEqual(new Set(['skipped']));
      expect(outcome(waiting, 'sms')?.reason).toBe('sms is not configured');
      expect(waiting.rank).toContain('severity critical');
      expect((await api.list<Notice>('/notices')).map((one) => one.noticeId)).toContain(noticeId);
      expect(await api.post(`/notices/${noticeId}/acknowledge`, { note: 'seen' })).toMatchObject({
        status: 'acknowledged',
      });
      expect((await api.list<Notice>('/notices?status=answered')).map((one) => one.noticeId)).toContain(noticeId);
    });

    it('with channels it goes out at once, and an answer stops the ladder and reaches PagerDuty', async () => {
      const { channels } = await configure(configured());
      expect(channels.sort()).toEqual(['discord', 'pagerduty', 'slack']);
      const noticeId = await say('critical', 'Somebody is configured');
      const isOut = (notice: Notice) =>
        ['discord', 'slack', 'pagerduty'].every((channel) => outcome(notice, channel)?.status === 'delivered');
      const out = await seen(noticeId, 'it went out', isOut);
      expect(out).toMatchObject({ status: 'open', ladder: 'climbing' });
      const about = receivers.received.filter(({ body }) => JSON.stringify(body).includes(noticeId));
      expect(about.map(({ path }) => path.split('/')[1]).sort()).toEqual(['discord', 'pagerduty', 'slack']);
      const answered = await api.post<Notice>(`/notices/${noticeId}/acknowledge`, {});
      expect(answered).toMatchObject({ status: 'acknowledged', ladder: 'stopped', answeredBy: 'operator' });
      await api.until(
        'PagerDuty hears of the answer',
        async () => receivers.received.map(({ body }) => [body.event_action, body.dedup_key]),
        (heard) => heard.some(([action, key]) => action === 'acknowledge' && String(key).includes(noticeId)),
      );
      expect(outcome(await look(noticeId), 'sms'), 'no further rung').toBeUndefined();
    });

    it('a channel that is broken falls through to the next at once, and is itself a notice', async () => {
      receivers.behave('/discord', { status: 404, body: '{"message": "Unknown Webhook"}' });
      await configure({ ...configured(), sms: { from: '+15550001111' }, people: { captain: '+15550002222' } });
      const noticeId = await say('critical', 'Discord is broken');
      const fallen = await seen(
        noticeId,
        'the next rung was taken',
        (notice) => (outcome(notice, 'sms')?.status ?? 'sending') !== 'sending',
      );
      expect(outcome(fallen, 'discord')).toMatchObject({ status: 'failed', reason: 'http_404' });
      expect(outcome(fallen, 'sms')?.status).not.toBe('skipped');
      const failing = await api.until(
        'that the channel fails is a notice',
        () => api.list<Notice>('/notices'),
        (all) => all.some(({ key }) => key === 'channel-failing#discord'),
      );
      await api.post(`/notices/${noticeId}/resolve`, { note: 'mended' });
      for (const { noticeId: id, key } of failing)
        if (key.startsWith('channel-failing#')) await api.post(`/notices/${id}/resolve`, {});
      expect(await look(noticeId)).toMatchObject({ status: 'resolved', ladder: 'stopped' });
    });

    it('a kill was told, and is over with the resume', async () => {
      const answered = await api.until(
        'the kill is over',
        () => api.list<Notice>('/notices?status=answered'),
        (all) => all.some(({ key }) => key === 'killed#everything'),
      );
      expect(answered.find(({ key }) => key === 'killed#everything')).toMatchObject({
        severity: 'critical',
        status: 'resolved',
      });
    });

    it('bad channels are refused without repeating what was there; the old ones stay', async () => {
      const bad = await api.call('POST', '/api/v1/notices/channels', { body: { discord: { webhookUrl: 'hunter2' } } });
      expectProblem(bad, 400, 'invalid_request', 'discord.webhookUrl');
      expect(bad.text).not.toContain('hunter2');
      const nobody = await api.call('POST', '/api/v1/notices', { body: { title: '', body: 'x' } });
      expectProblem(nobody, 400, 'invalid_request', 'title');
      const none = await api.call('POST', `/api/v1/notices/ntc_${'0'.repeat(30)}/acknowledge`, { body: {} });
      expectProblem(none, 404, 'no_such_notice');
    });
  });
}
