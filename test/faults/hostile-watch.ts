// Watches what a swarm under attack does: every effect that is carried out and every answer that is given, held against
// the rules of hostile-oracle.ts. What is wrong is written down as a finding.
import { type Asked, breach, type Done, overruns, planBreach, type Task } from './hostile-oracle.ts';

type Answer = { status: number; text: string };
type Call = {
  taskId: string;
  fence: string;
  agentId: string;
  attempt: number;
  capability: string;
  parameters: unknown;
};
export type Shipped = {
  capabilities: ReadonlyMap<string, { maxAttempts: number }>;
  agents: readonly {
    id: string;
    function?: string | undefined;
    capabilities: readonly string[];
    concurrency?: number | undefined;
  }[];
};

const SLOW_MS = 5_000;
const ANSWER_CHARACTERS_MAX = 200_000;
const REFUSALS = [400, 401, 403, 404, 409, 413, 415, 422];

/** All that agreeing is about: everything but who carries it out, and under which fence. */
export const agreedWords = ({ fence, scope: { agentId, ...scope }, ...asked }: Asked): string =>
  JSON.stringify({ ...asked, scope }, (_, value) => (value === undefined ? '(nothing)' : value));

const nameOf = ({ taskId, attempt }: Pick<Call, 'taskId' | 'attempt'>): string => `${taskId}#${attempt}`;

function placeOf(taskId: string): { objectiveId: string; number: number } {
  const [, ulid, number] = /^tsk_(.{26})_(\d+)$/.exec(taskId) ?? [];
  return { objectiveId: `obj_${ulid}`, number: Number(number) };
}

type Problem = { code?: string; detail?: string; errors?: { path: string; expected: string }[] };

/** It says what kind of refusal it is, what about, and of a wrong request where and what was expected. */
function isClear(text: string): boolean {
  const { code, detail, errors = [] } = JSON.parse(text) as Problem;
  const isSaid = !!code && !!detail && errors.every(({ path, expected }) => !!path && !!expected);
  return isSaid && (code !== 'invalid_request' || errors.length > 0);
}

/** What of a call is not as the plan and the configuration say. */
function mistaken(functionName: string, call: Call, task: Task, { capabilities, agents }: Shipped): string[] {
  const agent = agents.find(({ id }) => id === call.agentId);
  const isAble = agent?.capabilities.includes(call.capability) && agent.function === functionName;
  const [given, planned] = [call.parameters, task.parameters ?? {}].map((value) => JSON.stringify(value));
  const most = task.maxAttempts ?? capabilities.get(task.capability)?.maxAttempts ?? 0;
  return [
    ...(isAble ? [] : ['not its capability']),
    ...(task.capability === call.capability ? [] : ['called for another capability']),
    ...(given === planned ? [] : ['called with other parameters']),
    ...(call.attempt <= most ? [] : ['too many attempts']),
  ];
}

