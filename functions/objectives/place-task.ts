// Finds the agent for a ready task, or lets the task wait where everybody can see it.
import type { AgentCall } from '../common/agent-call.ts';
import type { Capability } from '../common/capability.ts';
import { contentId, taskIdOf } from '../common/ids.ts';
import type { Tables } from '../common/table.ts';
import { type ControlFlags, whyNot } from '../safety/control-flags.ts';
import { type Gate, type Stages, staffFor, stageFor } from '../safety/gate.ts';
import { type Allocation, type Candidate, chooseAgent, type RosterAgent } from './allocation.ts';
import type { GiveUp } from './give-up.ts';
import { resourceKey, waitingFor, waitingKey } from './objective-items.ts';
import type { Reads } from './objective-reads.ts';
import type { TaskDefinition } from './plan-page.ts';
import { TASK_ACTION } from './proposal.ts';
import { holderOf, lock } from './resources.ts';
import type { StatePage } from './state-page.ts';

export type DispatchDeps = {
  tables: Tables;
  table: string;
  reads: Reads;
  gate: Gate;
  /** which capabilities are not live yet; without it all are */
  stages?(): Promise<Stages>;
  giveUp: GiveUp;
  capability(name: string): Capability | undefined;
  callAgent(functionName: string, call: AgentCall): Promise<void>;
  inputsOf(objectiveId: string): Promise<AgentCall['inputs']>;
  runningOf(agent: RosterAgent): Promise<number>;
  /** as they are now, or a moment ago while nothing was stopped: the gate has the last word */
  flags(): Promise<ControlFlags>;
  now: () => Date;
};
export type Placed = {
  definition: TaskDefinition;
  agent: Candidate;
  attempt: number;
  fence: string;
  /** with these the same start may have been made before */
  otherFences: string[];
  why: string;
};

/**
 * What caused a start: the stream record or message that made the task ready. The same cause coming twice makes the same
 * attempt with the same fence, so a crash between marking and calling is repaired by the redelivery, and not doubled.
 * A batch that comes again may be longer than before, so several of its records may have been the cause: the first
 * counts for a new start, and a mark of any of them is our own.
 */
export type CausesOf = (taskNumber: number) => readonly [string, ...string[]];

export const fenceOf = (taskId: string, attempt: number, cause: string): string =>
  contentId('fnc', taskId, `${attempt}`, cause).slice(0, 20);

/** The attempt to start, or nothing when the task has to wait; then it stands in line. */
export async function place(
  page: StatePage,
  number: number,
  causesOf: CausesOf,
  deps: DispatchDeps,
): Promise<Placed | undefined> {
  const definition = await deps.reads.definition(page.pk, number);
  const attempt = (page.tasks[number]?.attempt ?? 0) + 1;
  let choice = await choose(page, definition, attempt, deps);
  // What became free before the task stood in line has woken nobody: it is looked at once more.
  const joined = choice.kind === 'waiting' && (await wait(page, definition, choice.blockedOn, choice.reason, deps));
  if (joined) choice = await choose(page, definition, attempt, deps);
  if (choice.kind === 'waiting') return undefined;
  const fences = causesOf(number).map((cause) => fenceOf(taskIdOf(page.pk, number), attempt, cause));
  const [fence = '', ...otherFences] = fences;
  return { definition, agent: choice.agent, attempt, fence, otherFences, why: choice.why };
}

type Waiting = Extract<Allocation, { kind: 'waiting' }> & { blockedOn: string };
type Choice = Exclude<Allocation, { kind: 'waiting' }> | Waiting;

async function choose(
  page: StatePage,
  definition: TaskDefinition,
  attempt: number,
  deps: DispatchDeps,
): Promise<Choice> {
  const { capability, dependsOn, resources, number } = definition;
  const lock = await takenLock(resources, holderOf(taskIdOf(page.pk, number), attempt), deps);
  if (lock) return { kind: 'waiting', reason: 'all_busy', blockedOn: lock };
  const isCapable = ({ capabilities }: RosterAgent) => capabilities.includes(capability);
  const flags = await deps.flags();
  const mayAct = ({ agentId }: RosterAgent) => whyNot(flags, { room: 'objectives', agentId }) === undefined;
  const isFit = (agent: RosterAgent) => isCapable(agent) && agent.status === 'ready' && mayAct(agent);
  const roster = await deps.reads.roster((agents) => agents.some(isFit));
  const known = roster
    .filter(isCapable)
    .map((agent) => ({ ...agent, status: mayAct(agent) ? agent.status : ('lost' as const) }));
  const stage = stageFor({ action: TASK_ACTION, scope: { capability } }, (await deps.stages?.()) ?? new Map());
  const candidates = await Promise.all(
    staffFor(known, stage, page.pk).map(async (agent) => ({ ...agent, running: await deps.runningOf(agent) })),
  );
  const nearby = new Set(dependsOn.map((needed) => page.tasks[needed]?.agentId).filter((id) => id !== undefined));
  const choice = chooseAgent(capability, candidates, nearby);
  return choice.kind === 'waiting' ? { ...choice, blockedOn: `capability:${capability}` } : choice;
}

/** Only so that nothing is proposed in vain; that a lock is held once is decided where it is taken. */
async function takenLock(resources: readonly string[], holder: string, { tables, table }: DispatchDeps) {
  for (const { name } of resources.map(lock)) {
    const item = await tables.get(table, resourceKey(name));
    if (item?.holders instanceof Set && !item.holders.has(holder)) return name;
  }
  return undefined;
}

/** Puts the task in line; answers whether it did not stand there before. */
export async function wait(
  page: StatePage,
  definition: TaskDefinition,
  blockedOn: string,
  reason: string,
  deps: DispatchDeps,
): Promise<boolean> {
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
  const outcome = await deps.tables.write([
    { table: deps.table, put, if: { any: [{ missing: 'pk' }, { not: { path: 'blockedOn', equals: blockedOn } }] } },
  ]);
  return outcome.written;
}
