// The room's notices in small: a store, the shipped configuration, senders against local receivers, a clock to turn.
import { PinpointSMSVoiceV2Client } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { readConfig } from '../common/config.ts';
import { openSqlite } from '../common/table-sqlite.ts';
import { type AnswerDeps, answerNotice } from './answer-notice.ts';
import { type ChannelSecrets, parseChannelSecrets } from './channel-secrets.ts';
import { EscalationConfig } from './escalation-config.ts';
import type { Channel } from './notice.ts';
import { noticeIdOf } from './notice.ts';
import { readNotice } from './notice-items.ts';
import { type NotifyDeps, notifyPeople } from './notify-people.ts';
import { type RaiseDeps, raise } from './raise-notice.ts';
import { phoneOn } from './text-messages.client.ts';
import { postOn } from './webhooks.client.ts';

const TABLE = 'Safety';

export const configuredAt = (url: string): ChannelSecrets =>
  parseChannelSecrets(
    JSON.stringify({
      ownReceivers: true,
      discord: { webhookUrl: `${url}/discord/1/aaa` },
      slack: { webhookUrl: `${url}/slack/T/B/x` },
      pagerduty: { routingKey: '0'.repeat(32), url: `${url}/pagerduty` },
      sms: { from: '+15550001111' },
      voice: { from: '+15550001111' },
      people: { captain: '+4915112345678', deputy: '+4915187654321' },
    }),
  );

export type Bench = ReturnType<typeof openBench>;

export function openBench(url: string, { secrets = async () => configuredAt(url), timeoutMs = 5_000 } = {}) {
  const tables = openSqlite(':memory:');
  tables.defineTable({ name: TABLE, indexes: [{ name: 'notices' }], stream: false });
  const clock = { now: new Date('2026-11-20T12:00:00.000Z') };
  const announced: { name: string; detail: unknown }[] = [];
  const started: string[] = [];
  const pauses: number[] = [];
  const store = { tables, table: TABLE, config: readConfig('escalation.yaml', EscalationConfig), now: () => clock.now };
  const raising: RaiseDeps & AnswerDeps = {
    ...store,
    startLadder: async (noticeId, round) => {
      started.push(`${noticeId}-${round}`);
    },
    announce: async ({ detailType }, detail) => {
      announced.push({ name: detailType, detail });
    },
  };
  const client = new PinpointSMSVoiceV2Client({
    endpoint: `${url}/aws`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
  const notifying: NotifyDeps = {
    ...store,
    secrets,
    outside: { post: postOn(timeoutMs), phone: phoneOn(client, timeoutMs) },
    pause: async (seconds) => {
      pauses.push(seconds);
    },
    raise: (wanted) => raise(wanted, raising),
  };
  const raiseOne = (more: object = {}) =>
    raise(
      { key: 'drill', kind: 'drill', severity: 'critical', title: 'A drill', body: 'Nothing is wrong.', ...more },
      raising,
    );
  return {
    tables,
    clock,
    announced,
    started,
    pauses,
    raising,
    notifying,
    raiseOne,
    later: (seconds: number) => {
      clock.now = new Date(clock.now.getTime() + seconds * 1_000);
    },
    step: (channel: Channel, { key = 'drill', round = 1 } = {}) =>
      notifyPeople({ noticeId: noticeIdOf(key), round, channel }, notifying),
    answer: (status: 'acknowledged' | 'resolved' = 'acknowledged', key = 'drill') =>
      answerNotice(noticeIdOf(key), { status, by: 'ann' }, raising),
    notice: async (key = 'drill') => {
      const notice = await readNotice(noticeIdOf(key), store);
      if (!notice) throw new Error(`there is no notice ${key}`);
      return notice;
    },
    everything: async () => {
      const rows: unknown[] = [];
      for (const pk of ['notices#open', 'notices#answered']) {
        const { items } = await tables.query({ table: TABLE, index: 'notices', pk });
        rows.push(...(await Promise.all(items.map((item) => tables.get(TABLE, { pk: item.pk, sk: item.sk })))));
      }
      return JSON.stringify(rows);
    },
  };
}
