// The end of a ladder, and what an answer means outside: the notice is left to the console, PagerDuty hears of the answer.
import { pagerWay } from './channels.ts';
import { type Ending, endingOf, nextAfter } from './ladder.ts';
import { deliveryKey, type Notice } from './notice.ts';
import { noticeKey, readNotice } from './notice-items.ts';
import type { NotifyDeps } from './notify-people.ts';

/** PagerDuty did not take the answer; repeating is harmless. */
export class PagerUnreached extends Error {
  override name = 'PagerUnreached';
}

/** The last rung: the console, which always has the notice. Says how the round ended, and keeps that. */
export async function concludeLadder(
  { noticeId, round }: { noticeId: string; round: number },
  deps: NotifyDeps,
): Promise<{ result: Ending }> {
  const notice = await readNotice(noticeId, deps);
  if (!notice) return { result: 'acknowledged' };
  const result = endingOf(notice, round, deps.config.severities[notice.severity]);
  if (result === 'acknowledged') return { result };
  const written = await deps.tables.write([
    {
      table: deps.table,
      update: noticeKey(noticeId),
      changes: {
        set: [
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
        ],
      },
    },
  ]);
  return { result: written.written ? result : 'acknowledged' };
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
