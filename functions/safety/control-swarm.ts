// Activate, stop and resume the swarm or a part of it: one write of the flags, then the word on the bus.
import type { Announce } from '../common/announce.ts';
import type { NewId } from '../common/ids.ts';
import { logger } from '../common/lambda.ts';
import type { Tables, Write } from '../common/table.ts';
import { type Kill, NO_FATES } from './containment.ts';
import {
  type ControlFlags,
  FLAG_COPIES,
  flagWrites,
  type KillScope,
  type Mode,
  modeOf,
  nameOfScope,
  readFlags,
  writeFlags,
} from './control-flags.ts';
import { ContainmentWanted, SwarmActivated, SwarmKilled, SwarmResumed } from './events.ts';
import { confirmationWrite, holdingKey, holdingKill, keepListed, killKey, listHolding } from './kill-items.ts';

export type ControlDeps = {
  tables: Tables;
  table: string;
  announce: Announce;
  newId: NewId;
  /** the effects that are open now, by id */
  openIds(): Promise<string[]>;
  now: () => Date;
};
export type Holding = { scope: string; killId: string; by: string; reason: string; at: string };
export type Control = Omit<ControlFlags, 'stopped'> & { mode: Mode; stopped: string[]; kills: Holding[] };
type Stopped = Control & { killId: string };

export async function controlNow(deps: Pick<ControlDeps, 'tables' | 'table'>): Promise<Control> {
  const [flags, kills] = await Promise.all([readFlags(deps.tables, deps.table), listHolding(deps)]);
  const { swarm, killed, reason, by, at, stopped = [] } = flags;
  return { swarm, killed, reason, by, at, mode: modeOf(flags), stopped: [...stopped].sort(), kills };
}

/**
 * From now on the gate clears nothing of this scope: each of its transactions checks what is written here. Stopping what
 * is stopped is the same kill, asked to go on. Nothing but the store is waited for: whoever carries the kill out finds
 * its record within a minute, also when the bus does not take the word.
 */
export async function stopScope(scope: KillScope, reason: string, by: string, deps: ControlDeps): Promise<Stopped> {
  const now = deps.now();
  const at = now.toISOString();
  const name = nameOfScope(scope);
  const mine = deps.newId('kil', now.getTime());
  const [killId, open] = await Promise.all([
    writeKill({ killId: mine, scope: name, reason, by, at }, deps),
    deps.openIds().catch((): string[] => []),
  ]);
  const isNew = killId === mine;
  const wanted = { killId, scope, round: 1, leftover: [] };
  await Promise.all([
    isNew && afterwards('what was in flight is listed later', () => keepListed(killId, 'pressed', open, deps)),
    isNew && afterwards('the rooms hear of it late', () => deps.announce(ContainmentWanted, wanted)),
    afterwards('nobody hears of it yet', () => deps.announce(SwarmKilled, { killId, scope, by, reason, at })),
  ]);
  return { ...(await controlNow(deps)), killId };
}

/** The kill holds already: what fails here is only told. */
async function afterwards(what: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    logger.error('a kill holds, its containment begins late', { what, error: error as Error });
  }
}

type Pressed = Pick<Kill, 'killId' | 'scope' | 'reason' | 'by' | 'at'>;

/**
 * Flags and record in one transaction. When the store is too busy for that, copy by copy: each that is written stops its
 * share of the effects, so a kill that gets stuck half way has stopped at least that. Answers the id of the kill that holds.
 */
async function writeKill(pressed: Pressed, deps: ControlDeps): Promise<string> {
  const { tables, table } = deps;
  const flags = flagsOf(pressed, table);
  try {
    const outcome = await tables.write([...recordOf(pressed, table), ...flags]);
    if (outcome.written) return pressed.killId;
  } catch (error) {
    if (!['TableBusy', 'TableOutcomeUnknown'].includes((error as Error).name)) throw error;
    logger.warn('the flags are written one by one', { error: error as Error });
  }
  for (const write of flags) await insist(() => tables.write([write]));
  const outcome = await insist(() => tables.write(recordOf(pressed, table)));
  return outcome.written ? pressed.killId : ((await holdingKill(pressed.scope, deps)) ?? pressed.killId);
}

const TRIES = 5;

async function insist<T>(act: () => Promise<T>, triesLeft = TRIES): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (triesLeft <= 1) throw error;
    return insist(act, triesLeft - 1);
  }
}

function flagsOf({ scope, reason, by, at }: Pressed, table: string): Write[] {
  const what = scope === 'everything' ? { killed: true } : { stop: scope };
  return flagWrites(table, { ...what, reason, by, at });
}

function recordOf(pressed: Pressed, table: string): Write[] {
  const { killId, scope, reason, by, at } = pressed;
  const record = {
    ...killKey(killId),
    ...pressed,
    pressedBy: by,
    status: 'containing',
    round: 1,
    roundAt: at,
    effects: NO_FATES,
    why: reason,
  };
  return [
    { table, put: record, if: { missing: 'pk' } },
    { table, put: { ...holdingKey(scope), killId, by, reason, at, why: reason }, if: { missing: 'pk' } },
    confirmationWrite(killId, table, {
      point: 'gate',
      room: 'safety',
      round: 1,
      at,
      counts: { copies: FLAG_COPIES },
      detail: 'the flags and this record are one transaction',
    }),
  ];
}

/** Lifts one kill and leaves the others. A swarm that was never bootstrapped stays inactive. */
export async function resumeScope(scope: KillScope, reason: string, by: string, deps: ControlDeps): Promise<Control> {
  const at = deps.now().toISOString();
  const { tables, table } = deps;
  const name = nameOfScope(scope);
  const killId = await holdingKill(name, deps);
  const what = scope === 'everything' ? { killed: false } : { release: name };
  const flags = flagWrites(table, { ...what, reason, by, at });
  await tables.write(killId === undefined ? flags : [...flags, ...liftWrites(killId, name, { reason, by, at }, table)]);
  await deps.announce(SwarmResumed, { scope, by, reason, at });
  return controlNow(deps);
}

function liftWrites(
  killId: string,
  scope: string,
  said: { reason: string; by: string; at: string },
  table: string,
): Write[] {
  const set = [
    ['resumedAt', said.at],
    ['resumedBy', said.by],
    ['resumeReason', said.reason],
    ['by', said.by],
    ['why', said.reason],
  ] as const;
  return [
    { table, delete: holdingKey(scope) },
    { table, update: killKey(killId), changes: { set } },
  ];
}

export const killSwarm = (reason: string, by: string, deps: ControlDeps): Promise<Stopped> =>
  stopScope('everything', reason, by, deps);
export const resumeSwarm = (reason: string, by: string, deps: ControlDeps): Promise<Control> =>
  resumeScope('everything', reason, by, deps);

/** SWARM_ACTIVE: autonomous loops may act. Activating an active swarm changes nothing; a kill stays a kill. */
export async function activateSwarm(
  reason: string,
  by: string,
  deps: Pick<ControlDeps, 'tables' | 'table' | 'announce' | 'now'>,
): Promise<Control> {
  const at = deps.now().toISOString();
  const fresh = { any: [{ missing: 'swarm' }, { path: 'swarm', equals: 'inactive' as const }] };
  if (await writeFlags(deps.tables, deps.table, { swarm: 'active', reason, by, at }, fresh)) {
    await deps.announce(SwarmActivated, { by, reason, at });
  }
  return controlNow(deps);
}
