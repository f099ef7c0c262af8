// How far the last signed root covers a lane, and whether the next root is late.
import type { LaneRoot } from './audit-proof.ts';

export type SealState =
  | { kind: 'sealed' }
  | { kind: 'newer'; entries: number }
  /** the root promises entries that the lane does not have */
  | { kind: 'cut_off'; entries: number };

/**
 * What a lane of `entries` says against the root. Its count may have been read before the root was signed
 * (`readBefore`): then more under the root than in the lane is no fault.
 */
export function sealState(
  lane: { lane: string; entries: number },
  covered: readonly LaneRoot[],
  readBefore: boolean,
): SealState {
  const size = covered.find((one) => one.lane === lane.lane)?.size ?? 0;
  if (lane.entries > size) return { kind: 'newer', entries: lane.entries - size };
  return size > lane.entries && !readBefore ? { kind: 'cut_off', entries: size - lane.entries } : { kind: 'sealed' };
}

const lateMs = 3 * 60_000;

/** A root comes each minute in which something was written, and every hour otherwise. */
export const isLate = (rootAt: string, newer: number, nowMs: number): boolean =>
  newer > 0 && nowMs - Date.parse(rootAt) > lateMs;
