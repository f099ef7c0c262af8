// Money is whole minor units of a currency; arithmetic on it happens here and nowhere else.

/** US dollars as people write them (0.1, 5, 12.34) to whole cents, rounded up so that a limit is never understated. */
export function centsOf(usd: number): number {
  const cents = Math.ceil(Number((usd * 100).toFixed(6)));
  if (!Number.isSafeInteger(cents)) throw new RangeError(`${usd} USD is beyond what is counted in whole cents`);
  return cents;
}
