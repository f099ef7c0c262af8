// Closes effects that still execute although their task does not run: their function died, or is about to go on.
import type { ContainDeps, ContainmentOrder } from './contain-objectives.ts';
import { attemptOf, fateOf, succeededAttempt } from './held-tasks.ts';
import { effectOf, stoppedBy } from './proposal.ts';
import { revokeLeases } from './revoke-leases.ts';
import { pageOf } from './state-page.ts';

/** Whoever asked the gate has marked the task, or is dead, after this long: longer than its function may take. */
const DECIDED_AFTER_MS = 75_000;

/** Answers how many were closed. What may still move by itself is left to the next round. */
export async function closeLeftover(order: ContainmentOrder, deps: ContainDeps): Promise<number> {
  const closed = await Promise.all(order.leftover.map((one) => closeOne(one, order, deps)));
  return closed.filter(Boolean).length;
}

async function closeOne(
  { intentKey, at }: ContainmentOrder['leftover'][number],
  { killId, scope }: ContainmentOrder,
  deps: ContainDeps,
): Promise<boolean> {
  const owned = attemptOf({ intentKey });
  if (!owned) return false;
  const page = await deps.reads.page(owned.objectiveId, pageOf(owned.number));
  const task = page?.tasks[owned.number];
  if (page && task?.status === 'running' && task.attempt === owned.attempt)
    return (await revokeLeases(page, { killId, scope }, deps)).length > 0;
  const fate = fateOf(page, owned, await succeededAttempt(page, owned, deps));
  const isOld = deps.now().getTime() - Date.parse(at) > DECIDED_AFTER_MS;
  if (fate === 'left_alone' && !isOld) return false;
  const isStopped = fate === 'left_alone' || task?.revoked?.killId === killId;
  const status = fate === 'confirmed' ? 'confirmed' : 'failed';
  const reason = isStopped ? stoppedBy(killId) : 'looked up: its task has moved on';
  const { effectId, fence } = effectOf(owned.objectiveId, owned.number, owned.attempt);
  return (await deps.gate.settle({ effectId, fence, status, reason })) === 'settled';
}
