// Notices for people to read: the open ones by rank with the reason, the answered ones newest first.
import type { Delivery, Notice, Severity } from './notice.ts';
import { SEVERITIES } from './notice.ts';
import { ANSWERED, type NoticeStore, noticeOf, OPEN, readNotice } from './notice-items.ts';
import { reasonsOf } from './notice-rank.ts';

export type NoticeView = Omit<Notice, 'deliveries' | 'occurrences' | 'version'> & {
  deliveries: Delivery[];
  /** why it stands where it stands; only of an open one */
  rank: string[];
};
export type NoticePage = { items: NoticeView[]; cursor?: string };
type ReadDeps = NoticeStore & { now: () => Date };

export async function listNotices(
  { status, limit, cursor }: { status: 'open' | 'answered'; limit: number; cursor?: string },
  deps: ReadDeps,
): Promise<NoticePage> {
  const { tables, table } = deps;
  const open = status === 'open';
  const pk = open ? OPEN : ANSWERED;
  const page = await tables.query({ table, index: 'notices', pk, newestFirst: !open, limit, cursor });
  const found = await Promise.all(page.items.map(({ pk: id, sk }) => tables.get(table, { pk: id, sk })));
  const items = found.filter((item) => item !== undefined).map((item) => noticeView(noticeOf(item), deps.now()));
  return { items, ...(page.cursor ? { cursor: page.cursor } : {}) };
}

export async function lookAtNotice(noticeId: string, deps: ReadDeps): Promise<NoticeView | undefined> {
  const notice = await readNotice(noticeId, deps);
  return notice && noticeView(notice, deps.now());
}

const COUNTED_MAX = 1_000;

/** How many are open, by severity; at most 1,000 are counted. */
export async function countOpen({ tables, table }: NoticeStore): Promise<Record<Severity, number>> {
  const { items } = await tables.query({ table, index: 'notices', pk: OPEN, limit: COUNTED_MAX });
  const counts = SEVERITIES.map((severity, weight) => {
    const those = items.filter(({ noticesSk }) => String(noticesSk).startsWith(`${weight}#`));
    return [severity, those.length] as const;
  });
  return Object.fromEntries(counts) as Record<Severity, number>;
}

function noticeView({ deliveries, occurrences, version, ...notice }: Notice, now: Date): NoticeView {
  const inOrder = Object.values(deliveries).sort((one, other) => (one.at < other.at ? -1 : 1));
  return { ...notice, deliveries: inOrder, rank: notice.status === 'open' ? reasonsOf(notice, now.getTime()) : [] };
}
