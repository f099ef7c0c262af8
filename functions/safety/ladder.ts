// The ladder: which rungs a notice climbs, how long each is waited for, and what an attempt to deliver means. Pure.
import type { Treatment } from './escalation-config.ts';
import { type Channel, type Delivery, deliveryKey, type Notice, RUNGS, type Rung } from './notice.ts';

/** A rung is not passed in less, however close the deadline is. */
const WAIT_SECONDS_MIN = 30;

export type Wait = { rung: Rung; seconds: number };

/**
 * How long each rung is waited for. Where a notice has to be answered sooner than the ladder takes, all waits shrink
 * alike, so that the last rung is reached while an answer still helps.
 */
export function waitsOf(treatment: Treatment, roundAtMs: number, needsAckByMs?: number): Wait[] {
  const waits = RUNGS.flatMap((rung) => {
    const seconds = treatment.ladder[rung]?.waitSeconds;
    return seconds === undefined ? [] : [{ rung, seconds }];
  });
  const all = waits.reduce((sum, { seconds }) => sum + seconds, 0);
  const leftSeconds = needsAckByMs === undefined ? all : (needsAckByMs - roundAtMs) / 1_000;
  const share = Math.min(1, leftSeconds / all);
  return waits.map(({ rung, seconds }) => ({
    rung,
    seconds: Math.max(Math.min(WAIT_SECONDS_MIN, seconds), Math.floor(seconds * share)),
  }));
}

/** When it is too late to answer, where the announcer did not say: when the last rung's wait is over. */
export const deadlineOf = (treatment: Treatment, roundAtMs: number): number =>
  roundAtMs +
  Math.max(
    60,
    waitsOf(treatment, roundAtMs).reduce((sum, { seconds }) => sum + seconds, 0),
  ) *
    1_000;

export type Turn =
  | { kind: 'send'; attempt: number }
  | { kind: 'stop'; reason: 'answered' | 'another_round' }
  | { kind: 'pass'; status: Delivery['status']; reason: string };

/** What a provider does with the same message sent twice: PagerDuty merges by its key, the others deliver both. */
export const MERGES_REPEATS: Record<Channel, boolean> = {
  discord: false,
  sms: false,
  voice: false,
  slack: false,
  pagerduty: true,
};

/** Whether a channel is to be used now. What was begun and not ended has an unknown outcome: it is not sent twice. */
export function turnOf(notice: Notice, round: number, channel: Channel, treatment: Treatment): Turn {
  if (notice.round !== round) return { kind: 'stop', reason: 'another_round' };
  if (notice.status !== 'open') return { kind: 'stop', reason: 'answered' };
  const wanted = (RUNGS as readonly string[]).includes(channel)
    ? channel in treatment.ladder
    : (treatment.beside as readonly string[]).includes(channel);
  if (!wanted) return { kind: 'pass', status: 'skipped', reason: `not used for severity ${notice.severity}` };
  const before = notice.deliveries[deliveryKey(round, channel)];
  if (!before) return { kind: 'send', attempt: 1 };
  if (before.status !== 'sending') return { kind: 'pass', status: before.status, reason: before.reason };
  if (MERGES_REPEATS[channel]) return { kind: 'send', attempt: before.attempts + 1 };
  return { kind: 'pass', status: 'unknown', reason: 'the sender died before it knew; not sent a second time' };
}

/** What came of one call to a provider. `refused` = certainly not delivered; `unknown` = it may have been. */
export type Answer =
  | { kind: 'delivered'; answer?: string }
  | { kind: 'refused'; reason: string; retryAfterSeconds?: number }
  | { kind: 'unknown'; reason: string };

const ATTEMPTS_MAX = 3;
const PAUSE_SECONDS_MAX = 5;

export type Next =
  | { kind: 'end'; status: Delivery['status']; reason: string }
  | { kind: 'again'; pauseSeconds: number };

/** After an answer: again where that is harmless and may help, else it is over and the next rung is taken. */
export function nextAfter(channel: Channel, answer: Answer, attempt: number): Next {
  if (answer.kind === 'delivered') return { kind: 'end', status: 'delivered', reason: 'taken by the provider' };
  const more = attempt < ATTEMPTS_MAX;
  if (answer.kind === 'unknown') {
    if (more && MERGES_REPEATS[channel]) return { kind: 'again', pauseSeconds: attempt };
    return { kind: 'end', status: 'unknown', reason: answer.reason };
  }
  const pause = answer.retryAfterSeconds;
  if (more && pause !== undefined && pause <= PAUSE_SECONDS_MAX) return { kind: 'again', pauseSeconds: pause };
  return { kind: 'end', status: 'failed', reason: answer.reason };
}

export type Ending = 'acknowledged' | 'exhausted' | 'console';

/** How a ladder ends: somebody answered, everybody was asked in vain, or it is left to the console. */
export function endingOf(notice: Notice, round: number, treatment: Treatment): Ending {
  if (notice.status !== 'open' || notice.round !== round) return 'acknowledged';
  if (treatment.unanswered === 'console') return 'console';
  const tried = RUNGS.map((rung) => notice.deliveries[deliveryKey(round, rung)]?.status ?? 'skipped');
  return tried.every((status) => status === 'skipped') ? 'console' : 'exhausted';
}
