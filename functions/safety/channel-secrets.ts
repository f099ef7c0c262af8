// What the secret of the channels holds: addresses, keys and numbers. Nothing of it ever leaves the senders.
import * as z from 'zod';
import { type OutsideHost, portOf } from '../common/outside-address.ts';

const webhook = z.strictObject({ webhookUrl: z.url({ protocol: /^https?$/ }) });
export const E164 = /^\+[1-9]\d{6,14}$/;
const number = z.string().regex(E164, 'a number such as +4915112345678');

export const ChannelSecrets = z.strictObject({
  discord: webhook.optional(),
  slack: webhook.optional(),
  pagerduty: z
    .strictObject({
      routingKey: z.string().regex(/^[A-Za-z0-9]{32}$/, '32 letters and digits'),
      url: z.url({ protocol: /^https?$/ }).default('https://events.pagerduty.com/v2/enqueue'),
    })
    .optional(),
  /** the number, pool or sender id of AWS End User Messaging that sends or calls */
  sms: z.strictObject({ from: z.string().min(1).max(256) }).optional(),
  voice: z.strictObject({ from: z.string().min(1).max(256), voiceId: z.string().max(30).default('JOANNA') }).optional(),
  /** the addresses above may be of a host of one's own, in one's own network; else only Discord, Slack and PagerDuty */
  ownReceivers: z.boolean().default(false),
  /** the people of config/escalation.yaml by name */
  people: z.record(z.string(), number).default({}),
});
export type ChannelSecrets = z.infer<typeof ChannelSecrets>;

const OFFICIAL: readonly OutsideHost[] = [
  ...['discord.com', 'discordapp.com', 'hooks.slack.com', 'hooks.slack-gov.com'].map((host) => ({ host })),
  ...['events.pagerduty.com', 'events.eu.pagerduty.com'].map((host) => ({ host })),
];

/** Which hosts may be asked for an address of the secret. */
export function hostsFor(address: string, { ownReceivers }: ChannelSecrets): readonly OutsideHost[] {
  if (!ownReceivers) return OFFICIAL;
  const url = new URL(address);
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  return [{ host: url.hostname, schemes: [scheme], ports: [portOf(url)], addresses: 'any' }];
}

/** Where the secret is wrong. What is there is never repeated. */
export class InvalidChannelSecrets extends Error {
  override name = 'InvalidChannelSecrets';
  readonly fields: string[];
  constructor(fields: string[]) {
    super(`the secret of the channels is not as expected at: ${fields.join(', ')}`);
    this.fields = fields;
  }
}

const KNOWN = new Set(['discord', 'slack', 'pagerduty', 'sms', 'voice', 'people', 'ownReceivers']);

/** Throws InvalidChannelSecrets. Names of fields are said only where they are ours. */
export function parseChannelSecrets(text: string): ChannelSecrets {
  const parsed = ChannelSecrets.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path: [first, second] }) => {
    if (!KNOWN.has(String(first))) return '(top)';
    return first === 'people' || second === undefined ? String(first) : `${String(first)}.${String(second)}`;
  });
  throw new InvalidChannelSecrets([...new Set(fields)]);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidChannelSecrets(['(JSON)']);
  }
}
