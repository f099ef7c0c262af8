// Where the report is in what an agent answered.
import { expect, it } from 'vitest';
import { labelOf, readReport } from './report-text.ts';

it.each([
  { when: 'nothing', result: null, then: undefined },
  { when: 'Markdown itself', result: '# Hi', then: { markdown: '# Hi', figures: [] } },
  {
    when: 'a report with figures',
    result: { report: '# Hi', nps: 12, complaints: ['fit'] },
    then: { markdown: '# Hi', figures: [['nps', 12]], rest: { complaints: ['fit'] } },
  },
  {
    when: 'a report inside a task',
    result: { write: { markdown: '# Hi' } },
    then: { markdown: '# Hi', figures: [], rest: { write: { markdown: '# Hi' } } },
  },
  { when: 'plain data', result: [1, 2], then: { figures: [], rest: [1, 2] } },
])('$when', ({ result, then }) => expect(readReport(result)).toEqual(then));

it('labels field names', () =>
  expect([labelOf('responseCount'), labelOf('worst_department'), labelOf('nps')]).toEqual([
    'Response count',
    'Worst department',
    'Nps',
  ]));
