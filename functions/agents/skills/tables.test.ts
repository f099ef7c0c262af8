// The findings about any table: key figures, groups compared, columns profiled; numbers and column names read strictly.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aTable, aWork, csvOf } from '../work.test-support.ts';
import { aggregate, aggregateFinding } from './aggregate.ts';
import { findColumn } from './columns.ts';
import { compareFinding } from './compare.ts';
import { numberIn, percentText, ratioText, roundedText, shortText } from './numbers.ts';
import { profileFinding } from './profile.ts';
import { describeFeedback } from './read-feedback.ts';

describe('numbers', () => {
  it.each([
    ['1', 1],
    [' -2.50 ', -2.5],
    ['.5', 0.5],
    ['1e3', 1_000],
    ['', undefined],
    ['1,5', undefined],
    ['1 000', undefined],
    ['0x10', undefined],
    ['Infinity', undefined],
    ['1e999', undefined],
    ['5 stars', undefined],
  ])('%j -> %s', (text, number) => {
    expect(numberIn(text)).toBe(number);
  });

  it('round half away from zero, once', () => {
    expect(numberIn('1,5', true)).toBe(1.5);
    expect([ratioText(1, 8, 2), ratioText(-1, 8, 2), ratioText(5, 1, 0), ratioText(0, 7, 1)]).toEqual([
      '0.13',
      '-0.13',
      '5',
      '0.0',
    ]);
    expect([roundedText(1.005, 2), roundedText(-0.004, 2), roundedText(2.5, 0), roundedText(1e-9, 2)]).toEqual([
      '1.01',
      '0.00',
      '3',
      '0.00',
    ]);
    expect([percentText(1, 3), percentText(0, 0), shortText(3), shortText(1 / 3)]).toEqual([
      '33.3 %',
      '–',
      '3',
      '0.33',
    ]);
  });

  it('ratios are never off by more than half of the last place', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1 }), fc.integer({ min: 0, max: 4 }), (above, below, decimals) => {
        const scaled = BigInt(ratioText(above, below, decimals).replace('.', ''));
        const distance = scaled * BigInt(below) - BigInt(above) * 10n ** BigInt(decimals);
        return (distance < 0n ? -distance : distance) * 2n <= BigInt(below);
      }),
    );
  });
});

it.each([
  { wish: 'rating', columns: ['id', 'Rating'], at: 1 },
  { wish: ['stars', 'recommended'], columns: ['Recommended IND', 'x'], at: 0 },
  { wish: ['comment', 'review text'], columns: ['Review', 'Review_Text'], at: 1 },
  { wish: ['review', 'text'], columns: ['context', 'text'], at: 1 },
  { wish: 'rat', columns: ['rating'], at: -1 },
  { wish: '…', columns: ['a'], at: -1 },
])('column $wish of $columns -> $at', ({ wish, columns, at }) => {
  expect(findColumn(columns, wish)).toBe(at);
});

const sales = csvOf(
  ['day', 'region', 'amount', 'paid'],
  [
    ['2026-01-01', 'north', '10', 'yes'],
    ['2026-01-02', 'north', '20', 'no'],
    ['2026-01-03', 'south', '1.5', 'Yes'],
    ['2026-01-04', 'south', '2.5', ''],
    ['2026-01-05', '', 'many', 'no'],
  ],
);

describe('key figures', () => {
  const measure = (
    label: string,
    figure: 'average' | 'sum' | 'count' | 'share',
    column: string,
    more: object = {},
  ) => ({ label, figure, column, optional: false, ...more });
  it('are computed over the rows that have a value, and say how many those are', async () => {
    const { figures, section } = await aggregateFinding(await aTable(sales), [
      measure('Average', 'average', 'amount'),
      measure('Total', 'sum', 'amount'),
      measure('Regions', 'count', 'region'),
      measure('Paid', 'share', 'paid'),
      measure('North', 'share', 'region', { equals: 'NORTH' }),
      measure('Profit', 'sum', 'profit', { optional: true }),
    ]);
    expect(figures).toEqual([
      { label: 'Average', value: '8.50', rows: 4 },
      { label: 'Total', value: '34', rows: 4 },
      { label: 'Regions', value: '4', rows: 4 },
      { label: 'Paid', value: '50.0 %', rows: 4 },
      { label: 'North', value: '50.0 %', rows: 4 },
    ]);
    expect(section.limits.join(' ')).toMatch(
      /1 rows have no "region".*1 values of "amount" are no numbers.*Profit: the table has no column profit/,
    );
  });
  it('of a column that has to be there are refused without it, and wrong parameters are named', async () => {
    const inputs = [{ name: 'sales', mediaType: 'text/csv', content: sales }];
    const call = (parameters: Record<string, unknown>) => aggregate(aWork({ inputs, parameters }));
    await expect(call({ input: 'sales', measures: [measure('P', 'sum', 'profit')] })).rejects.toThrow(
      /expected a column profit; the table has day, region/,
    );
    await expect(
      call({ input: 'sales', measures: [measure('P', 'sum', 'amount', { figure: 'median' })] }),
    ).rejects.toThrow(/figure/);
    await expect(call({ input: 'costs', measures: [measure('P', 'sum', 'amount')] })).rejects.toThrow(
      'There is no input "costs"; there is "sales"',
    );
  });
});

