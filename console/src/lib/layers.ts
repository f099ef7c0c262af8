// Where each task of a graph stands: layers from left to right by longest path, rows ordered to keep edges short.

export type GraphTask = { id: string; dependsOn: readonly string[] };
export type Place = { layer: number; row: number; x: number; y: number };
export type Layout = { places: Map<string, Place>; layers: string[][] };
export type Direction = 'left' | 'right' | 'up' | 'down';

const margin = 24;
export const NODE = { width: 224, height: 72, gapX: 72, gapY: 16 };

/**
 * Lays a task graph out. A task stands one layer right of the last task that it waits for. Unknown dependencies are
 * ignored, and tasks of a cycle land in a last layer of their own: a picture of a broken plan is better than none.
 */
export function layoutLayers(tasks: readonly GraphTask[]): Layout {
  const parents = new Map<string, string[]>();
  const known = new Set(tasks.map((task) => task.id));
  for (const task of tasks)
    parents.set(
      task.id,
      [...new Set(task.dependsOn)].filter((id) => known.has(id)),
    );
  const layers = orderRows(splitLayers(tasks, parents), parents);
  const places = new Map<string, Place>();
  layers.forEach((ids, layer) => {
    ids.forEach((id, row) => {
      const y = (row - (ids.length - 1) / 2) * (NODE.height + NODE.gapY);
      places.set(id, { layer, row, x: layer * (NODE.width + NODE.gapX), y });
    });
  });
  return { places, layers };
}

function splitLayers(tasks: readonly GraphTask[], parents: Map<string, string[]>): string[][] {
  const children = invert(parents);
  const open = new Map([...parents].map(([id, list]) => [id, list.length]));
  const depth = new Map<string, number>();
  const queue = tasks.filter((task) => open.get(task.id) === 0).map((task) => task.id);
  for (const id of queue) depth.set(id, 0);
  for (let at = 0; at < queue.length; at++) {
    const id = queue[at]!;
    for (const child of children.get(id) ?? []) {
      depth.set(child, Math.max(depth.get(child) ?? 0, depth.get(id)! + 1));
      const left = open.get(child)! - 1;
      open.set(child, left);
      if (left === 0) queue.push(child);
    }
  }
  const placed = new Set(queue);
  const last = Math.max(-1, ...queue.map((id) => depth.get(id)!)) + 1;
  const layers: string[][] = [];
  for (const task of tasks) {
    const layer = placed.has(task.id) ? depth.get(task.id)! : last;
    layers[layer] ??= [];
    layers[layer].push(task.id);
  }
  return layers;
}

function invert(parents: Map<string, string[]>): Map<string, string[]> {
  const children = new Map<string, string[]>();
  for (const [id, list] of parents) {
    for (const parent of list) children.set(parent, [...(children.get(parent) ?? []), id]);
  }
  return children;
}

/** Barycentre sweeps: each task moves towards the mean row of its neighbours, forwards, backwards and forwards again. */
function orderRows(layers: string[][], parents: Map<string, string[]>): string[][] {
  const children = invert(parents);
  const rows = layers.map((layer) => [...layer]);
  const centre = new Map<string, number>();
  const note = (layer: string[]) => layer.forEach((id, row) => void centre.set(id, row - (layer.length - 1) / 2));
  rows.forEach(note);
  const sweep = (layer: string[], neighbours: Map<string, string[]>) => {
    const wish = new Map(layer.map((id) => [id, mean(neighbours.get(id) ?? [], centre) ?? centre.get(id)!]));
    layer.sort((a, b) => wish.get(a)! - wish.get(b)!);
    note(layer);
  };
  for (const layer of rows.slice(1)) sweep(layer, parents);
  for (const layer of rows.slice(0, -1).reverse()) sweep(layer, children);
  for (const layer of rows.slice(1)) sweep(layer, parents);
  return rows;
}

function mean(ids: readonly string[], centre: Map<string, number>): number | undefined {
  if (ids.length === 0) return undefined;
  return ids.reduce((sum, id) => sum + (centre.get(id) ?? 0), 0) / ids.length;
}

/** Zoom and offset that show some tasks in the middle of a box of that many px. */
export function viewOf(
  layout: Layout,
  ids: Iterable<string>,
  box: { width: number; height: number },
  zoomMost = 1,
): { x: number; y: number; zoom: number } {
  const places = [...ids].map((id) => layout.places.get(id)).filter((place) => place !== undefined);
  if (places.length === 0) return { x: 0, y: box.height / 2, zoom: zoomMost };
  const left = Math.min(...places.map((place) => place.x)) - margin;
  const right = Math.max(...places.map((place) => place.x)) + NODE.width + margin;
  const top = Math.min(...places.map((place) => place.y)) - margin;
  const bottom = Math.max(...places.map((place) => place.y)) + NODE.height + margin;
  const zoom = Math.min(zoomMost, box.width / (right - left), box.height / (bottom - top));
  return { zoom, x: (box.width - (left + right) * zoom) / 2, y: (box.height - (top + bottom) * zoom) / 2 };
}

/** The task that an arrow key leads to from a task: the nearest by height in the next layer, or the next row. */
export function neighbour(layout: Layout, id: string, direction: Direction): string | undefined {
  const place = layout.places.get(id);
  if (!place) return layout.layers[0]?.[0];
  if (direction === 'up' || direction === 'down') {
    return layout.layers[place.layer]?.[place.row + (direction === 'down' ? 1 : -1)];
  }
  const layer = layout.layers[place.layer + (direction === 'right' ? 1 : -1)] ?? [];
  const distance = (other: string) => Math.abs(layout.places.get(other)!.y - place.y);
  return layer.reduce<string | undefined>(
    (best, other) => (best === undefined || distance(other) < distance(best) ? other : best),
    undefined,
  );
}
