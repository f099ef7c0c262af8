// Plans an objective from the pattern library: recalled first, then by fit, then the fallback; and mends a plan that failed.
import type { Tables } from '../common/table.ts';
import { knownInput } from './known-input.ts';
import { artifactKey, type ObjectiveItem, patternKey, planningKey, RECENT } from './objective-items.ts';
import type { Pattern } from './pattern.ts';
import {
  choosePattern,
  fillPattern,
  type KnownInput,
  type PastObjective,
  planFallback,
  recallSimilar,
} from './patterns.ts';
import { type Draft, draftOf, keepDraft, objectiveOf, type PlanningDeps, type PlanningRef } from './planning.ts';

export type MakePlanDeps = PlanningDeps & { patterns: readonly Pattern[] };

const RECALLED_OBJECTIVES_MAX = 100;

/** Looks among the latest objectives for ones that say nearly the same, and notes the pattern that served them best. */
export async function recallPatterns({ objectiveId, repairs }: PlanningRef, deps: PlanningDeps): Promise<PlanningRef> {
  const { text } = await objectiveOf(objectiveId, deps);
  const [best] = recallSimilar(text, await pastObjectives(objectiveId, deps));
  const reasons = best
    ? [`recalled "${best.patternName}" from an objective ${Math.round(best.similarity * 100)} % alike`]
    : [];
  await keepDraft(objectiveId, { plan: [], reasons, ...(best ? { pattern: best.patternName } : {}) }, deps);
  return { objectiveId, repairs };
}

async function pastObjectives(objectiveId: string, deps: PlanningDeps): Promise<PastObjective[]> {
  const { tables, table } = deps;
  const recent = await tables.query({
    table,
    index: 'recent',
    pk: RECENT,
    newestFirst: true,
    limit: RECALLED_OBJECTIVES_MAX,
  });
  const found = recent.items.filter(({ pk }) => pk !== objectiveId).map(({ pk }) => pastObjective(pk, deps));
  return (await Promise.all(found)).filter((past) => past !== undefined);
}

async function pastObjective(pk: string, deps: PlanningDeps): Promise<PastObjective | undefined> {
  const planning = (await deps.tables.get(deps.table, planningKey(pk))) as { pattern?: string } | undefined;
  if (!planning?.pattern) return undefined;
  const [{ text }, record] = await Promise.all([
    objectiveOf(pk, deps),
    deps.tables.get(deps.table, patternKey(planning.pattern)),
  ]);
  const { succeeded = 0, total = 0 } = (record ?? {}) as { succeeded?: number; total?: number };
  return { text, patternName: planning.pattern, succeeded, total };
}

/** Drafts the plan. A recalled pattern is used when the inputs meet its needs. */
export async function draftPlan({ objectiveId, repairs }: PlanningRef, deps: MakePlanDeps): Promise<PlanningRef> {
  const [objective, recalled] = await Promise.all([objectiveOf(objectiveId, deps), draftOf(objectiveId, deps)]);
  await keepDraft(
    objectiveId,
    planFor({ text: objective.text, inputs: await knownInputs(objective, deps) }, recalled, deps.patterns),
    deps,
  );
  return { objectiveId, repairs };
}

function planFor(
  objective: { text: string; inputs: KnownInput[] },
  recalled: Draft,
  patterns: readonly Pattern[],
): Draft {
  const known = patterns.find(({ name }) => name === recalled.pattern);
  const again = known && choosePattern(objective, [known]);
  const choice = again ?? choosePattern(objective, patterns);
  if (!choice)
    return { plan: planFallback(objective), reasons: [...recalled.reasons, 'no pattern fits: the fallback plan'] };
  const reasons = [...(again ? recalled.reasons : []), choice.why];
  return { plan: fillPattern(choice.pattern, objective), pattern: choice.pattern.name, reasons };
}

/** A plan that did not hold is replaced by the fallback, which asks for nothing special; once. */
export async function mendPlan({ objectiveId, repairs }: PlanningRef, deps: PlanningDeps): Promise<PlanningRef> {
  const [objective, draft] = await Promise.all([objectiveOf(objectiveId, deps), draftOf(objectiveId, deps)]);
  const plan = planFallback({ text: objective.text, inputs: await knownInputs(objective, deps) });
  await keepDraft(objectiveId, { plan, reasons: [...draft.reasons, 'the plan did not hold: the fallback plan'] }, deps);
  return { objectiveId, repairs: repairs + 1 };
}

async function knownInputs(
  { inputs }: ObjectiveItem,
  { tables, table }: { tables: Tables; table: string },
): Promise<KnownInput[]> {
  return Promise.all(
    inputs.map(async ({ name, mediaType, content, artifactId }) => {
      const artifact = artifactId ? await tables.get(table, artifactKey(artifactId)) : undefined;
      const said = mediaType ?? (artifact?.mediaType as string | undefined);
      return knownInput({ name, mediaType: said, content });
    }),
  );
}
