// What goes out by each channel keeps to its limits and its markup, whatever the text of a notice is.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clip,
  dedupKeyOf,
  discordMessage,
  pagerdutyEvent,
  slackMessage,
  spokenMessage,
  textMessage,
} from './channel-messages.ts';
import { hostsFor, parseChannelSecrets } from './channel-secrets.ts';
import { together } from './channels.ts';
import { type Notice, noticeIdOf, SEVERITIES } from './notice.ts';
import { answerOf, answerOfError, answerOfFailure } from './webhook-answers.ts';

const notice: Notice = {
  noticeId: noticeIdOf('drill'),
  key: 'drill',
  kind: 'drill',
  severity: 'critical',
  title: 'A drill',
  body: 'Nothing is wrong.',
  subject: {},
  status: 'open',
  ladder: 'climbing',
  ladderReason: '',
  round: 1,
  needsAckBy: '2026-11-20T12:20:00.000Z',
  raisedAt: '2026-11-20T12:00:00.000Z',
  roundAt: '2026-11-20T12:00:00.000Z',
  lastAt: '2026-11-20T12:00:00.000Z',
  count: 1,
  occurrences: [],
  deliveries: {},
  version: 1,
};
const outlook = { source: 'lazyark', answerByIso: '2026-11-20T12:05:00.000Z' };
const linked = { ...outlook, consoleUrl: 'https://ark.example.com/' };

const anyText = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 4_000 }),
  fc.constantFrom(
    '@everyone <!channel> <@U123> & <https://evil.example|click>',
    '🜁'.repeat(2_000),
    '\u0000\u202e\n\r\t',
  ),
);
const anyNotice = fc
  .record({ title: anyText, body: anyText, severity: fc.constantFrom(...SEVERITIES) })
  .map((texts) => ({ ...notice, ...texts }));
const holds = (claim: (given: Notice) => void) => fc.assert(fc.property(anyNotice, claim));
const halfCharacter = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

describe('to Discord', () => {
  it('at most 2,000 characters, with the way to answer, and mentions off', () => {
    holds((given) => {
      const { content, allowed_mentions } = discordMessage(given, linked) as {
        content: string;
        allowed_mentions: object;
      };
      expect(content.length).toBeLessThanOrEqual(2_000);
      expect(content).toContain(`npx lazyark notice acknowledge ${notice.noticeId}`);
      expect(allowed_mentions).toEqual({ parse: [] });
    });
  });

  it('reads as', () => {
    expect((discordMessage(notice, linked) as { content: string }).content).toBe(
      `🔴 **CRITICAL** A drill\nNothing is wrong.\nAnswer by <t:1795176300:t>: \`npx lazyark notice acknowledge ${notice.noticeId}\`\nhttps://ark.example.com/notices/${notice.noticeId}`,
    );
  });
});

describe('to Slack', () => {
  it('nothing in it is markup but what we wrote', () => {
    holds((given) => {
      const { text } = slackMessage(given, linked) as { text: string };
      expect(text.length).toBeLessThanOrEqual(12_000);
      expect(text.replace(`<https://ark.example.com/notices/${notice.noticeId}>`, '')).not.toMatch(/[<>]/);
      expect(text.replace(/&(amp|lt|gt);/g, '')).not.toContain('&');
    });
  });
});

describe('to PagerDuty', () => {
  it('a summary of at most 1,024 characters, a known severity, one key per round', () => {
    holds((given) => {
      const { payload, dedup_key } = pagerdutyEvent('trigger', given, 1, linked) as {
        payload: { summary: string; severity: string };
        dedup_key: string;
      };
      expect(payload.summary.length).toBeLessThanOrEqual(1_024);
      expect(SEVERITIES).toContain(payload.severity);
      expect(dedup_key.length).toBeLessThanOrEqual(255);
      expect(Buffer.byteLength(JSON.stringify(payload))).toBeLessThan(512 * 1_024);
    });
    expect(dedupKeyOf('x'.repeat(300), notice, 1)).toHaveLength(255);
  });

  it('an answer is the key and nothing else', () => {
    const key = `lazyark:lazyark:drill:${notice.noticeId}:2`;
    expect(pagerdutyEvent('acknowledge', notice, 2, outlook)).toEqual({ event_action: 'acknowledge', dedup_key: key });
    expect(pagerdutyEvent('resolve', notice, 2, outlook)).toEqual({ event_action: 'resolve', dedup_key: key });
    expect(pagerdutyEvent('trigger', notice, 2, outlook)).not.toHaveProperty('client_url');
  });
});

