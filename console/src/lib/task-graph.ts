// The tasks of an objective as a graph: dependencies by task id, whatever id the plan used, and what each edge says.
import type { Task } from '../api.ts';
import type { GraphTask } from './layers.ts';

export type EdgeLook = 'waiting' | 'released' | 'live' | 'blocked';

/** Tasks with dependencies by task id; a dependency that is not a task of this objective is left out. */
export function graphOf(tasks: readonly Task[]): GraphTask[] {
  const byEitherId = new Map<string, string>();
  for (const task of tasks) {
    byEitherId.set(task.taskId, task.taskId);
    if (task.id) byEitherId.set(task.id, task.taskId);
  }
  return tasks.map((task) => ({
    id: task.taskId,
    dependsOn: task.dependsOn.map((id) => byEitherId.get(id)).filter((id) => id !== undefined),
  }));
}

/**
 * From when to when a task was worked on; no end while somebody works on it. A task that failed has no end of its own:
 * its last attempt's end counts.
 */
export function taskTimes(task: Task): { from: string | null; to: string | null } {
  const last = task.error?.attempts?.at(-1);
  const from = task.startedAt ?? last?.startedAt ?? null;
  const open = task.status === 'running' || task.status === 'allocated';
  return { from, to: task.finishedAt ?? (open ? null : (last?.failedAt ?? from)) };
}

/** Changes exactly when the graph has to be laid out again: statuses and times do not move nodes. */
export function shapeOf(graph: readonly GraphTask[]): string {
  return graph.map((task) => `${task.id}<${task.dependsOn.join(',')}`).join(';');
}

/** `released`: the earlier task is done · `live`: and the later one works on it · `blocked`: the earlier one will not end. */
export function edgeLook(from: Task, to: Task): EdgeLook {
  if (from.status === 'dead_letter' || from.status === 'cancelled') return 'blocked';
  if (from.status !== 'succeeded') return 'waiting';
  return to.status === 'running' || to.status === 'allocated' ? 'live' : 'released';
}
