// Starts what is ready on a page of an objective: choose the agent, ask the gate, take the places, mark it running, call.
import { taskIdOf } from '../common/ids.ts';
import type { Item, Write } from '../common/table.ts';
import { whyNot } from '../safety/control-flags.ts';
import { type Proposal, type Stages, stageFor, type Verdict } from '../safety/gate.ts';
import { callAgent } from './call-agent.ts';
import { LIMITS, lineOfEffect } from './objective-items.ts';
import { knows } from './objective-reads.ts';
import { type CausesOf, type DispatchDeps, fenceOf, type Placed, place, wait } from './place-task.ts';
import { effectOf, OUTCOME_GRACE_SECONDS, proposalFor, shadowOf, stoppedBy } from './proposal.ts';
import { agentPlaces, holderOf, lock, type ResourceNeed, takePlace } from './resources.ts';
import { asStatePage, mayStart, readyTasks, type StatePage, type TaskState } from './state-page.ts';

/**
 * Starts every ready task of the page and answers how many. `page` may be an old image: what has moved on since is refused
 * by the store and left alone.
 */
export async function dispatchPage(page: StatePage, causesOf: CausesOf, deps: DispatchDeps): Promise<number> {
  if (page.status !== 'running' || (await isStopped(page.pk, deps))) return 0;
  const ready = readyTasks(page, deps.now().getTime());
  const placed = (await Promise.all(ready.map((number) => place(page, number, causesOf, deps)))).filter(
    (one) => one !== undefined,
  );
  await closePrevious(page, placed, deps);
  const cleared = await askGate(page, placed, deps);
  const started = [...(await start(page, cleared, deps)), ...(await markedBefore(page, causesOf, deps))];
  await Promise.all(started.map((one) => callAgent(page, one, deps)));
  return started.length;
}

/** Only so that nothing is proposed in vain while a kill holds; that nothing starts is the gate's doing. */
export async function isStopped(objectiveId: string, { flags }: Pick<DispatchDeps, 'flags'>): Promise<boolean> {
  return whyNot(await flags(), { room: 'objectives', objectiveId }) !== undefined;
}

/**
 * Who noted a lost attempt, or took it back for a kill, may have died before the attempt's effect was closed; nobody
 * repeats that. Here may be earlier than there, so a kill is named as it would name itself.
 */
async function closePrevious(
  { pk, tasks }: StatePage,
  placed: readonly Placed[],
  { gate }: DispatchDeps,
): Promise<void> {
  const again = placed.filter(({ attempt }) => attempt > 1);
  const closing = again.map(({ definition, attempt }) => {
    const { effectId, fence } = effectOf(pk, definition.number, attempt - 1);
    const { revoked } = tasks[definition.number] ?? {};
    const reason = revoked ? stoppedBy(revoked.killId) : 'followed by another attempt';
    return gate.settle({ effectId, fence, status: 'failed', reason });
  });
  await Promise.all(closing);
}

/** Tasks that these very causes have marked already: the call may not have gone out before a crash. */
async function markedBefore(page: StatePage, causesOf: CausesOf, { reads }: DispatchDeps): Promise<Placed[]> {
  const mine = Object.entries(page.tasks).filter(([number]) => isMarkedBy(page, Number(number), causesOf));
  const placed = mine.map(async ([number, task]): Promise<Placed | undefined> => {
    const roster = await reads.roster(knows(task.agentId));
    const agent = roster.find(({ agentId }) => agentId === task.agentId);
    const definition = await reads.definition(page.pk, Number(number));
    return (
      agent && {
        definition,
        agent: { ...agent, running: 0 },
        attempt: task.attempt ?? 1,
        fence: task.fence ?? '',
        otherFences: [],
        why: 'called again',
      }
    );
  });
  return (await Promise.all(placed)).filter((one) => one !== undefined);
}

/** Whether one of its causes has marked the task as running. */
export function isMarkedBy({ pk, tasks }: StatePage, number: number, causesOf: CausesOf): boolean {
  const { status, attempt = 1, fence } = tasks[number] ?? {};
  const isMine = (cause: string) => fence === fenceOf(taskIdOf(pk, number), attempt, cause);
  return status === 'running' && causesOf(number).some(isMine);
}

async function askGate(page: StatePage, placed: readonly Placed[], deps: DispatchDeps): Promise<Placed[]> {
  if (placed.length === 0) return [];
  const proposals = placed.map((one) => proposalFor(page.pk, one, deps.capability(one.definition.capability)));
  const shadows = await shadowsOf(proposals, deps);
  const verdicts = await deps.gate.propose([...proposals, ...shadows]);
  const answered = placed.map((one, index) => ({ one, verdict: verdicts[index] }));
  await Promise.all(answered.map(({ one, verdict }) => verdict && notCleared(page, one, verdict, deps)));
  return answered.filter(({ verdict }) => verdict?.kind === 'cleared').map(({ one }) => one);
}

/** While a candidate is in shadow, what it would have done is recorded beside what is done. */
async function shadowsOf(proposals: readonly Proposal[], { stages }: DispatchDeps): Promise<Proposal[]> {
  const now: Stages = (await stages?.()) ?? new Map();
  return proposals.flatMap((proposal) => {
    const { step, candidate } = stageFor(proposal, now) ?? {};
    return step === 'shadow' && candidate && proposal.scope.agentId !== candidate
      ? [shadowOf(proposal, candidate)]
      : [];
  });
}

