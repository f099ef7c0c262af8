// A table of customer feedback, and what is true of it: counted here without any code of the product.

type Wish = { rows: number; seed: number };

const COMMENTS = [
  'Great quality, I would buy it again.',
  'The parcel arrived a week late.',
  '"It says ""fits all"", and it does not."',
  'Support never called back, and I waited on hold.',
  '',
];

/** Scores 0 to 10 and some blanks; comments with quotes and commas. The same wish gives the same table. */
export function feedbackCsv({ rows, seed }: Wish): string {
  let state = seed;
  const next = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  const lines = Array.from({ length: rows }, (_, index) => {
    const score = next(25) === 0 ? '' : `${Math.min(10, next(9) + next(5))}`;
    const comment = COMMENTS[next(COMMENTS.length)] ?? '';
    const quoted = comment.includes(',') && !comment.startsWith('"') ? `"${comment}"` : comment;
    return `2026-0${1 + (index % 6)}-1${index % 10},${score},${['web', 'app'][next(2)]},${quoted}`;
  });
  return ['date,score,channel,comment', ...lines, ''].join('\n');
}

/** The net promoter score as text with one decimal, from the second column. */
export function npsOf(csv: string): { score: string; answers: number } {
  const cells = csv
    .split('\n')
    .slice(1, -1)
    .map((line) => line.split(',')[1] ?? '');
  const scores = cells.filter((cell) => cell !== '').map(Number);
  const promoters = scores.filter((score) => score >= 9).length;
  const detractors = scores.filter((score) => score <= 6).length;
  const tenths = Math.round((1_000 * Math.abs(promoters - detractors)) / scores.length);
  const sign = promoters < detractors && tenths > 0 ? '-' : '';
  return { score: `${sign}${(tenths / 10).toFixed(1)}`, answers: scores.length };
}
