// The capability actions.rank: one action for each complaint, ranked by impact × frequency ÷ effort, with the reasons.
import * as z from 'zod';
import type { Work } from '../agent.ts';
import { parametersOf } from '../parameters.ts';
import { themes } from './complaint-themes.ts';
import { percentText, roundedText } from './numbers.ts';
import { nothingFound, type Section } from './section.ts';
import { targetNote } from './target.ts';

const Found = z.object({
  kind: z.literal('text.complaints'),
  negativeTexts: z.number(),
  scale: z.object({ min: z.number(), max: z.number() }).nullable(),
  themes: z.array(z.object({ id: z.string(), title: z.string(), texts: z.number(), meanScore: z.number().nullable() })),
});
type Found = z.infer<typeof Found>;
const RankParameters = z.object({ top: z.int().min(1).max(20).default(5) });

export type RankedAction = {
  theme: string;
  action: string;
  points: number;
  impact: number;
  texts: number;
  effort: number;
  reason: string;
};
export type RankFinding = { kind: 'actions.rank'; actions: RankedAction[]; section: Section };

const title = 'What to do first';
const effortWords = { 1: 'days', 2: 'weeks', 3: 'months' } as const;
const impactWithoutScore = 5;

/** Works on what its dependencies found; without complaints it says so and proposes nothing. */
export function rankActions({ parameters, dependencies, objective }: Work): RankFinding {
  const { top } = parametersOf(RankParameters, parameters);
  const results = Object.values(dependencies).map(({ result }) => result);
  const found = results.flatMap((result) => Found.safeParse(result).data ?? []);
  const actions = found
    .flatMap(actionsFor)
    .sort((left, right) => right.points - left.points || (left.theme < right.theme ? -1 : 1));
  if (actions.length === 0)
    return {
      kind: 'actions.rank',
      actions,
      section: nothingFound(title, 'No complaints were found, so no action is proposed.'),
    };
  const goal = targetNote(objective.text, results);
  return { kind: 'actions.rank', actions: actions.slice(0, top), section: sectionOf(actions, top, goal) };
}

function actionsFor(found: Found): RankedAction[] {
  return found.themes.flatMap(({ id, title: theme, texts, meanScore }) => {
    const known = themes.find((one) => one.id === id);
    if (!known || texts === 0) return [];
    const impact = impactOf(meanScore, found.scale);
    const share = texts / found.negativeTexts;
    const points = Number(roundedText((impact * share * 100) / known.effort, 1));
    const hurt =
      meanScore === null
        ? 'how much it hurts is unknown'
        : `those who name it give ${roundedText(meanScore, 2)} on average`;
    const reason = `${percentText(texts, found.negativeTexts)} of the critical texts name it; ${hurt}; the action takes ${effortWords[known.effort]}`;
    return [{ theme, action: known.action, points, impact, texts, effort: known.effort, reason }];
  });
}

/** 1 to 10: how far below the top of the scale those are who name the theme. */
function impactOf(meanScore: number | null, scale: Found['scale']): number {
  if (meanScore === null || !scale) return impactWithoutScore;
  const lost = (scale.max - meanScore) / (scale.max - scale.min);
  return Math.min(10, Math.max(1, Number(roundedText(10 * lost, 1))));
}

function sectionOf(actions: RankedAction[], top: number, goal: string | undefined): Section {
  const row = ({ action, theme, points, impact, texts, effort }: RankedAction, index: number) => [
    String(index + 1),
    action,
    theme,
    roundedText(points, 1),
    roundedText(impact, 1),
    String(texts),
    effortWords[effort as 1 | 2 | 3],
  ];
  return {
    title,
    figures: [{ label: 'First action', value: actions[0]!.action }],
    tables: [
      {
        title: 'Actions in order',
        columns: ['#', 'Action', 'Theme', 'Points', 'Impact', 'Texts', 'Effort'],
        rows: actions.slice(0, top).map(row),
      },
    ],
    notes: [...(goal ? [goal] : []), ...actions.slice(0, top).map(({ theme, reason }) => `${theme}: ${reason}.`)],
    method: [
      'Points = impact × share of critical texts (in %) ÷ effort. Impact (1–10): how far below the best score those are who name the theme.',
    ],
    limits: [
      'Effort (days = 1, weeks = 2, months = 3) is a general assumption per theme, not an estimate for this company.',
    ],
  };
}