/** What is denied or only shadowed ends here, with the reason; what is held waits where everybody can see it. */
async function notCleared(page: StatePage, one: Placed, verdict: Verdict, deps: DispatchDeps): Promise<void> {
  if (verdict.kind === 'held')
    await wait(page, one.definition, lineOfEffect(verdict.effectId), `held: ${verdict.reason}`, deps);
  const isForNow = verdict.kind === 'denied' && verdict.passing === true;
  if (isForNow) await wait(page, one.definition, LIMITS, `for now: ${verdict.reason}`, deps);
  else if (verdict.kind === 'denied' || verdict.kind === 'shadowed')
    await deps.giveUp(page.pk, one.definition, refusalOf(one, verdict), one.attempt);
}

function refusalOf({ definition }: Placed, { kind, reason }: { kind: 'denied' | 'shadowed'; reason: string }) {
  if (kind === 'denied') return { name: 'EffectDenied', message: reason };
  const message = `${definition.capability} is in shadow mode: what it would do is recorded and not done (${reason})`;
  return { name: 'EffectShadowed', message };
}

/** Marks tasks as running: those without places to take in one update, each of the others in a transaction of its own. */
async function start(page: StatePage, cleared: readonly Placed[], deps: DispatchDeps): Promise<Placed[]> {
  const free = cleared.filter((one) => needsOf(one).length === 0);
  const scarce = cleared.filter((one) => needsOf(one).length > 0);
  const starts = [
    ...(free.length > 0 ? [startTogether(page, free, deps)] : []),
    ...scarce.map((one) => startWithPlaces(page, one, deps)),
  ];
  return (await Promise.all(starts)).flat();
}

async function startTogether(page: StatePage, group: readonly Placed[], deps: DispatchDeps): Promise<Placed[]> {
  const outcome = await deps.tables.write([markRunning(page, group, deps)]);
  if (outcome.written) return [...group];
  if (group.length > 1) return (await Promise.all(group.map((one) => startTogether(page, [one], deps)))).flat();
  return alreadyOurs(outcome.refused[0]?.found, group, page, deps);
}

/**
 * Refused: one of its causes has marked the task before (then it is called again), or the task has moved on. Its effect
 * belongs to who moved it; nobody did when the objective no longer runs.
 */
async function alreadyOurs(
  found: Item | undefined,
  [one]: readonly Placed[],
  page: StatePage,
  deps: DispatchDeps,
): Promise<Placed[]> {
  if (!one) return [];
  const task = found && asStatePage(found).tasks[one.definition.number];
  if (task?.status === 'running' && [one.fence, ...one.otherFences].includes(task.fence ?? ''))
    return [{ ...one, fence: task.fence ?? '' }];
  if (task?.status === 'cancelled') await letGo(page, one, 'failed', 'the objective was cancelled', deps);
  else if (found && task && mayStartLater(found, task))
    await letGo(page, one, 'held', 'the objective does not run', deps);
  return [];
}

const mayStartLater = (found: Item, { status }: TaskState): boolean =>
  asStatePage(found).status !== 'running' && (status === 'pending' || status === 'failed');

async function startWithPlaces(
  page: StatePage,
  one: Placed,
  deps: DispatchDeps,
  isSecondTry = false,
): Promise<Placed[]> {
  const needs = needsOf(one);
  const holder = holderOf(taskIdOf(page.pk, one.definition.number), one.attempt);
  const takes = needs.map((need) => takePlace(deps.table, need, holder));
  const outcome = await deps.tables.write([markRunning(page, [one], deps), ...takes]);
  if (outcome.written) return [one];
  const moved = outcome.refused.find(({ index }) => index === 0);
  if (moved) return alreadyOurs(moved.found, [one], page, deps);
  const blocking = outcome.refused.map(({ index }) => needs[index - 1]).find((need) => need !== undefined);
  const joined = blocking && (await wait(page, one.definition, blocking.name, 'all_busy', deps));
  // A place that was given back before the task stood in line has woken nobody.
  if (joined && !isSecondTry) return startWithPlaces(page, one, deps, true);
  await letGo(page, one, 'held', 'no place is free', deps);
  return [];
}

const needsOf = ({ agent, definition }: Placed): ResourceNeed[] => [
  ...(agent.concurrency === undefined ? [] : [agentPlaces(agent.agentId, agent.concurrency)]),
  ...definition.resources.map(lock),
];

function markRunning(page: StatePage, group: readonly Placed[], { table, now }: DispatchDeps): Write {
  const nowMs = now().getTime();
  return {
    table,
    update: { pk: page.pk, sk: page.sk },
    changes: {
      set: [
        ...group.map(({ definition, agent, attempt, fence }) => {
          const leaseUntilMs = nowMs + (definition.timeoutSeconds + OUTCOME_GRACE_SECONDS) * 1_000;
          const spent = page.tasks[definition.number]?.spent;
          const state = {
            status: 'running',
            agentId: agent.agentId,
            attempt,
            spent,
            fence,
            startedAtMs: nowMs,
            leaseUntilMs,
          };
          return [['tasks', `${definition.number}`], state] as const;
        }),
        ['movedAtMs', nowMs] as const,
        ['by', 'objectives/dispatch-tasks'] as const,
        [
          'why',
          group
            .map(({ definition, why }) => `${definition.id}: ${why}`)
            .join('; ')
            .slice(0, 300),
        ] as const,
      ],
    },
    if: { all: group.map(({ definition }) => mayStart(definition.number)) },
  };
}

/** The gate cleared it, but it does not start: held, it is cleared again by the next try. */
async function letGo(
  page: StatePage,
  { definition, attempt }: Placed,
  status: 'held' | 'failed',
  reason: string,
  { gate }: DispatchDeps,
): Promise<void> {
  const { effectId, fence } = effectOf(page.pk, definition.number, attempt);
  await gate.settle({ effectId, fence, status, reason });
}