describe('by phone', () => {
  it('a text message is at most two parts of plain ASCII and says how to answer', () => {
    holds((given) => {
      const text = textMessage(given, outlook);
      expect(text.length).toBeLessThanOrEqual(306);
      expect(text).toMatch(/^[ -~]+$/);
      expect(text).toContain(`notice acknowledge ${notice.noticeId}`);
    });
    expect(textMessage({ ...notice, title: 'Größe “über” – 5 €' }, outlook)).toContain('Gro?e "uber" - 5 ?');
  });

  it('what is said is short and holds no markup', () => {
    holds((given) => {
      const said = spokenMessage(given, outlook);
      expect(said.length).toBeLessThanOrEqual(600);
      expect(said).not.toMatch(/[<>&]/);
    });
  });
});

describe('a notice that is told again', () => {
  it.each([
    ['Discord', discordMessage],
    ['Slack', slackMessage],
    ['PagerDuty', (given: Notice) => pagerdutyEvent('trigger', given, given.round, outlook)],
    ['a text message', textMessage],
    ['a call', spokenMessage],
  ])('says so to people: %s', (_, messageOf) => {
    const said = (more: Partial<Notice>) => JSON.stringify(messageOf({ ...notice, ...more }, outlook));
    expect(said({ round: 2 })).toContain('Again (round 2): A drill');
    expect(said({ round: 1 })).not.toContain('Again');
    expect(said({ round: 2, kind: 'digest' }), 'each digest is a new one').not.toContain('Again');
  });
});

describe('a text that is cut', () => {
  it('is cut between characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 2, max: 40 }), (text, most) => {
        const cut = clip(text, most);
        expect(cut.length).toBeLessThanOrEqual(Math.max(most, 1));
        expect(cut).not.toMatch(halfCharacter);
        if (text.length <= most) expect(cut).toBe(text);
      }),
    );
  });
});

