// Somebody answers a notice, or what it was about has passed: from then on no rung of its ladder sends anything.
import type { Announce } from '../common/announce.ts';
import { TableBusy } from '../common/table.ts';
import { NoticeAnswered } from './events.ts';
import { isBefore, type Notice, noticeIdOf } from './notice.ts';
import { type NoticeStore, putNotice, readNotice } from './notice-items.ts';

export type AnswerDeps = NoticeStore & { announce: Announce; now: () => Date };
export type Answering = {
  status: 'acknowledged' | 'resolved';
  by: string;
  note?: string;
  /** of an end that an event told of: when it was */
  overAt?: string;
};
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
    // The end of an earlier one, told late.
    if (isBefore(answering.overAt, notice.happenedAt)) return { kind: 'already', notice };
    const moves = mayMove(notice, answering);
    const next = over(moves ? answered(notice, answering, deps.now()) : notice, answering);
    const why = answering.note ?? answering.status;
    const isSame = next === notice;
    if (!isSame && !(await deps.tables.write([putNotice(deps.table, next, answering.by, why)])).written) continue;
    await announceAnswer(next, deps);
    return { kind: moves ? 'answered' : 'already', notice: next };
  }
  throw new TableBusy(`${noticeId} was changed by others ${TRIES_MAX} times in a row`);
}

/** What a notice was about has passed. A notice that never was is fine. */
export const resolveKey = (key: string, end: Omit<Answering, 'status'>, deps: AnswerDeps): Promise<Answered> =>
  answerNotice(noticeIdOf(key), { ...end, status: 'resolved' }, deps);

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

/** Remembered also by a notice that is answered: what it ends may be told only after it. */
const over = (notice: Notice, { overAt }: Answering): Notice =>
  overAt === undefined || overAt === notice.overAt || isBefore(overAt, notice.overAt) ? notice : { ...notice, overAt };

const announceAnswer = ({ noticeId, round, status, answeredBy, answeredAt }: Notice, { announce }: AnswerDeps) =>
  announce(NoticeAnswered, {
    noticeId,
    round,
    status: status === 'resolved' ? 'resolved' : 'acknowledged',
    by: answeredBy ?? '-',
    at: answeredAt ?? '',
  });
