// Once a minute: takes up kills whose containment got stuck, and renews certificates whose open part was resolved.
import { advance, ask, type ContainSwarmDeps, lookAt, ROUND_MS } from './contain-swarm.ts';
import { countFates, type Kill } from './containment.ts';
import { listKills } from './kill-items.ts';

/** From here on people are told: see the runbook. */
export const CONTAINED_WITHIN_MS = 60_000;
const LOOKED_AT_MAX = 50;

export type KillWatch = { containing: number; overdue: string[] };

export async function watchKills(deps: ContainSwarmDeps): Promise<KillWatch> {
  const { items } = await listKills({ limit: LOOKED_AT_MAX }, deps);
  const containing = items.filter(({ status }) => status === 'containing');
  for (const kill of containing) await takeUp(kill, deps);
  for (const kill of items.filter((one) => one.status !== 'containing')) await renew(kill, deps);
  const nowMs = deps.now().getTime();
  const overdue = containing.filter(({ at }) => nowMs - Date.parse(at) > CONTAINED_WITHIN_MS);
  return { containing: containing.length, overdue: overdue.map(({ killId }) => killId) };
}

async function takeUp(kill: Kill, deps: ContainSwarmDeps): Promise<void> {
  if (kill.resumedAt) return advance(kill, deps);
  if (deps.now().getTime() - Date.parse(kill.roundAt) < ROUND_MS) return;
  const { leftover } = await lookAt(kill, deps);
  await ask(kill, leftover, deps);
}

/** A certificate that could not be signed is signed now; one with an open part is renewed when that has changed. */
async function renew(kill: Kill, deps: ContainSwarmDeps): Promise<void> {
  if (!kill.certificate) return deps.certify(kill);
  if (kill.effects.unknown + kill.effects.open === 0) return;
  const { fates } = await lookAt(kill, deps);
  const now = countFates(fates);
  if (now.unknown !== kill.effects.unknown || now.open !== kill.effects.open)
    await deps.certify({ ...kill, effects: now });
}

/** In CloudWatch's embedded metric format: a line of the log that is counted. */
export function overdueMetric({ containing, overdue }: KillWatch, now: Date) {
  const metric = { Namespace: 'LazyArk', Dimensions: [[]], Metrics: [{ Name: 'KillsNotContained', Unit: 'Count' }] };
  return {
    _aws: { Timestamp: now.getTime(), CloudWatchMetrics: [metric] },
    KillsNotContained: overdue.length,
    containing,
    overdue,
  };
}
