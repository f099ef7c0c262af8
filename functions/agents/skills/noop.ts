// Does nothing, for a while if asked: for measuring the swarm itself and for rehearsing plans.
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import type { Work } from '../agent.ts';
import { parametersOf } from '../parameters.ts';

const NoopParameters = z.strictObject({
  delayMs: z.int().min(0).max(25_000).default(0),
  note: z.string().max(1_000).optional(),
});

/** `{ done: true, note? }`, after `delayMs` milliseconds. */
export async function noop({ parameters, signal }: Work): Promise<{ done: true; note?: string }> {
  const { delayMs, note } = parametersOf(NoopParameters, parameters);
  if (delayMs > 0) await wait(delayMs, undefined, { signal });
  return note === undefined ? { done: true } : { done: true, note };
}
