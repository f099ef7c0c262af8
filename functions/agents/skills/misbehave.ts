// Fails in every way an agent can fail, on request: for drills and for the tests of everything that heals.
import * as z from 'zod';
import type { Work } from '../agent.ts';
import { PermanentTaskError, TransientTaskError } from '../errors.ts';
import { parametersOf } from '../parameters.ts';

const DrillMode = z.enum(['ok', 'throw', 'transient', 'permanent', 'hang', 'loop', 'garbage', 'exit', 'leak']);
const DrillParameters = z.strictObject({ mode: DrillMode.default('ok'), share: z.number().min(0).max(1).default(1) });

const misdeeds: Record<z.infer<typeof DrillMode>, () => unknown> = {
  ok: () => ({ drill: 'ok' }),
  throw: () => {
    throw new Error('The drill threw an error without a class');
  },
  transient: () => {
    throw new TransientTaskError('The drill asked to be tried again');
  },
  permanent: () => {
    throw new PermanentTaskError('The drill cannot succeed');
  },
  hang: () => new Promise(() => {}),
  loop: () => {
    for (;;);
  },
  garbage: () => ['not', 'what', 'was', 'promised'],
  exit: () => process.exit(1),
  leak: () => {
    const held: number[][] = [];
    for (;;) held.push(new Array(1_000_000).fill(held.length));
  },
};

/**
 * Misbehaves as `mode` says. With `share` below 1 only that share of attempts does, chosen by the attempt's fence, so that
 * a retry may succeed and a rerun of the same attempt behaves the same.
 */
export function misbehave({ parameters, fence }: Work): unknown {
  const { mode, share } = parametersOf(DrillParameters, parameters);
  return misdeeds[fractionOf(fence) < share ? mode : 'ok']();
}

/** A number in [0, 1) that follows from the text alone (FNV-1a). */
export function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d); // short texts differ in few bits: spread them
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}
