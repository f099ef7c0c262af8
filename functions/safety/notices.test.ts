// Notices raised, delivered, answered and told together; the receivers are a local server.
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serve } from '../common/http.ts';
import { CANARIES } from '../common/mask.test-support.ts';
import { TableBusy, TableOutcomeUnknown, type Tables, type Write } from '../common/table.ts';
import { parseChannelSecrets } from './channel-secrets.ts';
import { concludeLadder, PagerUnreached, tellPager } from './conclude-ladder.ts';
import { noticeIdOf } from './notice.ts';
import { noticeKey } from './notice-items.ts';
import { noticeRoutes } from './notice-routes.ts';
import { type Bench, configuredAt, openBench } from './notices.test-support.ts';
import { listNotices } from './notices.ts';
import { openReceivers, type Received, type Receivers } from './receivers.test-support.ts';
import { sweepNotices } from './sweep-notices.ts';
import { takeEvent } from './take-event.ts';

const receivers: Receivers = await openReceivers();
afterAll(() => receivers.close());
let bench: Bench;
let got: () => Received[];
beforeEach(() => {
  const before = receivers.received.length;
  got = () => receivers.received.slice(before);
  bench = openBench(receivers.url);
});
const DRILL = noticeIdOf('drill');

const bound = (tables: Tables): Tables => ({
  get: (...asked) => tables.get(...asked),
  query: (asked) => tables.query(asked),
  write: (writes) => tables.write(writes),
});

describe('raising', () => {
  it('makes one notice and begins one ladder, however often it is wanted', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => bench.raiseOne()));
    expect(all.filter(({ outcome }) => outcome === 'told')).toHaveLength(1);
    expect(bench.started).toEqual([`${DRILL}-1`]);
    expect(await bench.notice()).toMatchObject({ status: 'open', count: 5, round: 1, version: 5 });
  });

  it('never prompts more often than the budget says, whoever raises at the same time', async () => {
    const raised = Array.from({ length: 20 }, (_, n) => bench.raiseOne({ key: `n${n}`, severity: 'warning' }));
    const outcomes = await Promise.allSettled(raised);
    const made = outcomes.filter(({ status }) => status === 'fulfilled');
    expect(made.length).toBeGreaterThan(3);
    expect(bench.started.length).toBeLessThanOrEqual(4);
  });

  it('keeps nobody’s secrets in a notice, and refuses what is malformed', async () => {
    await bench.raiseOne({ title: 'It uses Bearer abcdefghijklmnop', body: 'call +49 170 1234567' });
    expect(await bench.notice()).toMatchObject({ title: 'It uses [token]', body: 'call [phone]' });
    await expect(bench.raiseOne({ key: '' })).rejects.toThrow();
    await expect(bench.raiseOne({ severity: 'awful' })).rejects.toThrow();
  });

  it('does not lose a notice when its ladder cannot be begun; the sweep begins it', async () => {
    const begin = bench.raising.startLadder;
    bench.raising.startLadder = async () => {
      throw new Error('Step Functions is away');
    };
    expect(await bench.raiseOne()).toMatchObject({ outcome: 'told' });
    bench.raising.startLadder = begin as never;
    expect(await sweepNotices(bench.raising)).toMatchObject({ begun: 0 });
    bench.later(31);
    expect(await sweepNotices(bench.raising)).toMatchObject({ open: 1, begun: 1 });
    expect(bench.started).toEqual([`${DRILL}-1`]);
  });
});

