// The fixed part of a plan as it is stored: what each task is, by number, in pages beside the state pages. Pure.
import { centsOf } from '../common/money.ts';
import type { Item, Key } from '../common/table.ts';
import type { Plan } from './plan.ts';
import { pageKey, pageOf, type StatePage, TASKS_PER_PAGE, waitsForOf } from './state-page.ts';

export type TaskDefinition = {
  number: number;
  /** the id that the plan gave it */
  id: string;
  title: string;
  capability: string;
  parameters: Record<string, unknown>;
  dependsOn: number[];
  dependents: number[];
  timeoutSeconds: number;
  maxAttempts: number;
  resources: string[];
  budgetCents?: number;
};
export type PlanPage = Key & { tasks: Record<string, TaskDefinition> };
export type CapabilityDefaults = { timeoutSeconds: number; maxAttempts: number };

export const planKey = (objectiveId: string, page: number): Key => ({
  pk: objectiveId,
  sk: `plan#${String(page).padStart(2, '0')}`,
});
export const asPlanPage = (item: Item): PlanPage => item as unknown as PlanPage;

/** A checked plan as numbered definitions; what a task leaves open comes from its capability. */
export function definitionsOf(plan: Plan, defaults: (capability: string) => CapabilityDefaults): TaskDefinition[] {
  const numbers = new Map(plan.map(({ id }, number) => [id, number]));
  const definitions = plan.map(({ budgetUsd, ...task }, number) => ({
    ...defaults(task.capability),
    ...withoutUndefined(task),
    number,
    dependsOn: task.dependsOn.map((id) => numbers.get(id) as number),
    dependents: [] as number[],
    ...(budgetUsd === undefined ? {} : { budgetCents: centsOf(budgetUsd) }),
  }));
  for (const { number, dependsOn } of definitions) {
    for (const needed of dependsOn) definitions[needed]?.dependents.push(number);
  }
  return definitions as TaskDefinition[];
}

const withoutUndefined = <Value extends object>(value: Value): Value =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Value;

/** The definitions as items to put, one a page. */
export function planPages(objectiveId: string, definitions: readonly TaskDefinition[]): Item[] {
  return inPages(definitions).map(
    (tasks, page) =>
      ({
        ...planKey(objectiveId, page),
        tasks: Object.fromEntries(tasks.map((task) => [`${task.number}`, task])),
        why: 'plan stored',
      }) as unknown as Item,
  );
}

/** The first state of each page. `base` is what all pages share. */
export function statePages(
  objectiveId: string,
  definitions: readonly TaskDefinition[],
  base: Pick<StatePage, 'status' | 'rank' | 'createdAtMs'>,
): StatePage[] {
  const pages = inPages(definitions);
  return pages.map((tasks, page) => ({
    ...pageKey(objectiveId, page),
    ...base,
    pages: pages.length,
    tasks: Object.fromEntries(tasks.map(({ number }) => [`${number}`, { status: 'pending' } as const])),
    ...waitingOf(tasks),
  }));
}

/** What each task waits for, as sets of numbers. */
export const waitingOf = (tasks: readonly TaskDefinition[]): Record<`waitsFor${number}`, Set<string>> =>
  Object.fromEntries(
    tasks
      .filter(({ dependsOn }) => dependsOn.length > 0)
      .map(({ number, dependsOn }) => [waitsForOf(number), new Set(dependsOn.map(String))]),
  );

const inPages = (definitions: readonly TaskDefinition[]): TaskDefinition[][] =>
  Array.from({ length: pageOf(definitions.length - 1) + 1 }, (_, page) =>
    definitions.slice(page * TASKS_PER_PAGE, (page + 1) * TASKS_PER_PAGE),
  );
