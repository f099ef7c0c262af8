// Activate, kill and resume the swarm: one conditional write, then the word on the bus.
import type { Announce } from '../common/announce.ts';
import type { Tables } from '../common/table.ts';
import { type ControlFlags, type Mode, modeOf, readFlags, writeFlags } from './control-flags.ts';
import { SwarmActivated, SwarmKilled, SwarmResumed } from './events.ts';

export type ControlDeps = { tables: Tables; table: string; announce: Announce; now: () => Date };
export type Control = ControlFlags & { mode: Mode };

export async function controlNow({ tables, table }: ControlDeps): Promise<Control> {
  const flags = await readFlags(tables, table);
  return {
    swarm: flags.swarm,
    killed: flags.killed,
    reason: flags.reason,
    by: flags.by,
    at: flags.at,
    mode: modeOf(flags),
  };
}

/** From now on the gate clears nothing: each of its transactions checks what is written here. Killing twice is fine. */
export async function killSwarm(reason: string, by: string, deps: ControlDeps): Promise<Control> {
  const at = deps.now().toISOString();
  await writeFlags(deps.tables, deps.table, { killed: true, reason, by, at });
  await deps.announce(SwarmKilled, { by, reason, at });
  return controlNow(deps);
}

/** Lifts the kill. A swarm that was never bootstrapped stays inactive. */
export async function resumeSwarm(reason: string, by: string, deps: ControlDeps): Promise<Control> {
  const at = deps.now().toISOString();
  await writeFlags(deps.tables, deps.table, { killed: false, reason, by, at });
  await deps.announce(SwarmResumed, { by, reason, at });
  return controlNow(deps);
}

/** SWARM_ACTIVE: autonomous loops may act. Activating an active swarm changes nothing; a kill stays a kill. */
export async function activateSwarm(reason: string, by: string, deps: ControlDeps): Promise<Control> {
  const at = deps.now().toISOString();
  const fresh = { any: [{ missing: 'swarm' }, { path: 'swarm', equals: 'inactive' as const }] };
  if (await writeFlags(deps.tables, deps.table, { swarm: 'active', reason, by, at }, fresh)) {
    await deps.announce(SwarmActivated, { by, reason, at });
  }
  return controlNow(deps);
}
