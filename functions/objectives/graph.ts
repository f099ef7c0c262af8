// The task graph: layers that can run side by side, and a cycle if there is one. Pure.

type Node = { id: string; dependsOn: readonly string[] };

/** Ids in layers: every dependency of a task is in an earlier layer. Tasks on or behind a cycle are in no layer. */
export function layersOf(nodes: readonly Node[]): string[][] {
  const waitsFor = new Map(nodes.map(({ id, dependsOn }) => [id, dependsOn.length]));
  const positions = new Map(nodes.map(({ id }, index) => [id, index]));
  const dependents = dependentsOf(nodes);
  const layers: string[][] = [];
  let layer = nodes.filter(({ dependsOn }) => dependsOn.length === 0).map(({ id }) => id);
  while (layer.length > 0) {
    layers.push(layer);
    const freed = layer.flatMap((id) => (dependents.get(id) ?? []).filter((next) => countDown(waitsFor, next) === 0));
    layer = freed.sort((left, right) => positions.get(left)! - positions.get(right)!);
  }
  return layers;
}

/** One cycle as `[a, b, a]` where a waits for b and b for a; the first in the order of the nodes; undefined if there is none. */
export function findCycle(nodes: readonly Node[]): string[] | undefined {
  const done = new Set(layersOf(nodes).flat());
  const stuck = new Map(nodes.filter(({ id }) => !done.has(id)).map((node) => [node.id, node]));
  const trail: string[] = [];
  const positions = new Map<string, number>();
  let id = nodes.find((node) => stuck.has(node.id))?.id;
  while (id !== undefined) {
    const seenAt = positions.get(id);
    if (seenAt !== undefined) return [...trail.slice(seenAt), id];
    positions.set(id, trail.length);
    trail.push(id);
    id = stuck.get(id)?.dependsOn.find((needed) => stuck.has(needed));
  }
  return undefined;
}

function dependentsOf(nodes: readonly Node[]): Map<string, string[]> {
  const dependents = new Map<string, string[]>();
  for (const { id, dependsOn } of nodes) {
    for (const needed of dependsOn) {
      const list = dependents.get(needed);
      if (list) list.push(id);
      else dependents.set(needed, [id]);
    }
  }
  return dependents;
}

function countDown(counts: Map<string, number>, id: string): number {
  const left = (counts.get(id) ?? 0) - 1;
  counts.set(id, left);
  return left;
}
