// How well a line fits what was typed in the palette.

/** Higher is better, 0 is no match: whole words first, then beginnings of words, then the letters in order. */
export function matchScore(typed: string, line: string): number {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const text = line.toLowerCase();
  let total = 1;
  for (const word of words) {
    const score = wordScore(word, text);
    if (score === 0) return 0;
    total += score;
  }
  return total;
}

function wordScore(word: string, text: string): number {
  const at = text.indexOf(word);
  if (at === 0) return 100;
  if (at > 0) return /[\s_·-]/.test(text[at - 1]!) ? 80 : 40;
  if (word.length > 12) return 0;
  let from = 0;
  for (const letter of word) {
    const next = text.indexOf(letter, from);
    if (next < 0 || (from > 0 && next - from > 8)) return 0;
    from = next + 1;
  }
  return 10;
}
