// The net promoter score: who counts as what, one rounding, the interval, groups and months, and tables without a score.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aTable, csvOf } from '../work.test-support.ts';
import { npsFinding } from './compute-nps.ts';
import { countScore, noAnswers, npsOf } from './nps.ts';

const tallyOf = (cells: string[]) => {
  const tally = noAnswers();
  for (const cell of cells) countScore(tally, cell);
  return tally;
};

it.each([
  { cells: ['9', '10', '10.0', ' 9 '], kind: 'promoters' },
  { cells: ['7', '8'], kind: 'passives' },
  { cells: ['0', '6', '3', '-0'], kind: 'detractors' },
  { cells: ['', '  '], kind: 'empty' },
  { cells: ['11', '-1', '9.5', 'nine', '9/10', 'NaN', 'Infinity', '0x9', '9,0'], kind: 'invalid' },
])('$cells are $kind', ({ cells, kind }) => {
  expect(tallyOf(cells)).toEqual({ ...noAnswers(), [kind]: cells.length });
});

it.each([
  { promoters: 1, passives: 0, detractors: 0, score: '100.0', low: '100.0', high: '100.0' },
  { promoters: 0, passives: 3, detractors: 0, score: '0.0', low: '0.0', high: '0.0' },
  { promoters: 125, passives: 95, detractors: 78, score: '15.8', low: '6.6', high: '25.0' },
  { promoters: 1, passives: 1_998, detractors: 0, score: '0.1', low: '0.0', high: '0.1' }, // 0.05003 up
  { promoters: 0, passives: 1_999, detractors: 1, score: '-0.1', low: '-0.1', high: '0.0' }, // -0.05: half away from zero
])('$promoters, $passives, $detractors -> $score', ({ score, low, high, ...counts }) => {
  expect(npsOf({ ...noAnswers(), ...counts })).toEqual({ score, low, high });
});

it('agrees with exact arithmetic for any counts', () => {
  const count = fc.integer({ min: 0, max: 5_000_000 });
  fc.assert(
    fc.property(count, count, count, (promoters, passives, detractors) => {
      const answers = promoters + passives + detractors;
      fc.pre(answers > 0);
      const tenths = BigInt(npsOf({ ...noAnswers(), promoters, passives, detractors })!.score.replace('.', ''));
      const distance = tenths * BigInt(answers) - 1_000n * BigInt(promoters - detractors);
      return (distance < 0n ? -distance : distance) * 2n <= BigInt(answers);
    }),
  );
});

describe('the finding', () => {
  const rows = [
    ['2026-01-03', 10, 'new', 'a'],
    ['2026-01-20', 9, 'old', 'b'],
    ['2026-02-01', 2, 'new', 'c'],
    ['2026-02-02', 8, '', 'd'],
    ['soon', 7, 'old', 'e'],
    ['2026-02-03', '', 'old', 'f'],
    ['2026-02-03', 12, 'old', 'g'],
  ];
  const table = (more: unknown[][] = []) => aTable(csvOf(['date', 'score', 'segment', 'comment'], [...rows, ...more]));

  it('has the score, groups and months, and says what was left out', async () => {
    const { section, score, counts } = await npsFinding(await table(), {});
    expect(score).toBe('20.0');
    expect(counts).toEqual({ promoters: 2, passives: 2, detractors: 1, empty: 1, invalid: 1 });
    expect(section.tables.map(({ title }) => title)).toEqual([
      'Promoters, passives and detractors',
      'By segment',
      'By comment',
      'By month',
    ]);
    expect(section.tables[1]!.rows.map((row) => row.slice(0, 3))).toEqual([
      ['new', '2', '0.0'],
      ['old', '2', '50.0'],
    ]);
    expect(section.tables[3]!.rows.map((row) => row.slice(0, 3))).toEqual([
      ['2026-01', '2', '100.0'],
      ['2026-02', '2', '-50.0'],
    ]);
    expect(section.limits.join(' ')).toMatch(
      /1 rows have no score.*1 scores are no whole number.*Only 5 answers.*segment: 1 rows.*Month: 1 rows/,
    );
  });

  it('takes a column of many different texts for no group', async () => {
    const many = Array.from({ length: 20 }, (_, n) => ['2026-02-03', 9, 'new', `text ${n}`]);
    const { section } = await npsFinding(await table(many), {});
    expect(section.tables.map(({ title }) => title)).not.toContain('By comment');
  });

  it.each([
    { when: 'no score column', text: 'a,b\nx,y\n', why: /No column looks like a score \(a, b\)/ },
    { when: 'five stars', text: `rating\n${'4\n5\n'.repeat(20)}`, why: /five-point rating/ },
    { when: 'no usable score', text: 'score\nx\n\n', why: /no whole number from 0 to 10/ },
  ])('with $when computes nothing and says so', async ({ text, why }) => {
    const finding = await npsFinding(await aTable(text), {});
    expect(finding.computed).toBe(false);
    expect(finding.section.figures).toEqual([]);
    expect(finding.section.limits[0]).toMatch(why);
  });

  it('refuses a wished column that is not there', async () => {
    await expect(npsFinding(await aTable('a\n1\n'), { scoreColumn: 'points' })).rejects.toThrow(
      'expected a column points; the table has a',
    );
  });
});
