// Takes in what was really done where a shadowed decision had only been recorded: agreement is what earns the next step.
import { stageFor } from './cohort.ts';
import { asEffect, effectKey } from './effect-item.ts';
import { evaluateStage, type StageDeps } from './move-stage.ts';
import { readStages } from './read-stages.ts';
import { countWrite } from './stage-items.ts';

export type Comparison = {
  effectId: string;
  /** what the incumbent or a person did, in the words of the decision's options */
  done: string;
  /** the decision would have done harm */
  critical: boolean;
  note?: string;
};
export type ComparisonAnswer =
  | { kind: 'compared'; agreed: boolean }
  | { kind: 'no_such_effect' | 'not_shadowed' | 'of_another_subject' | 'compared_before' };

/** Once for each decision. It agrees when the same option was taken; what is critical never agrees. */
export async function compareDecision(
  subject: string,
  comparison: Comparison,
  by: string,
  deps: StageDeps,
): Promise<ComparisonAnswer> {
  const { tables, table, now } = deps;
  const { effectId, done, critical, note } = comparison;
  const item = await tables.get(table, effectKey(effectId));
  if (!item) return { kind: 'no_such_effect' };
  const effect = asEffect(item);
  if (effect.status !== 'shadowed') return { kind: 'not_shadowed' };
  const stage = stageFor(effect, await readStages(tables, table, []));
  if (stage?.subject !== subject) return { kind: 'of_another_subject' };
  const agreed = !critical && effect.choice === done;
  const put = {
    ...{ pk: `stage#${subject}`, sk: `comparison#${effectId}`, effectId },
    ...{ chosen: effect.choice, done, critical, agreed },
    ...{ at: now().toISOString(), by, why: note ?? (agreed ? 'the same was done' : 'something else was done') },
  };
  const counts = { compared: 1, disagreed: agreed ? 0 : 1, critical: critical ? 1 : 0 };
  const outcome = await tables.write([
    { table, put, if: { missing: 'pk' } },
    countWrite(table, subject, counts, `${effectId} compared`),
  ]);
  if (!outcome.written) return { kind: 'compared_before' };
  await evaluateStage(subject, deps);
  return { kind: 'compared', agreed };
}
