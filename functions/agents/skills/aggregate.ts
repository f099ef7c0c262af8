// The capability table.aggregate: averages, sums, counts and shares of columns, each with how many rows it rests on.
import * as z from 'zod';
import type { Work } from '../agent.ts';
import { parametersOf } from '../parameters.ts';
import { ColumnWish, findColumn, requireColumn } from './columns.ts';
import { numberIn, percentText, roundedText, shortText } from './numbers.ts';
import { openTable } from './open-table.ts';
import type { Table } from './read-csv.ts';
import type { Section } from './section.ts';

const Measure = z.object({
  label: z.string(),
  figure: z.enum(['average', 'sum', 'count', 'share']),
  column: ColumnWish,
  equals: z.string().optional(),
  optional: z.boolean().default(false),
});
type Measure = z.infer<typeof Measure>;
const AggregateParameters = z.object({ input: z.string(), measures: z.array(Measure).min(1) });

type Tally = {
  measure: Measure;
  index: number;
  filled: number;
  empty: number;
  unreadable: number;
  sum: number;
  hits: number;
};
export type AggregateFinding = {
  kind: 'table.aggregate';
  rows: number;
  figures: { label: string; value: string; rows: number }[];
  section: Section;
};

const yes = new Set(['1', 'yes', 'true', 'y', 'ja', 'oui', 'si']);

export async function aggregate(work: Work): Promise<AggregateFinding> {
  const { input, measures } = parametersOf(AggregateParameters, work.parameters);
  return aggregateFinding(await openTable(work, input), measures);
}

export async function aggregateFinding(table: Table, measures: Measure[]): Promise<AggregateFinding> {
  const { tallies, missing } = startTallies(table.columns, measures);
  let rows = 0;
  for await (const { values } of table.rows) {
    rows += 1;
    for (const tally of tallies) count(tally, values[tally.index]!, table.decimalComma);
  }
  const figures = tallies.map((tally) => ({ label: tally.measure.label, value: figureOf(tally), rows: tally.filled }));
  return { kind: 'table.aggregate', rows, figures, section: sectionOf(table.columns, tallies, figures, missing) };
}

function startTallies(columns: string[], measures: Measure[]) {
  const missing = measures.filter(({ optional, column }) => optional && findColumn(columns, column) < 0);
  const present = measures.filter((measure) => !missing.includes(measure));
  const tallies = present.map((measure): Tally => {
    const index = requireColumn(columns, measure.column);
    return { measure, index, filled: 0, empty: 0, unreadable: 0, sum: 0, hits: 0 };
  });
  return { tallies, missing };
}

function count(tally: Tally, cell: string, decimalComma: boolean): void {
  const { figure, equals } = tally.measure;
  if (cell.trim() === '') {
    tally.empty += 1;
    return;
  }
  const needsNumber = figure === 'average' || figure === 'sum';
  const number = needsNumber ? numberIn(cell, decimalComma) : 0;
  if (number === undefined) {
    tally.unreadable += 1;
    return;
  }
  tally.filled += 1;
  tally.sum += number;
  const value = cell.trim().toLowerCase();
  tally.hits += (equals === undefined ? yes.has(value) : value === equals.trim().toLowerCase()) ? 1 : 0;
}

function figureOf({ measure, filled, sum, hits }: Tally): string {
  switch (measure.figure) {
    case 'average':
      return filled === 0 ? '–' : roundedText(sum / filled, 2);
    case 'sum':
      return shortText(sum);
    case 'count':
      return String(filled);
    case 'share':
      return percentText(hits, filled);
  }
}

const howComputed: Record<Measure['figure'], string> = {
  average: 'arithmetic mean, rounded to two decimals',
  sum: 'sum',
  count: 'number of rows with a value',
  share: 'share of the rows with a value, rounded to one decimal',
};

function sectionOf(
  columns: string[],
  tallies: Tally[],
  figures: AggregateFinding['figures'],
  missing: Measure[],
): Section {
  const named = (tally: Tally) => `"${columns[tally.index]}"`;
  return {
    title: 'Key figures',
    figures: figures.map(({ label, value }) => ({ label, value })),
    tables: [
      {
        title: 'What the figures rest on',
        columns: ['Figure', 'Column', 'Value', 'Rows counted'],
        rows: tallies.map((tally, index) => [
          tally.measure.label,
          columns[tally.index]!,
          figures[index]!.value,
          String(tally.filled),
        ]),
      },
    ],
    method: tallies.map(
      (tally) => `${tally.measure.label}: ${howComputed[tally.measure.figure]}, column ${named(tally)}.`,
    ),
    limits: [
      ...tallies
        .filter(({ empty }) => empty > 0)
        .map((tally) => `${tally.empty} rows have no ${named(tally)} and are not counted.`),
      ...tallies
        .filter(({ unreadable }) => unreadable > 0)
        .map((tally) => `${tally.unreadable} values of ${named(tally)} are no numbers and are not counted.`),
      ...missing.map(({ label, column }) => `${label}: the table has no column ${[column].flat().join(' or ')}.`),
    ],
  };
}
