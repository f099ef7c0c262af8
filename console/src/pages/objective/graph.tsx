// The live task graph, left to right in layers. Pointer: pan and pinch; keyboard: arrows, Enter, + − 0.
import '@xyflow/react/dist/base.css';
import '../../styles/graph.css';
import { type Edge, Handle, type Node, type NodeProps, Position, ReactFlow, type ReactFlowInstance } from '@xyflow/react';
import { type KeyboardEvent, memo, useCallback, useMemo, useRef } from 'react';
import type { Task } from '../../api.ts';
import { type Direction, type Layout, layoutLayers, NODE, neighbour } from '../../lib/layers.ts';
import { taskLook } from '../../lib/states.ts';
import { edgeLook, graphOf, shapeOf } from '../../lib/task-graph.ts';
import { Elapsed } from '../../parts/clock.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Ring } from '../../parts/state.tsx';

type TaskNode = Node<{ task: Task; selected: boolean; onSelect: (taskId: string) => void }, 'task'>;
type Props = { tasks: Task[]; selected: string; onSelect: (taskId: string) => void };

const nodeTypes = { task: memo(TaskCard) };
const ARROWS: Record<string, Direction> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };
const readableZoom = 0.5;

export function Graph({ tasks, selected, onSelect }: Props) {
  const graph = graphOf(tasks);
  const shape = shapeOf(graph);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another shape moves nodes
  const layout = useMemo(() => layoutLayers(graph), [shape]);
  const nodes = useNodes(tasks, layout, selected, onSelect);
  const edges = useMemo(() => edgesOf(tasks), [tasks]);
  const flow = useRef<ReactFlowInstance<TaskNode, Edge>>(undefined);
  const box = useRef<HTMLDivElement>(null);
  const rows = Math.max(...layout.layers.map((layer) => layer.length));
  const onKeyDown = useGraphKeys(box, flow, layout, tasks);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/noNoninteractiveTabindex: the graph is one stop of the tab key; arrows move inside
    <div
      className="graph"
      ref={box}
      tabIndex={0}
      aria-label={`Task graph, ${tasks.length} tasks in ${layout.layers.length} layers. Arrow keys move between tasks, Enter opens one.`}
      style={{ height: Math.min(560, Math.max(232, rows * (NODE.height + NODE.gapY) + 72)) }}
      onKeyDown={onKeyDown}
    >
      <ReactFlow<TaskNode, Edge>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        onlyRenderVisibleElements
        disableKeyboardA11y
        zoomOnScroll={false}
        zoomOnDoubleClick={false}
        preventScrolling={false}
        minZoom={0.06}
        maxZoom={1.6}
        onInit={(instance) => {
          flow.current = instance;
          showStart(instance, tasks, layout, box.current);
        }}
        onMove={(_, { zoom }) => box.current?.classList.toggle('far', zoom < 0.4)}
      />
      <Controls flow={flow} />
    </div>
  );
}

/** A node object stays the same while its task does, so that a poll draws only what changed. */
function useNodes(tasks: Task[], layout: Layout, selected: string, onSelect: Props['onSelect']): TaskNode[] {
  const kept = useRef(new Map<string, TaskNode>());
  const latest = useRef(onSelect);
  latest.current = onSelect;
  const select = useCallback((taskId: string) => latest.current(taskId), []);
  return useMemo(() => {
    const next = new Map<string, TaskNode>();
    for (const task of tasks) {
      const place = layout.places.get(task.taskId)!;
      const isSelected = task.taskId === selected;
      const old = kept.current.get(task.taskId);
      const same = old && old.data.task === task && old.data.selected === isSelected && old.position.x === place.x && old.position.y === place.y;
      next.set(task.taskId, same ? old : nodeOf(task, place, isSelected, select));
    }
    kept.current = next;
    return [...next.values()];
  }, [tasks, layout, selected, select]);
}

