// The capability table.profile: what each column of a table holds.
import * as z from 'zod';
import { maskedQuotation as masked } from '../../common/mask.ts';
import type { Work } from '../agent.ts';
import { parametersOf } from '../parameters.ts';
import { numberIn, percentText, roundedText, shortText } from './numbers.ts';
import { openTable } from './open-table.ts';
import type { Table } from './read-csv.ts';
import type { Section } from './section.ts';

const differentMax = 1_000;
const shownCharactersMax = 40;

type Tally = {
  filled: number;
  numbers: number;
  days: number;
  sum: number;
  smallest: number;
  largest: number;
  values: Map<string, number>;
  firstDay: string;
  lastDay: string;
  more: boolean;
};
type ColumnProfile = {
  name: string;
  kind: 'empty' | 'number' | 'date' | 'text';
  filled: number;
  different: string;
  range: string;
  frequent: string;
};
export type ProfileFinding = { kind: 'table.profile'; rows: number; columns: ColumnProfile[]; section: Section };

export async function profile(work: Work): Promise<ProfileFinding> {
  const { input } = parametersOf(z.object({ input: z.string() }), work.parameters);
  return profileFinding(await openTable(work, input), input);
}

export async function profileFinding(table: Table, input: string): Promise<ProfileFinding> {
  const tallies = table.columns.map(
    (): Tally => ({
      filled: 0,
      numbers: 0,
      days: 0,
      sum: 0,
      smallest: Infinity,
      largest: -Infinity,
      values: new Map(),
      firstDay: '',
      lastDay: '',
      more: false,
    }),
  );
  let rows = 0;
  for await (const { values } of table.rows) {
    rows += 1;
    values.forEach((value, index) => {
      count(tallies[index]!, value.trim(), table.decimalComma);
    });
  }
  const columns = tallies.map((tally, index) => profileOf(table.columns[index]!, tally));
  return { kind: 'table.profile', rows, columns, section: sectionOf(input, rows, columns) };
}

function count(tally: Tally, value: string, decimalComma: boolean): void {
  if (value === '') return;
  tally.filled += 1;
  countDay(tally, value);
  const number = numberIn(value, decimalComma);
  if (number !== undefined) {
    tally.numbers += 1;
    tally.sum += number;
    tally.smallest = Math.min(tally.smallest, number);
    tally.largest = Math.max(tally.largest, number);
  }
  const seen = tally.values.get(value);
  if (seen !== undefined || tally.values.size < differentMax) tally.values.set(value, (seen ?? 0) + 1);
  else tally.more = true;
}

function countDay(tally: Tally, value: string): void {
  if (!/^\d{4}-\d{2}-\d{2}/.test(value)) return;
  const day = value.slice(0, 10);
  tally.days += 1;
  if (tally.firstDay === '' || day < tally.firstDay) tally.firstDay = day;
  if (day > tally.lastDay) tally.lastDay = day;
}

function profileOf(name: string, tally: Tally): ColumnProfile {
  const kind = kindOf(tally);
  const different = tally.more ? `more than ${differentMax}` : String(tally.values.size);
  return {
    name,
    kind,
    filled: tally.filled,
    different,
    range: rangeOf(kind, tally),
    frequent: frequentOf(kind, tally),
  };
}

function kindOf({ filled, numbers, days }: Tally): ColumnProfile['kind'] {
  if (filled === 0) return 'empty';
  if (numbers === filled) return 'number';
  return days === filled ? 'date' : 'text';
}

function rangeOf(kind: ColumnProfile['kind'], { sum, filled, smallest, largest, firstDay, lastDay }: Tally): string {
  if (kind === 'number')
    return `${shortText(smallest)} to ${shortText(largest)}, average ${roundedText(sum / filled, 2)}`;
  return kind === 'date' ? `${firstDay} to ${lastDay}` : '';
}

function frequentOf(kind: ColumnProfile['kind'], { values, filled, more }: Tally): string {
  if (more || kind === 'empty' || kind === 'date' || values.size > filled / 2) return '';
  const top = [...values].sort(([left, some], [right, others]) => others - some || (left < right ? -1 : 1)).slice(0, 3);
  return top
    .map(([value, times]) => `${masked(value).slice(0, shownCharactersMax)} (${percentText(times, filled)})`)
    .join(', ');
}

function sectionOf(input: string, rows: number, columns: ColumnProfile[]): Section {
  const sparse = columns
    .filter(({ filled }) => filled < rows / 2)
    .map(({ name, filled }) => `"${name}" is filled in only ${percentText(filled, rows)} of the rows.`);
  return {
    title: `The table ${input}`,
    figures: [
      { label: 'Rows', value: String(rows) },
      { label: 'Columns', value: String(columns.length) },
    ],
    tables: [
      {
        title: 'What each column holds',
        columns: ['Column', 'Kind', 'Filled', 'Different values', 'Range', 'Most frequent'],
        rows: columns.map(({ name, kind, filled, different, range, frequent }) => [
          name,
          kind,
          percentText(filled, rows),
          different,
          range,
          frequent,
        ]),
      },
    ],
    method: ['A column is a number or a date when every filled cell is one; averages are rounded to two decimals.'],
    limits: rows === 0 ? ['The table has no rows.'] : sparse.slice(0, 10),
  };
}
