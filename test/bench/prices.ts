// What counted operations cost on AWS: list prices of us-east-1 on demand, free tiers ignored. Read them again before
// they go into anything a customer sees; docs/performance.md says where each comes from.
import type { Counts } from './count-operations.ts';

export const usdPerMillion = { writeUnits: 0.625, readUnits: 0.125 };

/** Dollars for the table operations of one job. */
export function tableUsd(counts: Counts): number {
  return Object.values(counts).reduce(
    (sum, { writeUnits, readUnits }) =>
      sum + (writeUnits * usdPerMillion.writeUnits + readUnits * usdPerMillion.readUnits) / 1_000_000,
    0,
  );
}
