// Hands a task that is marked as running to its agent, with everything the agent needs to know.
import { taskIdOf } from '../common/ids.ts';
import type { DispatchDeps, Placed } from './place-task.ts';
import { effectOf } from './proposal.ts';
import type { StatePage } from './state-page.ts';

/** An event of Lambda may have 1 MB, and so may the record that brings call and answer back together. */
const CALL_BYTES_MAX = 700_000;

/** Returns when the agent's platform has taken the call, not when the work is done. What does not fit is given up. */
export async function callAgent(
  page: StatePage,
  { definition, agent, attempt, fence }: Placed,
  deps: DispatchDeps,
): Promise<void> {
  const objective = await deps.reads.objective(page.pk);
  const results = await deps.reads.results(page, definition.dependsOn);
  const dependencies = await Promise.all(
    definition.dependsOn.map(async (needed) => {
      const { id, title } = await deps.reads.definition(page.pk, needed);
      return [id, { title, result: results.get(needed) ?? null }] as const;
    }),
  );
  const nowMs = deps.now().getTime();
  const call = {
    taskId: taskIdOf(page.pk, definition.number),
    fence,
    agentId: agent.agentId,
    attempt,
    startedAt: new Date(nowMs).toISOString(),
    capability: definition.capability,
    title: definition.title,
    parameters: definition.parameters,
    objective: { objectiveId: page.pk, text: objective?.text ?? '' },
    inputs: await deps.inputsOf(page.pk),
    dependencies: Object.fromEntries(dependencies),
    deadlineAt: new Date(nowMs + definition.timeoutSeconds * 1_000).toISOString(),
  };
  const bytes = Buffer.byteLength(JSON.stringify(call));
  if (bytes <= CALL_BYTES_MAX) return deps.callAgent(agent.functionName, call);
  const message = `What ${definition.id} builds on has ${bytes} bytes; an agent is given at most ${CALL_BYTES_MAX}`;
  await deps.giveUp(page.pk, definition, { name: 'PayloadTooLarge', message }, attempt);
  const effect = effectOf(page.pk, definition.number, attempt);
  await deps.gate.settle({ effectId: effect.effectId, fence: effect.fence, status: 'failed', reason: message });
}
