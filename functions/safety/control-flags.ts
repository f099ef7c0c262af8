// The control flags: whether the swarm is active, and whether it is killed. One of the two doors of this room.
//
// The flags are kept in several equal copies, because every gate transaction checks one of them and DynamoDB lets only
// one transaction at a time hold an item. A change writes all copies in one transaction, so there is no moment between.
import type { Condition, Item, Tables, Write } from '../common/table.ts';

export const FLAG_COPIES = 8;

export type ControlFlags = {
  swarm: 'inactive' | 'active';
  killed: boolean;
  reason: string;
  by: string;
  at: string;
};
export type Mode = 'active' | 'killed' | 'not_bootstrapped';

const NEVER_SET: ControlFlags = { swarm: 'inactive', killed: false, reason: 'never bootstrapped', by: '-', at: '-' };

/** What a person reads in the top bar. */
export const modeOf = ({ killed, swarm }: ControlFlags): Mode =>
  killed ? 'killed' : swarm === 'active' ? 'active' : 'not_bootstrapped';

export const flagKey = (copy: number) => ({ pk: `control#${copy}`, sk: 'flags' });

/** Which copy a proposal checks: any will do, as long as not all take the same. */
export function flagCopyOf(intentKey: string): number {
  let hash = 0;
  for (const character of intentKey) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return hash % FLAG_COPIES;
}

/** Holds only while the swarm is bootstrapped and not killed. A missing flag item is a refusal: the gate fails closed. */
export const mayAct: Condition = {
  all: [
    { path: 'swarm', equals: 'active' },
    { path: 'killed', equals: false },
  ],
};

export async function readFlags(tables: Tables, table: string): Promise<ControlFlags> {
  return flagsOf(await tables.get(table, flagKey(0)));
}

export const flagsOf = (item: Item | undefined): ControlFlags => (item ? (item as unknown as ControlFlags) : NEVER_SET);

/** Writes all copies at once. `onlyIf` is checked on each; a refusal changes nothing. */
export async function writeFlags(
  tables: Tables,
  table: string,
  change: Partial<ControlFlags> & Pick<ControlFlags, 'reason' | 'by' | 'at'>,
  onlyIf?: Condition,
): Promise<boolean> {
  const set = Object.entries({ ...change, why: change.reason }).map(([name, value]) => [name, value] as const);
  const missing = Object.entries(NEVER_SET).filter(([name]) => !(name in change)) as [string, string | boolean][];
  const writes = Array.from(
    { length: FLAG_COPIES },
    (_, copy): Write => ({
      table,
      update: flagKey(copy),
      changes: { set, setIfMissing: missing },
      ...(onlyIf ? { if: onlyIf } : {}),
    }),
  );
  return (await tables.write(writes)).written;
}
