// What people read of a stage: the record in words, what is missing for the next step, and what it would have cost.
import type { Tables } from '../common/table.ts';
import { upperShare } from './exact-test.ts';
import { decidePromotion, type Promotion } from './promotion-rule.ts';
import type { Stage, StagesConfig } from './stage.ts';
import { asStage, DIRECTORY, entriesOf, stageKey } from './stage-items.ts';

export type StageReport = Stage & {
  daysAtThisStep: number;
  /** of what was compared; null while nothing was */
  agreement: number | null;
  /** with 95 % confidence the decisions disagree no more often than this */
  disagreementAtMost: number | null;
  promotion: Promotion;
};

const DAY_MS = 86_400_000;

export function reportOf(stage: Stage, nowMs: number, config: StagesConfig): StageReport {
  const { compared, disagreed } = stage.record;
  return {
    ...stage,
    daysAtThisStep: Math.floor(((nowMs - Date.parse(stage.since)) / DAY_MS) * 100) / 100,
    agreement: compared === 0 ? null : (compared - disagreed) / compared,
    disagreementAtMost: compared === 0 ? null : upperShare({ failed: disagreed, of: compared }),
    promotion: decidePromotion(stage, nowMs, config),
  };
}

/** All of them: there are never many. */
export async function listStages({ tables, table }: { tables: Tables; table: string }): Promise<Stage[]> {
  const entries = entriesOf(await tables.get(table, DIRECTORY));
  const items = await Promise.all(entries.map(({ subject }) => tables.get(table, stageKey(subject))));
  const stages = items.filter((item) => item !== undefined).map(asStage);
  return stages.sort((one, other) => (one.subject < other.subject ? -1 : 1));
}
