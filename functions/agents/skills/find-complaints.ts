// The capability text.complaints: themes with counts, shares and masked quotes, from the texts that go with low scores.
import * as z from 'zod';
import type { Work } from '../agent.ts';
import { parametersOf } from '../parameters.ts';
import { ColumnWish, usualNames, wishedOrUsual } from './columns.ts';
import { type Complaints, complaintsOf, countText, noTexts } from './complaints.ts';
import { numberIn, percentText, roundedText, shortText } from './numbers.ts';
import { openTable } from './open-table.ts';
import type { Table } from './read-csv.ts';
import { nothingFound, type Section } from './section.ts';

const ComplaintParameters = z.object({
  input: z.string(),
  textColumn: ColumnWish.optional(),
  scoreColumn: ColumnWish.optional(),
  negativeAtMost: z.number().optional(),
  top: z.int().min(1).max(20).default(8),
});
type Wishes = Omit<z.infer<typeof ComplaintParameters>, 'input'>;

const title = 'Main complaints';
/** Scores are counted by whole numbers; beyond these they are no grades. */
const scoreRange = { min: -10, max: 1_000 };

export type ComplaintFinding = {
  kind: 'text.complaints';
  negativeTexts: number;
  scale: { min: number; max: number } | null;
  themes: { id: string; title: string; texts: number; meanScore: number | null }[];
  section: Section;
};

export async function findComplaints(work: Work): Promise<ComplaintFinding> {
  const { input, ...wishes } = parametersOf(ComplaintParameters, work.parameters);
  return complaintFinding(await openTable(work, input), wishes);
}

export async function complaintFinding(table: Table, wishes: Wishes): Promise<ComplaintFinding> {
  const { columns, rows, decimalComma } = table;
  const text = wishedOrUsual(columns, wishes.textColumn, usualNames.text);
  const score = wishedOrUsual(columns, wishes.scoreColumn, usualNames.score);
  if (text < 0) return withoutText(columns);
  const tally = noTexts();
  let largest = 0;
  for await (const { values } of rows) {
    const grade = score < 0 ? undefined : gradeOf(values[score]!, decimalComma);
    largest = Math.max(largest, grade ?? 0);
    countText(tally, values[text]!, grade);
  }
  const scale = score < 0 ? undefined : scaleUpTo(largest);
  const atMost = wishes.negativeAtMost ?? scale?.negativeAtMost;
  const complaints = complaintsOf(tally, (grade) => atMost === undefined || (grade !== undefined && grade <= atMost));
  const names = { text: columns[text]!, score: columns[score] };
  return findingOf(complaints, { names, atMost, scale, empty: tally.empty, top: wishes.top });
}

function gradeOf(cell: string, decimalComma: boolean): number | undefined {
  const grade = numberIn(cell, decimalComma);
  return grade === undefined || grade < scoreRange.min || grade > scoreRange.max ? undefined : Math.floor(grade);
}

type Scale = { min: number; max: number; negativeAtMost: number };

/** Which grades are low follows from how far they go: five stars, 0–10, or percent. */
function scaleUpTo(largest: number): Scale {
  if (largest <= 5) return { min: 1, max: 5, negativeAtMost: 3 };
  return largest <= 10 ? { min: 0, max: 10, negativeAtMost: 6 } : { min: 0, max: 100, negativeAtMost: 60 };
}

type Facts = {
  names: { text: string; score: string | undefined };
  atMost: number | undefined;
  scale: Scale | undefined;
  empty: number;
  top: number;
};

function findingOf(complaints: Complaints, facts: Facts): ComplaintFinding {
  const scale = facts.scale ? { min: facts.scale.min, max: facts.scale.max } : null;
  const themes = complaints.themes.map(({ id, title: name, texts, meanScore }) => ({
    id,
    title: name,
    texts,
    meanScore: meanScore ?? null,
  }));
  return {
    kind: 'text.complaints',
    negativeTexts: complaints.negativeTexts,
    scale,
    themes,
    section: sectionOf(complaints, facts),
  };
}

function sectionOf(complaints: Complaints, { names, atMost, empty, top }: Facts): Section {
  const { negativeTexts, themedTexts, otherTexts } = complaints;
  const shown = complaints.themes.slice(0, top);
  const share = (texts: number) => percentText(texts, negativeTexts);
  const which = atMost === undefined ? 'All texts' : `Texts whose "${names.score}" is ${shortText(atMost)} or less`;
  const main = shown[0]
    ? [{ label: 'Main complaint', value: `${shown[0].title} (${share(shown[0].texts)} of the critical texts)` }]
    : [];
  return {
    title,
    figures: [...main, { label: 'Critical texts', value: `${negativeTexts} of ${negativeTexts + otherTexts}` }],
    tables: [
      {
        title: 'Themes of the critical texts',
        columns: ['Theme', 'Texts', 'Share', 'Average score'],
        rows: shown.map(({ title: name, texts, meanScore }) => [
          name,
          String(texts),
          share(texts),
          meanScore === undefined ? '–' : roundedText(meanScore, 2),
        ]),
      },
      ...(complaints.phrases.length === 0 ? [] : [phraseTable(complaints, share)]),
    ],
    notes: shown.flatMap(({ title: name, quotes }) => quotes.map((quote) => `${name}: “${quote}”`)),
    method: [
      `${which} count as critical. A theme counts once per text, when a sentence of it names the theme and complains, or at least does not praise; the words of each theme are fixed.`,
      'A text may name several themes, so shares do not add up to 100 %. Quotes are the first suitable ones, with addresses and numbers masked.',
    ],
    limits: [
      ...(empty > 0 ? [`${empty} rows have no text and are not counted.`] : []),
      ...(themedTexts < negativeTexts ? [`${negativeTexts - themedTexts} critical texts name no known theme.`] : []),
      ...(atMost === undefined
        ? ['There is no score column, so praise and complaint could not be told apart by score.']
        : []),
      'Themes are found by words, mainly English ones: irony and other languages are missed.',
    ],
  };
}

const phraseTable = ({ phrases }: Complaints, share: (texts: number) => string): Section['tables'][number] => ({
  title: 'Phrases outside these themes that critical texts use at least twice as often as the others',
  columns: ['Phrase', 'Critical texts', 'Share', 'Times as often'],
  rows: phrases.map(({ phrase, texts, timesAsOften }) => [
    phrase,
    String(texts),
    share(texts),
    roundedText(timesAsOften, 1),
  ]),
});

const withoutText = (columns: string[]): ComplaintFinding => ({
  kind: 'text.complaints',
  negativeTexts: 0,
  scale: null,
  themes: [],
  section: nothingFound(
    title,
    `No column looks like text that people wrote (${columns.join(', ')}), so there are no complaints to find.`,
  ),
});
