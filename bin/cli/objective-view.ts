// An objective as the API shows it, and its task graph as lines of text. Nothing here reads or writes anything.
import { type Colour, clipped, paint, type Screen } from './terminal.ts';

export type TaskView = {
  taskId: string;
  id?: string;
  title: string;
  capability: string;
  status: string;
  agentId?: string | null;
  attempts: number;
  dependsOn: string[];
  result?: unknown;
  error?: { name: string; message: string } | null;
};
export type ObjectiveView = {
  objectiveId: string;
  text: string;
  status: string;
  priority?: { score: number; reasons: string[] };
  progress: { percent: number; done: number; total: number; etaAt?: string | null };
  tasks: TaskView[];
  result?: unknown;
  problem?: string | null;
  createdAt: string;
  finishedAt?: string | null;
};

const FINAL = new Set(['succeeded', 'failed', 'cancelled']);
export const isFinal = (status: string): boolean => FINAL.has(status);

const looks: Record<string, { icon: string; colour: Colour }> = {
  pending: { icon: '·', colour: 'grey' },
  queued: { icon: '·', colour: 'grey' },
  planning: { icon: '◌', colour: 'blue' },
  ready: { icon: '○', colour: 'grey' },
  allocated: { icon: '◔', colour: 'blue' },
  running: { icon: '●', colour: 'blue' },
  paused: { icon: '‖', colour: 'yellow' },
  succeeded: { icon: '✔', colour: 'green' },
  failed: { icon: '↻', colour: 'yellow' },
  dead_letter: { icon: '✘', colour: 'red' },
  cancelled: { icon: '–', colour: 'grey' },
};

/** A status as icon and word, coloured where the screen has colours. A failed objective is over; a failed task is not. */
function statusText(screen: Pick<Screen, 'colours'>, status: string, isTask = true): string {
  const look = status === 'failed' && !isTask ? looks.dead_letter : looks[status];
  return paint(screen, look?.colour ?? 'grey', `${look?.icon ?? '?'} ${status.replace('_', ' ')}`);
}

/** The compact live view: a headline and one line per task, indented by its layer; `rows` bounds the height. */
export function graphLines(objective: ObjectiveView, screen: Pick<Screen, 'columns' | 'rows' | 'colours'>): string[] {
  const { done, total } = objective.progress;
  const headline = clipped(objective.text, Math.max(20, screen.columns - 34));
  const count = total > 0 ? `${done} of ${total} tasks` : '';
  const head = `${paint(screen, 'bold', headline)}  ${statusText(screen, objective.status, false)}  ${count}`;
  const layers = layersOf(objective.tasks);
  const tasks = [...objective.tasks].sort((a, b) => (layers.get(a.taskId) ?? 0) - (layers.get(b.taskId) ?? 0));
  const { shown, hidden } = withinRows(tasks, Math.max(3, screen.rows - 5));
  const lines = shown.map((task) => taskLine(task, layers.get(task.taskId) ?? 0, screen));
  return [head.trimEnd(), ...lines, ...(hidden > 0 ? [paint(screen, 'grey', `  … and ${hidden} more`)] : [])];
}

function taskLine(task: TaskView, layer: number, screen: Pick<Screen, 'columns' | 'colours'>): string {
  const indent = '  '.repeat(Math.min(layer, 6) + 1);
  const titleColumns = Math.max(12, Math.min(46, screen.columns - 46));
  const title = clipped(indent + task.title, titleColumns + indent.length).trimStart();
  const padding = ' '.repeat(Math.max(0, titleColumns + 12 - indent.length - [...title].length));
  const who = task.agentId ? clipped(task.agentId, 20) : '';
  const tries = task.attempts > 1 ? ` attempt ${task.attempts}` : '';
  return `${indent}${title}${padding}${statusText(screen, task.status)} ${paint(screen, 'grey', who + tries)}`.trimEnd();
}

// Too many tasks for the screen: those in motion or in trouble first, in graph order.
function withinRows(tasks: TaskView[], rows: number): { shown: TaskView[]; hidden: number } {
  if (tasks.length <= rows) return { shown: tasks, hidden: 0 };
  const dull = new Set(['pending', 'succeeded', 'cancelled']);
  const interesting = tasks.filter((task) => !dull.has(task.status));
  const chosen = new Set([...interesting, ...tasks].slice(0, rows));
  return { shown: tasks.filter((task) => chosen.has(task)), hidden: tasks.length - rows };
}

/** How many tasks at least come before each one; `dependsOn` may name tasks by task id or by plan id. */
export function layersOf(tasks: readonly TaskView[]): Map<string, number> {
  const byAnyId = new Map(tasks.flatMap((task) => [[task.taskId, task] as const, [task.id ?? task.taskId, task]]));
  const layers = new Map<string, number>();
  const layerOf = (task: TaskView): number => {
    const known = layers.get(task.taskId);
    if (known !== undefined) return known;
    layers.set(task.taskId, 0);
    const before = task.dependsOn.flatMap((id) => byAnyId.get(id) ?? []).map(layerOf);
    const layer = before.length === 0 ? 0 : Math.max(...before) + 1;
    layers.set(task.taskId, layer);
    return layer;
  };
  for (const task of tasks) layerOf(task);
  return layers;
}

/** What changed between two looks, one line per task and one for the objective; for output that is read later. */
export function changeLines(before: ObjectiveView | undefined, after: ObjectiveView): string[] {
  const known = new Map(before?.tasks.map((task) => [task.taskId, task]));
  const tasks = after.tasks.filter((task) => {
    const earlier = known.get(task.taskId);
    return task.status !== (earlier?.status ?? 'pending') || task.attempts !== (earlier?.attempts ?? 0);
  });
  const lines = tasks.map(
    (task) => `  ${task.status.replace('_', ' ').padEnd(11)} ${clipped(task.title, 60)}${by(task)}`,
  );
  const moved = before?.status !== after.status || before?.progress.total !== after.progress.total;
  return [...(moved ? [`${after.objectiveId} ${after.status}${countText(after)}`] : []), ...lines];
}

const by = ({ agentId, attempts }: TaskView): string =>
  `${agentId ? ` (${agentId})` : ''}${attempts > 1 ? `, attempt ${attempts}` : ''}`;
const countText = ({ progress }: ObjectiveView): string =>
  progress.total > 0 ? `, ${progress.done} of ${progress.total} tasks done` : '';
