// Plans that the stories hand in.

export type PlanTask = { id: string; title: string; capability: string; parameters: object; dependsOn: string[] };

export const task = (id: string, capability: string, parameters: object = {}, dependsOn: string[] = []): PlanTask => ({
  id,
  title: `Task ${id}`,
  capability,
  parameters,
  dependsOn,
});

/** Layers of idle tasks; each waits for all of the layer before. */
export function layeredPlan(widths: readonly number[]): PlanTask[] {
  const idsOf = (layer: number) => Array.from({ length: widths[layer] ?? 0 }, (_, index) => `t${layer}-${index}`);
  return widths.flatMap((_, layer) => idsOf(layer).map((id) => task(id, 'noop', { note: id }, idsOf(layer - 1))));
}

/** Something that takes a while, and something that waits for it. */
export const slowChain = (delayMs: number): PlanTask[] => [
  task('first', 'noop', { delayMs }),
  task('second', 'noop', {}, ['first']),
];

/** One task that misbehaves, with everything that a plan can say about it. */
export const drill = (parameters: object, limits: { timeoutSeconds?: number; maxAttempts?: number } = {}) => [
  { ...task('drill', 'drill.misbehave', parameters), ...limits },
];
