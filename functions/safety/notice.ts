// A notice: one thing that people should know, kept once per key however often it happens, and what was done to reach them.
import * as z from 'zod';
import { contentId } from '../common/ids.ts';

/** From worst to least, in PagerDuty's words. */
export const SEVERITIES = ['critical', 'error', 'warning', 'info'] as const;
export const Severity = z.enum(SEVERITIES);
export type Severity = z.infer<typeof Severity>;

/** The rungs of the ladder, one after the other. */
export const RUNGS = ['discord', 'sms', 'voice'] as const;
/** What goes out beside the first rung and is not waited for. */
export const BESIDE = ['slack', 'pagerduty'] as const;
export const CHANNELS = [...RUNGS, ...BESIDE] as const;
export const Channel = z.enum(CHANNELS);
export type Channel = z.infer<typeof Channel>;
export type Rung = (typeof RUNGS)[number];

export const Kind = z.string().regex(/^[a-z][a-z0-9_]{1,49}$/, 'words in lower case joined by _');
const line = (most: number) => z.string().trim().min(1).max(most);

/** What somebody wants people to know. The same key is the same thing: it is told once and counted from then on. */
export const WantedNotice = z.strictObject({
  key: line(200),
  kind: Kind,
  severity: Severity,
  title: line(200),
  body: line(4_000),
  /** when it is too late to answer */
  needsAckBy: z.iso.datetime().optional(),
  /** what it is about, such as { effectId } */
  subject: z.record(z.string().max(50), z.string().max(300)).default({}),
  /** names this one happening, so that it counts once, however often it is told and delivered */
  occurrence: z.string().max(200).optional(),
  /** when it happened: an end from before that does not end it */
  happenedAt: z.iso.datetime({ offset: true }).optional(),
});
export type WantedNotice = z.infer<typeof WantedNotice>;

export type NoticeStatus = 'open' | 'acknowledged' | 'resolved';

/**
 * Where the ladder of the present round stands: `wanted` (to be started), `climbing`, `digest` (waits to be told together
 * with others), `digested`, `console` (no rung reached anybody: it waits in the console), `exhausted` (every rung was
 * tried and nobody answered), `stopped` (somebody answered, or what it was about has passed).
 */
export type LadderState = 'wanted' | 'climbing' | 'digest' | 'digested' | 'console' | 'exhausted' | 'stopped';

export type DeliveryStatus = 'sending' | 'delivered' | 'failed' | 'unknown' | 'skipped';
/** One channel's part in one round. `answer` is the provider's own id of the message, never what it said. */
export type Delivery = {
  round: number;
  channel: Channel;
  status: DeliveryStatus;
  reason: string;
  attempts: number;
  at: string;
  endedAt?: string;
  answer?: string;
  /** names from the configuration, never numbers */
  people?: string[];
};

export type Notice = {
  noticeId: string;
  key: string;
  kind: string;
  severity: Severity;
  title: string;
  body: string;
  subject: Record<string, string>;
  status: NoticeStatus;
  ladder: LadderState;
  /** why it is told now, or told with others */
  ladderReason: string;
  /** one ladder each: a notice that comes back after it was answered begins another */
  round: number;
  needsAckBy: string;
  raisedAt: string;
  /** of the present round */
  roundAt: string;
  lastAt: string;
  count: number;
  occurrences: string[];
  /** of the newest occurrence that said so */
  happenedAt?: string;
  /** the newest end that was heard of: what happened before it is over, although it may be told later */
  overAt?: string;
  deliveries: Record<string, Delivery>;
  answeredBy?: string;
  answeredAt?: string;
  note?: string;
  digestId?: string;
  version: number;
};

/** Events come late and in any order: whether what happened at one time is from before the other. */
export const isBefore = (one: string | undefined, other: string | undefined): boolean =>
  one !== undefined && other !== undefined && Date.parse(one) < Date.parse(other);

export const noticeIdOf = (key: string): string => contentId('ntc', key);
export const deliveryKey = (round: number, channel: Channel): string => `${round}_${channel}`;
export const weightOf = (severity: Severity): number => SEVERITIES.indexOf(severity);
export const isWorse = (one: Severity, other: Severity): boolean => weightOf(one) < weightOf(other);
