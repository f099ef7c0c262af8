// The capability brief.write: what to find out before anything can be said. It has no data, so it has no findings.
import * as z from 'zod';
import type { Work } from '../agent.ts';
import { parametersOf } from '../parameters.ts';
import { bullets, plain } from './markdown.ts';
import type { Report } from './write-report.ts';

type Need = { when: RegExp; data: string };
const needs: Need[] = [
  {
    when: /\b(nps|promoter|satisf\w*|feedback|survey\w*|customers?)\b/i,
    data: 'Answers of customers: date, score from 0 to 10, comment, and a group such as segment or channel',
  },
  {
    when: /\b(reviews?|ratings?|stars?|complaints?)\b/i,
    data: 'Reviews: rating, text, whether they recommend it, and the department or product',
  },
  {
    when: /\b(revenue|sales|turnover|conversion|orders?|profit|margin)\b/i,
    data: 'Orders or sales by day: amount, product, channel, new or returning customer',
  },
  { when: /\b(costs?|spend\w*|budget|expenses?|savings?)\b/i, data: 'Expenses by month: amount, category, supplier' },
  {
    when: /\b(churn|retention|cancel\w*|subscri\w*)\b/i,
    data: 'Customers with start date, end date if they left, plan, and the reason they gave',
  },
  {
    when: /\b(traffic|visitors?|website|seo|campaigns?|ads?|marketing)\b/i,
    data: 'Visits by day and source, and what the visitors did',
  },
];

/** Restates the goal, asks what has to be known, and names the data that would answer it. */
export function writeBrief({ parameters, objective, inputs }: Work): Report {
  const { title = 'Brief' } = parametersOf(z.object({ title: z.string().optional() }), parameters);
  const matching = needs.filter(({ when }) => when.test(objective.text)).map(({ data }) => data);
  const data =
    matching.length > 0 ? matching : ['A table (CSV) with one row for each thing that the objective is about'];
  const given =
    inputs.length === 0
      ? 'No data was given'
      : `The data given (${inputs.map(({ name }) => name).join(', ')}) was not analysed`;
  const parts = [
    `# ${plain(title)}`,
    `Objective: ${plain(objective.text)}`,
    `${plain(given)}, so this brief contains no findings, only what is needed to reach some.`,
    '## The goal in numbers',
    bullets(goalLines(objective.text)),
    '## To be answered first',
    bullets([
      'Where are we today, and since when?',
      'Which figure tells that the goal is reached, and who reads it?',
      'What has been tried already, and what came of it?',
      'What may it cost, and what must not happen on the way?',
    ]),
    '## Data that would answer it',
    bullets(data),
    '## Next',
    bullets(['Hand the objective in again with the data as an input; it will then be analysed and end in a report.']),
  ];
  return { kind: 'brief', title, markdown: `${parts.join('\n\n')}\n` };
}

function goalLines(text: string): string[] {
  const amounts = text.match(/[$€£]\s?\d[\d.,]*\s?[kKmM]?|\d[\d.,]*\s?(?:%|percent\b|points?\b)/g) ?? [];
  const spans =
    text.match(
      /\b(?:this|next|within|by|until|in)\s+(?:the\s+)?(?:\d+\s+)?(?:days?|weeks?|months?|quarters?|years?|end of \w+)\b/gi,
    ) ?? [];
  return [
    amounts.length > 0
      ? `Amount named: ${amounts.map((amount) => amount.trim()).join(', ')}`
      : 'No amount is named: say how much would be enough',
    spans.length > 0 ? `Time named: ${spans.join(', ')}` : 'No time is named: say by when',
  ];
}
