// The action setting.change: a named value of the swarm's configuration, with its history. Its undo is the value before.
import * as z from 'zod';
import { keptKeys } from '../common/kept.ts';
import { refuseDeep } from '../common/storable.ts';
import type { Item, Tables } from '../common/table.ts';
import type { Performer } from './performer.ts';

export const SettingName = z
  .string()
  .max(100)
  .regex(/^[a-z0-9][a-z0-9-]*([./][a-z0-9][a-z0-9-]*)*$/, 'a name such as canary/greeting');
/** what the state before the first change stands for */
const NEVER_SET = '-';
const VALUE_BYTES_MAX = 10_000;

const Parameters = z
  .strictObject({
    name: SettingName,
    /** null is what a setting is that was never made */
    value: z.unknown().superRefine(refuseDeep).pipe(z.json()),
    /** only while the setting is as this effect left it */
    after: z.string().optional(),
    /** of an undo: the effect whose state is brought back */
    standsFor: z.string().optional(),
  })
  .refine(({ value }) => Buffer.byteLength(JSON.stringify(value)) <= VALUE_BYTES_MAX, {
    path: ['value'],
    error: `a value of at most ${VALUE_BYTES_MAX} bytes`,
  });
type Parameters = z.infer<typeof Parameters>;

export type Setting = { name: string; value: unknown; version: number; effectId: string; at: string };
/** `standsFor`: the effect whose state this is; an undo brings back the state of another one */
type Stored = Setting & { standsFor: string };

const keyOf = (name: string) => ({ pk: `setting#${name}`, sk: 'setting' });
const versionKey = (name: string, version: number) => ({
  pk: `setting#${name}`,
  sk: `version#${String(version).padStart(9, '0')}`,
});

export async function readSetting(tables: Tables, table: string, name: string): Promise<Stored | undefined> {
  return settingOf(await tables.get(table, keyOf(name)));
}

/** Newest first. */
export async function settingHistory(tables: Tables, table: string, name: string): Promise<Setting[]> {
  const { items } = await tables.query({
    table,
    pk: `setting#${name}`,
    sk: { beginsWith: 'version#' },
    newestFirst: true,
  });
  return items.map(settingOf).filter((setting) => setting !== undefined);
}

export const changeSettingIn = (tables: Tables, table: string, now: () => Date): Performer<Parameters> => ({
  action: 'setting.change',
  schema: Parameters,
  targetOf: ({ name }) => name,
  impactOf: () => ({ spendCents: 0, apiCalls: 0, files: 0, tokens: 0 }),
  undoOf: () => ({ reversible: 'yes', undo: 'The setting gets the value that it had before.' }),
  plan: async ({ name, after, standsFor }, effectId) => {
    const current = await readSetting(tables, table, name);
    if (after && current?.standsFor !== after) {
      return `${name} has been changed since, by ${current?.effectId ?? 'nobody who is known'}: undo that first`;
    }
    const before = { value: current?.value ?? null, standsFor: current?.standsFor ?? NEVER_SET };
    return {
      before: { version: current?.version ?? 0 },
      undo: { action: 'setting.change', parameters: { name, ...before, after: standsFor ?? effectId } },
    };
  },
  perform: async ({ name, value, standsFor }, effectId, { before }) => {
    const version = Number(before.version) + 1;
    const facts = {
      name,
      value: JSON.stringify(value),
      version,
      effectId,
      standsFor: standsFor ?? effectId,
      at: now().toISOString(),
    };
    const said = { by: effectId, why: `setting.change of ${name}` };
    const current: Item = { ...keyOf(name), ...facts, ...said, ...keptKeys(keyOf(name)) };
    const outcome = await tables.write([
      {
        table,
        put: current,
        if: version === 1 ? { missing: 'pk' } : { path: 'version', equals: version - 1 },
      },
      { table, put: { ...versionKey(name, version), ...facts, ...said } },
    ]);
    return outcome.written
      ? { kind: 'happened', detail: `${name} is at version ${version}` }
      : { kind: 'did_not_happen', detail: `${name} was changed by somebody else at the same moment` };
  },
  lookUp: async ({ name }, effectId, { before }) => {
    const written = settingOf(await tables.get(table, versionKey(name, Number(before.version) + 1)));
    return written?.effectId === effectId
      ? { kind: 'happened', detail: `${name} got version ${written.version} by this effect` }
      : { kind: 'did_not_happen', detail: `${name} has no version by this effect` };
  },
});

function settingOf(item: Item | undefined): Stored | undefined {
  if (!item) return undefined;
  const { name, value, version, effectId, standsFor, at } = item;
  return { name, value: JSON.parse(String(value)), version, effectId, standsFor, at } as Stored;
}
