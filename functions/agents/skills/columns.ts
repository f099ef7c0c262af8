// Finds the columns a task means: by exact name, else by its words, whatever case and punctuation the table uses.
import * as z from 'zod';
import { PermanentTaskError } from '../errors.ts';

export const ColumnWish = z.union([z.string(), z.array(z.string()).min(1)]);
export type ColumnWish = z.infer<typeof ColumnWish>;

/** What the columns of feedback tables are usually called, the surest name first. */
export const usualNames = {
  score: ['nps', 'nps score', 'likelihood to recommend', 'score', 'rating', 'stars', 'grade'],
  text: [
    'comment',
    'comments',
    'review text',
    'feedback text',
    'review',
    'verbatim',
    'text',
    'message',
    'reason',
    'feedback',
  ],
  date: ['date', 'submitted at', 'created at', 'answered at', 'timestamp', 'day', 'month'],
} satisfies Record<string, string[]>;

const words = (name: string): string[] => name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** The index of the first wish that the table has: equal names first, then names with all words of a wish; or -1. */
export function findColumn(columns: readonly string[], wish: ColumnWish): number {
  const wishes = [wish].flat().map(words);
  const names = columns.map(words);
  for (const wished of wishes) {
    const exact = names.findIndex((name) => name.join(' ') === wished.join(' '));
    if (exact >= 0) return exact;
  }
  for (const wished of wishes) {
    const containing = names.findIndex((name) => wished.length > 0 && wished.every((word) => name.includes(word)));
    if (containing >= 0) return containing;
  }
  return -1;
}

/** The index of a column that has to be there. Throws PermanentTaskError that lists what the table has. */
export function requireColumn(columns: readonly string[], wish: ColumnWish): number {
  const index = findColumn(columns, wish);
  if (index >= 0) return index;
  throw new PermanentTaskError(`expected a column ${[wish].flat().join(' or ')}; the table has ${columns.join(', ')}`);
}

/** The wished column, which then has to be there, or else a usual one, which may be missing (-1). */
export const wishedOrUsual = (columns: readonly string[], wish: ColumnWish | undefined, usual: string[]): number =>
  wish === undefined ? findColumn(columns, usual) : requireColumn(columns, wish);
