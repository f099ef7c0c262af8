// How often people may be prompted: so many per hour and day for each severity; the rest is told together, later.
import type { Treatment } from './escalation-config.ts';

/** What was used of one severity's budget, in the hour and the day that are named. */
export type Used = { hour: string; hourCount: number; day: string; dayCount: number };
export const UNUSED: Used = { hour: '', hourCount: 0, day: '', dayCount: 0 };

export type Admission =
  | { kind: 'prompt'; reason: string; used: Used }
  | { kind: 'digest'; reason: 'hour_is_used_up' | 'day_is_used_up' | 'never_prompted' };

/**
 * Takes one prompt out of the budget, or says why it has to wait for the digest. A clock that steps back stays in the
 * window it was in: nobody is prompted more often because time was set right.
 */
export function takePrompt(used: Used, prompts: Treatment['prompts'], now: Date): Admission {
  const window = windowOf(used, now);
  const taken = { ...window, hourCount: window.hourCount + 1, dayCount: window.dayCount + 1 };
  if (prompts === 'always') return { kind: 'prompt', reason: 'always told at once', used: taken };
  if (prompts.perHour === 0 || prompts.perDay === 0) return { kind: 'digest', reason: 'never_prompted' };
  if (taken.hourCount > prompts.perHour) return { kind: 'digest', reason: 'hour_is_used_up' };
  if (taken.dayCount > prompts.perDay) return { kind: 'digest', reason: 'day_is_used_up' };
  const reason = `prompt ${taken.hourCount} of ${prompts.perHour} this hour, ${taken.dayCount} of ${prompts.perDay} today`;
  return { kind: 'prompt', reason, used: taken };
}

function windowOf(used: Used, now: Date): Used {
  const hour = now.toISOString().slice(0, 13);
  const day = now.toISOString().slice(0, 10);
  return {
    ...(hour > used.hour ? { hour, hourCount: 0 } : { hour: used.hour, hourCount: used.hourCount }),
    ...(day > used.day ? { day, dayCount: 0 } : { day: used.day, dayCount: used.dayCount }),
  };
}
