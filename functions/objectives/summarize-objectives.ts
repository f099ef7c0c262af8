// The objectives' part of the status: how many of what, how fast, and what needs a person.
import { taskIdOf } from '../common/ids.ts';
import type { Tables } from '../common/table.ts';
import { ACTIVE, RECENT } from './objective-items.ts';
import { listDeadLetters } from './objective-lists.ts';
import type { Reads } from './objective-reads.ts';
import { readyTasks, type StatePage } from './state-page.ts';
import { percentile, statsOf } from './stats.ts';

export type SummaryDeps = { tables: Tables; table: string; reads: Reads; now: () => Date };

const ACTIVE_LOOKED_AT_MAX = 200;
const STALLED_MINUTES = 30;
const DEAD_LETTERS_SHOWN = 20;
const RECENT_LOOKED_AT = 20;

export async function summarizeObjectives(deps: SummaryDeps) {
  const { tables, table, reads, now } = deps;
  const active = await tables.query({ table, index: 'active', pk: ACTIVE, limit: ACTIVE_LOOKED_AT_MAX });
  const pages = (await Promise.all(active.items.map(({ pk }) => reads.pages(pk)))).flat();
  const [stats, dead, roster] = await Promise.all([
    statsOf(deps),
    listDeadLetters({ limit: DEAD_LETTERS_SHOWN }, deps),
    reads.roster(),
  ]);
  const nowMs = now().getTime();
  const firsts = pages.filter(({ sk }) => sk === 'graph#00');
  const count = (status: string) => firsts.filter((page) => page.status === status).length;
  const states = pages.flatMap(({ tasks }) => Object.values(tasks));
  return {
    objectives: {
      queued: count('queued'),
      planning: count('planning'),
      running: count('running'),
      paused: count('paused'),
      succeeded: stats.succeeded,
      failed: stats.failed,
      cancelled: stats.cancelled,
    },
    tasks: {
      running: states.filter(({ status }) => status === 'running').length,
      waiting: pages.reduce((sum, page) => sum + (page.status === 'running' ? readyTasks(page, nowMs).length : 0), 0),
      deadLetter: dead.items.length,
      doneLastHour: stats.tasksLastHour,
      p50Ms: percentile(stats.durations, 0.5),
      p95Ms: percentile(stats.durations, 0.95),
    },
    work: Object.fromEntries(roster.map((agent) => [agent.agentId, workOf(agent, pages)])),
    needsPerson: [...dead.items.map(needOfDead), ...(await unplanned(deps)), ...(await stalled(firsts, nowMs, deps))],
  };
}

function workOf(
  agent: { agentId: string; succeeded: number; failed: number; concurrency?: number },
  pages: readonly StatePage[],
) {
  const running = pages
    .flatMap(({ tasks }) => Object.values(tasks))
    .filter(({ status, agentId }) => status === 'running' && agentId === agent.agentId).length;
  return {
    running,
    succeeded: agent.succeeded,
    failed: agent.failed,
    load: agent.concurrency ? running / agent.concurrency : 0,
  };
}

const needOfDead = (item: Awaited<ReturnType<typeof listDeadLetters>>['items'][number]) => ({
  kind: 'dead_letter' as const,
  id: item.taskId,
  title: String(item.title),
  since: item.since,
  what: (item.error as { message?: string }).message ?? '',
});

/** Objectives of the last ones that failed without a dead letter: no plan was found for them. */
async function unplanned({ tables, table, reads }: SummaryDeps) {
  const recent = await tables.query({ table, index: 'recent', pk: RECENT, newestFirst: true, limit: RECENT_LOOKED_AT });
  const firsts = await Promise.all(recent.items.map(({ pk }) => reads.page(pk, 0)));
  const failed = firsts.filter((page) => page?.status === 'failed' && Object.keys(page.tasks).length === 0);
  return Promise.all(
    failed.map(async (page) => ({
      kind: 'objective_failed' as const,
      id: page?.pk ?? '',
      title: (await reads.objective(page?.pk ?? ''))?.text ?? '',
      since: new Date(page?.finishedAtMs ?? 0).toISOString(),
      what: page?.problem ?? '',
    })),
  );
}

async function stalled(firsts: readonly StatePage[], nowMs: number, { reads }: SummaryDeps) {
  const still = firsts.filter(
    ({ status, movedAtMs, createdAtMs }) =>
      status === 'running' && nowMs - (movedAtMs ?? createdAtMs) > STALLED_MINUTES * 60_000,
  );
  return Promise.all(
    still.map(async ({ pk, movedAtMs, createdAtMs, tasks }) => ({
      kind: 'objective_stalled' as const,
      id: pk,
      title: (await reads.objective(pk))?.text ?? pk,
      since: new Date(movedAtMs ?? createdAtMs).toISOString(),
      what: `No task has moved for ${STALLED_MINUTES} minutes: ${Object.keys(tasks)
        .map((number) => taskIdOf(pk, Number(number)))
        .slice(0, 3)
        .join(', ')} …`,
    })),
  );
}