function nodeOf(task: Task, { x, y }: { x: number; y: number }, selected: boolean, onSelect: (taskId: string) => void): TaskNode {
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

function edgesOf(tasks: Task[]): Edge[] {
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  return graphOf(tasks).flatMap(({ id, dependsOn }) =>
    [...new Set(dependsOn)].map((source) => {
      const look = edgeLook(byId.get(source)!, byId.get(id)!);
      return { id: `${source}>${id}`, source, target: id, className: `edge-${look}`, zIndex: look === 'waiting' ? 0 : 1 };
    }),
  );
}

function TaskCard({ data: { task, selected, onSelect } }: NodeProps<TaskNode>) {
  const look = taskLook(task.status);
  const running = task.status === 'running';
  const again = (task.attempts ?? 0) > 1 ? `, attempt ${task.attempts}` : '';
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <button
        type="button"
        tabIndex={-1}
        data-task={task.taskId}
        className={`task-node tone-${look.tone}${running ? ' is-running' : ''}`}
        aria-pressed={selected}
        aria-label={`${task.title}: ${look.word}${again}`}
        onClick={() => onSelect(task.taskId)}
      >
        <Ring look={look} turning={running} />
        <span className="task-title">{task.title}</span>
        <span className="task-agent">{task.agentId ?? task.capability}</span>
        <span className="task-state">
          <span className={`tone-${look.tone}`}>
            {look.word}
            {(task.attempts ?? 0) > 1 && ` ×${task.attempts}`}
          </span>
          {task.startedAt && <Elapsed from={task.startedAt} to={task.finishedAt} />}
        </span>
      </button>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
}

function Controls({ flow }: { flow: React.RefObject<ReactFlowInstance<TaskNode, Edge> | undefined> }) {
  return (
    <div className="graph-controls">
      <button type="button" className="square" aria-label="Zoom in" data-tip="Zoom in (+)" onClick={() => void flow.current?.zoomIn()}>
        <Icon name="plus" />
      </button>
      <button type="button" className="square" aria-label="Zoom out" data-tip="Zoom out (−)" onClick={() => void flow.current?.zoomOut()}>
        <Icon name="minus" />
      </button>
      <button type="button" className="square" aria-label="Show all" data-tip="Show all (0)" onClick={() => void flow.current?.fitView({ padding: 0.08, maxZoom: 1 })}>
        <Icon name="fit" />
      </button>
    </div>
  );
}

/** All of it when that is readable, else the tasks that run now, else the beginning. */
function showStart(flow: ReactFlowInstance<TaskNode, Edge>, tasks: Task[], layout: Layout, box: HTMLElement | null): void {
  const width = layout.layers.length * (NODE.width + NODE.gapX);
  const rows = Math.max(...layout.layers.map((layer) => layer.length));
  const fits = Math.min((box?.clientWidth ?? 0) / width, (box?.clientHeight ?? 0) / (rows * (NODE.height + NODE.gapY))) >= readableZoom;
  const running = tasks.filter((task) => task.status === 'running').slice(0, 6);
  const focus = running.length > 0 ? running.map((task) => task.taskId) : (layout.layers[0] ?? []).slice(0, 6);
  void flow.fitView({ padding: 0.08, maxZoom: 1, minZoom: fits ? 0.1 : readableZoom, ...(fits ? {} : { nodes: focus.map((id) => ({ id })), maxZoom: 0.8 }) });
}

function useGraphKeys(
  box: React.RefObject<HTMLDivElement | null>,
  flow: React.RefObject<ReactFlowInstance<TaskNode, Edge> | undefined>,
  layout: Layout,
  tasks: Task[],
) {
  const focus = (id: string, framesLeft = 20): void => {
    const element = box.current?.querySelector<HTMLElement>(`[data-task="${id}"]`);
    if (element) element.focus({ preventScroll: true });
    else if (framesLeft > 0) requestAnimationFrame(() => focus(id, framesLeft - 1));
  };
  const show = (id: string): void => {
    const place = layout.places.get(id)!;
    const zoom = Math.max(readableZoom, flow.current?.getZoom() ?? 1);
    void flow.current?.setCenter(place.x + NODE.width / 2, place.y + NODE.height / 2, { zoom });
    focus(id);
  };
  return (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '+') void flow.current?.zoomIn();
    if (event.key === '-') void flow.current?.zoomOut();
    if (event.key === '0') void flow.current?.fitView({ padding: 0.08, maxZoom: 1 });
    const direction = ARROWS[event.key];
    if (!direction) return;
    event.preventDefault();
    const at = (event.target as HTMLElement).dataset.task;
    const first = tasks.find((task) => task.status === 'running')?.taskId ?? layout.layers[0]?.[0];
    const next = at ? neighbour(layout, at, direction) : first;
    if (next) show(next);
  };
}