export function watching({ capabilities, agents }: Shipped) {
  const findings: string[] = [];
  const done: Done[] = [];
  const deeds = new Map<string, string>();
  const plans = new Map<string, Task[]>();
  const called = new Map<string, string>();
  const succeeded = new Set<string>();
  const locks = new Map<string, string>();
  const running = new Map<string, Set<string>>();
  const known = new Set(capabilities.keys());
  const find = (what: string, about: unknown) => {
    const alike = findings.filter((finding) => finding.startsWith(what)).length;
    if (alike < 3) findings.push(`${what}: ${JSON.stringify(about)?.slice(0, 900)}`);
  };

  /** An effect was cleared to this asker, who now acts. Once for an intent; again only if it is the same deed. */
  const effect = (effectId: string, asked: Asked, isAgreed: boolean, atMs: number): void => {
    const { action, target, scope, impact, context, reversible, undo } = asked;
    const deed = JSON.stringify([action, target, scope?.room, scope?.capability, impact, context, reversible, undo]);
    const before = deeds.get(effectId);
    if (before !== undefined && before !== deed) find('cleared for one thing, told to do another', { before, deed });
    if (before !== undefined) return;
    deeds.set(effectId, deed);
    const why = breach(asked, isAgreed);
    if (why) find(why, asked);
    else done.push({ atMs, asked, isAgreed });
  };
  /** Locks are held once, and an agent has no more at a time than it takes. */
  const takePlaces = (call: Call, { resources = [] }: Task): void => {
    const name = nameOf(call);
    for (const lock of resources) {
      if ((locks.get(lock) ?? name) !== name) find('a lock held twice', { call, lock });
      locks.set(lock, name);
    }
    const at = (running.get(call.agentId) ?? new Set()).add(name);
    running.set(call.agentId, at);
    const { concurrency } = agents.find(({ id }) => id === call.agentId) ?? {};
    if (at.size > (concurrency ?? Number.POSITIVE_INFINITY)) find('more at once than the agent takes', call);
  };

  return {
    find,
    effect,
    executed: () => done.length,
    /** Caps that were overrun, and what else went wrong. */
    verdict: () => [...findings, ...overruns(done)],
    /** Whatever was sent, a refusal says what is wrong; it is never a failure of ours, a flood of words, or a long wait. */
    answer: (sent: string, { status, text }: Answer, ms: number): void => {
      const about = { status, ms: Math.round(ms), sent: sent.slice(0, 200), text: text.slice(0, 200) };
      if (ms > SLOW_MS) find('slow', about);
      if (text.length > ANSWER_CHARACTERS_MAX) find('an answer without end', about);
      if (status < 300) return;
      if (!REFUSALS.includes(status)) find('not a refusal', about);
      if (!isClear(text)) find('not a clear refusal', about);
    },
    /** An objective was accepted with this plan. */
    accepted: (objectiveId: string, plan: unknown, budgetUsd: unknown): void => {
      const why = planBreach(plan, budgetUsd, known);
      if (why) find(`accepted: ${why}`, plan);
      plans.set(objectiveId, plan as Task[]);
    },
    /** An agent is called: for a task of an accepted plan, whose turn it is, and with what the plan says. */
    call: (
      functionName: string,
      call: Call,
      asked: (Asked & { status: string }) | undefined,
      { isAgreed, atMs }: { isAgreed: boolean; atMs: number },
    ): void => {
      const { objectiveId, number } = placeOf(call.taskId);
      const task = plans.get(objectiveId)?.[number];
      const name = nameOf(call);
      if (!task) find('called for what nobody planned', call);
      if (called.has(name) && called.get(name) !== call.fence) find('called twice', call);
      if (!task || called.has(name)) return;
      called.set(name, call.fence);
      for (const what of mistaken(functionName, call, task, { capabilities, agents })) find(what, { call, task });
      const waits = (task.dependsOn ?? []).filter((id) => !succeeded.has(`${objectiveId}/${id}`));
      if (waits.length > 0) find('called before its turn', { call, waits });
      takePlaces(call, task);
      const cents = Math.round((task.budgetUsd ?? 0) * 100);
      const isExecuting = asked?.status === 'executing' && asked.scope.agentId === call.agentId;
      if (!isExecuting) find('no effect for it', { call, asked });
      else if (asked.impact.spendCents !== cents) find('declared at another cost', { cents, asked });
      else effect(name, asked, isAgreed, atMs);
    },
    /** An attempt is over. */
    ended: (call: Pick<Call, 'taskId' | 'attempt' | 'agentId'>): void => {
      const name = nameOf(call);
      for (const [lock, holder] of locks) if (holder === name) locks.delete(lock);
      running.get(call.agentId)?.delete(name);
    },
    hasSucceeded: (taskId: string): void => {
      const { objectiveId, number } = placeOf(taskId);
      succeeded.add(`${objectiveId}/${plans.get(objectiveId)?.[number]?.id}`);
    },
  };
}
