// Takes running tasks back from their agents: they are ready again under the same attempt count, and late answers refused.
import type { Tables } from '../common/table.ts';
import type { KillScope } from '../safety/control-flags.ts';
import type { Gate } from '../safety/gate.ts';
import type { Reads } from './objective-reads.ts';
import { effectOf, stoppedBy } from './proposal.ts';
import { release } from './settle-task.ts';
import { asStatePage, isHeldBy, type StatePage, type TaskState } from './state-page.ts';

export type RevokeDeps = {
  tables: Tables;
  table: string;
  reads: Reads;
  gate: Pick<Gate, 'settle'>;
  now: () => Date;
};
type Running = { number: number; task: TaskState };

const TRIES_MAX = 20;

/**
 * One update of the page for all its running tasks of the scope. A page that moved meanwhile is read again: an answer that
 * came in first counts, because its effect was done. Answers how many were taken back.
 */
export async function revokeLeases(
  page: StatePage,
  kill: { killId: string; scope: KillScope },
  deps: RevokeDeps,
  triesLeft = TRIES_MAX,
): Promise<string[]> {
  const running = runningIn(page, kill.scope);
  if (running.length === 0) return [];
  const outcome = await deps.tables.write([
    {
      table: deps.table,
      update: { pk: page.pk, sk: page.sk },
      changes: {
        set: [
          ...running.map(({ number, task }) => [['tasks', `${number}`], takenBack(task, kill.killId)] as const),
          ['movedAtMs', deps.now().getTime()],
          ['by', 'objectives/sweep-objectives'],
          ['why', stoppedBy(kill.killId)],
        ],
      },
      if: { all: running.map(({ number, task }) => isHeldBy(number, task.fence ?? '')) },
    },
  ]);
  if (outcome.written) {
    return Promise.all(running.map((one) => close(page.pk, one, kill.killId, deps)));
  }
  const found = outcome.refused[0]?.found;
  return found && triesLeft > 0 ? revokeLeases(asStatePage(found), kill, deps, triesLeft - 1) : [];
}

function runningIn(page: StatePage, scope: KillScope): Running[] {
  const isConcerned = ({ agentId }: TaskState) =>
    scope === 'everything' || !('agentId' in scope) || scope.agentId === agentId;
  return Object.entries(page.tasks)
    .map(([number, task]) => ({ number: Number(number), task }))
    .filter(({ task }) => task.status === 'running' && isConcerned(task));
}

/** Its effect has the attempt's number, so the number is used up; what it may still cost does not count it. */
const takenBack = ({ attempt = 1, spent = 0, fence = '' }: TaskState, killId: string) => ({
  status: 'pending',
  attempt,
  spent: spent + 1,
  revoked: { killId, fence },
});

async function close(
  objectiveId: string,
  { number, task }: Running,
  killId: string,
  deps: RevokeDeps,
): Promise<string> {
  const { agentId = '', attempt = 1, fence = '', startedAtMs = 0 } = task;
  const definition = await deps.reads.definition(objectiveId, number);
  const { effectId, fence: effectFence } = effectOf(objectiveId, number, attempt);
  await Promise.all([
    release({ objectiveId, number, definition, agentId, attempt, fence, startedAtMs }, deps),
    deps.gate.settle({ effectId, fence: effectFence, status: 'failed', reason: stoppedBy(killId) }),
  ]);
  return effectId;
}
