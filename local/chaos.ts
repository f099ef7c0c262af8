// Faults on demand: reads LAZYARK_CHAOS ("seed=7,throttle=1%,lostResponse=2%") and decides, from the seed, who is hit.
import type { Chaos, Fault } from './service.ts';

const faults: readonly Fault[] = [
  'throttle',
  'conflict',
  'error500',
  'lostResponse',
  'staleIndex',
  'duplicateRecord',
  'lateRecord',
  'slow',
  'killFunction',
];
const slowMostMs = 250;

export const noChaos: Chaos = { active: false, strikes: () => false, delayMs: () => 0, pick: () => 0 };

/** Chaos from its text form; undefined or empty is none. A wrong part is an error that says what is allowed. */
export function parseChaos(text: string | undefined): Chaos {
  if (text === undefined || text.trim() === '') return noChaos;
  const rates = new Map<Fault, number>();
  let seed = 1;
  for (const part of text.split(',').map((piece) => piece.trim())) {
    const [name = '', value = ''] = part.split('=').map((piece) => piece.trim());
    if (name === 'seed') seed = parseSeed(value);
    else if (faults.includes(name as Fault)) rates.set(name as Fault, parseRate(name, value));
    else throw new Error(`LAZYARK_CHAOS: unknown fault "${name}"; known are seed, ${faults.join(', ')}`);
  }
  return makeChaos(seed, rates);
}

function makeChaos(seed: number, rates: ReadonlyMap<Fault, number>): Chaos {
  // One stream of numbers per fault, so that asking about one does not shift the answers about another.
  const streams = new Map(faults.map((fault, i) => [fault, randomNumbers(seed * 31 + i)]));
  const picks = randomNumbers(seed * 31 + faults.length);
  const strikes = (fault: Fault) => {
    const rate = rates.get(fault);
    return rate !== undefined && streams.get(fault)!() < rate;
  };
  return {
    active: rates.size > 0,
    strikes,
    delayMs: () => (strikes('slow') ? 1 + Math.floor(picks() * slowMostMs) : 0),
    pick: (limit) => Math.floor(picks() * limit),
  };
}

function parseSeed(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new Error(`LAZYARK_CHAOS: seed must be a whole number, got "${value}"`);
  return Number(value);
}

function parseRate(name: string, value: string): number {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(value);
  const percent = match ? Number(match[1]) : Number.NaN;
  if (!(percent >= 0 && percent <= 100)) {
    throw new Error(`LAZYARK_CHAOS: ${name} must be a share such as 1% or 0.5%, got "${value}"`);
  }
  return percent / 100;
}

/** mulberry32: small, even enough, and the same everywhere */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
