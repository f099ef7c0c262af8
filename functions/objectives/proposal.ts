// What the gate is told about the execution of a task. Pure.
import { contentId, taskIdOf } from '../common/ids.ts';
import { effectIdOf, type Proposal } from '../safety/gate.ts';
import type { Candidate } from './allocation.ts';
import type { TaskDefinition } from './plan-page.ts';

type Start = { definition: TaskDefinition; agent: Candidate; attempt: number; why: string };

/**
 * An attempt has one effect, whoever starts it: two who try at once, or the same one again after a crash, are cleared for
 * the same effect, and the task's page decides who of them starts.
 */
export function effectOf(objectiveId: string, number: number, attempt: number) {
  const intentKey = `${taskIdOf(objectiveId, number)}#${attempt}`;
  return { intentKey, effectId: effectIdOf(intentKey), fence: contentId('fnc', intentKey).slice(0, 20) };
}

/** The effect of having an agent work on a task. A task without a budget of its own may spend nothing. */
export function proposalFor(objectiveId: string, { definition, agent, attempt, why }: Start): Proposal {
  const taskId = taskIdOf(objectiveId, definition.number);
  const { intentKey, fence } = effectOf(objectiveId, definition.number, attempt);
  return {
    intentKey,
    fence,
    actor: 'objectives/dispatch-tasks',
    action: 'task.execute',
    target: definition.capability,
    context: { objectiveId, taskId, title: definition.title, attempt },
    options: [agent.agentId, 'wait'],
    choice: agent.agentId,
    rationale: `The plan asks for ${definition.capability}; ${why}`,
    confidence: 1,
    impact: { spendCents: definition.budgetCents ?? 0, apiCalls: 1, files: 0, tokens: 0 },
    reversible: 'nothing_to_undo',
  };
}
