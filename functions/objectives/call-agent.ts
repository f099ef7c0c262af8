// Hands a task that is marked as running to its agent, with everything the agent needs to know.
import { taskIdOf } from '../common/ids.ts';
import type { DispatchDeps, Placed } from './place-task.ts';
import type { StatePage } from './state-page.ts';

/** Returns when the agent's platform has taken the call, not when the work is done. */
export async function callAgent(
  page: StatePage,
  { definition, agent, fence }: Placed,
  deps: DispatchDeps,
): Promise<void> {
  const objective = await deps.reads.objective(page.pk);
  const dependencies = await Promise.all(definition.dependsOn.map((needed) => dependency(page.pk, needed, deps)));
  const nowMs = deps.now().getTime();
  await deps.callAgent(agent.functionName, {
    taskId: taskIdOf(page.pk, definition.number),
    fence,
    agentId: agent.agentId,
    capability: definition.capability,
    title: definition.title,
    parameters: definition.parameters,
    objective: { objectiveId: page.pk, text: objective?.text ?? '' },
    inputs: await deps.inputsOf(page.pk),
    dependencies: Object.fromEntries(dependencies),
    deadlineAt: new Date(nowMs + definition.timeoutSeconds * 1_000).toISOString(),
  });
}

async function dependency(objectiveId: string, number: number, { reads }: DispatchDeps) {
  const [definition, found] = await Promise.all([
    reads.definition(objectiveId, number),
    reads.result(objectiveId, number),
  ]);
  return [definition.id, { title: definition.title, result: found?.result ?? null }] as const;
}
