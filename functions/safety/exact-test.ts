// Exact one-sided tests for shares, and their bounds: no approximation that fails where counts are small. Pure.

/** ln(n!) for n = 0, 1, 2, …: Stirling's series above 30, where it is exact to more digits than are kept. */
export function logFactorial(n: number): number {
  if (n < 30) {
    let sum = 0;
    for (let k = 2; k <= n; k += 1) sum += Math.log(k);
    return sum;
  }
  const x = n + 1;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3);
}

const logChoose = (n: number, k: number): number => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

/** Below this a further term of a falling tail changes nothing. */
const NEGLIGIBLE = 1e-18;

/**
 * Fisher's exact test: the probability that the first group has so many failures or more when both groups fail alike.
 * 1 when nothing failed or one group is empty.
 */
export function failsMoreOften(first: { failed: number; of: number }, second: { failed: number; of: number }): number {
  const [all, failed] = [first.of + second.of, first.failed + second.failed];
  return tail(first.failed, Math.min(first.of, failed), (k) =>
    Math.exp(logChoose(failed, k) + logChoose(all - failed, first.of - k) - logChoose(all, first.of)),
  );
}

/** The probability of so many failures or more of `of` tries when each fails with probability `share`. */
export function failsAtLeast({ failed, of }: { failed: number; of: number }, share: number): number {
  return tail(failed, of, (k) => Math.exp(logChoose(of, k) + k * Math.log(share) + (of - k) * Math.log1p(-share)));
}

function tail(from: number, to: number, probability: (k: number) => number): number {
  let sum = 0;
  let before = 0;
  for (let k = from; k <= to; k += 1) {
    const term = probability(k);
    sum += term;
    if (term < before && term < NEGLIGIBLE) break;
    before = term;
  }
  return Math.min(1, sum);
}

const CONFIDENCE = 0.95;
/** So near is near enough for a share. */
const SHARE_STEP = 1e-12;

/** The largest share that so few failures still leave possible, at 95 %: of 300 without any failure, 1 %. */
export function upperShare({ failed, of }: { failed: number; of: number }): number {
  let [low, high] = [failed / of, 1];
  while (high - low > SHARE_STEP) {
    const middle = (low + high) / 2;
    // The probability of more failures than these rises with the share.
    if (failsAtLeast({ failed: failed + 1, of }, middle) < CONFIDENCE) low = middle;
    else high = middle;
  }
  return high;
}
