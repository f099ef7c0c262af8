// Complaints: what counts as one, once per text, only from critical texts, always the same, and without private data.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskedQuotation as masked } from '../../common/mask.ts';
import { aTable, csvOf } from '../work.test-support.ts';
import { themes } from './complaint-themes.ts';
import { complaintsOf, countText, noTexts } from './complaints.ts';
import { complaintFinding } from './find-complaints.ts';
import { clausesOf, isComplaint } from './sentences.ts';

const themesOf = (text: string) => {
  const tally = noTexts();
  countText(tally, text, 1);
  return complaintsOf(tally, () => true).themes.map(({ id }) => id);
};

it.each([
  { text: 'Delivery took weeks.', found: ['delivery'] },
  { text: 'DELIVERIES were LATE, delivery was late again!', found: ['delivery'] },
  { text: 'Great delivery. The zipper broke.', found: ['quality'] },
  { text: 'I love the colour but it is too small', found: ['fit'] },
  { text: 'Perfect fit', found: [] },
  { text: "The fit isn't good", found: ['fit'] },
  { text: 'It did not fit, and the refund never came', found: ['fit', 'refund'] },
  { text: 'I happened to be in Profit Street', found: [] },
  { text: 'See   through fabric', found: ['material'] },
])('$text -> $found', ({ text, found }) => {
  expect(themesOf(text)).toEqual(found);
});

it('every word of every theme finds its theme', () => {
  for (const { id, words } of themes) {
    for (const word of words.split(', ')) expect(themesOf(`Terrible: ${word.replace('*', '')}!`), word).toContain(id);
  }
});

it('splits thoughts at sentences and at contrasts', () => {
  expect(clausesOf('Nice.  But late; sorry\nlove it, although thin - and pricey')).toEqual([
    'Nice.',
    'But late;',
    'sorry',
    'love it',
    'although thin',
    'and pricey',
  ]);
  expect(isComplaint('nice and soft')).toBe(false);
  expect(isComplaint('not nice')).toBe(true);
  expect(isComplaint('it has a collar')).toBe(true);
});

it.each([
  { text: 'write to a.b+c@mail.example.com now', becomes: 'write to [e-mail] now' },
  { text: 'call +49 (30) 5550-123 or 030/5550123', becomes: 'call [number] or [number]' },
  { text: 'order 123456789, 12345, 5 stars, 24/7', becomes: 'order [number], 12345, 5 stars, 24/7' },
  { text: 'see https://x.example/?u=1 or www.y.example, @someone', becomes: 'see [link] or [link] [name]' },
])('masks $text', ({ text, becomes }) => {
  expect(masked(text)).toBe(becomes);
});

describe('the finding', () => {
  const rows = [
    [1, 'Delivery was late, write to ann@example.com please.'],
    [2, 'Late delivery, far too late for the party.'],
    [3, 'The seam broke after a week of use.'],
    [4, 'Delivery late by a day, fine otherwise.'],
    [5, 'Perfect!'],
    [2, ''],
    ['', 'No score, but the refund never came.'],
  ];
  const finding = async (wishes: object = {}) =>
    complaintFinding(await aTable(csvOf(['stars', 'review text'], rows)), { top: 8, ...wishes });

  it('counts critical texts by the scale it sees, and themes by texts', async () => {
    const found = await finding();
    expect(found).toMatchObject({ negativeTexts: 3, scale: { min: 1, max: 5 } });
    expect(found.themes).toEqual([
      { id: 'delivery', title: 'Delivery', texts: 2, meanScore: 1.5 },
      { id: 'quality', title: 'Quality and durability', texts: 1, meanScore: 3 },
    ]);
    expect(found.section.figures).toEqual([
      { label: 'Main complaint', value: 'Delivery (66.7 % of the critical texts)' },
      { label: 'Critical texts', value: '3 of 6' },
    ]);
    expect(found.section.limits[0]).toBe('1 rows have no text and are not counted.');
  });

  it('takes another bound, and all texts where there is no score', async () => {
    expect((await finding({ negativeAtMost: 1 })).negativeTexts).toBe(1);
    const unscored = await complaintFinding(
      await aTable(
        csvOf(
          ['text'],
          rows.map(([, text]) => [text]),
        ),
      ),
      { top: 8 },
    );
    expect(unscored).toMatchObject({ negativeTexts: 6, scale: null });
    expect(unscored.section.limits.join()).toMatch(/no score column/);
  });

  it('quotes nothing private and no sentence twice', async () => {
    const { section } = await finding();
    expect(section.notes![0]).toBe('Delivery: “Delivery was late, write to [e-mail] please.”');
    expect(new Set(section.notes).size).toBe(section.notes!.length);
  });

  it('names phrases that no theme covers when critical texts use them more', async () => {
    const odd = Array.from({ length: 6 }, () => [1, 'The purple dragon bites.']);
    const { section } = await complaintFinding(
      await aTable(csvOf(['stars', 'text'], [...odd, [5, 'A fine dragon.'], [5, 'Nice.']])),
      { top: 8 },
    );
    expect(section.tables[1]!.rows[0]!.slice(0, 3)).toEqual(['dragon bites', '6', '100.0 %']);
  });

  it('without a text column says so', async () => {
    const none = await complaintFinding(await aTable('stars\n1\n'), { top: 8 });
    expect(none.section.limits[0]).toMatch(/No column looks like text/);
  });

  it('gives the same counts in any order of rows', async () => {
    const counts = async (list: unknown[][]) =>
      (await complaintFinding(await aTable(csvOf(['stars', 'text'], list)), { top: 8 })).themes;
    const expected = await counts(rows);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(rows, { minLength: rows.length }), async (list) => {
        expect(await counts(list)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});
