// What part of the graph is in view: where it starts, and how the keyboard moves through it.
import type { Edge, ReactFlowInstance } from '@xyflow/react';
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useRef } from 'react';
import type { Task } from '../../api.ts';
import { type Direction, type Layout, NODE, neighbour, viewOf } from '../../lib/layers.ts';
import type { TaskNode } from './graph-nodes.tsx';

type View = { x: number; y: number; zoom: number };
export type FlowRef = RefObject<ReactFlowInstance<TaskNode, Edge> | undefined>;
type BoxRef = RefObject<HTMLDivElement | null>;

const readableZoom = 0.5;
const framesMost = 20;
const ARROWS: Record<string, Direction> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };

/** All of it when that is readable, else the selected task, else what runs now, else the beginning. */
export function startView(tasks: Task[], layout: Layout, selected: string, box: HTMLElement): View {
  const size = { width: box.clientWidth, height: box.clientHeight };
  const all = viewOf(layout, layout.places.keys(), size);
  if (all.zoom >= readableZoom) return all;
  const running = tasks.filter((task) => task.status === 'running').map((task) => task.taskId);
  const middle = running[Math.floor(running.length / 2)];
  const focus = layout.places.has(selected) ? selected : (middle ?? layout.layers[0]?.[0] ?? '');
  return viewOf(layout, [focus], size, 0.75);
}

/** The start view, taken again when the box changes its size, until a person moves the graph. */
export function useStartView(box: BoxRef, flow: FlowRef, view: (box: HTMLElement) => View) {
  const moved = useRef(false);
  const latest = useRef(view);
  latest.current = view;
  const show = useCallback(() => {
    if (!moved.current && box.current) void flow.current?.setViewport(latest.current(box.current));
  }, [box, flow]);
  const noteMove = useCallback(() => {
    moved.current = true;
  }, []);
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(show);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box, show]);
  return { show, noteMove };
}

/** All of the graph, however small it gets; React Flow's own fitView only knows the nodes that were drawn. */
export function showAll(box: BoxRef, flow: FlowRef, layout: Layout): void {
  if (!box.current) return;
  const size = { width: box.current.clientWidth, height: box.current.clientHeight };
  void flow.current?.setViewport(viewOf(layout, layout.places.keys(), size));
}

type Keys = { box: BoxRef; flow: FlowRef; layout: Layout; tasks: Task[]; onMove: () => void };

/** The key handler of the graph: arrows move the focus from task to task, + − 0 zoom. */
export function useGraphKeys({ box, flow, layout, tasks, onMove }: Keys) {
  const show = (id: string): void => {
    onMove();
    const place = layout.places.get(id)!;
    const zoom = Math.max(readableZoom, flow.current?.getZoom() ?? 1);
    void flow.current?.setCenter(place.x + NODE.width / 2, place.y + NODE.height / 2, { zoom });
    if (box.current) focusTask(box.current, id);
  };
  const zoom: Record<string, () => unknown> = {
    '+': () => flow.current?.zoomIn(),
    '-': () => flow.current?.zoomOut(),
    0: () => showAll(box, flow, layout),
  };
  return (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (zoom[event.key]) {
      onMove();
      zoom[event.key]?.();
    }
    const direction = ARROWS[event.key];
    if (!direction) return;
    event.preventDefault();
    const at = (event.target as HTMLElement).dataset.task;
    const first = tasks.find((task) => task.status === 'running')?.taskId ?? layout.layers[0]?.[0];
    const next = at ? neighbour(layout, at, direction) : first;
    if (next) show(next);
  };
}

/** A task that was out of view is drawn a few frames later. */
function focusTask(box: HTMLElement, id: string, framesLeft = framesMost): void {
  const element = box.querySelector<HTMLElement>(`[data-task="${CSS.escape(id)}"]`);
  if (element) element.focus({ preventScroll: true });
  else if (framesLeft > 0) requestAnimationFrame(() => focusTask(box, id, framesLeft - 1));
}
