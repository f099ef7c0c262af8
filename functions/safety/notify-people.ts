// One step of a ladder: claims a delivery, sends it, and writes down what came of it. Nothing is sent after an answer.
import { logger } from '../common/lambda.ts';
import type { Condition } from '../common/table.ts';
import type { Outlook } from './channel-messages.ts';
import type { ChannelSecrets } from './channel-secrets.ts';
import { type Outside, type Way, wayOf } from './channels.ts';
import type { EscalationConfig } from './escalation-config.ts';
import { type Answer, nextAfter, type Turn, turnOf, waitsOf } from './ladder.ts';
import { type Channel, type Delivery, deliveryKey, type Notice, type WantedNotice } from './notice.ts';
import { type NoticeStore, noticeKey, readNotice } from './notice-items.ts';

export type NotifyDeps = NoticeStore & {
  config: EscalationConfig;
  secrets: () => Promise<ChannelSecrets>;
  outside: Outside;
  now: () => Date;
  pause: (seconds: number) => Promise<void>;
  /** a channel that fails is itself something to know */
  raise: (wanted: Omit<WantedNotice, 'subject'>) => Promise<unknown>;
};
export type Step = { noticeId: string; round: number; channel: Channel };
/** `until`: how long to wait for an answer before the next rung. */
export type StepResult = { result: Delivery['status'] | 'answered'; until: string };

const CLAIMS_MAX = 4;

export async function notifyPeople(step: Step, deps: NotifyDeps): Promise<StepResult> {
  for (let claims = 0; claims < CLAIMS_MAX; claims += 1) {
    const result = await tryStep(step, deps);
    if (result) return result;
  }
  throw Object.assign(new Error('the notice was changed by others again and again'), { name: 'TableBusy' });
}

/** Nothing when another changed what this is based on. */
async function tryStep(step: Step, deps: NotifyDeps): Promise<StepResult | undefined> {
  const notice = await readNotice(step.noticeId, deps);
  const nowIso = deps.now().toISOString();
  if (!notice) return { result: 'answered', until: nowIso };
  const turn = turnOf(notice, step.round, step.channel, deps.config.severities[notice.severity]);
  if (turn.kind === 'stop') return { result: 'answered', until: nowIso };
  const delivery = deliveryOf(step, turn.kind === 'send' ? turn.attempt : 0, nowIso);
  if (turn.kind === 'pass') return passOver(notice, turn, delivery, deps);
  const way = await findWay(step.channel, notice, deps);
  if (way.kind !== 'open') {
    const status = way.kind === 'broken' ? 'failed' : 'skipped';
    await settle(notice, { ...delivery, status, reason: way.reason }, deps);
    return resultOf(notice, { ...delivery, status }, deps);
  }
  const claimed = { ...delivery, ...(way.people ? { people: way.people } : {}) };
  if (!(await claim(notice, claimed, deps))) return undefined;
  return resultOf(notice, await send(notice, claimed, way, deps), deps);
}

/** What has ended stays as it is written. Nothing when it ended just now: its sender was alive after all, and knows. */
async function passOver(
  notice: Notice,
  turn: Extract<Turn, { kind: 'pass' }>,
  delivery: Delivery,
  deps: NotifyDeps,
): Promise<StepResult | undefined> {
  const before = notice.deliveries[deliveryKey(delivery.round, delivery.channel)];
  if (before && before.status !== 'sending') return resultOf(notice, before, deps);
  const passed = { ...(before ?? delivery), status: turn.status, reason: turn.reason };
  const asRead = before ? { path: statusPath(before), equals: before.status } : { missing: statusPath(passed) };
  return (await settle(notice, passed, deps, asRead)) ? resultOf(notice, passed, deps) : undefined;
}

const statusPath = ({ round, channel }: Delivery) => ['deliveries', deliveryKey(round, channel), 'status'];

const deliveryOf = ({ round, channel }: Step, attempts: number, at: string): Delivery => ({
  round,
  channel,
  status: 'sending',
  reason: 'on its way',
  attempts,
  at,
});

/** A secret that cannot be read or is malformed breaks its channels, never the ladder. */
async function findWay(
  channel: Channel,
  notice: Notice,
  deps: NotifyDeps,
): Promise<Way | { kind: 'broken'; reason: string }> {
  const treatment = deps.config.severities[notice.severity];
  try {
    const secrets = await deps.secrets();
    return wayOf(channel, notice, {
      secrets,
      treatment,
      outlook: outlookOf(notice, channel, deps),
      outside: deps.outside,
    });
  } catch (error) {
    const { name, message } = error as Error;
    return {
      kind: 'broken',
      reason: name === 'InvalidChannelSecrets' ? message : `the secret cannot be read: ${name}`,
    };
  }
}

