// What the gate is told about the execution of a task. Pure.
import { taskIdOf } from '../common/ids.ts';
import type { Proposal } from '../safety/gate.ts';
import type { Candidate } from './allocation.ts';
import type { TaskDefinition } from './plan-page.ts';

type Start = { definition: TaskDefinition; agent: Candidate; attempt: number; fence: string; why: string };

/** The same attempt for the same cause is the same intent. */
export const intentOf = (objectiveId: string, number: number, attempt: number, fence: string): string =>
  `${taskIdOf(objectiveId, number)}#${attempt}#${fence.slice(-8)}`;

/** The effect of having an agent work on a task. A task without a budget of its own may spend nothing. */
export function proposalFor(objectiveId: string, { definition, agent, attempt, fence, why }: Start): Proposal {
  const taskId = taskIdOf(objectiveId, definition.number);
  return {
    intentKey: intentOf(objectiveId, definition.number, attempt, fence),
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
