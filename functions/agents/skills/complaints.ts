// Counts what the texts with low scores complain about. One pass, bounded memory, the same answer for the same rows.

import { maskedQuotation as masked } from '../../common/mask.ts';
import { themes } from './complaint-themes.ts';
import { phrasesOf } from './phrases.ts';
import { clausesOf, isComplaint } from './sentences.ts';

const quotesPerTheme = 2;
const quotesKeptMax = 6;
const quoteCharacters = { min: 25, max: 180 };
const phrasesKeptMax = 50_000;

/** What the texts of one score say; texts without a score are counted under `undefined`. */
export type ScoreTally = { texts: number; themed: number; themes: Map<string, { texts: number; quotes: string[] }> };
export type ComplaintTally = {
  byScore: Map<number | undefined, ScoreTally>;
  phrases: Map<string, Map<number | undefined, number>>;
  empty: number;
};

export const noTexts = (): ComplaintTally => ({ byScore: new Map(), phrases: new Map(), empty: 0 });

const patterns = themes.map(({ id, words }) => ({ id, pattern: patternOf(words) }));

const isThemed = (phrase: string): boolean => patterns.some(({ pattern }) => pattern.test(phrase));

/** Counts one text. A theme counts once per text, whatever it says about it twice. */
export function countText(tally: ComplaintTally, text: string, score: number | undefined): void {
  if (text.trim() === '') {
    tally.empty += 1;
    return;
  }
  const scored = tally.byScore.get(score) ?? { texts: 0, themed: 0, themes: new Map() };
  tally.byScore.set(score, scored);
  scored.texts += 1;
  const complaints = clausesOf(text).filter(isComplaint);
  const found = patterns.map(({ id, pattern }) => ({ id, clause: complaints.find((clause) => pattern.test(clause)) }));
  for (const { id, clause } of found) if (clause !== undefined) countTheme(scored, id, clause);
  if (found.some(({ clause }) => clause !== undefined)) scored.themed += 1;
  for (const phrase of phrasesOf(complaints)) if (!isThemed(phrase)) countPhrase(tally, phrase, score);
}

function countTheme({ themes: counted }: ScoreTally, id: string, clause: string): void {
  const theme = counted.get(id) ?? { texts: 0, quotes: [] };
  counted.set(id, theme);
  theme.texts += 1;
  const quote = masked(clause);
  const quotable = quote.length >= quoteCharacters.min && quote.length <= quoteCharacters.max;
  if (quotable && theme.quotes.length < quotesKeptMax && !theme.quotes.includes(quote)) theme.quotes.push(quote);
}

function countPhrase({ phrases }: ComplaintTally, phrase: string, score: number | undefined): void {
  const counts = phrases.get(phrase) ?? new Map<number | undefined, number>();
  if (counts.size === 0 && phrases.size >= phrasesKeptMax) return;
  phrases.set(phrase, counts.set(score, (counts.get(score) ?? 0) + 1));
}

export type FoundTheme = { id: string; title: string; texts: number; meanScore: number | undefined; quotes: string[] };
export type FoundPhrase = { phrase: string; texts: number; timesAsOften: number };
export type Complaints = {
  negativeTexts: number;
  themedTexts: number;
  otherTexts: number;
  themes: FoundTheme[];
  phrases: FoundPhrase[];
};

/** Themes by how many negative texts name them; phrases that negative texts use at least twice as often as the others. */
export function complaintsOf(tally: ComplaintTally, isNegative: (score: number | undefined) => boolean): Complaints {
  const scores = [...tally.byScore].sort(([left = -1], [right = -1]) => left - right);
  const negative = scores.filter(([score]) => isNegative(score));
  const sum = (list: [unknown, ScoreTally][], of: (scored: ScoreTally) => number) =>
    list.reduce((total, [, scored]) => total + of(scored), 0);
  const negativeTexts = sum(negative, ({ texts }) => texts);
  const otherTexts = sum(scores, ({ texts }) => texts) - negativeTexts;
  const found = themes.map(({ id, title }) => foundTheme(id, title, negative)).filter(({ texts }) => texts > 0);
  return {
    negativeTexts,
    themedTexts: sum(negative, ({ themed }) => themed),
    otherTexts,
    themes: withOwnQuotes(found.sort((left, right) => right.texts - left.texts || (left.id < right.id ? -1 : 1))),
    phrases: foundPhrases(tally, isNegative, negativeTexts, otherTexts),
  };
}

function foundTheme(id: string, title: string, negative: [number | undefined, ScoreTally][]): FoundTheme {
  const parts = negative.flatMap(([score, { themes: counted }]) =>
    counted.has(id) ? [{ score, ...counted.get(id)! }] : [],
  );
  const texts = parts.reduce((total, part) => total + part.texts, 0);
  const scored = parts.filter((part) => part.score !== undefined);
  const meanScore =
    scored.length === 0
      ? undefined
      : scored.reduce((total, part) => total + part.score! * part.texts, 0) /
        scored.reduce((total, part) => total + part.texts, 0);
  return { id, title, texts, meanScore, quotes: [...new Set(parts.flatMap(({ quotes }) => quotes))] };
}

/** A quote stands for one theme only: for the most frequent one that it names. */
function withOwnQuotes(found: FoundTheme[]): FoundTheme[] {
  const used = new Set<string>();
  return found.map((theme) => {
    const quotes = theme.quotes.filter((quote) => !used.has(quote)).slice(0, quotesPerTheme);
    for (const quote of quotes) used.add(quote);
    return { ...theme, quotes };
  });
}

function foundPhrases(
  tally: ComplaintTally,
  isNegative: (score: number | undefined) => boolean,
  negativeTexts: number,
  otherTexts: number,
): FoundPhrase[] {
  const textsMin = Math.max(3, Math.ceil(negativeTexts / 100));
  return [...tally.phrases]
    .map(([phrase, counts]) => {
      const texts = [...counts].reduce((total, [score, count]) => total + (isNegative(score) ? count : 0), 0);
      const others = [...counts.values()].reduce((total, count) => total + count, 0) - texts;
      const timesAsOften = texts / Math.max(1, negativeTexts) / ((others + 1) / (otherTexts + 1)); // +1: never seen is not infinitely rare
      return { phrase, texts, timesAsOften };
    })
    .filter(({ texts, timesAsOften }) => texts >= textsMin && (otherTexts === 0 || timesAsOften >= 2))
    .sort((left, right) => right.texts - left.texts || (left.phrase < right.phrase ? -1 : 1))
    .slice(0, 5);
}

function patternOf(words: string): RegExp {
  const escaped = words.split(', ').map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const alternatives = escaped.map((word) => word.replace(/\\\*$/, '\\w*').replaceAll(' ', '\\s+'));
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives.join('|')})(?![\\p{L}\\p{N}])`, 'iu');
}
