// Reads that the objectives' actions share. What never changes once written is remembered while the function is warm.
import type { Item, Key, Tables } from '../common/table.ts';
import type { RosterAgent } from './allocation.ts';
import { asResult, type ObjectiveItem, objectiveKey, resultKey } from './objective-items.ts';
import { asPlanPage, planKey, type TaskDefinition } from './plan-page.ts';
import { asStatePage, pageKey, pageNumberOf, pageOf, type StatePage } from './state-page.ts';

const REMEMBERED_MAX = 2_000;
const ROSTER_AGE_MS_MAX = 2_000;

/** For `roster`: it holds this agent. */
export const knows = (agentId: string | undefined) => (agents: readonly RosterAgent[]) =>
  agents.some((agent) => agent.agentId === agentId);

/** Somebody speaks of a task that was never planned. */
export class NoSuchTask extends Error {
  override name = 'NoSuchTask';
}

export type Reads = {
  page(objectiveId: string, page: number): Promise<StatePage | undefined>;
  pages(objectiveId: string): Promise<StatePage[]>;
  objective(objectiveId: string): Promise<ObjectiveItem | undefined>;
  definition(objectiveId: string, number: number): Promise<TaskDefinition>;
  /** The results of tasks that have succeeded, by number; `page` is one that is at hand. */
  results(page: StatePage, numbers: readonly number[]): Promise<Map<number, unknown>>;
  /** at most 2 s old; read anew when it is not `enough` */
  roster(enough?: (agents: readonly RosterAgent[]) => boolean): Promise<RosterAgent[]>;
};

/** The reads of one function instance. */
export function readsIn(tables: Tables, table: string, now: () => Date): Reads {
  const unchanging = rememberedIn(tables, table);
  let roster: { agents: RosterAgent[]; readAtMs: number } | undefined;
  const page = async (objectiveId: string, number: number) => {
    const item = await tables.get(table, pageKey(objectiveId, number));
    return item && asStatePage(item);
  };
  return {
    page,
    pages: async (objectiveId) => {
      const first = await page(objectiveId, 0);
      const others = Array.from({ length: (first?.pages ?? 1) - 1 }, (_, index) => page(objectiveId, index + 1));
      return [first, ...(await Promise.all(others))].filter((found) => found !== undefined);
    },
    objective: async (objectiveId) => (await unchanging(objectiveKey(objectiveId))) as ObjectiveItem | undefined,
    definition: async (objectiveId, number) => {
      const item = await unchanging(planKey(objectiveId, pageOf(number)));
      const definition = item && asPlanPage(item).tasks[number];
      if (!definition) throw new NoSuchTask(`${objectiveId} has no task ${number}`);
      return definition;
    },
    results: async (at, numbers) => {
      const others = [...new Set(numbers.map(pageOf))].filter((number) => number !== pageNumberOf(at));
      const pages = [at, ...(await Promise.all(others.map((number) => page(at.pk, number))))];
      const found = numbers.map(async (number) => {
        const fence = pages.find((one) => one?.tasks[number])?.tasks[number]?.fence ?? '';
        const item = await unchanging(resultKey(at.pk, number, fence));
        return [number, item ? asResult(item).result : null] as const;
      });
      return new Map(await Promise.all(found));
    },
    roster: async (enough = () => true) => {
      const nowMs = now().getTime();
      if (!roster || nowMs - roster.readAtMs > ROSTER_AGE_MS_MAX || !enough(roster.agents)) {
        const { items } = await tables.query({ table, pk: 'roster', limit: 1_000 });
        roster = { agents: items as unknown as RosterAgent[], readAtMs: nowMs };
      }
      return roster.agents;
    },
  };
}

/** Gets of items that are written once; who asks meanwhile shares the get, and a missing item is not remembered. */
function rememberedIn(tables: Tables, table: string) {
  const remembered = new Map<string, Promise<Item | undefined>>();
  return (key: Key): Promise<Item | undefined> => {
    const name = `${key.pk}|${key.sk}`;
    const known = remembered.get(name);
    if (known) return known;
    const asked = tables.get(table, key);
    remembered.set(name, asked);
    const forget = () => remembered.delete(name);
    asked.then((item) => item ?? forget(), forget);
    if (remembered.size > REMEMBERED_MAX) remembered.delete(remembered.keys().next().value as string);
    return asked;
  };
}
