// The shipped example and patterns, planned and worked off here without a swarm: figures against a second computation.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Capabilities, misfits } from '../common/capability.ts';
import { parseConfig, readConfig, readConfigs } from '../common/config.ts';
import { ObjectiveFile } from '../objectives/objective.ts';
import { Pattern } from '../objectives/pattern.ts';
import { choosePattern, fillPattern, type PlannedObjective, planFallback } from '../objectives/patterns.ts';
import { checkPlan } from '../objectives/plan-check.ts';
import { runAgent, type Skill } from './agent.ts';
import { aggregate } from './skills/aggregate.ts';
import { compare } from './skills/compare.ts';
import { computeNps } from './skills/compute-nps.ts';
import { findComplaints } from './skills/find-complaints.ts';
import { profile } from './skills/profile.ts';
import { rankActions } from './skills/rank-actions.ts';
import { readFeedback } from './skills/read-feedback.ts';
import { writeBrief } from './skills/write-brief.ts';
import { writeReport } from './skills/write-report.ts';
import { aWork, csvOf } from './work.test-support.ts';

const capabilities = new Map(readConfig('capabilities.yaml', Capabilities).map((one) => [one.name, one]));
const patterns = readConfigs('patterns', Pattern);
const example = (file: string) => readFileSync(new URL(`../../examples/${file}`, import.meta.url), 'utf8');
const reading: Record<string, Skill> = {
  'feedback.read': readFeedback,
  'feedback.nps': computeNps,
  'text.complaints': findComplaints,
};
const tables: Record<string, Skill> = {
  'table.profile': profile,
  'table.compare': compare,
  'table.aggregate': aggregate,
};
const writing: Record<string, Skill> = {
  'actions.rank': rankActions,
  'report.write': writeReport,
  'brief.write': writeBrief,
};
const agent = runAgent({ capabilities: { ...reading, ...tables, ...writing } });

type Result = { markdown?: string };
/** Plans and works off every task in order; each result travels as JSON and has to fit its capability's schema. */
async function workOff(
  text: string,
  contents: Record<string, string>,
): Promise<{ pattern: string | undefined; results: Map<string, Result>; last: Result }> {
  const inputs = Object.entries(contents).map(([name, content]) => ({ name, mediaType: 'text/csv', content }));
  const objective: PlannedObjective = { text, inputs: inputs.map(({ name, mediaType }) => ({ name, mediaType })) };
  const choice = choosePattern(objective, patterns);
  const verdict = checkPlan(choice ? fillPattern(choice.pattern, objective) : planFallback(objective), {
    capabilities,
    budgetUsd: 5,
  });
  if (!verdict.ok) throw new Error(JSON.stringify(verdict.problems));
  const results = new Map<string, Result>();
  for (const id of verdict.layers.flat()) {
    const { title, capability, parameters, dependsOn } = verdict.plan.find((task) => task.id === id)!;
    const dependencies = Object.fromEntries(
      dependsOn.map((needed) => [needed, { title: needed, result: results.get(needed) }]),
    );
    const {
      signal: _,
      download: __,
      ...call
    } = aWork({ title, capability, parameters, dependencies, inputs, objective: { objectiveId: 'o', text } });
    const { result } = (await agent(call)) as { result: unknown };
    results.set(id, JSON.parse(JSON.stringify(result)));
    expect(misfits(capabilities.get(capability)!.result, results.get(id)), id).toEqual([]);
  }
  return { pattern: choice?.pattern.name, results, last: [...results.values()].at(-1)! };
}

it('the example ends in a report whose figures a second computation confirms', async () => {
  const { text, inputs } = parseConfig('increase-nps.yaml', example('increase-nps.yaml'), ObjectiveFile);
  const content = example(inputs[0]!.file!);
  const { pattern, results, last } = await workOff(text, { feedback: content });
  const rows = content
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
  const scores = rows
    .map(([, score]) => score)
    .filter((score) => score !== '')
    .map(Number);
  const share = (counts: (score: number) => boolean) => scores.filter(counts).length / scores.length;
  const nps = 100 * (share((score) => score > 8) - share((score) => score < 7));
  expect(pattern).toBe('customer-feedback');
  expect(results.get('nps')).toMatchObject({ score: nps.toFixed(1) });
  expect(last.markdown).toContain(`- Net promoter score: **${nps.toFixed(1)}**`);
  expect(last.markdown).toContain(`- Answers counted: **${scores.length}**`);
  expect(last.markdown).toContain(
    `- Average score: **${(scores.reduce((sum, score) => sum + score, 0) / scores.length).toFixed(2)}**`,
  );
  const named = rows.filter(([, score, , , ...comment]) => Number(score || 7) < 7 && comment.join(',') !== '').length;
  expect(last.markdown).toContain(`- Critical texts: **${named} of `);
  expect(last.markdown).toContain('Main complaint: **Delivery');
  expect(last.markdown).not.toMatch(/@example\.com|5550/);
});

const reviews = csvOf(
  ['', 'Rating', 'Recommended IND', 'Review Text', 'Department Name'],
  Array.from({ length: 60 }, (_, n) => [
    n,
    (n % 5) + 1,
    n % 5 > 1 ? 1 : 0,
    n % 5 < 2 ? 'The dress is too small.' : 'Lovely!',
    n % 5 < 3 ? 'Dresses' : 'Tops',
  ]),
);

it('reviews end in average, share who recommend, worst department and main complaint', async () => {
  const { pattern, last } = await workOff('What do our reviews say?', { reviews });
  expect(pattern).toBe('product-reviews');
  for (const line of [
    'Average rating: **3.00**',
    'Share who recommend: **60.0 %**',
    'Worst Department Name: **Dresses (2.00, 36 rows)**',
    'Main complaint: **Size and fit (66.7 % of the critical texts)**',
  ]) {
    expect(last.markdown).toContain(line);
  }
});

const oddities: { when: string; text: string; contents: Record<string, string>; says: RegExp }[] = [
  {
    when: 'reviews handed in as feedback',
    text: 'Increase our NPS',
    contents: { feedback: reviews },
    says: /five-point rating/,
  },
  {
    when: 'a table without any of it',
    text: 'Our customer reviews',
    contents: { reviews: 'a,b\n1,x\n' },
    says: /no column rating or stars/,
  },
  {
    when: 'two tables nobody has a pattern for',
    text: 'Sell socks',
    contents: { north: 'a\nx\n', south: 'b\ny\n' },
    says: /The table south/,
  },
  { when: 'no table', text: 'Grow', contents: {}, says: /contains no findings/ },
];
it.each(oddities)('$when still ends in an honest document', async ({ text, contents, says }) => {
  expect((await workOff(text, contents)).last.markdown).toMatch(says);
});

it('a broken table ends at once, with its line', async () => {
  await expect(workOff('Increase our NPS', { feedback: 'score,comment\n9,"x\n' })).rejects.toThrow(
    'Input "feedback": line 2: a quote is opened',
  );
});
