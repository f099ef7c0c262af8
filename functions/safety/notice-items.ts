// How notices and the budget of prompts lie in the room's table.
import type { Item, Key, Tables, Write } from '../common/table.ts';
import { type Notice, noticeIdOf, type Severity } from './notice.ts';
import { rankOf } from './notice-rank.ts';
import { UNUSED, type Used } from './prompt-budget.ts';

export const OPEN = 'notices#open';
export const ANSWERED = 'notices#answered';

export type NoticeStore = { tables: Tables; table: string };

export const noticeKey = (noticeId: string): Key => ({ pk: noticeId, sk: 'notice' });
const budgetKey = (severity: Severity): Key => ({ pk: `prompts#${severity}`, sk: 'budget' });

/** Open ones by rank, answered ones by when. */
export const placeOf = (notice: Notice): { noticesPk: string; noticesSk: string } =>
  notice.status === 'open'
    ? { noticesPk: OPEN, noticesSk: rankOf(notice) }
    : { noticesPk: ANSWERED, noticesSk: `${notice.answeredAt}#${notice.noticeId}` };

export function noticeOf(item: Item): Notice {
  const { pk, sk, noticesPk, noticesSk, by, why, ...notice } = item;
  return notice as unknown as Notice;
}

export async function readNotice(noticeId: string, { tables, table }: NoticeStore): Promise<Notice | undefined> {
  const item = await tables.get(table, noticeKey(noticeId));
  return item && noticeOf(item);
}

export const readNoticeOf = (key: string, store: NoticeStore) => readNotice(noticeIdOf(key), store);

/** The notice as it is now to be, unless somebody changed it since it was read. */
export function putNotice(table: string, next: Notice, by: string, why: string): Write {
  const put = { ...noticeKey(next.noticeId), ...next, ...placeOf(next), by, why, version: next.version + 1 };
  const unchanged = { path: 'version', equals: next.version };
  return { table, put: put as unknown as Item, if: next.version === 0 ? { missing: 'pk' } : unchanged };
}

export async function readUsed(severity: Severity, { tables, table }: NoticeStore): Promise<Used> {
  const item = await tables.get(table, budgetKey(severity));
  return item ? (item as unknown as Used) : UNUSED;
}

/** What is used from now on, unless another took from the budget since it was read. */
export function putUsed(table: string, severity: Severity, before: Used, after: Used): Write {
  const { hour, hourCount, day, dayCount } = after;
  const asBefore = (['hour', 'hourCount', 'day', 'dayCount'] as const).map((path) => ({ path, equals: before[path] }));
  const put = {
    ...budgetKey(severity),
    hour,
    hourCount,
    day,
    dayCount,
    by: 'safety/raise-notice',
    why: 'a prompt was used',
  };
  return { table, put, if: before.hour === '' ? { missing: 'pk' } : { all: asBefore } };
}
