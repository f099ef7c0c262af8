// The table of persons: a wrapped key and the sealed values of each. It has no stream and no backup, so that what is
// erased here is nowhere else.
import type { Tables, Write } from '../common/table.ts';
import type { SubjectId } from './personal-token.ts';

export type PersonKey = { wrapped?: string; createdAt: string; erasedAt?: string; valuesErased?: number };
export type KeptValue = { place: string; field: string; purpose: string; at: string; token: string };
export type Persons = {
  key(subjectId: SubjectId): Promise<PersonKey | undefined>;
  /** Answers the key that counts: another one, when somebody else was faster. */
  addKey(subjectId: SubjectId, key: { wrapped: string; createdAt: string }): Promise<PersonKey>;
  keep(subjectId: SubjectId, values: readonly KeptValue[]): Promise<'kept' | 'erased'>;
  values(subjectId: SubjectId): Promise<KeptValue[]>;
  /** Destroys the key, leaves the tombstone and writes `record`, all at once. Answers false when that was done before. */
  erase(subjectId: SubjectId, tombstone: { erasedAt: string; valuesErased: number }, record: Write): Promise<boolean>;
  forget(subjectId: SubjectId, values: readonly KeptValue[]): Promise<void>;
};

const KEY = 'key';
const VALUE = 'value#';
const WRITES_MAX = 90;

export function personsIn(tables: Tables, table: string): Persons {
  const keyOf = (subjectId: SubjectId) => ({ pk: subjectId, sk: KEY });
  const key = async (subjectId: SubjectId) =>
    (await tables.get(table, keyOf(subjectId))) as unknown as PersonKey | undefined;
  return {
    key,
    addKey: async (subjectId, made) => {
      const outcome = await tables.write([{ table, put: { ...keyOf(subjectId), ...made }, if: { missing: 'pk' } }]);
      return outcome.written ? made : ((await key(subjectId)) ?? made);
    },
    keep: async (subjectId, values) => {
      const puts = values.map(
        ({ place, ...value }): Write => ({
          table,
          put: { pk: subjectId, sk: `${VALUE}${place}`, ...value },
        }),
      );
      const alive: Write = { table, check: keyOf(subjectId), if: { exists: 'wrapped' } };
      return (await tables.write([alive, ...puts])).written ? 'kept' : 'erased';
    },
    values: async (subjectId) => {
      const found: KeptValue[] = [];
      for (let cursor: string | undefined, first = true; first || cursor; first = false) {
        const page = await tables.query({ table, pk: subjectId, sk: { beginsWith: VALUE }, consistent: true, cursor });
        found.push(
          ...page.items.map(({ sk, pk, ...value }) => ({
            ...(value as Omit<KeptValue, 'place'>),
            place: sk.slice(VALUE.length),
          })),
        );
        cursor = page.cursor;
      }
      return found;
    },
    erase: async (subjectId, tombstone, record) => {
      const set = Object.entries(tombstone).map(([name, value]) => [name, value] as const);
      const gone: Write = {
        table,
        update: keyOf(subjectId),
        changes: { set, remove: ['wrapped'] },
        if: { exists: 'wrapped' },
      };
      return (await tables.write([gone, record])).written;
    },
    forget: async (subjectId, values) => {
      for (let start = 0; start < values.length; start += WRITES_MAX) {
        const part = values.slice(start, start + WRITES_MAX);
        await tables.write(part.map(({ place }) => ({ table, delete: { pk: subjectId, sk: `${VALUE}${place}` } })));
      }
    },
  };
}
