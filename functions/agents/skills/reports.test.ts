// What people read in the end: ranked actions, the report, the brief. No figure without a finding, and data never formats.
import fc from 'fast-check';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { aWork } from '../work.test-support.ts';
import { markdownTable, plain } from './markdown.ts';
import { rankActions } from './rank-actions.ts';
import { targetNote } from './target.ts';
import { writeBrief } from './write-brief.ts';
import { writeReport } from './write-report.ts';

const complaints = {
  kind: 'text.complaints',
  negativeTexts: 100,
  scale: { min: 0, max: 10 },
  themes: [
    { id: 'delivery', title: 'Delivery', texts: 50, meanScore: 4 },
    { id: 'quality', title: 'Quality and durability', texts: 60, meanScore: 1 },
    { id: 'price', title: 'Price and value', texts: 30, meanScore: null },
    { id: 'unheard-of', title: 'Unheard of', texts: 90, meanScore: 0 },
  ],
};
const nps = {
  kind: 'feedback.nps',
  computed: true,
  counts: { promoters: 125, passives: 95, detractors: 78, empty: 0, invalid: 0 },
};
const found = (...results: unknown[]) =>
  Object.fromEntries(results.map((result, n) => [`d${n}`, { title: `Task ${n}`, result }]));

describe('actions', () => {
  it('are ranked by impact × frequency ÷ effort, with reasons', () => {
    const { actions } = rankActions(aWork({ dependencies: found(complaints) }));
    expect(actions.map(({ theme, impact, points }) => [theme, impact, points])).toEqual([
      ['Quality and durability', 9, 180], // 9 × 60 ÷ 3
      ['Delivery', 6, 150], // 6 × 50 ÷ 2
      ['Price and value', 5, 150], // impact unknown: 5 × 30 ÷ 1
    ]);
    expect(actions[1]!.reason).toBe(
      '50.0 % of the critical texts name it; those who name it give 4.00 on average; the action takes weeks',
    );
  });
  it('are cut at the top, and there are none without complaints', () => {
    expect(rankActions(aWork({ dependencies: found(complaints), parameters: { top: 1 } })).actions).toHaveLength(1);
    const { actions, section } = rankActions(aWork({ dependencies: found({ kind: 'other' }, null) }));
    expect([actions, section.limits]).toEqual([[], ['No complaints were found, so no action is proposed.']]);
  });
});

it.each([
  {
    text: 'Increase the net promoter score of our shop by 5 % this quarter',
    says: /takes 3 of these 298 answers one class higher/,
  }, // 47 → 49.35 → 50
  { text: 'Raise NPS by 10 points', says: /takes 30 of these 298/ }, // 29.8 → 30
  { text: 'Raise revenue by 5 %', says: undefined },
  { text: 'Raise the NPS', says: undefined },
])('the goal of "$text" in answers', ({ text, says }) => {
  const note = targetNote(text, [{ kind: 'x' }, nps]);
  if (says === undefined) expect(note).toBeUndefined();
  else expect(note).toMatch(says);
  expect(targetNote(text, [])).toBeUndefined();
});

it('a relative goal for a score below zero is called meaningless', () => {
  const low = { ...nps, counts: { ...nps.counts, promoters: 1 } };
  expect(targetNote('Increase our NPS by 5 %', [low])).toMatch(/no meaning/);
});

describe('a report', () => {
  const section = {
    title: 'Numbers',
    figures: [{ label: 'Average', value: '4.19' }],
    tables: [{ title: 'T', columns: ['Name', 'Share'], rows: [['a|b', '1.0 %']] }],
    notes: ['A “note”'],
    method: ['Mean.'],
    limits: ['Few rows.'],
  };
  it('has each section once, the headline first, method and limits last', () => {
    const { markdown } = writeReport(
      aWork({ dependencies: found({ section }, { odd: 1 }), parameters: { title: 'My report' } }),
    );
    expect(markdown.match(/^#+ .*$/gm)).toEqual([
      '# My report',
      '## In short',
      '## Numbers',
      '## Task 1',
      '## How this was computed',
      '## Limits',
    ]);
    expect(markdown).toContain('- Average: **4.19**');
    expect(markdown).toContain('| a\\|b | 1.0 % |');
    expect(markdown).toContain('"odd": 1');
  });
  it('has no figure that no finding has', () => {
    const { markdown } = writeReport(aWork({ dependencies: found({ section }) }));
    expect(markdown.match(/\d+(\.\d+)?/g)).toEqual(['4.19', '1.0']);
  });
  it('needs findings', () => {
    expect(() => writeReport(aWork())).toThrow(/needs findings/);
  });
});

describe('text from data', () => {
  it.each([
    '# no title',
    '- no list',
    '1. no list',
    '1) no list',
    '+ x',
    '> no quote',
    '**no** _format_ `code` ~~gone~~',
    '[no](http://link)',
    '<b>no tag</b>',
    '![x](y)',
    'www.link.example',
    'a@b.example',
    'a | b',
    '===',
    '4.19',
    '-0.5',
    '&lt;b&gt;',
  ])('%s stays text', (text) => {
    const html = marked.parseInline(plain(text)) as string;
    expect(html).not.toMatch(/<(?!\/?p)/);
    expect(marked.parse(plain(text)) as string).toMatch(/^<p>[^<]*<\/p>\n$/);
  });
  it('leaves a negative number as it is', () => {
    expect(plain('-33.1')).toBe('-33.1');
    expect(plain('-42.2 to -24.1')).toBe('-42.2 to -24.1');
  });
  it('reads as it was written', () => {
    const decoded = (html: string) =>
      html
        .replace(/<\/?p>|\n$/g, '')
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&#39;', "'")
        .replaceAll('&amp;', '&');
    const text = fc
      .string({ unit: fc.constantFrom(...'ab1.)-+#>*_`[]()<|~!\\=&; "'), minLength: 1, maxLength: 12 })
      .filter((one) => one.trim() !== '');
    fc.assert(
      fc.property(text, (one) => {
        expect(decoded(marked.parse(plain(one)) as string)).toBe(one.replace(/\s+/g, ' ').trim());
      }),
      { numRuns: 2_000, examples: [['---'], ['- - -'], ['-']] },
    );
  });
  it('stays in its cell', () => {
    const cells = fc.array(fc.array(fc.string({ maxLength: 8 }), { minLength: 2, maxLength: 2 }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(cells, (rows) => {
        const html = marked.parse(markdownTable(['a', 'b'], rows)) as string;
        expect(html.match(/<td/g)).toHaveLength(rows.length * 2);
        expect(html.match(/<tr/g)).toHaveLength(rows.length + 1);
      }),
    );
  });
});

it('a brief has no findings, asks, and names the data that would help', () => {
  const { markdown } = writeBrief(aWork({ objective: { objectiveId: 'o', text: 'Cut spending by 12 % this year' } }));
  expect(markdown).toMatch(/No data was given, so this brief contains no findings/);
  expect(markdown).toMatch(/Amount named: 12 %\n- Time named: this year/);
  expect(markdown).toMatch(/Expenses by month/);
  expect(writeBrief(aWork()).markdown).toMatch(/No amount is named.*\n- No time is named/);
  expect(writeBrief(aWork({ inputs: [{ name: 'x', mediaType: 'text/plain' }] })).markdown).toMatch(
    /The data given \(x\) was not analysed/,
  );
});
