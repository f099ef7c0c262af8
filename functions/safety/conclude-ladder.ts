// The end of a ladder, and what an answer means outside: the notice is left to the console, PagerDuty hears of the answer.
import { pagerWay } from './channels.ts';
import { type Ending, endingOf, nextAfter } from './ladder.ts';
import { CHANNELS, type Delivery, deliveryKey, type Notice } from './notice.ts';
import { noticeKey, readNotice } from './notice-items.ts';
import type { NotifyDeps } from './notify-people.ts';

/** PagerDuty did not take the answer; repeating is harmless. */
export class PagerUnreached extends Error {
  override name = 'PagerUnreached';
}

const TRIES_MAX = 4;

/** The last rung: the console, which always has the notice. Says how the round ended, and keeps that. */
export async function concludeLadder(
  { noticeId, round }: { noticeId: string; round: number },
  deps: NotifyDeps,
  triesLeft = TRIES_MAX,
): Promise<{ result: Ending }> {
  const notice = await readNotice(noticeId, deps);
  if (!notice) return { result: 'acknowledged' };
  const unended = unendedDeliveries(notice, round, deps.now().toISOString());
  const deliveries = { ...notice.deliveries, ...unended };
  const result = endingOf({ ...notice, deliveries }, round, deps.config.severities[notice.severity]);
  if (result === 'acknowledged') return { result };
  const written = await deps.tables.write([
    {
      table: deps.table,
      update: noticeKey(noticeId),
      changes: {
        set: [
          ...Object.entries(unended).map(([key, delivery]) => [['deliveries', key], delivery] as const),
          ['ladder', result],
          ['by', 'safety/notify-people'],
          ['why', result === 'exhausted' ? 'nobody answered any rung' : 'waits in the console'],
        ],
        add: [['version', 1]],
      },
      if: {
        all: [
          { path: 'status', equals: 'open' },
          { path: 'round', equals: round },
          { path: 'version', equals: notice.version },
        ],
      },
    },
  ]);
  if (written.written) return { result };
  // Somebody answered meanwhile, or a late sender wrote down its end: look again.
  if (triesLeft > 0) return concludeLadder({ noticeId, round }, deps, triesLeft - 1);
  throw Object.assign(new Error('the notice was changed by others again and again'), { name: 'TableBusy' });
}

/** Steps that broke or ran out of time leave no end behind: whether they sent anything shows in whether they had begun. */
function unendedDeliveries(notice: Notice, round: number, endedAt: string): Record<string, Delivery> {
  const ended = CHANNELS.flatMap((channel): [string, Delivery][] => {
    const key = deliveryKey(round, channel);
    const found = notice.deliveries[key];
    if (found && found.status !== 'sending') return [];
    const reason = 'its step broke or ran out of time';
    if (found) return [[key, { ...found, status: 'unknown', reason: `${reason} while it was sent`, endedAt }]];
    const never = { round, channel, status: 'failed' as const, attempts: 0, at: endedAt, endedAt };
    return [[key, { ...never, reason: `${reason} before anything was sent` }]];
  });
  return Object.fromEntries(ended);
}

type Heard = { noticeId: string; round: number; status: 'acknowledged' | 'resolved' };

/** Tells PagerDuty that somebody answered, where it was told of the notice. Throws when it cannot be reached. */
export async function tellPager({ noticeId, round, status }: Heard, deps: NotifyDeps): Promise<{ result: string }> {
  const notice = await readNotice(noticeId, deps);
  const told = notice?.deliveries[deliveryKey(round, 'pagerduty')];
  if (!notice || !told || (told.status !== 'delivered' && told.status !== 'unknown')) return { result: 'not_told' };
  const send = await wayToPager(notice, { noticeId, round, status }, deps);
  if (!send) return { result: 'not_configured' };
  for (let attempt = 1; ; attempt += 1) {
    const next = nextAfter('pagerduty', await send(), attempt);
    if (next.kind === 'again') await deps.pause(next.pauseSeconds);
    else if (next.status === 'delivered') return { result: status };
    else throw new PagerUnreached(`PagerDuty did not take it: ${next.reason}`);
  }
}

async function wayToPager(notice: Notice, { round, status }: Heard, { secrets, config, outside }: NotifyDeps) {
  const outlook = { source: config.source, answerByIso: notice.needsAckBy };
  const action = status === 'resolved' ? 'resolve' : 'acknowledge';
  return pagerWay(action, notice, round, { secrets: await secrets(), outlook, outside });
}
