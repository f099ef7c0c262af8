// The records of drills, newest first.
import type { Tables, Value } from '../common/table.ts';
import type { DrilledAction } from './drill-undo.ts';

export type Drill = {
  drillId: string;
  at: string;
  result: 'passed' | 'failed';
  actions: DrilledAction[];
  /** actions of the catalogue that the drill leaves out, and why */
  notDrilled: { action: string; reason: string }[];
};
export type Drills = {
  list(page: { limit: number; cursor?: string }): Promise<{ items: Drill[]; cursor?: string }>;
  keep(drill: Drill): Promise<void>;
};

export const drillsIn = (tables: Tables, table: string): Drills => ({
  list: async (page) => {
    const found = await tables.query({ table, pk: 'drills', newestFirst: true, ...page });
    const items = found.items.map(({ pk, sk, by, why, ...drill }) => drill as unknown as Drill);
    return { items, ...(found.cursor ? { cursor: found.cursor } : {}) };
  },
  keep: async ({ actions, notDrilled, ...drill }) => {
    const lists = { actions: actions as unknown as Value, notDrilled: notDrilled as unknown as Value };
    const said = { by: 'drill', why: `undoing ${drill.result}` };
    await tables.write([{ table, put: { pk: 'drills', sk: drill.drillId, ...drill, ...lists, ...said } }]);
  },
});
