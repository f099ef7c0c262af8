// Chance that can be repeated: the same seed makes the same choices.

export type Chance = {
  /** a whole number from 0 to `below` - 1 */
  below(below: number): number;
  /** true in this share of cases */
  happens(share: number): boolean;
  pick<Choice>(choices: readonly Choice[]): Choice;
};

/** mulberry32 */
export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    happens: (share) => next() < share,
    pick: (choices) => choices[below(choices.length)] as (typeof choices)[number],
  };
}

/** What the environment says, as a whole number, or `otherwise`. */
export function numberFrom(name: string, otherwise: number): number {
  const said = process.env[name];
  if (said === undefined || said === '') return otherwise;
  if (!/^\d{1,9}$/.test(said)) throw new Error(`${name} must be a whole number, got "${said}"`);
  return Number(said);
}
