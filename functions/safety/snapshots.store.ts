// The records of snapshots and restores, newest first.
import type { Page, Tables, Value } from '../common/table.ts';
import { type Restore, recordOf, type Snapshot } from './snapshot.ts';

type Kind = { snapshots: Snapshot; restores: Restore };

export type SnapshotRecords = {
  list<Name extends keyof Kind>(
    kind: Name,
    page: { limit: number; cursor?: string },
  ): Promise<{ items: Kind[Name][]; cursor?: string }>;
  get<Name extends keyof Kind>(kind: Name, id: string): Promise<Kind[Name] | undefined>;
  /** Beginning twice changes nothing. */
  begin<Name extends keyof Kind>(kind: Name, id: string, record: Kind[Name]): Promise<void>;
  /** Only while it is under way, or again with the same end. */
  end<Name extends keyof Kind>(
    kind: Name,
    id: string,
    change: Partial<Kind[Name]> & { by: string; why: string },
  ): Promise<boolean>;
};

const UNDER_WAY = { snapshots: 'taking', restores: 'running' } as const;

export const snapshotRecordsIn = (tables: Tables, table: string): SnapshotRecords => ({
  list: async (kind, page) => {
    const found: Page = await tables.query({ table, pk: kind, newestFirst: true, ...page });
    return { items: found.items.map((item) => recordOf(item)), ...(found.cursor ? { cursor: found.cursor } : {}) };
  },
  get: async (kind, id) => {
    const item = await tables.get(table, { pk: kind, sk: id });
    return item && recordOf(item);
  },
  begin: async (kind, id, record) => {
    await tables.write([{ table, put: { pk: kind, sk: id, ...record } as never, if: { missing: 'pk' } }]);
  },
  end: async (kind, id, change) => {
    const set = Object.entries(change).map(([name, value]) => [name, value as Value] as const);
    const condition = { path: 'status', oneOf: [UNDER_WAY[kind], String(change.status)] };
    const outcome = await tables.write([{ table, update: { pk: kind, sk: id }, changes: { set }, if: condition }]);
    return outcome.written;
  },
});
