// The capability table.compare: the average of one column in each group of another; which group is worst, which best.
import * as z from 'zod';
import type { Work } from '../agent.ts';
import { parametersOf } from '../parameters.ts';
import { ColumnWish, findColumn, requireColumn } from './columns.ts';
import { numberIn, roundedText } from './numbers.ts';
import { openTable } from './open-table.ts';
import type { Table } from './read-csv.ts';
import { nothingFound, type Section } from './section.ts';

const CompareParameters = z.object({
  input: z.string(),
  measure: ColumnWish,
  groupBy: ColumnWish,
  rowsMin: z.int().min(1).default(10),
  lowerIsBetter: z.boolean().default(false),
  optional: z.boolean().default(false),
});
export type Comparison = Omit<z.infer<typeof CompareParameters>, 'input'>;

type Group = { name: string; rows: number; sum: number };
export type CompareFinding = {
  kind: 'table.compare';
  worst?: string;
  best?: string;
  groups: { name: string; rows: number; average: string }[];
  section: Section;
};

const groupsMax = 1_000;
const shownMax = 20;

export async function compare(work: Work): Promise<CompareFinding> {
  const { input, ...comparison } = parametersOf(CompareParameters, work.parameters);
  return compareFinding(await openTable(work, input), comparison);
}

export async function compareFinding(table: Table, comparison: Comparison): Promise<CompareFinding> {
  const wishes = [comparison.measure, comparison.groupBy];
  const missing = wishes.find((wish) => findColumn(table.columns, wish) < 0);
  if (comparison.optional && missing) return notCompared(missing);
  const measure = requireColumn(table.columns, comparison.measure);
  const group = requireColumn(table.columns, comparison.groupBy);
  const names = { measure: table.columns[measure]!, group: table.columns[group]! };
  const groups = new Map<string, Group>();
  let skipped = 0;
  for await (const { values } of table.rows) {
    const value = numberIn(values[measure]!, table.decimalComma);
    const name = values[group]!.trim();
    const tally = groups.get(name) ?? { name, rows: 0, sum: 0 };
    if (name === '' || value === undefined || (groups.size >= groupsMax && tally.rows === 0)) skipped += 1;
    else groups.set(name, { name, rows: tally.rows + 1, sum: tally.sum + value });
  }
  return ranked([...groups.values()], names, comparison, skipped);
}

const notCompared = (missing: ColumnWish): CompareFinding => ({
  kind: 'table.compare',
  groups: [],
  section: nothingFound(
    'Comparison of groups',
    `The table has no column ${[missing].flat().join(' or ')}, so there are no groups to compare.`,
  ),
});

type Names = { measure: string; group: string };
const averageOf = ({ sum, rows }: Group): number => sum / rows;

function ranked(
  groups: Group[],
  names: Names,
  { rowsMin, lowerIsBetter }: Comparison,
  skipped: number,
): CompareFinding {
  const title = `${names.measure} by ${names.group}`;
  const sign = lowerIsBetter ? -1 : 1;
  const order = (left: Group, right: Group) =>
    sign * (averageOf(left) - averageOf(right)) || (left.name < right.name ? -1 : 1);
  const large = groups.filter(({ rows }) => rows >= rowsMin).sort(order);
  const small = groups.filter(({ rows }) => rows < rowsMin).sort(order);
  const listed = [...large, ...small].map((group) => ({
    name: group.name,
    rows: group.rows,
    average: roundedText(averageOf(group), 2),
  }));
  const skips =
    skipped > 0 ? [`${skipped} rows without ${names.group} or a number in ${names.measure} are not counted.`] : [];
  if (large.length < 2) {
    const why = `Fewer than two groups of "${names.group}" have ${rowsMin} values, so none is called worst or best.`;
    return {
      kind: 'table.compare',
      groups: listed,
      section: { ...nothingFound(title, why), tables: tableOf(listed, names), limits: [why, ...skips] },
    };
  }
  const worst = large[0]!.name;
  const best = large.at(-1)!.name;
  const figure = (label: string, group: Group) => ({
    label,
    value: `${group.name} (${roundedText(averageOf(group), 2)}, ${group.rows} rows)`,
  });
  const section: Section = {
    title,
    figures: [figure(`Worst ${names.group}`, large[0]!), figure(`Best ${names.group}`, large.at(-1)!)],
    tables: tableOf(listed.slice(0, shownMax), names),
    method: [
      `Arithmetic mean of "${names.measure}" in each "${names.group}", rounded to two decimals; worst first. ${lowerIsBetter ? 'Lower is better.' : 'Higher is better.'}`,
    ],
    limits: [
      ...small.map(({ name, rows }) => `${name} has only ${rows} values and is not ranked.`).slice(0, 5),
      ...(listed.length > shownMax ? [`The table shows ${shownMax} of ${listed.length} groups.`] : []),
      ...skips,
    ],
  };
  return { kind: 'table.compare', worst, best, groups: listed, section };
}

const tableOf = (listed: CompareFinding['groups'], names: Names): Section['tables'] => [
  {
    title: `Average ${names.measure}`,
    columns: [names.group, 'Rows', 'Average'],
    rows: listed.map(({ name, rows, average }) => [name, String(rows), average]),
  },
];