describe('a rung', () => {
  it('delivers, and says until when an answer is waited for', async () => {
    await bench.raiseOne();
    expect(await bench.step('discord')).toEqual({ result: 'delivered', until: '2026-11-20T12:05:00.000Z' });
    expect(got()).toHaveLength(1);
    expect(got()[0]).toMatchObject({ path: '/discord/1/aaa?wait=true', body: { allowed_mentions: { parse: [] } } });
    const { deliveries, ladder } = await bench.notice();
    expect(ladder).toBe('climbing');
    expect(deliveries['1_discord']).toMatchObject({ status: 'delivered', attempts: 1, answer: '1234567890' });
  });

  it('sends text messages and calls to the people of the severity, by name on record', async () => {
    await bench.raiseOne();
    expect(await bench.step('sms')).toMatchObject({ result: 'delivered' });
    expect(await bench.step('voice')).toMatchObject({ result: 'delivered', until: '2026-11-20T12:10:00.000Z' });
    const targets = got().map(({ headers, body }) => [
      String(headers['x-amz-target']).split('.')[1],
      body.DestinationPhoneNumber,
    ]);
    expect(targets.sort()).toEqual([
      ['SendTextMessage', '+4915112345678'],
      ['SendTextMessage', '+4915187654321'],
      ['SendVoiceMessage', '+4915112345678'],
      ['SendVoiceMessage', '+4915187654321'],
    ]);
    const { deliveries } = await bench.notice();
    expect(deliveries['1_sms']).toMatchObject({ people: ['captain', 'deputy'], answer: 'msg-1' });
    expect(await bench.everything()).not.toContain('+49');
  });

  it('is sent once, however often its step is asked for', async () => {
    await bench.raiseOne();
    const results = await Promise.all([bench.step('discord'), bench.step('discord'), bench.step('discord')]);
    expect(results.filter(({ result }) => result === 'delivered').length).toBeGreaterThanOrEqual(1);
    await bench.step('discord');
    expect(got()).toHaveLength(1);
    expect((await bench.notice()).deliveries['1_discord']?.status).toBe('delivered');
  });

  it('is not held up by the other channels, however often they write at the same moment', async () => {
    await bench.raiseOne();
    const { tables } = bench.notifying;
    const asOthersDo = { table: 'Safety', update: noticeKey(DRILL), changes: { add: [['version', 1]] as const } };
    bench.notifying.tables = {
      ...bound(tables),
      write: async (writes) => {
        await tables.write([asOthersDo]);
        return tables.write(writes);
      },
    };
    expect(await bench.step('discord')).toMatchObject({ result: 'delivered' });
    expect(got()).toHaveLength(1);
  });

  it('is delivered for good when its sender was only slow: who came second does not write over it', async () => {
    await bench.raiseOne();
    const { post } = bench.notifying.outside;
    const [claimed, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    bench.notifying.outside.post = async (...asked) => {
      claimed.resolve();
      await answered.promise;
      return post(...asked);
    };
    const slow = bench.step('discord');
    await claimed.promise;
    const { tables } = bench.notifying;
    let reads = 0;
    bench.notifying.tables = {
      ...bound(tables),
      get: async (...asked) => {
        const found = await tables.get(...asked);
        reads += 1;
        answered.resolve();
        await slow;
        return found;
      },
    };
    expect(await bench.step('discord')).toMatchObject({ result: 'delivered' });
    expect([reads, got().length]).toEqual([2, 1]);
    expect((await bench.notice()).deliveries['1_discord']).toMatchObject({ status: 'delivered', answer: '1234567890' });
    await expect(bench.notice('channel-failing#discord')).rejects.toThrow('there is no notice');
  });

  it('sends nothing once somebody answered', async () => {
    await bench.raiseOne();
    await bench.answer();
    for (const channel of ['discord', 'slack', 'pagerduty', 'sms', 'voice'] as const)
      expect(await bench.step(channel)).toMatchObject({ result: 'answered' });
    expect(got()).toEqual([]);
    expect(await concludeLadder({ noticeId: DRILL, round: 1 }, bench.notifying)).toEqual({ result: 'acknowledged' });
  });

  it('that is not configured is skipped visibly', async () => {
    bench = openBench(receivers.url, { secrets: async () => parseChannelSecrets('{}') });
    await bench.raiseOne();
    for (const channel of ['discord', 'slack', 'pagerduty', 'sms', 'voice'] as const)
      expect(await bench.step(channel)).toMatchObject({ result: 'skipped' });
    expect((await bench.notice()).deliveries['1_voice']).toMatchObject({ reason: 'voice is not configured' });
    expect(await concludeLadder({ noticeId: DRILL, round: 1 }, bench.notifying)).toEqual({ result: 'console' });
    expect((await bench.notice()).ladder).toBe('console');
  });

  it('whose address is of no known receiver is not asked, unless the secret says that it is one of our own', async () => {
    const before = got().length;
    bench = openBench(receivers.url, {
      secrets: async () => ({ ...configuredAt(receivers.url), ownReceivers: false }),
    });
    await bench.raiseOne();
    expect(await bench.step('discord')).toMatchObject({ result: 'failed' });
    expect((await bench.notice()).deliveries['1_discord']?.reason).toBe('host_not_listed');
    expect(got()).toHaveLength(before);
  });

  it('that nobody has a number for says whose is missing', async () => {
    const secrets = async () => ({ ...configuredAt(receivers.url), people: {} });
    bench = openBench(receivers.url, { secrets });
    await bench.raiseOne();
    expect(await bench.step('sms')).toMatchObject({ result: 'skipped' });
    expect((await bench.notice()).deliveries['1_sms']?.reason).toBe('there is no number for captain, deputy');
  });

  it('whose secret is malformed or away fails by name, and the ladder goes on', async () => {
    bench = openBench(receivers.url, {
      secrets: async () => parseChannelSecrets('{"discord": {"webhookUrl": "hunter2"}}'),
    });
    await bench.raiseOne();
    expect(await bench.step('discord')).toMatchObject({ result: 'failed' });
    const { reason } = (await bench.notice()).deliveries['1_discord']!;
    expect(reason).toBe('the secret of the channels is not as expected at: discord.webhookUrl');
    expect(() => parseChannelSecrets('hunter2')).toThrow(/at: \(JSON\)$/);
    expect(() => parseChannelSecrets('{"people": {"ann": "0151"}}')).toThrow(/at: people$/);
    bench.notifying.secrets = async () =>
      Promise.reject(Object.assign(new Error('key hunter2'), { name: 'AccessDeniedException' }));
    expect(await bench.step('sms')).toMatchObject({ result: 'failed' });
    expect((await bench.notice()).deliveries['1_sms']?.reason).toBe('the secret cannot be read: AccessDeniedException');
  });

  it.each([
    {
      when: 'the webhook is gone',
      channel: 'slack',
      behaviour: { status: 404, body: 'no_service' },
      result: 'failed',
      reason: 'http_404 no_service',
      requests: 1,
    },
    {
      when: 'it breaks',
      channel: 'discord',
      behaviour: { status: 500 },
      result: 'unknown',
      reason: 'http_500',
      requests: 1,
    },
    {
      when: 'it never answers',
      channel: 'discord',
      behaviour: 'hang' as const,
      result: 'unknown',
      reason: 'no answer in time',
      requests: 1,
    },
    {
      when: 'the line is cut',
      channel: 'slack',
      behaviour: 'drop' as const,
      result: 'unknown',
      reason: /./,
      requests: 1,
    },
    {
      when: 'it is busy for long',
      channel: 'discord',
      behaviour: { status: 429, headers: { 'retry-after': '60' } },
      result: 'failed',
      reason: 'http_429',
      requests: 1,
    },
    {
      when: 'it stays busy',
      channel: 'discord',
      behaviour: { status: 429, headers: { 'retry-after': '0.2' } },
      result: 'failed',
      reason: 'http_429',
      requests: 3,
    },
    {
      when: 'it redirects',
      channel: 'discord',
      behaviour: { status: 302, headers: { location: 'http://169.254.169.254/' } },
      result: 'failed',
      reason: 'http_302',
      requests: 1,
    },
    {
      when: 'PagerDuty breaks',
      channel: 'pagerduty',
      behaviour: { status: 503 },
      result: 'unknown',
      reason: 'http_503',
      requests: 3,
    },
    {
      when: 'PagerDuty refuses',
      channel: 'pagerduty',
      behaviour: { status: 400 },
      result: 'failed',
      reason: 'http_400',
      requests: 1,
    },
  ] as const)('$when: $channel ends as $result', async ({ channel, behaviour, result, reason, requests }) => {
    const own = await openReceivers();
    own.behave(`/${channel}`, behaviour as never);
    bench = openBench(own.url, { timeoutMs: behaviour === 'hang' ? 300 : 5_000 });
    await bench.raiseOne();
    expect(await bench.step(channel)).toMatchObject({ result });
    expect((await bench.notice()).deliveries[`1_${channel}`]?.reason).toMatch(reason);
    expect(own.received).toHaveLength(requests);
    await own.close();
  });

  it.each([
    {
      behaviour: { status: 400, body: '{"__type": "ValidationException", "message": "+4915112345678"}' },
      result: 'failed',
      reason: 'ValidationException',
    },
    {
      behaviour: { status: 403, body: '{"__type": "AccessDeniedException"}' },
      result: 'failed',
      reason: 'AccessDeniedException',
    },
    {
      behaviour: { status: 500, body: '{"__type": "InternalServerException"}' },
      result: 'unknown',
      reason: 'http_500',
    },
    { behaviour: 'hang' as const, result: 'unknown', reason: 'no answer in time' },
  ])('a text message that is answered by $reason ends as $result', async ({ behaviour, result, reason }) => {
    const own = await openReceivers();
    own.behave('/aws', behaviour);
    bench = openBench(own.url, { timeoutMs: behaviour === 'hang' ? 300 : 5_000 });
    await bench.raiseOne();
    expect(await bench.step('sms')).toMatchObject({ result });
    expect((await bench.notice()).deliveries['1_sms']?.reason).toBe(reason);
    expect(own.received, 'one for each person, none repeated').toHaveLength(2);
    await own.close();
  });

  it('whose receiver is down fails at once, and that channels fail is itself a notice, once', async () => {
    const gone = await openReceivers();
    await gone.close();
    bench = openBench(gone.url);
    await bench.raiseOne();
    expect(await bench.step('discord')).toMatchObject({ result: 'failed' });
    expect((await bench.notice()).deliveries['1_discord']).toMatchObject({ reason: 'ECONNREFUSED', attempts: 1 });
    expect(await bench.notice('channel-failing#discord')).toMatchObject({
      severity: 'warning',
      kind: 'channel_failing',
    });
    expect(await bench.step('discord', { key: 'channel-failing#discord' })).toMatchObject({ result: 'failed' });
    expect(await bench.notice('channel-failing#discord')).toMatchObject({ count: 1 });
  });

  it('whose sender died is not sent twice, but to PagerDuty, which merges repeats', async () => {
    await bench.raiseOne();
    const dead = async () => {
      throw new Error('killed');
    };
    const { post } = bench.notifying.outside;
    bench.notifying.outside.post = dead;
    await expect(bench.step('discord')).rejects.toThrow('killed');
    await expect(bench.step('pagerduty')).rejects.toThrow('killed');
    bench.notifying.outside.post = post;
    expect(await bench.step('discord')).toMatchObject({ result: 'unknown' });
    expect(await bench.step('pagerduty')).toMatchObject({ result: 'delivered' });
    expect(got().map(({ path }) => path)).toEqual(['/pagerduty']);
    expect((await bench.notice()).deliveries).toMatchObject({
      '1_discord': { status: 'unknown', reason: 'the sender died before it knew; not sent a second time' },
      '1_pagerduty': { status: 'delivered', attempts: 2 },
    });
  });

  it('of a notice that there is not, or of an older round, does nothing', async () => {
    expect(await bench.step('discord')).toMatchObject({ result: 'answered' });
    expect(await concludeLadder({ noticeId: DRILL, round: 1 }, bench.notifying)).toEqual({ result: 'acknowledged' });
    await bench.raiseOne({ severity: 'error' });
    await bench.raiseOne({ severity: 'critical' });
    expect(await bench.step('discord')).toMatchObject({ result: 'answered' });
    expect(await bench.step('discord', { round: 2 })).toMatchObject({ result: 'delivered' });
  });

  it('when all were tried in vain the round is exhausted', async () => {
    await bench.raiseOne();
    for (const channel of ['discord', 'sms', 'voice'] as const) await bench.step(channel);
    expect(await concludeLadder({ noticeId: DRILL, round: 1 }, bench.notifying)).toEqual({ result: 'exhausted' });
    expect((await bench.notice()).ladder).toBe('exhausted');
  });

  it('that broke or ran out of time has its end written down: failed, or unknown when it had begun to send', async () => {
    await bench.raiseOne();
    await bench.step('sms');
    bench.notifying.outside.post = async () => {
      throw new Error('killed');
    };
    await expect(bench.step('discord')).rejects.toThrow('killed');
    expect(await concludeLadder({ noticeId: DRILL, round: 1 }, bench.notifying)).toEqual({ result: 'exhausted' });
    expect((await bench.notice()).deliveries).toMatchObject({
      '1_discord': { status: 'unknown', reason: 'its step broke or ran out of time while it was sent' },
      '1_sms': { status: 'delivered' },
      '1_voice': { status: 'failed', reason: 'its step broke or ran out of time before anything was sent' },
    });
  });
});

describe('an answer', () => {
  it('is taken once, announced each time, and told to PagerDuty under the key of its round', async () => {
    await bench.raiseOne();
    await bench.step('pagerduty');
    expect(await bench.answer()).toMatchObject({ kind: 'answered', notice: { answeredBy: 'ann', ladder: 'stopped' } });
    expect(await bench.answer()).toMatchObject({ kind: 'already' });
    expect(bench.announced.map(({ name }) => name)).toEqual(['safety.NoticeAnswered', 'safety.NoticeAnswered']);
    const heard = { noticeId: DRILL, round: 1, status: 'acknowledged' } as const;
    expect(await tellPager(heard, bench.notifying)).toEqual({ result: 'acknowledged' });
    expect(await bench.answer('resolved')).toMatchObject({ kind: 'answered' });
    await tellPager({ ...heard, status: 'resolved' }, bench.notifying);
    const events = got().map(({ body }) => [body.event_action, body.dedup_key]);
    const key = `lazyark:lazyark:drill:${DRILL}:1`;
    expect(events).toEqual([
      ['trigger', key],
      ['acknowledge', key],
      ['resolve', key],
    ]);
  });

  it('of what PagerDuty never heard of stays here; one that PagerDuty does not take is tried again', async () => {
    const heard = { noticeId: DRILL, round: 1, status: 'acknowledged' } as const;
    expect(await tellPager(heard, bench.notifying)).toEqual({ result: 'not_told' });
    await bench.raiseOne();
    await bench.step('pagerduty');
    const own = await openReceivers();
    own.behave('/pagerduty', { status: 500 });
    bench.notifying.secrets = async () => configuredAt(own.url);
    await expect(tellPager(heard, bench.notifying)).rejects.toThrow(PagerUnreached);
    expect(own.received).toHaveLength(3);
    await own.close();
    bench.notifying.secrets = async () => parseChannelSecrets('{}');
    expect(await tellPager(heard, bench.notifying)).toEqual({ result: 'not_configured' });
  });

  it('to a notice that there is not is no answer', async () => {
    expect(await bench.answer()).toEqual({ kind: 'no_such_notice' });
  });
});

describe('what is over the budget', () => {
  const warn = (n: number) => bench.raiseOne({ key: `w${n}`, severity: 'warning', title: `Warning ${n}` });

  it('is told together in the next interval, worst first, once', async () => {
    for (let n = 1; n <= 6; n += 1) await warn(n);
    await bench.raiseOne({ key: 'i', severity: 'info', title: 'By the way' });
    expect(bench.started).toHaveLength(4);
    expect(await sweepNotices(bench.raising)).toMatchObject({ digested: 0 });
    bench.later(3_600);
    expect(await sweepNotices(bench.raising)).toMatchObject({ digested: 3 });
    expect(await sweepNotices(bench.raising)).toMatchObject({ digested: 0 });
    const digest = await bench.notice('digest');
    expect(digest).toMatchObject({ severity: 'warning', title: '3 more notices wait', round: 1 });
    expect(digest.body).toBe('warning: Warning 5 (1×)\nwarning: Warning 6 (1×)\ninfo: By the way (1×)');
    expect(await bench.notice('i')).toMatchObject({ ladder: 'digested', digestId: digest.noticeId });
  });

  it('has one digest an interval; each is another round of the same notice', async () => {
    await bench.raiseOne({ key: 'i1', severity: 'info' });
    bench.later(3_600);
    await sweepNotices(bench.raising);
    await bench.raiseOne({ key: 'i2', severity: 'info' });
    expect(await sweepNotices(bench.raising)).toMatchObject({ digested: 0 });
    bench.later(3_600);
    expect(await sweepNotices(bench.raising)).toMatchObject({ digested: 1 });
    expect(await bench.notice('digest')).toMatchObject({ round: 2, title: 'One more notice waits' });
  });

  it('names the first ten and counts the rest', async () => {
    for (let n = 1; n <= 12; n += 1) await bench.raiseOne({ key: `i${n}`, severity: 'info', title: `Note ${n}` });
    bench.later(3_600);
    await sweepNotices(bench.raising);
    expect((await bench.notice('digest')).body.split('\n')).toHaveLength(11);
    expect((await bench.notice('digest')).body).toContain('and 2 more');
  });
});

describe('the list', () => {
  it('has open ones by rank with reasons, answered ones newest first', async () => {
    await bench.raiseOne({ key: 'later', severity: 'error' });
    await bench.raiseOne({ key: 'sooner', severity: 'error', needsAckBy: '2026-11-20T12:01:00Z' });
    await bench.raiseOne({ key: 'worst', severity: 'critical' });
    const page = await listNotices({ status: 'open', limit: 10 }, bench.raising);
    expect(page.items.map(({ key }) => key)).toEqual(['worst', 'sooner', 'later']);
    expect(page.items[1]?.rank).toContain('to be answered within 1 min');
    await bench.answer('acknowledged', 'sooner');
    const open = await listNotices({ status: 'open', limit: 1 }, bench.raising);
    expect([open.items.map(({ key }) => key), open.cursor === undefined]).toEqual([['worst'], false]);
    const answered = await listNotices({ status: 'answered', limit: 10 }, bench.raising);
    expect(answered.items.map(({ key, rank }) => [key, rank])).toEqual([['sooner', []]]);
  });
});

describe('through HTTP', () => {
  const kept: string[] = [];
  const app = () => noticeRoutes({ ...bench.raising, putChannels: async (secret) => void kept.push(secret) });
  const ask = async (method: string, path: string, body?: object) => {
    const event = {
      version: '2.0',
      rawPath: `/api/v1${path.split('?')[0]}`,
      rawQueryString: path.split('?')[1] ?? '',
      headers: { host: 'x', 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
      requestContext: {
        domainName: 'x',
        http: { method, path },
        authorizer: { lambda: { principalId: 'ann', roles: 'viewer,operator,captain' } },
      },
      isBase64Encoded: false,
    };
    const { statusCode, body: text } = (await serve(app())(event, {})) as { statusCode: number; body: string };
    return { status: statusCode, text, json: JSON.parse(text) };
  };

  it('the open ones with their counts, a page at a time; one; and an answer by the caller', async () => {
    await bench.raiseOne();
    await bench.raiseOne({ key: 'other', severity: 'warning' });
    const { json } = await ask('GET', '/notices?limit=1');
    expect(json).toMatchObject({ items: [{ noticeId: DRILL }], open: { critical: 1, error: 0, warning: 1, info: 0 } });
    expect((await ask('GET', `/notices?limit=1&cursor=${encodeURIComponent(json.cursor)}`)).json.items).toHaveLength(1);
    expect((await ask('GET', `/notices/${DRILL}`)).json).not.toHaveProperty('version');
    const answered = await ask('POST', `/notices/${DRILL}/acknowledge`, { note: 'on it' });
    expect(answered.json).toMatchObject({ status: 'acknowledged', answeredBy: 'ann', note: 'on it', rank: [] });
    expect((await ask('GET', '/notices?status=answered')).json.items).toHaveLength(1);
  });

  it('what there is not, and what is malformed', async () => {
    expect(await ask('GET', `/notices/${DRILL}`)).toMatchObject({ status: 404, json: { code: 'no_such_notice' } });
    expect(await ask('POST', `/notices/${DRILL}/resolve`, {})).toMatchObject({ status: 404 });
    expect(await ask('POST', `/notices/${DRILL}/resolve`, { note: '' })).toMatchObject({ status: 400 });
    expect(await ask('GET', '/notices?status=shut')).toMatchObject({ status: 400 });
    expect(await ask('GET', '/notices?cursor=nonsense')).toMatchObject({ status: 400 });
  });

  it('a person says something, and sets the channels, which come back by name only', async () => {
    const said = await ask('POST', '/notices', { title: 'T', body: 'B', severity: 'error' });
    expect(said).toMatchObject({ status: 202, json: { noticeId: noticeIdOf('said#ann#2026-11-20T12:00:00.000Z') } });
    expect(bench.announced).toMatchObject([
      { name: 'safety.NoticeWanted', detail: { kind: 'said_by_person', subject: { by: 'ann' } } },
    ]);
    const [{ detail } = {}] = bench.announced as { detail?: { key: string; occurrence: string } }[];
    expect(detail?.occurrence, 'said once, however often it is announced').toBe(detail?.key);
    const secret = {
      discord: { webhookUrl: 'https://discord.com/api/webhooks/1/hunter2' },
      people: { ann: '+4915112345678' },
    };
    const set = await ask('POST', '/notices/channels', secret);
    expect(set.json).toEqual({ channels: ['discord'], people: ['ann'] });
    expect(kept).toEqual([JSON.stringify(secret)]);
    const bad = await ask('POST', '/notices/channels', { discord: { webhookUrl: 'hunter2' } });
    expect(bad).toMatchObject({ status: 400, json: { errors: [{ path: 'discord.webhookUrl' }] } });
    expect(bad.text).not.toContain('hunter2');
    expect(kept).toHaveLength(1);
  });
});

describe('what the bus tells', () => {
  const tell = (type: string, detail: object, id = 'evt_1') =>
    takeEvent({ id, source: 'lazyark.safety', 'detail-type': type, detail }, bench.raising);
  const killed = {
    by: 'ann',
    reason: 'too fast',
    at: '2026-11-20T12:00:00Z',
    scope: 'everything',
    killId: `kil_${'0'.repeat(26)}`,
  };

  it('a kill is critical, told once, and over with the resume', async () => {
    await tell('safety.SwarmKilled', killed);
    await tell('safety.SwarmKilled', killed);
    expect(await bench.notice('killed#everything')).toMatchObject({ severity: 'critical', count: 1, round: 1 });
    await tell('safety.SwarmResumed', killed);
    expect(await bench.notice('killed#everything')).toMatchObject({ status: 'resolved', ladder: 'stopped' });
  });

  const ofKill = (minute: number, digit: string) => ({
    ...killed,
    at: `2026-11-20T12:0${minute}:00Z`,
    killId: `kil_${digit.repeat(26)}`,
  });

  it('the end of an earlier kill, told late or once more, does not end the next one', async () => {
    for (const [type, detail] of [
      ['safety.SwarmKilled', ofKill(0, '0')],
      ['safety.SwarmResumed', ofKill(1, '0')],
      ['safety.SwarmKilled', ofKill(2, '1')],
      ['safety.SwarmResumed', ofKill(1, '0')],
    ] as const)
      await tell(type, detail);
    expect(await bench.notice('killed#everything')).toMatchObject({ status: 'open', round: 2 });
    await tell('safety.SwarmResumed', ofKill(3, '1'));
    expect(await bench.notice('killed#everything')).toMatchObject({ status: 'resolved' });
  });

  it('a kill that is told of only after its end is no news', async () => {
    await tell('safety.SwarmKilled', ofKill(0, '0'));
    await tell('safety.SwarmResumed', ofKill(1, '0'));
    await tell('safety.SwarmResumed', ofKill(3, '1'));
    await tell('safety.SwarmKilled', ofKill(2, '1'));
    expect(await bench.notice('killed#everything')).toMatchObject({ status: 'resolved', count: 1 });
    await tell('safety.SwarmKilled', ofKill(4, '2'));
    expect(await bench.notice('killed#everything')).toMatchObject({ status: 'open', round: 2 });
  });

  it('a part that is stopped is a warning of its own', async () => {
    await tell('safety.SwarmKilled', { ...killed, scope: { agentId: 'agt_x' } });
    expect(await bench.notice('killed#agentId:agt_x')).toMatchObject({
      severity: 'warning',
      title: 'agentId:agt_x was stopped by ann',
    });
    await tell('safety.SwarmResumed', { ...killed, scope: { agentId: 'agt_x' } });
    expect(await bench.notice('killed#agentId:agt_x')).toMatchObject({ status: 'resolved' });
  });

  it('a decision that waits for a person is put before people until it is made; one of the panel is not', async () => {
    const at = '2026-11-20T12:00:00Z';
    const asked = {
      decisionId: 'dec_1',
      digest: 'd',
      effectIds: ['eff_1'],
      action: 'mail.send',
      voters: [],
      closesAt: '2026-11-20T14:00:00Z',
      at,
    };
    await tell('safety.VoteRequested', { ...asked, needs: ['votes'] });
    await expect(bench.notice('decision#dec_1')).rejects.toThrow('there is no notice');
    await tell('safety.VoteRequested', { ...asked, needs: ['votes', 'person'] });
    expect(await bench.notice('decision#dec_1')).toMatchObject({
      status: 'open',
      kind: 'effect_held',
      needsAckBy: asked.closesAt,
      subject: { decisionId: 'dec_1', effectId: 'eff_1' },
    });
    await tell('safety.DecisionMade', {
      decisionId: 'dec_1',
      status: 'approved',
      effectIds: ['eff_1'],
      by: 'usr_ann',
      reason: 'fine',
      at,
    });
    expect(await bench.notice('decision#dec_1')).toMatchObject({ status: 'resolved' });
  });

  const vote = {
    ...{
      decisionId: 'dec_1',
      digest: 'd',
      effectIds: ['eff_1'],
      action: 'bank.pay',
      needs: ['votes', 'person'],
      voters: [],
    },
    ...{ closesAt: '2026-11-20T12:20:00Z', at: '2026-11-20T12:00:00Z' },
  };
  const made = {
    decisionId: 'dec_1',
    status: 'approved',
    effectIds: ['eff_1'],
    by: 'ann',
    reason: 'fine',
    at: vote.at,
  };

  it('a decision that nobody made in time is told once more', async () => {
    await tell('safety.VoteRequested', vote);
    await tell('safety.DecisionMade', { ...made, status: 'expired' }, 'evt_2');
    expect(await bench.notice('decision#dec_1')).toMatchObject({ status: 'resolved' });
    expect(await bench.notice('decision-expired#dec_1')).toMatchObject({ status: 'open', severity: 'warning' });
  });

  const effect = {
    effectId: 'eff_1',
    intentKey: 'k',
    action: 'bank.pay',
    scope: { room: 'objectives' },
    reason: 'no answer',
    at: vote.at,
  };

  it('an effect of which nobody knows is an error; a lost agent is told only where that is configured', async () => {
    await tell('safety.EffectUnknown', effect);
    expect(await bench.notice('effect-unknown#eff_1')).toMatchObject({
      severity: 'error',
      subject: { effectId: 'eff_1' },
    });
    const lost = await tell('agents.AgentLost', { agentId: 'agt_x', reason: 'silent', at: vote.at });
    expect(lost).toMatchObject([{ outcome: 'ignored', reason: 'kind_is_off' }]);
  });

  it('an alarm of CloudWatch raises its notice and ends it', async () => {
    const alarm = (value: string) => ({
      alarmName: 'LazyArk-Audit',
      state: { value, reason: 'r' },
      configuration: { description: 'What people notice.' },
    });
    await tell('CloudWatch Alarm State Change', alarm('INSUFFICIENT_DATA'));
    await tell('CloudWatch Alarm State Change', alarm('ALARM'), 'evt_2');
    expect(await bench.notice('alarm#LazyArk-Audit')).toMatchObject({ severity: 'error', body: 'What people notice.' });
    await tell('CloudWatch Alarm State Change', alarm('OK'), 'evt_3');
    expect(await bench.notice('alarm#LazyArk-Audit')).toMatchObject({ status: 'resolved' });
    await tell('CloudWatch Alarm State Change', { state: { value: 'ALARM' } }, 'evt_4');
    expect(await bench.notice('alarm#unknown')).toMatchObject({ body: 'CloudWatch gave no reason' });
  });

  it('a credential that ends raises its notice, and its successor ends it', async () => {
    const name = 'mail';
    const at = '2026-11-20T10:00:00Z';
    const about = { name, endsAt: null, reason: 'invalid_grant', at };
    await tell('operations.CredentialExpiring', { ...about, urgency: 'expiring' });
    expect(await bench.notice('credential#mail')).toMatchObject({ severity: 'warning', kind: 'credential' });
    await tell('operations.CredentialExpiring', { ...about, urgency: 'refused' }, 'evt_2');
    expect(await bench.notice('credential#mail')).toMatchObject({ severity: 'error', status: 'open' });
    await tell('operations.CredentialRenewed', { name, at }, 'evt_3');
    expect(await bench.notice('credential#mail')).toMatchObject({ status: 'resolved' });
  });

  it.each([
    {
      what: 'a wanted notice',
      type: 'safety.NoticeWanted',
      detail: { key: 'k', kind: 'drill', severity: 'critical', title: 'T', body: 'B', occurrence: '1' },
      key: 'k',
    },
    { what: 'a kill', type: 'safety.SwarmKilled', detail: killed, key: 'killed#everything' },
    {
      what: 'a kill that is pressed once more',
      type: 'safety.SwarmKilled',
      detail: killed,
      again: { at: '2026-11-20T12:01:00Z' },
      key: 'killed#everything',
    },
    { what: 'a vote', type: 'safety.VoteRequested', detail: vote, key: 'decision#dec_1' },
    {
      what: 'a decision that nobody made, carried out once more',
      type: 'safety.DecisionMade',
      detail: { ...made, status: 'expired' },
      again: { at: '2026-11-20T12:01:00Z' },
      key: 'decision-expired#dec_1',
    },
    { what: 'an unknown outcome', type: 'safety.EffectUnknown', detail: effect, key: 'effect-unknown#eff_1' },
    {
      what: 'a credential',
      type: 'operations.CredentialExpiring',
      detail: { name: 'mail', endsAt: null, reason: 'invalid_grant', at: vote.at, urgency: 'expired' },
      again: { at: '2026-11-20T12:01:00Z' },
      key: 'credential#mail',
    },
  ])('$what that is announced twice, as two events, is told once, also after an answer', async (told) => {
    await tell(told.type, told.detail, 'evt_1');
    await bench.answer('resolved', told.key);
    await tell(told.type, { ...told.detail, ...told.again }, 'evt_2');
    expect(await bench.notice(told.key)).toMatchObject({ status: 'resolved', count: 1, round: 1 });
  });

  it('a table that is busy, or does not say whether it wrote, loses nothing and counts nothing twice', async () => {
    const { tables } = bench.raising;
    const troubles = [
      async () => Promise.reject(new TableBusy('throttled')),
      async (writes: readonly Write[]) => {
        await tables.write(writes);
        throw new TableOutcomeUnknown('the response was lost');
      },
    ];
    bench.raising.tables = { ...bound(tables), write: (writes) => (troubles.shift() ?? bound(tables).write)(writes) };
    await tell('safety.SwarmKilled', killed);
    expect(await bench.notice('killed#everything')).toMatchObject({ status: 'open', count: 1, round: 1 });
    expect(troubles).toEqual([]);
  });

  it('a table that stays busy has the event come again, and any other trouble is no reason to insist', async () => {
    const { tables } = bench.raising;
    const tries = { busy: 0, broken: 0 };
    const failing = (name: keyof typeof tries, error: Error) => ({
      ...bound(tables),
      get: async () => {
        tries[name] += 1;
        throw error;
      },
    });
    bench.raising.tables = failing('busy', new TableBusy('throttled'));
    await expect(tell('safety.SwarmResumed', killed)).rejects.toThrow('throttled');
    bench.raising.tables = failing('broken', new Error('a bug'));
    await expect(tell('safety.SwarmResumed', killed)).rejects.toThrow('a bug');
    expect(tries).toEqual({ busy: 5, broken: 1 });
  });

  it('what happens again after an answer is told again', async () => {
    await tell('safety.SwarmKilled', killed, 'evt_1');
    await tell('safety.SwarmResumed', killed, 'evt_2');
    await tell('safety.SwarmKilled', { ...killed, killId: `kil_${'1'.repeat(26)}` }, 'evt_3');
    expect(await bench.notice('killed#everything')).toMatchObject({ status: 'open', count: 2, round: 2 });
    await tell('safety.EffectUnknown', effect, 'evt_4');
    await bench.answer('resolved', 'effect-unknown#eff_1');
    await tell('safety.EffectUnknown', { ...effect, at: '2026-11-20T12:01:00Z' }, 'evt_5');
    expect(await bench.notice('effect-unknown#eff_1')).toMatchObject({ status: 'open', round: 2 });
  });

  it('any room may want a notice; what is malformed is refused, what nobody reads is left alone', async () => {
    const wanted = { key: 'k', kind: 'drill', severity: 'info', title: 'T', body: 'B' };
    await tell('safety.NoticeWanted', { ...wanted, occurrence: '1' });
    expect(await bench.notice('k')).toMatchObject({ ladder: 'digest' });
    await expect(tell('safety.NoticeWanted', wanted), 'without its occurrence').rejects.toThrow();
    expect(await tell('safety.Unheard', {})).toMatchObject([{ kind: 'nothing' }]);
    expect(await tell('Scheduled Event', {})).toMatchObject([{ open: 1 }]);
  });
});

describe('thirty planted secrets', () => {
  const secret = (n: number) => `Canary${n}x${'QzR7kP2mW9'.repeat(3)}`.slice(0, 32);
  const planted = Array.from({ length: 30 }, (_, n) =>
    secret(n)
      .replaceAll(/[^A-Za-z0-9]/g, 'x')
      .padEnd(32, '0'),
  );
  const lines: string[] = [];
  afterEach(() => vi.restoreAllMocks());

  it('and thirty in titles and bodies are in no log, no payload and no item, however a sender ends', async () => {
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
    const said: unknown[] = [];
    const items: string[] = [];
    const endings = [
      { status: 200, body: planted.join() },
      { status: 400, body: planted.join() },
      { status: 500, body: planted.join() },
      'hang',
      'drop',
      'crash',
    ] as const;
    for (const ending of endings) {
      const own = await openReceivers();
      if (ending !== 'crash') own.behave('/', ending);
      const at = (n: number) => ({
        webhookUrl: `${own.url}/${n % 2 ? 'slack' : 'discord'}/${planted[n]}?k=${planted[n + 1]}`,
      });
      for (let n = 0; n < 28; n += 4) {
        const secrets = async () =>
          parseChannelSecrets(
            JSON.stringify({
              ownReceivers: true,
              discord: at(n),
              slack: at(n + 1),
              pagerduty: { routingKey: planted[n + 2], url: `${own.url}/pagerduty/${planted[n + 3]}` },
              sms: { from: planted[28] },
              voice: { from: planted[29] },
              people: { captain: '+4915112345678' },
            }),
          );
        const one = openBench(own.url, { secrets, timeoutMs: 50 });
        const { text } = CANARIES[n % CANARIES.length]!;
        await one.raiseOne({
          title: text.replaceAll('\n', ' ').slice(0, 200),
          body: CANARIES.map((canary) => canary.text).join(' | '),
        });
        if (ending === 'crash')
          one.notifying.outside.post = async () => {
            throw new Error('died');
          };
        for (const channel of ['discord', 'slack', 'pagerduty', 'sms', 'voice'] as const)
          said.push(
            await one
              .step(channel)
              .catch((error: Error) => ({ name: error.name, message: error.message, stack: error.stack })),
          );
        items.push(await one.everything());
      }
      await own.close();
    }
    const written = [lines.join('\n'), JSON.stringify(said), items.join('\n')];
    expect(lines.length).toBeGreaterThan(10);
    for (const text of written) {
      expect(planted.filter((one) => text.includes(one))).toEqual([]);
      expect(CANARIES.filter((one) => text.includes(one.secret)).map((one) => one.secret)).toEqual([]);
      expect(text).not.toContain('4915112345678');
    }
  });
});
