// What is known of credentials, without their values: an item for each, with the lease of whoever is renewing it.
import type { Tables } from '../common/table.ts';
import type { CredentialState } from './credential.ts';

export type Credentials = {
  get(name: string): Promise<CredentialState | undefined>;
  /** false when somebody else holds it, or has renewed it since it was read */
  lease(name: string, by: string, nowMs: number, forMs: number, generation: number): Promise<boolean>;
  /** only by who holds the lease, which ends with it */
  settle(name: string, by: string, changes: Partial<CredentialState>): Promise<boolean>;
  note(name: string, changes: Partial<CredentialState>, by: string, why: string): Promise<void>;
  wasTold(name: string, what: string): Promise<boolean>;
  told(name: string, what: string, nowMs: number): Promise<void>;
};

const keyOf = (name: string) => ({ pk: `credential#${name}`, sk: 'credential' });
const toldKey = (name: string, what: string) => ({ pk: `told#${name}`, sk: what });
const TOLD_KEPT_SECONDS = 30 * 86_400;

export const credentialsIn = (tables: Tables, table: string): Credentials => {
  const setting = (changes: object) =>
    Object.entries(changes).filter(([, value]) => value !== undefined) as [string, string | number][];
  return {
    get: async (name) => {
      const item = await tables.get(table, keyOf(name));
      if (!item) return undefined;
      const { pk, sk, by, why, leaseBy, leaseUntilMs, ...state } = item;
      return { status: 'new', ...state, name } as CredentialState;
    },
    lease: async (name, by, nowMs, forMs, generation) => {
      const changes = { set: setting({ leaseBy: by, leaseUntilMs: nowMs + forMs, by: 'operations', why: 'renewing' }) };
      const free = { any: [{ missing: 'leaseUntilMs' }, { path: 'leaseUntilMs', atMost: nowMs }] } as const;
      const unchanged =
        generation === 0 ? ({ missing: 'generation' } as const) : ({ path: 'generation', equals: generation } as const);
      return (await tables.write([{ table, update: keyOf(name), changes, if: { all: [free, unchanged] } }])).written;
    },
    settle: async (name, by, changes) => {
      const set = setting({ ...changes, by: 'operations', why: changes.reason || changes.status || 'renewing' });
      const ended = { set, remove: ['leaseBy', 'leaseUntilMs'] };
      const own = { path: 'leaseBy', equals: by } as const;
      return (await tables.write([{ table, update: keyOf(name), changes: ended, if: own }])).written;
    },
    note: async (name, changes, by, why) => {
      await tables.write([{ table, update: keyOf(name), changes: { set: setting({ ...changes, by, why }) } }]);
    },
    wasTold: async (name, what) => (await tables.get(table, toldKey(name, what))) !== undefined,
    told: async (name, what, nowMs) => {
      const expiresAt = Math.floor(nowMs / 1_000) + TOLD_KEPT_SECONDS;
      await tables.write([
        { table, put: { ...toldKey(name, what), expiresAt, by: 'operations', why: 'people were told' } },
      ]);
    },
  };
};