function outlookOf(notice: Notice, channel: Channel, deps: NotifyDeps): Outlook {
  const { source, consoleUrl } = deps.config;
  return { source, ...(consoleUrl ? { consoleUrl } : {}), answerByIso: untilOf(notice, channel, deps.now(), deps) };
}

function untilOf(notice: Notice, channel: Channel, from: Date, { config }: NotifyDeps): string {
  const waits = waitsOf(config.severities[notice.severity], Date.parse(notice.roundAt), Date.parse(notice.needsAckBy));
  const seconds = waits.find(({ rung }) => rung === channel)?.seconds ?? 0;
  return new Date(from.getTime() + seconds * 1_000).toISOString();
}

const resultOf = (notice: Notice, { status, channel, at }: Delivery, deps: NotifyDeps): StepResult => ({
  result: status,
  until: untilOf(notice, channel, new Date(at), deps),
});

/**
 * Holds the delivery for this sender: refused once somebody answered, or another sender holds it. What the other channels
 * do at the same moment is no reason to try again.
 */
async function claim(notice: Notice, delivery: Delivery, { tables, table }: NotifyDeps): Promise<boolean> {
  const path = ['deliveries', deliveryKey(delivery.round, delivery.channel)];
  const before = notice.deliveries[deliveryKey(delivery.round, delivery.channel)];
  const asRead: Condition[] = before
    ? [
        { path: [...path, 'status'], equals: before.status },
        { path: [...path, 'attempts'], equals: before.attempts },
      ]
    : [{ missing: path }];
  const outcome = await tables.write([
    {
      table,
      update: noticeKey(notice.noticeId),
      changes: {
        set: [
          [path, delivery],
          ['ladder', 'climbing'],
          ['by', 'safety/notify-people'],
          ['why', `${delivery.channel} is used`],
        ],
        add: [['version', 1]],
      },
      if: {
        all: [{ path: 'status', equals: 'open' }, { path: 'round', equals: notice.round }, ...asRead],
      },
    },
  ]);
  return outcome.written;
}

async function send(
  notice: Notice,
  claimed: Delivery,
  way: Extract<Way, { kind: 'open' }>,
  deps: NotifyDeps,
): Promise<Delivery> {
  let attempts = claimed.attempts;
  for (;;) {
    const answer: Answer = await way.send();
    const next = nextAfter(claimed.channel, answer, attempts);
    if (next.kind === 'again') {
      await deps.pause(next.pauseSeconds);
      attempts += 1;
      continue;
    }
    const id = answer.kind === 'delivered' && answer.answer ? { answer: answer.answer } : {};
    const ended = { ...claimed, attempts, status: next.status, reason: next.reason, ...id };
    await settle(notice, ended, deps);
    return ended;
  }
}

/** Writes down how a delivery ended, also after an answer: what was sent was sent. */
async function settle(
  notice: Notice,
  delivery: Delivery,
  deps: NotifyDeps,
  onlyIf: Condition = { exists: 'pk' },
): Promise<boolean> {
  const ended = { ...delivery, endedAt: deps.now().toISOString() };
  const outcome = await deps.tables.write([
    {
      table: deps.table,
      update: noticeKey(notice.noticeId),
      changes: {
        set: [
          [['deliveries', deliveryKey(delivery.round, delivery.channel)], ended],
          ['by', 'safety/notify-people'],
          ['why', `${delivery.channel}: ${delivery.status}, ${delivery.reason}`],
        ],
        add: [['version', 1]],
      },
      if: onlyIf,
    },
  ]);
  if (!outcome.written) return false;
  if (delivery.status === 'failed' || delivery.status === 'unknown') await reportFailing(notice, ended, deps);
  return true;
}

/** Delivery itself is watched: a metric with an alarm, and a notice that other channels tell. */
async function reportFailing(notice: Notice, { channel, status, reason }: Delivery, deps: NotifyDeps): Promise<void> {
  logger.warn('a channel did not deliver', {
    noticeId: notice.noticeId,
    channel,
    status,
    reason,
    ...metricOf(deps.now()),
  });
  if (notice.kind === 'channel_failing') return;
  await deps
    .raise({
      key: `channel-failing#${channel}`,
      kind: 'channel_failing',
      severity: 'warning',
      title: `Notices do not arrive by ${channel}`,
      body: `The last one ended as ${status}: ${reason}. The ladder went on to its next rung. docs/escalation.md says how to mend it.`,
      occurrence: `${notice.noticeId}#${notice.round}`,
    })
    .catch((error: Error) => logger.warn('could not raise that a channel fails', { channel, errorName: error.name }));
}

/** CloudWatch reads a metric out of a log line of this form. */
const metricOf = (now: Date) => ({
  ChannelsFailed: 1,
  _aws: {
    Timestamp: now.getTime(),
    CloudWatchMetrics: [
      { Namespace: 'LazyArk', Dimensions: [[]], Metrics: [{ Name: 'ChannelsFailed', Unit: 'Count' }] },
    ],
  },
});
