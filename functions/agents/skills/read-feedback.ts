// The capability feedback.read: reads every row strictly, finds the usual columns and says what the table holds.
import * as z from 'zod';
import type { Work } from '../agent.ts';
import { parametersOf } from '../parameters.ts';
import { findColumn, usualNames } from './columns.ts';
import { numberIn, shortText } from './numbers.ts';
import { openTable } from './open-table.ts';
import type { Table } from './read-csv.ts';
import type { Section } from './section.ts';

const groupValuesMax = 12;
export type FeedbackFinding = { kind: 'feedback.read'; rows: number; columns: FeedbackColumns; section: Section };
export type FeedbackColumns = { score?: string; text?: string; date?: string; groups: string[] };

/** Throws PermanentTaskError with the line when the table is broken: later tasks then need not be tried. */
export async function readFeedback(work: Work): Promise<FeedbackFinding> {
  const { input } = parametersOf(z.object({ input: z.string() }), work.parameters);
  return describeFeedback(await openTable(work, input), input);
}

/** What the table holds; a group is a column of words with 2 to 12 different values. */
export async function describeFeedback(table: Table, name: string): Promise<FeedbackFinding> {
  const columns = columnsOf(table.columns);
  const tally = await tallyOf(table, columns);
  const groups = table.columns.filter((_, index) => isGroup(index, columns, tally));
  const names = {
    score: table.columns[columns.score],
    text: table.columns[columns.text],
    date: table.columns[columns.date],
  };
  return {
    kind: 'feedback.read',
    rows: tally.rows,
    columns: { ...names, groups },
    section: sectionOf(name, tally, names, groups),
  };
}

type Indexes = { score: number; text: number; date: number };
type Tally = {
  rows: number;
  filled: number[];
  numeric: number[];
  values: Set<string>[];
  smallest: number;
  largest: number;
  days: string[];
};

const columnsOf = (names: string[]): Indexes => ({
  score: findColumn(names, usualNames.score),
  text: findColumn(names, usualNames.text),
  date: findColumn(names, usualNames.date),
});

async function tallyOf({ columns: names, rows, decimalComma }: Table, { score, date }: Indexes): Promise<Tally> {
  const zeros = () => names.map(() => 0);
  const tally: Tally = {
    rows: 0,
    filled: zeros(),
    numeric: zeros(),
    values: names.map(() => new Set()),
    smallest: Infinity,
    largest: -Infinity,
    days: [],
  };
  for await (const { values } of rows) {
    tally.rows += 1;
    values.forEach((value, index) => {
      if (value.trim() === '') return;
      const number = numberIn(value, decimalComma);
      tally.filled[index]! += 1;
      tally.numeric[index]! += number === undefined ? 0 : 1;
      const seen = tally.values[index]!;
      if (seen.size <= groupValuesMax) seen.add(value);
      if (index === score && number !== undefined) {
        tally.smallest = Math.min(tally.smallest, number);
        tally.largest = Math.max(tally.largest, number);
      }
      if (index === date) widen(tally.days, value.trim());
    });
  }
  return tally;
}

/** Keeps the first and the last day of dates that sort as text (ISO). */
function widen(days: string[], value: string): void {
  if (!/^\d{4}-\d{2}-\d{2}/.test(value)) return;
  const day = value.slice(0, 10);
  if (days[0] === undefined || day < days[0]) days[0] = day;
  if (days[1] === undefined || day > days[1]) days[1] = day;
}

function isGroup(index: number, { score, text, date }: Indexes, { values, numeric }: Tally): boolean {
  if (index === score || index === text || index === date) return false;
  const different = values[index]!.size;
  return different >= 2 && different <= groupValuesMax && numeric[index] === 0;
}

type Names = { score?: string | undefined; text?: string | undefined; date?: string | undefined };

function sectionOf(name: string, tally: Tally, { score, text, date }: Names, groups: string[]): Section {
  const figures = [{ label: 'Answers', value: String(tally.rows) }];
  if (tally.days[0]) figures.push({ label: 'Period', value: `${tally.days[0]} to ${tally.days[1]}` });
  const range =
    score && tally.smallest <= tally.largest ? ` (${shortText(tally.smallest)} to ${shortText(tally.largest)})` : '';
  const rows = [
    ['Score', score ? `${score}${range}` : 'none found'],
    ['Text', text ?? 'none found'],
    ['Date', date ?? 'none found'],
    ['Groups', groups.join(', ') || 'none found'],
  ];
  return {
    title: 'The data',
    figures,
    tables: [{ title: 'What was taken for what', columns: ['Part', 'Column'], rows }],
    method: [`Every row of "${name}" was read strictly; a table with a broken row is refused.`],
    limits: tally.rows === 0 ? ['The table has no rows.'] : [],
  };
}