describe('what an answer means', () => {
  it.each([
    { of: answerOf('discord', { status: 200, body: '{"id": "12"}' }), is: { kind: 'delivered', answer: '12' } },
    { of: answerOf('discord', { status: 204, body: '' }), is: { kind: 'delivered' } },
    { of: answerOf('slack', { status: 200, body: 'ok' }), is: { kind: 'delivered' } },
    {
      of: answerOf('slack', { status: 410, body: 'channel_is_archived\n' }),
      is: { kind: 'refused', reason: 'http_410 channel_is_archived' },
    },
    { of: answerOf('slack', { status: 400, body: 'secret words' }), is: { kind: 'refused', reason: 'http_400' } },
    { of: answerOf('discord', { status: 400, body: 'no_text' }), is: { kind: 'refused', reason: 'http_400' } },
    {
      of: answerOf('discord', { status: 429, retryAfter: '1.2', body: '' }),
      is: { kind: 'refused', reason: 'http_429', retryAfterSeconds: 2 },
    },
    {
      of: answerOf('slack', { status: 429, body: '' }),
      is: { kind: 'refused', reason: 'http_429', retryAfterSeconds: 1 },
    },
    {
      of: answerOf('slack', { status: 429, retryAfter: 'soon', body: '' }),
      is: { kind: 'refused', reason: 'http_429', retryAfterSeconds: 1 },
    },
    { of: answerOf('pagerduty', { status: 502, body: '' }), is: { kind: 'unknown', reason: 'http_502' } },
    {
      of: answerOfFailure({ kind: 'refused', reason: 'host_not_listed', detail: 'x' }),
      is: { kind: 'refused', reason: 'host_not_listed' },
    },
    {
      of: answerOfFailure({ kind: 'refused', reason: 'too_large', detail: 'x' }),
      is: { kind: 'unknown', reason: 'too_large' },
    },
    {
      of: answerOfFailure({ kind: 'failed', reason: 'timeout', detail: 'x' }),
      is: { kind: 'unknown', reason: 'no answer in time' },
    },
    {
      of: answerOfFailure({ kind: 'failed', reason: 'unreachable', detail: 'connect ECONNREFUSED 1.2.3.4:5' }),
      is: { kind: 'refused', reason: 'ECONNREFUSED' },
    },
    {
      of: answerOfFailure({ kind: 'failed', reason: 'unreachable', detail: 'read ECONNRESET' }),
      is: { kind: 'unknown', reason: 'the connection broke' },
    },
    {
      of: answerOfFailure({ kind: 'failed', reason: 'unreachable', detail: '' }),
      is: { kind: 'unknown', reason: 'the connection broke' },
    },
    { of: answerOfError({ cause: { code: 'ENOTFOUND' } }), is: { kind: 'refused', reason: 'ENOTFOUND' } },
    { of: answerOfError({ code: 'ECONNREFUSED' }), is: { kind: 'refused', reason: 'ECONNREFUSED' } },
    { of: answerOfError({ name: 'AbortError' }), is: { kind: 'unknown', reason: 'no answer in time' } },
    { of: answerOfError({ code: 'ECONNRESET' }), is: { kind: 'unknown', reason: 'ECONNRESET' } },
    { of: answerOfError({}), is: { kind: 'unknown', reason: 'the connection broke' } },
  ])('$is.kind $is.reason (%#)', ({ of, is }) => {
    expect(of).toEqual(is);
  });

  it('of several people: one reached is enough, one who may have been is not asked twice', () => {
    const refused = { kind: 'refused', reason: 'no' } as const;
    const unknown = { kind: 'unknown', reason: 'late' } as const;
    const delivered = { kind: 'delivered' } as const;
    expect(together([refused, unknown, delivered])).toBe(delivered);
    expect(together([refused, unknown])).toBe(unknown);
    expect(together([refused])).toBe(refused);
    expect(together([])).toEqual({ kind: 'refused', reason: 'nobody to reach' });
  });
});

describe('the secret of the channels', () => {
  it('lets only the known receivers be asked, or exactly the one address where it is one’s own', () => {
    const hosts = hostsFor('https://evil.example/x', parseChannelSecrets('{}')).map(({ host }) => host);
    expect(hosts).toContain('hooks.slack.com');
    expect(hosts).not.toContain('evil.example');
    const own = parseChannelSecrets('{"ownReceivers": true}');
    expect(hostsFor('http://10.0.0.7:8080/x', own)).toEqual([
      { host: '10.0.0.7', schemes: ['http'], ports: [8080], addresses: 'any' },
    ]);
    expect(hostsFor('https://relay.lan/x', own)).toEqual([
      { host: 'relay.lan', schemes: ['https'], ports: [443], addresses: 'any' },
    ]);
  });

  it.each([
    { wrong: '{"discord": {"webhookUrl": "ftp://x"}}', at: 'discord.webhookUrl' },
    { wrong: '{"pagerduty": {"routingKey": "short"}}', at: 'pagerduty.routingKey' },
    { wrong: '{"people": {"captain": "0151 1234"}}', at: 'people' },
    { wrong: '{"sms": "x"}', at: 'sms' },
    { wrong: '{"hunter2": 1}', at: '(top)' },
    { wrong: '[]', at: '(top)' },
  ])('says where $wrong is wrong, and nothing of what is there', ({ wrong, at }) => {
    expect(() => parseChannelSecrets(wrong)).toThrow(`the secret of the channels is not as expected at: ${at}`);
  });
});
