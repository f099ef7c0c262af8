// Counts what effects say of a staged subject: each effect once, however often the stream brings it.
import type { Write } from '../common/table.ts';
import { cohortOf, stageFor } from './cohort.ts';
import { type Effect, type EffectStatus, isEndedByOthers } from './effect.ts';
import { effectKey } from './effect-item.ts';
import { evaluateStage, type StageDeps } from './move-stage.ts';
import { readStages } from './read-stages.ts';
import type { StageRecord } from './stage.ts';
import { countWrite, type StageEntry } from './stage-items.ts';

export type StagedEffect = Pick<
  Effect,
  'effectId' | 'intentKey' | 'action' | 'scope' | 'status' | 'impact' | 'reason' | 'outcome'
> & { counted?: string };
type Counted = { effect: StagedEffect; subject: string; counts: Partial<StageRecord> };

/** A transaction takes 100 writes; one is the stage's own. */
const TOGETHER_MAX = 90;

/** `ended` is asked only when there are stages at all. Answers how many were counted. Then each subject that was touched is evaluated: what does worse goes back at once. */
export async function countStageFacts(ended: () => readonly StagedEffect[], deps: StageDeps): Promise<number> {
  const stages = await readStages(deps.tables, deps.table, []);
  if (stages.size === 0) return 0;
  const facts = ended()
    .filter(({ counted }) => counted === undefined)
    .flatMap((effect) => factOf(effect, stages));
  let counted = 0;
  for (const [subject, group] of Map.groupBy(facts, (fact) => fact.subject)) {
    for (let from = 0; from < group.length; from += TOGETHER_MAX)
      counted += await count(subject, group.slice(from, from + TOGETHER_MAX), deps);
    await evaluateStage(subject, deps);
  }
  return counted;
}

function factOf(effect: StagedEffect, stages: ReadonlyMap<string, StageEntry>): Counted[] {
  const stage = stageFor(effect, stages);
  const counts = stage && countsOf(effect, stage);
  return stage && counts ? [{ effect, subject: stage.subject, counts }] : [];
}

/** What one effect adds to the record; nothing while it has not ended. */
export function countsOf(effect: StagedEffect, stage: StageEntry): Partial<StageRecord> | undefined {
  const { kind, arm } = { arm: 'unstaged', ...cohortOf(effect, stage) };
  const { status, impact } = effect;
  const { step } = stage;
  if (status === 'failed' && isEndedByOthers(effect.outcome)) return undefined;
  // What is shadowed beside a canary is no evidence for it: there, only what it really did counts.
  if (status === 'shadowed')
    return step === 'shadow' ? { decisions: 1, wouldSpendCents: impact.spendCents } : undefined;
  if (arm === 'incumbent') return endOf(status, { incumbentSucceeded: 1 }, { incumbentFailed: 1 });
  if (status === 'denied') return step === 'shadow' ? { decisions: 1, wouldBeRefused: 1 } : undefined;
  if (kind === 'shadow') return undefined;
  return endOf(status, { decisions: 1, candidateSucceeded: 1 }, { decisions: 1, candidateFailed: 1 });
}

const endOf = <Counts>(status: EffectStatus, good: Counts, bad: Counts): Counts | undefined =>
  status === 'confirmed' ? good : status === 'failed' ? bad : undefined;

/** All marked and added in one transaction; when one was counted before, each on its own. */
async function count(subject: string, group: readonly Counted[], deps: StageDeps): Promise<number> {
  const { tables, table } = deps;
  const sum: Partial<StageRecord> = {};
  for (const { counts } of group)
    for (const [name, more] of Object.entries(counts)) {
      const key = name as keyof StageRecord;
      sum[key] = (sum[key] ?? 0) + more;
    }
  const marks = group.map(({ effect }): Write => {
    const set = [['counted', effect.status] as const];
    const isSame = { path: 'status', equals: effect.status };
    return {
      table,
      update: effectKey(effect.effectId),
      changes: { set },
      if: { all: [{ missing: 'counted' }, isSame] },
    };
  });
  const why = `${group.length} effects counted`;
  const outcome = await tables.write([countWrite(table, subject, sum, why), ...marks]);
  if (outcome.written) return group.length;
  if (group.length === 1) return 0;
  let counted = 0;
  for (const one of group) counted += await count(subject, [one], deps);
  return counted;
}