describe('groups', () => {
  const comparison = { measure: 'amount', groupBy: 'region', rowsMin: 2, lowerIsBetter: false, optional: false };
  it('are ranked by their average, rows without a value aside', async () => {
    const finding = await compareFinding(await aTable(sales), comparison);
    expect(finding).toMatchObject({ worst: 'south', best: 'north' });
    expect(finding.groups).toEqual([
      { name: 'south', rows: 2, average: '2.00' },
      { name: 'north', rows: 2, average: '15.00' },
    ]);
    expect(finding.section.figures[0]).toEqual({ label: 'Worst region', value: 'south (2.00, 2 rows)' });
    expect(finding.section.limits).toEqual(['1 rows without region or a number in amount are not counted.']);
    expect(await compareFinding(await aTable(sales), { ...comparison, lowerIsBetter: true })).toMatchObject({
      worst: 'north',
    });
  });
  it('that are too small are shown but not ranked', async () => {
    const finding = await compareFinding(await aTable(sales), { ...comparison, rowsMin: 3 });
    expect(finding.worst).toBeUndefined();
    expect(finding.groups).toHaveLength(2);
    expect(finding.section.limits[0]).toMatch(/Fewer than two groups/);
  });
  it('of a missing column are refused, or named as missing when they are optional', async () => {
    await expect(compareFinding(await aTable(sales), { ...comparison, groupBy: 'shop' })).rejects.toThrow(
      /expected a column shop/,
    );
    const finding = await compareFinding(await aTable(sales), { ...comparison, groupBy: 'shop', optional: true });
    expect(finding.section.limits).toEqual(['The table has no column shop, so there are no groups to compare.']);
  });
});

it('a profile says for each column what it holds', async () => {
  const { columns, section } = await profileFinding(await aTable(sales), 'sales');
  expect(columns.map(({ kind, filled, different, range }) => [kind, filled, different, range])).toEqual([
    ['date', 5, '5', '2026-01-01 to 2026-01-05'],
    ['text', 4, '2', ''],
    ['text', 5, '5', ''],
    ['text', 4, '3', ''],
  ]);
  expect(columns[1]!.frequent).toBe('north (50.0 %), south (50.0 %)');
  expect(section.figures[0]).toEqual({ label: 'Rows', value: '5' });
  const numbers = await profileFinding(await aTable(`n;e\n1,5;\n${'2;\n'.repeat(1_500)}`), 'n');
  expect(numbers.columns[0]).toMatchObject({ kind: 'number', range: '1.50 to 2, average 2.00' });
  expect(numbers.columns[1]).toMatchObject({ kind: 'empty', filled: 0 });
  const ids = await profileFinding(
    await aTable(`id\n${Array.from({ length: 1_100 }, (_, n) => `x${n}`).join('\n')}`),
    'ids',
  );
  expect(ids.columns[0]).toMatchObject({ different: 'more than 1000', frequent: '' });
});

it('reading feedback names the columns it will use', async () => {
  const text = csvOf(
    ['Date', 'NPS', 'Segment', 'Verbatim'],
    [
      ['2026-02-01', 9, 'a', 'x'],
      ['2026-01-01', 0, 'b', 'y'],
    ],
  );
  const finding = await describeFeedback(await aTable(text), 'survey');
  expect(finding).toMatchObject({
    rows: 2,
    columns: { score: 'NPS', text: 'Verbatim', date: 'Date', groups: ['Segment'] },
  });
  expect(finding.section.figures[1]).toEqual({ label: 'Period', value: '2026-01-01 to 2026-02-01' });
});
