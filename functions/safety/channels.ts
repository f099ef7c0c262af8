// The senders by channel: what is configured, and how a notice goes out through it.
import {
  discordMessage,
  type Outlook,
  type PagerAction,
  pagerdutyEvent,
  slackMessage,
  spokenMessage,
  textMessage,
} from './channel-messages.ts';
import { type ChannelSecrets, hostsFor } from './channel-secrets.ts';
import type { Treatment } from './escalation-config.ts';
import type { Answer } from './ladder.ts';
import type { Channel, Notice } from './notice.ts';
import type { Phone } from './text-messages.client.ts';
import type { Post } from './webhooks.client.ts';

export type Outside = { post: Post; phone: Phone };
/** `people` whom it goes to by name, where it goes to people; a reason where it cannot be used. */
export type Way =
  | { kind: 'not_configured'; reason: string }
  | { kind: 'open'; people?: string[]; send: () => Promise<Answer> };

/** How a notice goes out through a channel now, or why it cannot. */
export function wayOf(
  channel: Channel,
  notice: Notice,
  {
    secrets,
    treatment,
    outlook,
    outside,
  }: { secrets: ChannelSecrets; treatment: Treatment; outlook: Outlook; outside: Outside },
): Way {
  if (channel === 'sms' || channel === 'voice')
    return byPhone(channel, notice, { secrets, treatment, outlook, outside });
  if (channel === 'pagerduty') {
    const open = pagerWay('trigger', notice, notice.round, { secrets, outlook, outside });
    return open ? { kind: 'open', send: open } : notConfigured(channel);
  }
  const url = secrets[channel]?.webhookUrl;
  if (!url) return notConfigured(channel);
  const message = channel === 'discord' ? discordMessage(notice, outlook) : slackMessage(notice, outlook);
  return { kind: 'open', send: () => outside.post({ channel, url, allow: hostsFor(url, secrets) }, message) };
}

const notConfigured = (channel: Channel): Way => ({ kind: 'not_configured', reason: `${channel} is not configured` });

export function pagerWay(
  action: PagerAction,
  notice: Notice,
  round: number,
  { secrets, outlook, outside }: { secrets: ChannelSecrets; outlook: Outlook; outside: Outside },
): (() => Promise<Answer>) | undefined {
  if (!secrets.pagerduty) return undefined;
  const { routingKey, url } = secrets.pagerduty;
  const event = { routing_key: routingKey, ...pagerdutyEvent(action, notice, round, outlook) };
  return () => outside.post({ channel: 'pagerduty', url, allow: hostsFor(url, secrets) }, event);
}

function byPhone(
  channel: 'sms' | 'voice',
  notice: Notice,
  {
    secrets,
    treatment,
    outlook,
    outside,
  }: { secrets: ChannelSecrets; treatment: Treatment; outlook: Outlook; outside: Outside },
): Way {
  const by = secrets[channel];
  if (!by) return notConfigured(channel);
  const people = treatment.who.filter((name) => secrets.people[name] !== undefined);
  if (people.length === 0)
    return { kind: 'not_configured', reason: `there is no number for ${treatment.who.join(', ') || 'anybody'}` };
  const reach = (to: string) =>
    channel === 'voice' && secrets.voice
      ? outside.phone.call(by.from, to, spokenMessage(notice, outlook), secrets.voice.voiceId)
      : outside.phone.text(by.from, to, textMessage(notice, outlook));
  const send = async () => together(await Promise.all(people.map((name) => reach(secrets.people[name] as string))));
  return { kind: 'open', people, send };
}

/** One person reached is people reached; one who may have been reached is not asked twice. */
export function together(answers: readonly Answer[]): Answer {
  const by = (kind: Answer['kind']) => answers.find((answer) => answer.kind === kind);
  return by('delivered') ?? by('unknown') ?? by('refused') ?? { kind: 'refused', reason: 'nobody to reach' };
}
