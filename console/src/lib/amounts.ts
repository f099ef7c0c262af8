// Amounts of what is limited: money, calls, files, tokens; how full a limit is, and how long a deadline still is.
import { formatCount, formatDuration, plural, toMs } from './format.ts';
import type { Tone } from './states.ts';

const WORDS: Record<string, [one: string, many: string]> = {
  apiCalls: ['call', 'calls'],
  files: ['file', 'files'],
  tokens: ['token', 'tokens'],
};
const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** `$10.00`, `1 call`, `2,000 tokens`; what nobody knows says so. */
export function formatAmount(unit: string, amount: number | 'unknown'): string {
  const [one, many] = WORDS[unit] ?? [unit, unit];
  if (amount === 'unknown') return unit === 'spendCents' ? 'unknown spend' : `unknown ${many}`;
  return unit === 'spendCents' ? money.format(amount / 100) : plural(amount, one, many);
}

/** The bare number of a unit, where the unit is said once for several. */
export const formatBare = (unit: string, amount: number): string =>
  unit === 'spendCents' ? money.format(amount / 100) : formatCount(amount);

export type Gauge = { usedPercent: number; reservedPercent: number; tone: Tone; word: string };

/** How full a limit is: amber from 80 %, red when nothing is left. A limit of zero is always full. */
export function gaugeOf({ most, used, reserved }: { most: number; used: number; reserved: number }): Gauge {
  const share = (amount: number): number => (most > 0 ? Math.min(100, (amount / most) * 100) : 100);
  const percent = share(used + reserved);
  const usedPercent = most > 0 ? share(used) : 100;
  const tone = percent >= 100 ? 'red' : percent >= 80 ? 'amber' : 'blue';
  const word = percent >= 100 ? 'Used up' : percent >= 80 ? 'Nearly used up' : 'Free';
  return { usedPercent, reservedPercent: percent - usedPercent, tone, word };
}

export type Due = { words: string; tone: Tone };

/** What is left until a deadline: red when it has passed, amber in its last ten minutes. */
export function dueIn(deadline: string, nowMs: number): Due {
  const leftMs = toMs(deadline) - nowMs;
  if (Number.isNaN(leftMs)) return { words: 'no deadline', tone: 'grey' };
  if (leftMs <= 0) return { words: `overdue by ${formatDuration(wholeSeconds(-leftMs))}`, tone: 'red' };
  return { words: `${formatDuration(wholeSeconds(leftMs))} left`, tone: leftMs < tenMinutesMs ? 'amber' : 'grey' };
}

const tenMinutesMs = 600_000;
/** A countdown moves in seconds, not in tenths. */
const wholeSeconds = (ms: number): number => Math.max(1_000, Math.round(ms / 1_000) * 1_000);
