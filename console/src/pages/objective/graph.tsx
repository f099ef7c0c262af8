// The live task graph, left to right in layers. Pointer: pan and pinch; keyboard: arrows, Enter, + − 0.
import '@xyflow/react/dist/base.css';
import '../../styles/graph.css';
import { type Edge, ReactFlow } from '@xyflow/react';
import { useMemo, useRef } from 'react';
import type { Task } from '../../api.ts';
import { layoutLayers, NODE } from '../../lib/layers.ts';
import { graphOf, shapeOf } from '../../lib/task-graph.ts';
import { Icon } from '../../parts/icon.tsx';
import { edgesOf, nodeTypes, type TaskNode, useNodes } from './graph-nodes.tsx';
import { type FlowRef, showAll, startView, useGraphKeys, useStartView } from './graph-view.ts';

type Props = { tasks: Task[]; selected: string; onSelect: (taskId: string) => void };
const heightPx = { least: 232, most: 560 };

export function Graph({ tasks, selected, onSelect }: Props) {
  const graph = graphOf(tasks);
  const shape = shapeOf(graph);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another shape moves nodes
  const layout = useMemo(() => layoutLayers(graph), [shape]);
  const nodes = useNodes(tasks, layout, selected, onSelect);
  const edges = useMemo(() => edgesOf(tasks), [tasks]);
  const flow: FlowRef = useRef(undefined);
  const box = useRef<HTMLDivElement>(null);
  const rows = Math.max(...layout.layers.map((layer) => layer.length));
  const start = useStartView(box, flow, (element) => startView(tasks, layout, selected, element));
  const onKeyDown = useGraphKeys({ box, flow, layout, tasks, onMove: start.noteMove });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields of a form
    <div
      className="graph"
      ref={box}
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the graph is one stop of the tab key; arrows move inside
      tabIndex={0}
      aria-label={`Task graph, ${tasks.length} tasks in ${layout.layers.length} layers. Arrow keys move between tasks, Enter opens one.`}
      style={{ height: Math.min(heightPx.most, Math.max(heightPx.least, rows * (NODE.height + NODE.gapY) + 72)) }}
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
        minZoom={0.02}
        maxZoom={1.6}
        onInit={(instance) => {
          flow.current = instance;
          start.show();
        }}
        onMoveStart={(event) => event && start.noteMove()}
      />
      <Controls flow={flow} onMove={start.noteMove} onFit={() => showAll(box, flow, layout)} />
    </div>
  );
}

function Controls({ flow, onMove, onFit }: { flow: FlowRef; onMove: () => void; onFit: () => void }) {
  const ways = [
    { name: 'Zoom in', key: '+', icon: 'plus', act: () => flow.current?.zoomIn() },
    { name: 'Zoom out', key: '−', icon: 'minus', act: () => flow.current?.zoomOut() },
    { name: 'Show all', key: '0', icon: 'fit', act: onFit },
  ] as const;
  return (
    <div className="graph-controls">
      {ways.map(({ name, key, icon, act }) => (
        <button
          key={key}
          type="button"
          className="square"
          aria-label={name}
          data-tip={`${name} (${key})`}
          onClick={() => {
            onMove();
            void act();
          }}
        >
          <Icon name={icon} />
        </button>
      ))}
    </div>
  );
}
