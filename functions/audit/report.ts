// Reports out of the trail: who read what is sensitive, and what every effect did. Pure.
import type { EntryView } from './trail.ts';

export const REPORTS = {
  access: { lane: 'access', columns: ['at', 'by', 'what', 'subject', 'room', 'entryId'] },
  effects: {
    lane: 'safety',
    columns: ['at', 'effectId', 'from', 'to', 'action', 'target', 'spendCents', 'reason', 'by', 'entryId'],
  },
} as const;
export type ReportName = keyof typeof REPORTS;
export type Row = Record<string, string | number>;

/** The row of an entry in a report, or nothing when it is not about that. */
export function rowOf(report: ReportName, entry: EntryView): Row | undefined {
  return report === 'access' ? accessRow(entry) : effectRow(entry);
}

function accessRow({ at, by, pk, item, table, kind, entryId }: EntryView): Row | undefined {
  return kind === 'READ' ? { at, by, what: pk, subject: item.sk, room: table, entryId } : undefined;
}

/** One row for each step of an effect: what it is stands in its first, from then on only what changed. */
function effectRow({ at, by, pk, item, entryId, changes }: EntryView): Row | undefined {
  if (item.sk !== 'effect') return undefined;
  const change = (path: string) => changes.find((one) => one.path === path);
  const status = change('status');
  if (!status) return undefined;
  const impact = change('impact')?.after as { spendCents?: number } | undefined;
  const text = (value: unknown) => (typeof value === 'string' ? value : value ? JSON.stringify(value) : '');
  return {
    ...{ at, effectId: pk, from: text(status.before), to: text(status.after) },
    ...{ action: text(change('action')?.after), target: text(change('target')?.after) },
    ...{ spendCents: impact?.spendCents ?? '', reason: text(change('reason')?.after), by, entryId },
  };
}

/** RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe before it. */
export function csvOf(columns: readonly string[], rows: readonly Row[]): string {
  const cell = (value: unknown): string => {
    const text = String(value ?? '');
    const harmless = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
  };
  return [columns, ...rows.map((row) => columns.map((name) => row[name]))]
    .map((cells) => `${cells.map(cell).join(',')}\r\n`)
    .join('');
}
