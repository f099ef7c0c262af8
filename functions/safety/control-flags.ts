// The control flags: whether the swarm is active, and what of it is stopped. One of the two doors of this room.
//
// The flags are kept in several equal copies, because every gate transaction checks one of them and DynamoDB lets only
// one transaction at a time hold an item. A change writes all copies in one transaction, so there is no moment between.
import type { Changes, Condition, Item, Tables, Write } from '../common/table.ts';

export const FLAG_COPIES = 8;

export type ControlFlags = {
  swarm: 'inactive' | 'active';
  /** everything is stopped */
  killed: boolean;
  /** the names of the parts that are stopped (`nameOfScope`); missing while there is none */
  stopped?: Set<string>;
  reason: string;
  by: string;
  at: string;
};
export type Mode = 'active' | 'killed' | 'not_bootstrapped';

/** Where an effect belongs: what kills, limits and cohorts go by. */
export type EffectScope = { room: string; agentId?: string; objectiveId?: string };
/** What a kill stops. */
export type KillScope = 'everything' | { room: string } | { agentId: string } | { objectiveId: string };
/** Why an effect may not happen now. */
export type Refusal = 'killed' | 'not_bootstrapped' | `stopped ${string}`;

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

/** `everything`, `room:finance`, `agent:agt_writer` or `objective:obj_…`. */
export function nameOfScope(scope: KillScope): string {
  if (scope === 'everything') return scope;
  if ('room' in scope) return `room:${scope.room}`;
  return 'agentId' in scope ? `agent:${scope.agentId}` : `objective:${scope.objectiveId}`;
}

/** The scope behind a name, or nothing when the text is no such name. */
export function scopeNamed(name: string): KillScope | undefined {
  if (name === 'everything') return name;
  const [, kind, what = ''] = /^(room|agent|objective):(.+)$/.exec(name) ?? [];
  if (kind === 'room') return { room: what };
  if (kind === 'agent') return { agentId: what };
  return kind === 'objective' ? { objectiveId: what } : undefined;
}

/** The names of the kills that would stop an effect of this scope, besides that of everything. */
export const namesOver = ({ room, agentId, objectiveId }: EffectScope): string[] => [
  `room:${room}`,
  ...(agentId === undefined ? [] : [`agent:${agentId}`]),
  ...(objectiveId === undefined ? [] : [`objective:${objectiveId}`]),
];

/** Holds only while the swarm is bootstrapped and not killed. A missing flag item is a refusal: the gate fails closed. */
export const mayAct: Condition = {
  all: [
    { path: 'swarm', equals: 'active' },
    { path: 'killed', equals: false },
  ],
};

/** The same, and none of the parts that these effects belong to is stopped. */
export function mayActOn(...scopes: readonly EffectScope[]): Condition {
  const names = [...new Set(scopes.flatMap(namesOver))];
  return { all: [mayAct, ...names.map((name): Condition => ({ not: { path: 'stopped', contains: name } }))] };
}

/** Why an effect of this scope may not happen, or nothing when it may. Says of flags what `mayActOn` says of their item. */
export function whyNot(flags: ControlFlags, scope: EffectScope): Refusal | undefined {
  const mode = modeOf(flags);
  if (mode !== 'active') return mode;
  const stopped = namesOver(scope).find((name) => flags.stopped?.has(name));
  return stopped === undefined ? undefined : `stopped ${stopped}`;
}

/** Whether a kill of this very scope, or of everything, holds. */
export const isStopping = ({ killed, stopped }: ControlFlags, scope: KillScope): boolean =>
  killed || (stopped?.has(nameOfScope(scope)) ?? false);

export async function readFlags(tables: Tables, table: string): Promise<ControlFlags> {
  return flagsOf(await tables.get(table, flagKey(0)));
}

export const flagsOf = (item: Item | undefined): ControlFlags => (item ? (item as unknown as ControlFlags) : NEVER_SET);

export type FlagChange = Partial<Omit<ControlFlags, 'stopped'>> &
  Pick<ControlFlags, 'reason' | 'by' | 'at'> & { stop?: string; release?: string };

/** The writes of one change, one for each copy: to be done together. `onlyIf` is checked on each. */
export function flagWrites(table: string, { stop, release, ...change }: FlagChange, onlyIf?: Condition): Write[] {
  const set = Object.entries({ ...change, why: change.reason }).map(([name, value]) => [name, value] as const);
  const missing = Object.entries(NEVER_SET).filter(([name]) => !(name in change)) as [string, string | boolean][];
  const changes: Changes = {
    set,
    setIfMissing: missing,
    ...(stop === undefined ? {} : { addToSet: [['stopped', [stop]]] }),
    ...(release === undefined ? {} : { removeFromSet: [['stopped', [release]]] }),
  };
  return Array.from(
    { length: FLAG_COPIES },
    (_, copy): Write => ({ table, update: flagKey(copy), changes, ...(onlyIf ? { if: onlyIf } : {}) }),
  );
}

/** Writes all copies at once; a refusal changes nothing. */
export async function writeFlags(
  tables: Tables,
  table: string,
  change: FlagChange,
  onlyIf?: Condition,
): Promise<boolean> {
  return (await tables.write(flagWrites(table, change, onlyIf))).written;
}
