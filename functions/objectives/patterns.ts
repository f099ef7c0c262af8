// Plans without an LLM: chooses the pattern that fits an objective, fills it, and remembers what worked for similar ones.
import { filled, type Pattern, type PatternNeed } from './pattern.ts';
import type { Plan } from './plan.ts';
import { cosine, embed, phraseIn, wordsOf } from './words.ts';

/** `columns` when they are known already: the first line of the data. */
export type KnownInput = { name: string; mediaType: string; columns?: string[] };
export type PlannedObjective = { text: string; inputs: KnownInput[] };
export type Choice = { pattern: Pattern; score: number; why: string };

const points = { word: 1, phrase: 3, inputName: 2, column: 1 } as const;
const columnPointsMax = 4;
const scoreMin = 2;
const titleCharactersMax = 200;

/**
 * The best pattern whose needs the inputs can meet, or nothing when none reaches two points. A word of the objective
 * gives 1, a phrase 3, a fitting input name 2, a fitting column 1 (at most 4). Ties: the earlier pattern.
 */
export function choosePattern({ text, inputs }: PlannedObjective, patterns: readonly Pattern[]): Choice | undefined {
  const choices = patterns.flatMap((pattern) => choiceOf(pattern, text, inputs) ?? []);
  const best = Math.max(...choices.map(({ score }) => score));
  return best >= scoreMin ? choices.find(({ score }) => score === best) : undefined;
}

function choiceOf(pattern: Pattern, text: string, inputs: KnownInput[]): Choice | undefined {
  const bound = bindInputs(pattern.needs, inputs);
  if (!bound) return undefined;
  const said = wordsOf(text);
  const words = pattern.fits.words.filter((word) => phraseIn(said, wordsOf(word)));
  const phrases = pattern.fits.phrases.filter((phrase) => phraseIn(said, wordsOf(phrase)));
  if (words.length + phrases.length === 0) return undefined;
  const data = pattern.needs.map((need) => ({ need, input: bound.get(need.name)! }));
  const dataPoints = data.reduce((sum, { need, input }) => sum + likingOf(need, input), 0);
  const score = words.length * points.word + phrases.length * points.phrase + dataPoints;
  const inputNames = data.map(({ input }) => `"${input.name}"`).join(', ');
  const why = `It says ${[...phrases, ...words].join(', ')}${inputNames ? `, and brings ${inputNames}` : ''}`;
  return { pattern, score, why };
}

function likingOf({ likes }: PatternNeed, { name, columns = [] }: KnownInput): number {
  const isLiked = (text: string) => likes.some((like) => phraseIn(wordsOf(text), wordsOf(like)));
  const liked = columns.filter(isLiked).length * points.column;
  return (isLiked(name) ? points.inputName : 0) + Math.min(columnPointsMax, liked);
}

/** One input for each need, the best liked first, none twice; undefined when a need finds none. */
function bindInputs(needs: readonly PatternNeed[], inputs: readonly KnownInput[]): Map<string, KnownInput> | undefined {
  const bound = new Map<string, KnownInput>();
  for (const need of needs) {
    const free = inputs.filter(
      (input) => need.mediaTypes.includes(input.mediaType) && ![...bound.values()].includes(input),
    );
    const best = free.reduce<KnownInput | undefined>(
      (left, right) => (left && likingOf(need, left) >= likingOf(need, right) ? left : right),
      undefined,
    );
    if (!best) return undefined;
    bound.set(need.name, best);
  }
  return bound;
}

/** The pattern's plan for this objective. Throws when the inputs do not meet its needs: choosePattern would not say it. */
export function fillPattern(pattern: Pattern, { text, inputs }: PlannedObjective): Plan {
  const bound = bindInputs(pattern.needs, inputs);
  if (!bound) throw new Error(`The pattern ${pattern.name} needs ${pattern.needs.map(({ name }) => name).join(', ')}`);
  const values = new Map([
    ['objective.text', text],
    ...[...bound].map(([need, { name }]) => [`inputs.${need}`, name] as const),
  ]);
  return pattern.plan.map((task) => ({
    ...task,
    title: filled(task.title, values).slice(0, titleCharactersMax),
    parameters: filled(task.parameters, values),
  }));
}

/** For objectives that no pattern fits: profile every table and report, or draft an honest brief when there is none. */
export function planFallback({ inputs }: PlannedObjective): Plan {
  const task = (
    id: string,
    title: string,
    capability: string,
    parameters: Record<string, unknown>,
    dependsOn: string[] = [],
  ) => ({
    id,
    title: title.slice(0, titleCharactersMax),
    capability,
    parameters,
    dependsOn,
    resources: [],
  });
  const tables = inputs.filter(({ mediaType }) => mediaType === 'text/csv');
  if (tables.length === 0) return [task('brief', 'Draft a brief', 'brief.write', {})];
  const profiles = tables.map(({ name }, index) =>
    task(`profile-${index + 1}`, `Profile ${name}`, 'table.profile', { input: name }),
  );
  return [
    ...profiles,
    task(
      'report',
      'Write the report',
      'report.write',
      {},
      profiles.map(({ id }) => id),
    ),
  ];
}

export type PastObjective = { text: string; patternName: string; succeeded: number; total: number };
export type Recalled = PastObjective & { similarity: number; successRate: number };

const similarityMin = 0.8;

/**
 * Past objectives that say nearly the same (cosine above 0.8), the best success rate first. The rate is
 * (succeeded + 1) / (total + 2), so that one lucky run does not beat ninety-nine of a hundred. Ties: the more similar one.
 */
export function recallSimilar(text: string, past: readonly PastObjective[]): Recalled[] {
  const asked = embed(text);
  return past
    .map((one) => ({
      ...one,
      similarity: cosine(asked, embed(one.text)),
      successRate: (one.succeeded + 1) / (one.total + 2),
    }))
    .filter(({ similarity }) => similarity > similarityMin)
    .sort((left, right) => right.successRate - left.successRate || right.similarity - left.similarity);
}
