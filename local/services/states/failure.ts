// How a state fails: an error name and a cause, and the Retry and Catch rules that judge them.

/** A state's failure. `error` is what Retry and Catch match. */
export class StateFailure extends Error {
  override name = 'StateFailure';
  readonly error: string;
  constructor(error: string, cause: string) {
    super(cause);
    this.error = error;
  }
}

/** The walk of a scope was called off: its execution ended, or a sibling failed. Nothing may be written any more. */
export class CalledOff extends Error {
  override name = 'CalledOff';
}
/** One for all: it is thrown at the end of every task, and a stack would cost more than the task. */
export const calledOff = new CalledOff();

export const PAYLOAD_BYTES_MAX = 262_144;
export const HISTORY_EVENTS_MAX = 25_000;

export const historyFull = () =>
  new StateFailure(
    'States.Runtime',
    `The execution reached the maximum number of history events (${HISTORY_EVENTS_MAX}).`,
  );

/** Throws States.DataLimitExceeded when the value's JSON is over 256 KB; returns the JSON. */
export function jsonWithinLimit(value: unknown, what: string): string {
  const text = JSON.stringify(value) ?? 'null';
  if (text.length * 3 > PAYLOAD_BYTES_MAX && Buffer.byteLength(text) > PAYLOAD_BYTES_MAX) {
    const reason = `The ${what} is larger than the maximum of ${PAYLOAD_BYTES_MAX} bytes.`;
    throw new StateFailure('States.DataLimitExceeded', reason);
  }
  return text;
}

export type Retrier = {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  MaxAttempts?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: 'NONE' | 'FULL';
};
export type Catcher = { ErrorEquals: string[]; Next: string; ResultPath?: string | null };

const TIMEOUTS = ['States.Timeout', 'States.HeartbeatTimeout'];
const NEVER_BY_ALL = ['States.DataLimitExceeded', 'States.Runtime'];

/** Whether a name of an ErrorEquals list means this error, by the rules of the States language. */
function means(wanted: string, error: string): boolean {
  if (error === 'States.Runtime') return false;
  if (wanted === error) return true;
  if (wanted === 'States.Timeout') return error === 'States.HeartbeatTimeout';
  if (wanted === 'States.TaskFailed') return !TIMEOUTS.includes(error) && !NEVER_BY_ALL.includes(error);
  return wanted === 'States.ALL' && !NEVER_BY_ALL.includes(error);
}

const matches = (rule: { ErrorEquals: string[] }, error: string) => rule.ErrorEquals.some((name) => means(name, error));

export type Retry = { index: number; delayMs: number };

/** The retry that the first matching retrier still grants; `used` counts earlier retries by retrier. */
export function retryFor(
  retriers: readonly Retrier[],
  error: string,
  used: readonly number[],
  random: () => number,
): Retry | undefined {
  const index = retriers.findIndex((retrier) => matches(retrier, error));
  const retrier = retriers[index];
  const usedCount = used[index] ?? 0;
  if (!retrier || usedCount >= (retrier.MaxAttempts ?? 3)) return undefined;
  const grown = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** usedCount;
  const seconds = Math.min(grown, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  return { index, delayMs: Math.round(seconds * 1000 * (retrier.JitterStrategy === 'FULL' ? random() : 1)) };
}

export const catcherFor = (catchers: readonly Catcher[], error: string): Catcher | undefined =>
  catchers.find((catcher) => matches(catcher, error));
