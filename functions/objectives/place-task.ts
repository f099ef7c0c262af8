// Finds the agent for a ready task, or lets the task wait where everybody can see it.
import type { AgentCall } from '../common/agent-call.ts';
import { contentId, taskIdOf } from '../common/ids.ts';
import type { Tables } from '../common/table.ts';
import type { Gate } from '../safety/gate.ts';
import { type Allocation, type Candidate, chooseAgent, type RosterAgent } from './allocation.ts';
import type { GiveUp } from './give-up.ts';
import { waitingFor, waitingKey } from './objective-items.ts';
import type { Reads } from './objective-reads.ts';
import type { TaskDefinition } from './plan-page.ts';
import type { StatePage } from './state-page.ts';

export type DispatchDeps = {
  tables: Tables;
  table: string;
  reads: Reads;
  gate: Gate;
  giveUp: GiveUp;
  callAgent(functionName: string, call: AgentCall): Promise<void>;
  inputsOf(objectiveId: string): Promise<AgentCall['inputs']>;
  runningOf(agent: RosterAgent): Promise<number>;
  now: () => Date;
};
export type Placed = { definition: TaskDefinition; agent: Candidate; attempt: number; fence: string; why: string };

/**
 * What caused a start: the stream record or message that made the task ready. The same cause coming twice makes the same
 * attempt with the same fence, so a crash between marking and calling is repaired by the redelivery, and not doubled.
 */
export type CauseOf = (taskNumber: number) => string;

export const fenceOf = (taskId: string, attempt: number, cause: string): string =>
  contentId('fnc', taskId, `${attempt}`, cause).slice(0, 20);

export async function place(
  page: StatePage,
  number: number,
  causeOf: CauseOf,
  deps: DispatchDeps,
): Promise<Placed | undefined> {
  const definition = await deps.reads.definition(page.pk, number);
  const roster = await deps.reads.roster();
  const capable = roster.filter(({ capabilities }) => capabilities.includes(definition.capability));
  const candidates = await Promise.all(
    capable.map(async (agent) => ({ ...agent, running: await deps.runningOf(agent) })),
  );
  const nearby = new Set(
    definition.dependsOn.map((needed) => page.tasks[needed]?.agentId).filter((id) => id !== undefined),
  );
  const choice: Allocation = chooseAgent(definition.capability, candidates, nearby);
  if (choice.kind === 'waiting') {
    await wait(page, definition, `capability:${definition.capability}`, choice.reason, deps);
    return undefined;
  }
  const attempt = (page.tasks[number]?.attempt ?? 0) + 1;
  const fence = fenceOf(taskIdOf(page.pk, number), attempt, causeOf(number));
  return { definition, agent: choice.agent, attempt, fence, why: choice.why };
}

export async function wait(
  page: StatePage,
  definition: TaskDefinition,
  blockedOn: string,
  reason: string,
  deps: DispatchDeps,
) {
  const { number } = definition;
  const sinceMs = deps.now().getTime();
  const put = {
    ...waitingKey(page.pk, number),
    number,
    reason,
    blockedOn,
    sinceMs,
    waitingPk: waitingFor(blockedOn),
    waitingSk: `${page.rank}#${page.pk}#${number}`,
    why: `${definition.id} waits: ${reason}`,
  };
  await deps.tables.write([
    { table: deps.table, put, if: { any: [{ missing: 'pk' }, { not: { path: 'blockedOn', equals: blockedOn } }] } },
  ]);
}
