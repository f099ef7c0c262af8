// Somebody answers a notice, or what it was about has passed: from then on no rung of its ladder sends anything.
import type { Announce } from '../common/announce.ts';
import { TableBusy } from '../common/table.ts';
import { NoticeAnswered } from './events.ts';
import { type Notice, noticeIdOf } from './notice.ts';
import { type NoticeStore, putNotice, readNotice } from './notice-items.ts';

export type AnswerDeps = NoticeStore & { announce: Announce; now: () => Date };
export type Answering = { status: 'acknowledged' | 'resolved'; by: string; note?: string };
export type Answered = { kind: 'answered' | 'already'; notice: Notice } | { kind: 'no_such_notice' };

const TRIES_MAX = 5;

/**
 * Each sender claims its delivery with a condition on the status that is written here, so there is no moment after this
 * in which a rung still begins. Announced also when it was answered before: a repeat heals an announcement that was lost.
 */
export async function answerNotice(noticeId: string, answering: Answering, deps: AnswerDeps): Promise<Answered> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const notice = await readNotice(noticeId, deps);
    if (!notice) return { kind: 'no_such_notice' };
    if (!mayMove(notice, answering)) {
      await announceAnswer(notice, deps);
      return { kind: 'already', notice };
    }
    const next = answered(notice, answering, deps.now());
    const why = answering.note ?? answering.status;
    if (!(await deps.tables.write([putNotice(deps.table, next, answering.by, why)])).written) continue;
    await announceAnswer(next, deps);
    return { kind: 'answered', notice: next };
  }
  throw new TableBusy(`${noticeId} was changed by others ${TRIES_MAX} times in a row`);
}

/** What a notice was about has passed. A notice that never was is fine. */
export const resolveKey = (key: string, by: string, note: string, deps: AnswerDeps): Promise<Answered> =>
  answerNotice(noticeIdOf(key), { status: 'resolved', by, note }, deps);

/** An answer is taken once; what somebody acknowledged may still be resolved. */
const mayMove = ({ status }: Notice, answering: Answering): boolean =>
  status === 'open' || (status === 'acknowledged' && answering.status === 'resolved');

const answered = (notice: Notice, { status, by, note }: Answering, now: Date): Notice => ({
  ...notice,
  status,
  ladder: 'stopped',
  answeredBy: by,
  answeredAt: now.toISOString(),
  ...(note === undefined ? {} : { note }),
});

const announceAnswer = ({ noticeId, round, status, answeredBy, answeredAt }: Notice, { announce }: AnswerDeps) =>
  announce(NoticeAnswered, {
    noticeId,
    round,
    status: status === 'resolved' ? 'resolved' : 'acknowledged',
    by: answeredBy ?? '-',
    at: answeredAt ?? '',
  });
