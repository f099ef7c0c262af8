// Which notice people should look at first, and why: worst first, then the earliest deadline, then the oldest.
import { type Notice, weightOf } from './notice.ts';

export type Ranked = Pick<Notice, 'noticeId' | 'severity' | 'needsAckBy' | 'raisedAt' | 'count' | 'ladder'>;

/** Sorts as text, so an index keeps the order: `0#2026-11-20T12:05:00.000Z#2026-11-20T12:00:00.000Z#ntc_…`. */
export const rankOf = ({ noticeId, severity, needsAckBy, raisedAt }: Ranked): string =>
  `${weightOf(severity)}#${inMs(needsAckBy)}#${inMs(raisedAt)}#${noticeId}`;

/** The same moment is always the same text, however many digits its announcer wrote. */
const inMs = (iso: string): string => new Date(Date.parse(iso)).toISOString();

export const ranked = <One extends Ranked>(notices: readonly One[]): One[] =>
  notices.toSorted((one, other) => (rankOf(one) < rankOf(other) ? -1 : 1));

/** Why a notice stands where it stands, as people read it. */
export function reasonsOf(notice: Ranked, nowMs: number): string[] {
  const leftMs = Date.parse(notice.needsAckBy) - nowMs;
  const minutes = Math.abs(Math.round(leftMs / 60_000));
  const due = leftMs < 0 ? `overdue by ${minutes} min` : `to be answered within ${minutes} min`;
  const waited = `open for ${Math.max(0, Math.round((nowMs - Date.parse(notice.raisedAt)) / 60_000))} min`;
  return [
    `severity ${notice.severity}`,
    due,
    waited,
    ...(notice.count > 1 ? [`happened ${notice.count} times`] : []),
    ...(notice.ladder === 'exhausted' ? ['every rung of the ladder was tried and nobody answered'] : []),
  ];
}
