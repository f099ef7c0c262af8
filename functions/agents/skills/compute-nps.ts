// The capability feedback.nps: the score with its interval, by group and by month.
import * as z from 'zod';
import type { Work } from '../agent.ts';
import { parametersOf } from '../parameters.ts';
import { ColumnWish, requireColumn, usualNames, wishedOrUsual } from './columns.ts';
import { answersOf, countScore, type NpsTally, noAnswers, npsOf, shareRows } from './nps.ts';
import { numberIn } from './numbers.ts';
import { openTable } from './open-table.ts';
import type { Table } from './read-csv.ts';
import { nothingFound, type Section } from './section.ts';

const NpsParameters = z.object({
  input: z.string(),
  scoreColumn: ColumnWish.optional(),
  dateColumn: ColumnWish.optional(),
  groupColumns: z.array(z.string()).max(5).optional(),
});
type Wishes = Omit<z.infer<typeof NpsParameters>, 'input'>;

const title = 'Net promoter score';
const fewAnswers = 30;
const groupsMax = 50;
const guessedGroupsMax = 12;

export type NpsFinding = {
  kind: 'feedback.nps';
  computed: boolean;
  counts?: NpsTally;
  score?: string;
  section: Section;
};

/** A table without a 0–10 score gives a finding that says so instead of a figure that means nothing. */
export async function computeNps(work: Work): Promise<NpsFinding> {
  const { input, ...wishes } = parametersOf(NpsParameters, work.parameters);
  return npsFinding(await openTable(work, input), wishes);
}

export async function npsFinding(table: Table, wishes: Wishes): Promise<NpsFinding> {
  const score = wishedOrUsual(table.columns, wishes.scoreColumn, usualNames.score);
  if (score < 0)
    return notComputed(
      `No column looks like a score (${table.columns.join(', ')}), so there is no net promoter score.`,
    );
  const slices = slicesOf(table.columns, score, wishes);
  const total = noAnswers();
  const seen = { largest: 0 };
  for await (const { values } of table.rows) {
    const cell = values[score]!;
    countScore(total, cell);
    seen.largest = Math.max(seen.largest, Number(cell) || 0);
    for (const slice of slices) countSlice(slice, values, cell);
  }
  const name = table.columns[score]!;
  if (wishes.scoreColumn === undefined && isFivePoint(name, seen.largest, total)) {
    return notComputed(
      `"${name}" has values up to ${seen.largest} only, so it is a five-point rating; the net promoter score needs 0–10.`,
    );
  }
  return computed(name, total, slices.filter(isGroup));
}

type Slice = {
  label: string;
  index: number;
  keyOf: (value: string) => string;
  tallies: Map<string, NpsTally>;
  skipped: number;
  guessed: boolean;
};

/** The wished groups, or else every column that may turn out to be one; and months, where there are dates. */
function slicesOf(columns: string[], score: number, { dateColumn, groupColumns }: Wishes): Slice[] {
  const date = wishedOrUsual(columns, dateColumn, usualNames.date);
  const guesses = columns.map((_, index) => index).filter((index) => index !== score && index !== date);
  const indexes = groupColumns?.map((wish) => requireColumn(columns, wish)) ?? guesses;
  const guessed = groupColumns === undefined;
  const groups = indexes.map(
    (index): Slice => ({
      label: columns[index]!,
      index,
      keyOf: (value) => value.trim(),
      tallies: new Map(),
      skipped: 0,
      guessed,
    }),
  );
  return date < 0
    ? groups
    : [...groups, { label: 'Month', index: date, keyOf: monthOf, tallies: new Map(), skipped: 0, guessed: false }];
}

/** A guessed group stays one while it has 2 to 12 different values in words. */
const isGroup = ({ guessed, tallies }: Slice): boolean =>
  tallies.size >= 2 &&
  (!guessed || (tallies.size <= guessedGroupsMax && ![...tallies.keys()].some((key) => numberIn(key) !== undefined)));

const monthOf = (value: string): string => /^\s*(\d{4}-\d{2})-\d{2}/.exec(value)?.[1] ?? '';

function countSlice(slice: Slice, values: string[], cell: string): void {
  const key = slice.keyOf(values[slice.index]!);
  const tally = slice.tallies.get(key) ?? noAnswers();
  if (key === '' || (slice.tallies.size >= groupsMax && !slice.tallies.has(key))) slice.skipped += 1;
  else countScore(slice.tallies.set(key, tally).get(key)!, cell);
}

const isFivePoint = (name: string, largest: number, tally: NpsTally): boolean =>
  largest <= 5 && answersOf(tally) >= fewAnswers && !/nps|promoter|recommend/i.test(name);

const notComputed = (why: string): NpsFinding => ({
  kind: 'feedback.nps',
  computed: false,
  section: nothingFound(title, why),
});

function computed(name: string, counts: NpsTally, slices: Slice[]): NpsFinding {
  const nps = npsOf(counts);
  if (!nps) return notComputed(`"${name}" holds no whole number from 0 to 10.`);
  const answers = answersOf(counts);
  const figures = [
    { label: 'Net promoter score', value: nps.score },
    { label: '95 % interval', value: `${nps.low} to ${nps.high}` },
    { label: 'Answers counted', value: String(answers) },
  ];
  const whole = {
    title: 'Promoters, passives and detractors',
    columns: ['Group', 'Answers', 'Share'],
    rows: shareRows(counts),
  };
  const method = [
    `Net promoter score = share of 9–10 minus share of 0–6 in "${name}", in points, rounded once to one decimal (half away from zero).`,
    'Interval: normal approximation of the difference of two shares.',
  ];
  const section = {
    title,
    figures,
    tables: [whole, ...slices.map(sliceTable)],
    method,
    limits: limitsOf(counts, answers, slices),
  };
  return { kind: 'feedback.nps', computed: true, counts, score: nps.score, section };
}

function sliceTable({ label, tallies }: Slice): Section['tables'][number] {
  const rows = [...tallies]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, tally]) => {
      const nps = npsOf(tally);
      return [key, String(answersOf(tally)), nps?.score ?? '–', nps ? `${nps.low} to ${nps.high}` : '–'];
    });
  return { title: `By ${label.toLowerCase()}`, columns: [label, 'Answers', 'NPS', '95 % interval'], rows };
}

function limitsOf({ empty, invalid }: NpsTally, answers: number, slices: Slice[]): string[] {
  const skipped = slices
    .filter((slice) => slice.skipped > 0)
    .map((slice) => `${slice.label}: ${slice.skipped} rows without a usable value are not in its table.`);
  return [
    ...(empty > 0 ? [`${empty} rows have no score and are not counted.`] : []),
    ...(invalid > 0 ? [`${invalid} scores are no whole number from 0 to 10 and are not counted.`] : []),
    ...(answers < fewAnswers ? [`Only ${answers} answers: the score says little.`] : []),
    ...skipped,
  ];
}
