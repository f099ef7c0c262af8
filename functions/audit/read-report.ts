// A page of a report: rows newest first within a time, with where to go on.
import type { Lanes } from './lanes.store.ts';
import { REPORTS, type ReportName, type Row, rowOf } from './report.ts';
import { readTrail } from './trail.ts';

export type ReportQuery = { from?: string; to?: string; limit: number; cursor?: string };

/** The times of a lane rise, so the first entry before `from` ends the report. */
export async function readReport(
  report: ReportName,
  { from = '', to, limit, cursor }: ReportQuery,
  lanes: Lanes,
): Promise<{ rows: Row[]; cursor?: string }> {
  const { lane } = REPORTS[report];
  const page = await readTrail({ lane, limit, cursor }, lanes);
  const within = page.items.filter(({ at }) => at >= from && (to === undefined || at < to));
  const rows = within.map((entry) => rowOf(report, entry)).filter((row) => row !== undefined);
  const ended = page.items.some(({ at }) => at < from);
  return { rows, ...(page.cursor && !ended ? { cursor: page.cursor } : {}) };
}
