// Principals and their tokens: an item for each principal, and one for each token under the token's digest.
import type { Condition, Item, Tables, Write } from '../common/table.ts';
import { DAY_MS, type Holder, type PrincipalRecord } from './principal.ts';

export type Page = { items: PrincipalRecord[]; cursor?: string };
export type Principals = {
  /** who holds the token with this digest; the moment at which it ends is the token's own */
  find(digest: string): Promise<Holder | undefined>;
  get(principalId: string): Promise<PrincipalRecord | undefined>;
  list(page: { limit: number; cursor?: string }): Promise<Page>;
  /** answers false when there is one of this id */
  create(record: PrincipalRecord, by: string): Promise<boolean>;
  /** The new token in place of the old, which works until `oldUntil`. False when it was changed meanwhile. */
  replaceToken(old: PrincipalRecord, renewed: PrincipalRecord, oldUntil: string, by: string): Promise<boolean>;
  /** answers the record as it is then, or nothing when there is none */
  revoke(principalId: string, at: string, by: string, why: string): Promise<PrincipalRecord | undefined>;
  /** Of an agent: in place of what there is, unless that is as new as `record`. */
  agentJoined(record: PrincipalRecord, by: string): Promise<void>;
  /** Also known when it comes before the joining: what joined earlier than `at` stays out. */
  agentLeft(agentId: string, at: string): Promise<void>;
  used(principalId: string, at: string): Promise<void>;
};

const ROSTER = 'principals';
const principalKey = (principalId: string) => ({ pk: `principal#${principalId}`, sk: 'principal' });
const tokenKey = (digest: string) => ({ pk: `token#${digest}`, sk: 'token' });

export function principalsIn(tables: Tables, table: string): Principals {
  const get = async (principalId: string) => recordOf(await tables.get(table, principalKey(principalId)));
  const written = async (...writes: Write[]) => (await tables.write(writes)).written;
  return {
    get,
    find: async (digest) => {
      const token = await tables.get(table, tokenKey(digest));
      const holder = token && (await get(String(token.principalId)));
      return holder && { ...holder, expiresAt: String(token.validUntil) };
    },
    list: async ({ limit, cursor }) => {
      const page = await tables.query({ table, index: 'roster', pk: ROSTER, limit, cursor, newestFirst: true });
      const items = await Promise.all(page.items.map(({ pk, sk }) => tables.get(table, { pk, sk })));
      const records = items.map(recordOf).filter((record) => record !== undefined);
      return { items: records, ...(page.cursor && { cursor: page.cursor }) };
    },
    create: (record, by) =>
      written(
        { table, put: principalItem(record, by, 'created'), if: { missing: 'pk' } },
        { table, put: tokenItem(record, by, 'created') },
      ),
    replaceToken: (old, renewed, oldUntil, by) =>
      written(
        {
          table,
          put: principalItem(renewed, by, 'rotated'),
          if: { all: [{ path: 'digest', equals: old.digest }, { missing: 'revokedAt' }] },
        },
        { table, put: tokenItem(renewed, by, 'rotated') },
        { table, put: tokenItem({ ...old, expiresAt: oldUntil }, by, 'rotated') },
      ),
    revoke: async (principalId, at, by, why) => {
      const set = [
        ['revokedAt', at],
        ['by', by],
        ['why', why],
      ] as const;
      const ifActive = { all: [{ exists: 'pk' }, { missing: 'revokedAt' }] } as const;
      await tables.write([{ table, update: principalKey(principalId), changes: { set }, if: ifActive }]);
      return get(principalId);
    },
    agentJoined: async (record, by) => {
      const ifOlder = olderThan(record.createdAt);
      await written(
        { table, put: principalItem(record, by, 'registered'), if: ifOlder },
        { table, put: tokenItem(record, by, 'registered') },
      );
    },
    agentLeft: async (agentId, at) => {
      const set = [
        ['revokedAt', at],
        ['principalId', agentId],
        ['by', 'agents'],
        ['why', 'deregistered'],
      ] as const;
      const changes = { set, setIfMissing: [['createdAt', at]] } as const;
      await written({ table, update: principalKey(agentId), changes, if: olderThan(at) });
    },
    used: async (principalId, at) => {
      const set = [
        ['lastUsedAt', at],
        ['by', principalId],
        ['why', 'came in'],
      ] as const;
      await written({ table, update: principalKey(principalId), changes: { set }, if: { exists: 'pk' } });
    },
  };
}

const olderThan = (at: string): Condition => ({ any: [{ missing: 'pk' }, { path: 'createdAt', below: at }] });

/** `expiresAt` is the table's time to live: an item's own end has another name. */
const principalItem = ({ expiresAt, ...record }: PrincipalRecord, by: string, why: string): Item => ({
  ...principalKey(record.principalId),
  ...record,
  roles: [...record.roles],
  validUntil: expiresAt,
  rosterPk: ROSTER,
  rosterSk: record.principalId,
  by,
  why,
});

/** Forgotten a month after its end: until then an expired token is told from an unknown one. */
const tokenItem = ({ digest, principalId, expiresAt }: PrincipalRecord, by: string, why: string): Item => ({
  ...tokenKey(digest),
  principalId,
  validUntil: expiresAt,
  expiresAt: Math.ceil((Date.parse(expiresAt) + 30 * DAY_MS) / 1_000),
  by,
  why,
});

function recordOf(item: Item | undefined): PrincipalRecord | undefined {
  if (!item) return undefined;
  const { pk, sk, rosterPk, rosterSk, by, why, validUntil, ...record } = item;
  return { ...record, expiresAt: validUntil } as unknown as PrincipalRecord;
}
