// What to do after a failed attempt: try again later, or give the task to people. Pure.

/** What an attempt failed with, as it is kept and shown. */
export type TaskError = { name: string; message: string; stack?: string[] };

export type FailureDecision =
  | { kind: 'retry'; reason: 'transient'; delayMs: number }
  | { kind: 'dead_letter'; reason: 'permanent' | 'attempts_exhausted' };

/** Trying again brings the same answer: the input is wrong, or what was asked for does not exist or is not allowed. */
const PERMANENT = new Set([
  'PermanentTaskError',
  'InvalidInput',
  'EffectDenied',
  'NobodyCapable',
  'PayloadTooLarge',
  'AccessDeniedException',
]);

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 5 * 60_000;

export const isTransient = ({ name }: TaskError): boolean => !PERMANENT.has(name);

/**
 * After attempt n (from 1): waits 1 s, 2 s, 4 s … up to 5 min, each with half of it as jitter (`random` in [0, 1)), so that
 * tasks that failed together do not come back together. An error nobody classified counts as transient.
 */
export function decideAfterFailure(
  error: TaskError,
  attempt: number,
  maxAttempts: number,
  random: number,
): FailureDecision {
  if (!isTransient(error)) return { kind: 'dead_letter', reason: 'permanent' };
  if (attempt >= maxAttempts) return { kind: 'dead_letter', reason: 'attempts_exhausted' };
  const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  return { kind: 'retry', reason: 'transient', delayMs: Math.round(delayMs * (0.5 + random / 2)) };
}
