// What the gate is told about the execution of a task. Pure.
import type { Capability } from '../common/capability.ts';
import { contentId, taskIdOf } from '../common/ids.ts';
import { effectIdOf, type Proposal } from '../safety/gate.ts';
import type { Candidate } from './allocation.ts';
import type { TaskDefinition } from './plan-page.ts';

/** After the time an agent may take, how long its outcome may be on its way before the task counts as lost. */
export const OUTCOME_GRACE_SECONDS = 60;

/** The one action of this room: to have an agent work on a task. */
export const TASK_ACTION = 'task.execute';

type Start = { definition: TaskDefinition; agent: Candidate; attempt: number; why: string };

/**
 * An attempt has one effect, whoever starts it: two who try at once, or the same one again after a crash, are cleared for
 * the same effect, and the task's page decides who of them starts.
 */
export function effectOf(objectiveId: string, number: number, attempt: number) {
  const intentKey = `${taskIdOf(objectiveId, number)}#${attempt}`;
  return { intentKey, effectId: effectIdOf(intentKey), fence: contentId('fnc', intentKey).slice(0, 20) };
}

/**
 * The effect of having an agent work on a task: what its capability does outside, and its budget as spending. What does
 * nothing outside costs nothing that is counted. What does may have to be agreed to by others, who agree to the task and
 * not to an agent: the same task is the same proposal, whoever is free when it is proposed again.
 */
export function proposalFor(
  objectiveId: string,
  { definition, agent, attempt, why }: Start,
  capability?: Pick<Capability, 'impact' | 'reversible' | 'undo'>,
): Proposal {
  const taskId = taskIdOf(objectiveId, definition.number);
  const { intentKey, fence } = effectOf(objectiveId, definition.number, attempt);
  const impact = { spendCents: 0, apiCalls: 0, files: 0, tokens: 0, ...capability?.impact };
  if (definition.budgetCents) impact.spendCents = mostOf(impact.spendCents, definition.budgetCents);
  const isFree = Object.values(impact).every((amount) => amount === 0);
  return {
    intentKey,
    fence,
    actor: 'objectives/dispatch-tasks',
    scope: { room: 'objectives', agentId: agent.agentId, objectiveId, capability: definition.capability },
    action: TASK_ACTION,
    target: definition.capability,
    context: { objectiveId, taskId, title: definition.title, attempt },
    options: isFree ? [agent.agentId, 'wait'] : ['execute', 'leave it'],
    choice: isFree ? agent.agentId : 'execute',
    rationale: `The plan asks for ${definition.capability}${isFree ? `; ${why}` : ''}`.slice(0, 500),
    confidence: 1,
    impact,
    reversible: capability?.reversible ?? 'nothing_to_undo',
    ...(capability?.undo === undefined ? {} : { undo: capability.undo }),
    deadlineSeconds: definition.timeoutSeconds + 2 * OUTCOME_GRACE_SECONDS,
  };
}

const mostOf = (declared: number | 'unknown', budgetCents: number): number | 'unknown' =>
  declared === 'unknown' ? declared : Math.max(declared, budgetCents);

/**
 * What a candidate would have been told to do, beside the incumbent who is really told: the gate records it. It has an
 * intent of its own, so that the real attempt knows nothing of it.
 */
export function shadowOf(proposal: Proposal, candidate: string): Proposal {
  const intentKey = `${proposal.intentKey}~shadow`;
  const options = [candidate, ...proposal.options];
  return { ...proposal, options, choice: candidate, intentKey, scope: { ...proposal.scope, agentId: candidate } };
}

/** What the settlement of an effect says that a kill has stopped. */
export const stoppedBy = (killId: string): string => `stopped by ${killId}`;
