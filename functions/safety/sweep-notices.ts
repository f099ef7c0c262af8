// Once a minute: begins ladders that were not begun, and tells together what was kept back. Harmless twice.

import { digestOf } from './digest.ts';
import type { Notice } from './notice.ts';
import { type NoticeStore, noticeOf, OPEN, putNotice } from './notice-items.ts';
import { type RaiseDeps, raise } from './raise-notice.ts';

/** A ladder that was wanted this long ago and has not sent anything was not begun. */
const BEGIN_AGAIN_SECONDS = 30;
const LOOKED_AT_MAX = 500;

export type NoticeSweep = { open: number; begun: number; digested: number };

export async function sweepNotices(deps: RaiseDeps): Promise<NoticeSweep> {
  const open = await openNotices(deps);
  const longAgoMs = deps.now().getTime() - BEGIN_AGAIN_SECONDS * 1_000;
  const forgotten = open.filter(({ ladder, roundAt }) => ladder === 'wanted' && Date.parse(roundAt) <= longAgoMs);
  for (const { noticeId, round } of forgotten) await deps.startLadder?.(noticeId, round);
  return { open: open.length, begun: forgotten.length, digested: await tellTogether(open, deps) };
}

async function openNotices({ tables, table }: NoticeStore): Promise<Notice[]> {
  const { items } = await tables.query({ table, index: 'notices', pk: OPEN, limit: LOOKED_AT_MAX });
  const found = await Promise.all(items.map(({ pk, sk }) => tables.get(table, { pk, sk })));
  return found.filter((item) => item !== undefined).map(noticeOf);
}

/** The digest first, its members after: a crash between them tells them with the next digest once more, never not at all. */
async function tellTogether(open: readonly Notice[], deps: RaiseDeps): Promise<number> {
  const digest = digestOf(open, deps.config.digestEveryMinutes, deps.now());
  if (!digest) return 0;
  const { noticeId, outcome } = await raise(digest.wanted, deps);
  // This interval has had its digest; what came after it waits for the next one.
  if (outcome !== 'told') return 0;
  for (const member of digest.members) {
    const next = { ...member, ladder: 'digested' as const, digestId: noticeId };
    await deps.tables.write([putNotice(deps.table, next, 'safety/raise-notice', `told in ${noticeId}`)]);
  }
  return digest.members.length;
}
