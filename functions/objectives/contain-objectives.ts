// Carries out a kill in this room: running tasks are taken back from their agents, planning is stopped, and what was done
// is confirmed. Doing it twice changes nothing.
import type * as z from 'zod';
import type { Announce } from '../common/announce.ts';
import type { Tables } from '../common/table.ts';
import { type ControlFlags, isStopping, type KillScope } from '../safety/control-flags.ts';
import type { ContainmentReport, ContainmentWanted } from '../safety/events.ts';
import type { Gate } from '../safety/gate.ts';
import { closeLeftover } from './close-leftover.ts';
import { ContainmentConfirmed } from './events.ts';
import { ACTIVE } from './objective-items.ts';
import type { Reads } from './objective-reads.ts';
import { requeuePlanning } from './requeue-planning.ts';
import { revokeLeases } from './revoke-leases.ts';
import { readyTasks, type StatePage } from './state-page.ts';

export type ContainmentOrder = z.output<typeof ContainmentWanted.schema>;
export type ContainDeps = {
  tables: Tables;
  table: string;
  reads: Reads;
  gate: Pick<Gate, 'settle'>;
  flagsNow(): Promise<ControlFlags>;
  /** stops the executions that plan since before; answers how many */
  stopPlanning(cause: string, before: Date): Promise<number>;
  announce: Announce;
  now: () => Date;
};

/** How many objectives are looked at beside each other. */
const BESIDE = 25;
/** What one event has room for; the rest is in the list that was made when kill was pressed. */
const EFFECTS_MAX = 4_000;

/** Answers what it confirmed, or nothing when the kill was lifted before its order came. */
export async function containObjectives(order: ContainmentOrder, deps: ContainDeps) {
  // A resume may come while this goes on; what is planned after it is no business of this kill.
  const heldAt = deps.now();
  if (!isStopping(await deps.flagsNow(), order.scope)) return undefined;
  if (typeof order.scope === 'object' && 'room' in order.scope && order.scope.room !== 'objectives') return undefined;
  const found = await revokeEverywhere(order, deps);
  const closed = await closeLeftover(order, deps);
  const points: ContainmentReport['points'] = [];
  const confirm = (name: string, counts: Record<string, number>, detail: string) =>
    void points.push({ name, at: deps.now().toISOString(), counts, detail });
  confirm(
    'task_leases',
    { objectives: found.looked, revoked: found.revoked.length, closed },
    'fences replaced: a late answer is refused',
  );
  confirm(
    'task_loops',
    { held: found.held },
    'streams, timers and the sweep look at the flags before they start a task',
  );
  if (stopsPlanning(order.scope)) {
    const stopped = await deps.stopPlanning(`stopped by ${order.killId}`, heldAt);
    const requeued = await requeuePlanning(found.planning, order.killId, deps);
    confirm('planning_runs', { stopped, requeued }, 'executions stopped, their objectives back in the queue');
  }
  const report = {
    killId: order.killId,
    round: order.round,
    room: 'objectives',
    effects: found.revoked.slice(0, EFFECTS_MAX),
    points,
  };
  await deps.announce(ContainmentConfirmed, report);
  return report;
}

/** Planning acts on nothing outside and knows no agent: it is stopped with the whole, not with a part. */
const stopsPlanning = (scope: KillScope): boolean => scope === 'everything' || 'room' in scope;

type Found = { looked: number; revoked: string[]; held: number; planning: string[] };

async function revokeEverywhere(order: ContainmentOrder, deps: ContainDeps): Promise<Found> {
  const found: Found = { looked: 0, revoked: [], held: 0, planning: [] };
  for await (const ids of concerned(order.scope, deps)) {
    for (let from = 0; from < ids.length; from += BESIDE) {
      await Promise.all(ids.slice(from, from + BESIDE).map((id) => revokeIn(id, order, found, deps)));
    }
  }
  return found;
}

async function* concerned(scope: KillScope, { tables, table }: ContainDeps): AsyncGenerator<string[]> {
  if (typeof scope === 'object' && 'objectiveId' in scope) return yield [scope.objectiveId];
  let cursor: string | undefined;
  do {
    const page = await tables.query({ table, index: 'active', pk: ACTIVE, limit: 1_000, cursor });
    yield page.items.map(({ pk }) => pk);
    cursor = page.cursor;
  } while (cursor);
}

async function revokeIn(objectiveId: string, order: ContainmentOrder, found: Found, deps: ContainDeps): Promise<void> {
  const pages = await deps.reads.pages(objectiveId);
  found.looked += 1;
  if (pages[0]?.status === 'planning') found.planning.push(objectiveId);
  const revoked = await Promise.all(pages.map((page) => revokeLeases(page, order, deps)));
  const taken = revoked.flat();
  found.revoked.push(...taken);
  if (taken.length > 0 || pages.some((page) => isWaiting(page, deps.now().getTime()))) found.held += 1;
}

const isWaiting = (page: StatePage, nowMs: number): boolean =>
  ['queued', 'running'].includes(page.status) && (page.status === 'queued' || readyTasks(page, nowMs).length > 0);
