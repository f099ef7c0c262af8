// Pairs of neighbouring words that may name a complaint nobody has a theme for.

const stopWords = new Set(
  'a about after again all also am an and any are as at be because been before being both but by can could did do does doing down during each even few for from further get got had has have having he her here hers him his how i if in into is it its just like made make me more most much my never no nor not now of off on once one only or other our ours out over own really same she should so some still such than that the their theirs them then there these they this those though through to too under until up us very was way we well were what when where which while who why will with would you your yours didnt doesnt dont im ive id isnt wasnt cant wont couldnt wouldnt'.split(
    ' ',
  ),
);

/** The different word pairs of these clauses, both words longer than two letters and none of them a stop word. */
export function phrasesOf(clauses: readonly string[]): Set<string> {
  const phrases = new Set<string>();
  for (const clause of clauses) {
    const words =
      clause
        .toLowerCase()
        .replace(/['’]/g, '')
        .match(/[\p{L}]+|[^\p{L}\s]+/gu) ?? [];
    for (let index = 1; index < words.length; index += 1) {
      const pair = [words[index - 1]!, words[index]!];
      if (pair.every((word) => word.length > 2 && !stopWords.has(word) && /^\p{L}/u.test(word)))
        phrases.add(pair.join(' '));
    }
  }
  return phrases;
}
