// Looks at the control flags before work is begun that the gate would refuse anyway.
import type { Tables } from '../common/table.ts';
import { type ControlFlags, modeOf, readFlags } from '../safety/control-flags.ts';

const AGE_MS_MAX = 1_000;

/** Remembered for a second, and only while nothing is stopped: neither a kill nor its end is seen late for long. */
export function flagsIn(tables: Tables, safetyTable: string, now: () => Date): () => Promise<ControlFlags> {
  let known: { flags: ControlFlags; readAtMs: number } | undefined;
  return async () => {
    const nowMs = now().getTime();
    if (known && nowMs - known.readAtMs < AGE_MS_MAX) return known.flags;
    const flags = await readFlags(tables, safetyTable);
    const isFree = modeOf(flags) === 'active' && (flags.stopped?.size ?? 0) === 0;
    known = isFree ? { flags, readAtMs: nowMs } : undefined;
    return flags;
  };
}
