// "Did you mean": the known name with the fewest edits from what was written.

/** The closest of `known`, or undefined when none is within a third of the longer name's length. Ties: the first. */
export function nearest(written: string, known: Iterable<string>): string | undefined {
  let best: { name: string; edits: number } | undefined;
  for (const name of known) {
    const most = Math.ceil(Math.max(written.length, name.length) / 3);
    if (Math.abs(written.length - name.length) > most) continue;
    const edits = editsBetween(written.toLowerCase(), name.toLowerCase());
    if (edits <= most && (!best || edits < best.edits)) best = { name, edits };
  }
  return best?.name;
}

/** Levenshtein distance. */
function editsBetween(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const replaced = row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[right.length]!;
}
