// Activate, stop and resume the swarm or a part of it: one write of the flags, then the word on the bus.
import type { Announce } from '../common/announce.ts';
import type { Tables } from '../common/table.ts';
import {
  type ControlFlags,
  type KillScope,
  type Mode,
  modeOf,
  nameOfScope,
  readFlags,
  writeFlags,
} from './control-flags.ts';
import { SwarmActivated, SwarmKilled, SwarmResumed } from './events.ts';

export type ControlDeps = { tables: Tables; table: string; announce: Announce; now: () => Date };
export type Control = Omit<ControlFlags, 'stopped'> & { mode: Mode; stopped: string[] };

export async function controlNow({ tables, table }: ControlDeps): Promise<Control> {
  const flags = await readFlags(tables, table);
  const { swarm, killed, reason, by, at, stopped = [] } = flags;
  return { swarm, killed, reason, by, at, mode: modeOf(flags), stopped: [...stopped].sort() };
}

/**
 * From now on the gate clears nothing of this scope: each of its transactions checks what is written here. Stopping what
 * is stopped is fine.
 */
export async function stopScope(scope: KillScope, reason: string, by: string, deps: ControlDeps): Promise<Control> {
  const at = deps.now().toISOString();
  const what = scope === 'everything' ? { killed: true } : { stop: nameOfScope(scope) };
  await writeFlags(deps.tables, deps.table, { ...what, reason, by, at });
  await deps.announce(SwarmKilled, { scope, by, reason, at });
  return controlNow(deps);
}

/** Lifts one kill and leaves the others. A swarm that was never bootstrapped stays inactive. */
export async function resumeScope(scope: KillScope, reason: string, by: string, deps: ControlDeps): Promise<Control> {
  const at = deps.now().toISOString();
  const what = scope === 'everything' ? { killed: false } : { release: nameOfScope(scope) };
  await writeFlags(deps.tables, deps.table, { ...what, reason, by, at });
  await deps.announce(SwarmResumed, { scope, by, reason, at });
  return controlNow(deps);
}

export const killSwarm = (reason: string, by: string, deps: ControlDeps): Promise<Control> =>
  stopScope('everything', reason, by, deps);
export const resumeSwarm = (reason: string, by: string, deps: ControlDeps): Promise<Control> =>
  resumeScope('everything', reason, by, deps);

/** SWARM_ACTIVE: autonomous loops may act. Activating an active swarm changes nothing; a kill stays a kill. */
export async function activateSwarm(reason: string, by: string, deps: ControlDeps): Promise<Control> {
  const at = deps.now().toISOString();
  const fresh = { any: [{ missing: 'swarm' }, { path: 'swarm', equals: 'inactive' as const }] };
  if (await writeFlags(deps.tables, deps.table, { swarm: 'active', reason, by, at }, fresh)) {
    await deps.announce(SwarmActivated, { by, reason, at });
  }
  return controlNow(deps);
}
