// Texts as words, and the embedding used while no LLM is configured: a hashed bag of words.

const dimensions = 1_024;
const stopWords = new Set(
  'a an and are as at be by for from has have in into is it its of on or our that the their this to was we were will with your'.split(
    ' ',
  ),
);

/** Lower-case words without accents, plural and possessive endings, in order. */
export function wordsOf(text: string): string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’]s\b/g, '');
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).map(singular);
}

function singular(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return word.length > 3 && word.endsWith('s') && !/(ss|us|is)$/.test(word) ? word.slice(0, -1) : word;
}

/** Whether the phrase's words stand in the text one after another. */
export const phraseIn = (text: readonly string[], phrase: readonly string[]): boolean =>
  phrase.length > 0 && text.some((_, start) => phrase.every((word, offset) => text[start + offset] === word));

/**
 * A vector of length 1 (or all 0 without words): each word, stop words aside, counts at the place its hash points to.
 * It knows words, not meanings: "raise" and "increase" are as far apart as any two words.
 */
export function embed(text: string): Float64Array {
  const vector = new Float64Array(dimensions);
  for (const word of wordsOf(text)) if (!stopWords.has(word)) vector[hashOf(word) % dimensions]! += 1;
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}

/** From 0 (no word in common) to 1 (the same words as often). */
export const cosine = (left: Float64Array, right: Float64Array): number =>
  left.reduce((sum, value, index) => sum + value * right[index]!, 0);

/** FNV-1a. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (const character of word) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  return hash >>> 0;
}
