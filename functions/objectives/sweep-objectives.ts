// Once a minute: finds what no event will move any more, and moves it. Everything here can be done twice without harm.
import { logger } from '../common/lambda.ts';
import type { Item } from '../common/table.ts';
import { dispatchPage, isStopped } from './dispatch-tasks.ts';
import { ACTIVE, isLineOfEffect, QUEUE } from './objective-items.ts';
import { persist } from './persist.ts';
import type { DispatchDeps } from './place-task.ts';
import { releaseDependents } from './release-dependents.ts';
import { type SettleDeps, settleFailure } from './settle-task.ts';
import { freeStalePlaces } from './stale-places.ts';
import { allSucceeded, isReady, newlySucceeded, type StatePage, type TaskState, waitsForOf } from './state-page.ts';

export type SweepDeps = DispatchDeps &
  SettleDeps & { startPlanning(objectiveId: string, cause: string): Promise<void> };
export type SweepReport = { looked: number; started: number; lost: number; finished: number; requeued: number };

/** Planning takes seconds; after this it counts as lost and is begun again. */
const PLANNING_MINUTES_MAX = 5;
/** Nobody capable for this long: people have to look. */
const WAITING_HOURS_MAX = 24;

/** Looks at every objective that has not ended. `cause` names this sweep; `after` says what it follows. */
export async function sweepObjectives(
  cause: string,
  deps: SweepDeps,
  after: 'time' | 'resume' = 'time',
): Promise<SweepReport> {
  const report: SweepReport = { looked: 0, started: 0, lost: 0, finished: 0, requeued: 0 };
  const wanted = new Set<string>();
  let cursor: string | undefined;
  do {
    const found = await deps.tables.query({ table: deps.table, index: 'active', pk: ACTIVE, limit: 100, cursor });
    for (const item of found.items) {
      await persist(() => sweepOne(item, { cause, after, report, wanted }, deps)).catch((error: Error) =>
        logger.warn('not swept; the next sweep looks again', { objectiveId: item.pk, error }),
      );
    }
    cursor = found.cursor;
  } while (cursor);
  await freeStalePlaces(wanted, deps);
  return report;
}

type Sweep = {
  cause: string;
  after: 'time' | 'resume';
  report: SweepReport;
  /** what tasks wait for */
  wanted: Set<string>;
};

/** What a kill holds is left as it is, its lost agents included: nobody could be asked in their place. */
async function sweepOne({ pk }: Item, { cause, after, report, wanted }: Sweep, deps: SweepDeps): Promise<void> {
  if (await isStopped(pk, deps)) return;
  const pages = await deps.reads.pages(pk);
  const [first] = pages;
  if (!first) return;
  report.looked += 1;
  if (first.status === 'queued' || first.status === 'planning') {
    if (await planAgain(first, after, deps)) report.requeued += 1;
    return;
  }
  for (const page of pages) {
    report.lost += await settleLost(page, deps);
    await releaseOwed(page, pages, deps);
    for (const blockedOn of await giveUpWaiting(page, deps)) wanted.add(blockedOn);
    report.started += await dispatchPage(page, (number) => [`${cause}#${number}`], deps);
    if (allSucceeded(page) && (await deps.finish(page))) report.finished += 1;
  }
}

/** A lease that ran out: the agent or its outcome was lost. The attempt counts as failed; a late answer is refused. */
async function settleLost(page: StatePage, deps: SweepDeps): Promise<number> {
  const nowMs = deps.now().getTime();
  const lost = Object.entries(page.tasks).filter(([, task]) => isLost(task, nowMs));
  for (const [number, task] of lost) {
    const definition = await deps.reads.definition(page.pk, Number(number));
    const { agentId = '', attempt = 1, fence = '', startedAtMs = 0 } = task;
    const lostOne = { objectiveId: page.pk, number: Number(number), definition, agentId, attempt, fence, startedAtMs };
    const message = `${agentId} did not answer within ${definition.timeoutSeconds} s; its lease ended`;
    await settleFailure(lostOne, task, { name: 'AgentLost', message }, deps);
  }
  return lost.length;
}

const isLost = ({ status, leaseUntilMs }: TaskState, nowMs: number): boolean =>
  status === 'running' && leaseUntilMs !== undefined && leaseUntilMs < nowMs;

/** What the stream could not tell the other pages of an objective: a task there still waits for one that has succeeded. */
async function releaseOwed(page: StatePage, pages: readonly StatePage[], deps: SweepDeps): Promise<void> {
  const others = pages.filter((other) => other !== page);
  const isOwed = (number: number) =>
    others.some((other) => Object.keys(other.tasks).some((task) => other[waitsForOf(Number(task))]?.has(`${number}`)));
  if (newlySucceeded(undefined, page).some(isOwed)) await releaseDependents(undefined, page, deps);
}

type Waiting = { number: number; sinceMs: number; reason: string; blockedOn: string };

/** Answers what the others wait for. */
async function giveUpWaiting(page: StatePage, deps: SweepDeps): Promise<string[]> {
  const nowMs = deps.now().getTime();
  const longAgoMs = nowMs - WAITING_HOURS_MAX * 3_600_000;
  const { items } = await deps.tables.query({
    table: deps.table,
    pk: page.pk,
    sk: { beginsWith: 'waiting#' },
    limit: 1_000,
  });
  const waiting = (items as unknown as Waiting[]).filter(({ number }) => isReady(page, number, nowMs));
  for (const { number, sinceMs, reason, blockedOn } of waiting) {
    if (sinceMs > longAgoMs || isLineOfEffect(blockedOn)) continue;
    const definition = await deps.reads.definition(page.pk, number);
    const message = `No agent for ${definition.capability} within ${WAITING_HOURS_MAX} h: ${reason}`;
    await deps.giveUp(page.pk, definition, { name: 'NobodyCapable', message }, page.tasks[number]?.attempt ?? 0);
  }
  return waiting.filter(({ sinceMs }) => sinceMs > longAgoMs).map(({ blockedOn }) => blockedOn);
}

/** After a resume, what joined the queue or was put back into it while the kill held is planned at once. */
async function planAgain(first: StatePage, after: Sweep['after'], deps: SweepDeps): Promise<boolean> {
  const nowMs = deps.now().getTime();
  const sinceMs = (first as { planningSinceMs?: number }).planningSinceMs ?? first.createdAtMs;
  const waitedLong = nowMs - sinceMs >= PLANNING_MINUTES_MAX * 60_000;
  if (!waitedLong && !(after === 'resume' && first.status === 'queued')) return false;
  if (first.status === 'planning') {
    const back = [
      ['status', 'queued'],
      ['queuePk', QUEUE],
      ['queueSk', first.rank],
      ['by', 'objectives/sweep-objectives'],
      ['why', 'planning was lost'],
    ] as const;
    const key = { pk: first.pk, sk: first.sk };
    await deps.tables.write([
      { table: deps.table, update: key, changes: { set: back }, if: { path: 'status', equals: 'planning' } },
    ]);
  }
  await deps.startPlanning(first.pk, `again at ${nowMs}`);
  return true;
}
