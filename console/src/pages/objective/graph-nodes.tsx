// Tasks and dependencies as React Flow wants them, and how a task looks in the graph.
import { type Edge, Handle, type Node, type NodeProps, Position, type ReactFlowState, useStore } from '@xyflow/react';
import { memo, useCallback, useMemo, useRef } from 'react';
import type { Task } from '../../api.ts';
import { type Layout, NODE } from '../../lib/layers.ts';
import { taskLook } from '../../lib/states.ts';
import { type EdgeLook, edgeLook, graphOf, taskTimes } from '../../lib/task-graph.ts';
import { Elapsed } from '../../parts/clock.tsx';
import { Ring } from '../../parts/state.tsx';

type Select = (taskId: string) => void;
export type TaskNode = Node<{ task: Task; selected: boolean; onSelect: Select }, 'task'>;
export const nodeTypes = { task: memo(TaskCard) };

/** A node object stays the same while its task does, so that a poll draws only what changed. */
export function useNodes(tasks: Task[], layout: Layout, selected: string, onSelect: Select): TaskNode[] {
  const kept = useRef(new Map<string, TaskNode>());
  const latest = useRef(onSelect);
  latest.current = onSelect;
  const select = useCallback((taskId: string) => latest.current(taskId), []);
  return useMemo(() => {
    const next = new Map<string, TaskNode>();
    for (const task of tasks) {
      const place = layout.places.get(task.taskId)!;
      const node = nodeOf(task, place, task.taskId === selected, select);
      const old = kept.current.get(task.taskId);
      next.set(task.taskId, old && isSame(old, node) ? old : node);
    }
    kept.current = next;
    return [...next.values()];
  }, [tasks, layout, selected, select]);
}

function isSame(a: TaskNode, b: TaskNode): boolean {
  return (
    a.data.task === b.data.task &&
    a.data.selected === b.data.selected &&
    a.position.x === b.position.x &&
    a.position.y === b.position.y
  );
}

function nodeOf(task: Task, { x, y }: { x: number; y: number }, selected: boolean, onSelect: Select): TaskNode {
  const middle = NODE.height / 2;
  return {
    id: task.taskId,
    type: 'task',
    position: { x, y },
    width: NODE.width,
    height: NODE.height,
    // Known before it is drawn, so that edges to nodes out of view have an end.
    handles: [
      { type: 'target', position: Position.Left, x: 0, y: middle, width: 1, height: 1 },
      { type: 'source', position: Position.Right, x: NODE.width, y: middle, width: 1, height: 1 },
    ],
    data: { task, selected, onSelect },
  };
}

/** What is drawn last lies on top. */
const DRAWN: EdgeLook[] = ['waiting', 'released', 'blocked', 'live'];

/** The edges, all behind the nodes; those that say the most drawn last. */
export function edgesOf(tasks: Task[]): Edge[] {
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  const edges = graphOf(tasks).flatMap(({ id, dependsOn }) =>
    [...new Set(dependsOn)].map((source) => ({
      id: `${source}>${id}`,
      source,
      target: id,
      look: edgeLook(byId.get(source)!, byId.get(id)!),
    })),
  );
  edges.sort((a, b) => DRAWN.indexOf(a.look) - DRAWN.indexOf(b.look));
  return edges.map(({ look, ...edge }) => ({ ...edge, className: `edge-${look}` }));
}

const farZoom = 0.4;
const isFar = (state: ReactFlowState): boolean => state.transform[2] < farZoom;

function TaskCard({ data: { task, selected, onSelect } }: NodeProps<TaskNode>) {
  const look = taskLook(task.status);
  const running = task.status === 'running';
  const attempts = task.attempts ?? 0;
  const far = useStore(isFar);
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <button
        type="button"
        tabIndex={-1}
        data-task={task.taskId}
        className={`task-node tone-${look.tone}${far ? ' is-far' : running ? ' is-running' : ''}`}
        aria-pressed={selected}
        aria-label={`${task.title}: ${look.word}${attempts > 1 ? `, attempt ${attempts}` : ''}`}
        onClick={() => onSelect(task.taskId)}
      >
        {!far && <TaskFace task={task} />}
      </button>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
}

/** What can be read from near; from far, a thousand tasks are a thousand coloured boxes and no more. */
function TaskFace({ task }: { task: Task }) {
  const look = taskLook(task.status);
  const attempts = task.attempts ?? 0;
  const { from, to } = taskTimes(task);
  return (
    <>
      <Ring look={look} turning={task.status === 'running'} />
      <span className="task-title">{task.title}</span>
      <span className="task-agent">{task.waiting ?? task.agentId ?? task.capability}</span>
      <span className="task-state">
        <span className="task-word">
          {look.word}
          {attempts > 1 && ` ×${attempts}`}
        </span>
        {from && <Elapsed from={from} to={to} />}
      </span>
    </>
  );
}
