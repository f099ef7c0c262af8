// The stages as a gate sees them: read at most every two seconds; what the configuration declares is in shadow until moved.
import type { Tables } from '../common/table.ts';
import { cohortOf, type Staged, stageFor } from './cohort.ts';
import { DIRECTORY, entriesOf, type StageEntry } from './stage-items.ts';

const FRESH_MS = 2_000;

export type Stages = ReadonlyMap<string, StageEntry>;
/** Subjects that are in shadow from the start. */
export type Declared = readonly { subject: string; candidate?: string }[];
type Deps = { tables: Tables; table: string; now: () => Date; declared: Declared };

/** Throws when the store does: a gate that cannot see the stages clears nothing. */
export function stagesOn({ tables, table, now, declared }: Deps): () => Promise<Stages> {
  let seen: { stages: Promise<Stages>; untilMs: number } | undefined;
  return () => {
    const nowMs = now().getTime();
    if (seen && nowMs < seen.untilMs) return seen.stages;
    const stages = readStages(tables, table, declared);
    seen = { stages, untilMs: nowMs + FRESH_MS };
    stages.catch(() => {
      seen = undefined;
    });
    return stages;
  };
}

export async function readStages(tables: Tables, table: string, declared: Declared): Promise<Stages> {
  const stored = entriesOf(await tables.get(table, DIRECTORY));
  const first = declared.map(({ subject, candidate }): StageEntry => ({ subject, step: 'shadow', candidate }));
  return new Map([...first, ...stored].map((entry) => [entry.subject, entry]));
}

/** For the gate: why a proposal is recorded and not carried out; nothing when it may act. */
export const whyShadowBy = (stages: () => Promise<Stages>) => async () => {
  const now = await stages();
  return (proposal: Staged): string | undefined => {
    if (now.size === 0) return undefined;
    const cohort = cohortOf(proposal, stageFor(proposal, now));
    return cohort.kind === 'shadow' ? `shadow: ${cohort.reason}` : undefined;
  };
};
