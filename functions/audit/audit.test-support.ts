// An audit in memory: its table, a key of its own, and a bucket that keeps what was written first.
import { generateKeyPairSync, sign } from 'node:crypto';
import type { Signer } from '../common/signer.client.ts';
import type { Tables } from '../common/table.ts';
import { openSqlite } from '../common/table-sqlite.ts';
import { firstHead } from './chain.ts';
import type { StreamChange } from './change-facts.ts';
import { exportTrail } from './export-trail.ts';
import { type Lanes, lanesIn } from './lanes.store.ts';
import { recordChanges } from './record-changes.ts';
import { type Roots, rootsIn } from './roots.store.ts';
import { type SealDeps, type Sealed, sealRoot } from './seal-root.ts';
import { LANES } from './trail.ts';

export const change = (n: number, overrides: Partial<StreamChange> = {}): StreamChange => ({
  eventId: `event-${n}`,
  table: 'objectives',
  kind: 'MODIFY',
  atMs: Date.parse('2026-03-01T10:00:00Z') + n,
  byTtl: false,
  before: { pk: `obj_${n}`, sk: 'graph#00', status: 'queued', by: 'someone', why: 'old' },
  after: { pk: `obj_${n}`, sk: 'graph#00', status: 'running', by: 'operator', why: 'planned' },
  ...overrides,
});
export const changes = (from: number, to: number): StreamChange[] =>
  Array.from({ length: to - from + 1 }, (_, n) => change(from + n));

/** A key pair that signs as KMS does. */
export function testSigner(): Signer & { pem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const signature = (bytes: Uint8Array) => sign('sha256', bytes, privateKey).toString('base64');
  return {
    pem,
    publicKeyPem: async () => pem,
    sign: async (bytes) => ({ keyId: 'test', algorithm: 'ECDSA_SHA_256', signature: signature(bytes) }),
  };
}

/** What was written stays; `objects` may be changed by hand to play the attacker. */
export function testArchive() {
  const objects = new Map<string, string>();
  return {
    objects,
    writeOnce: async (name: string, text: string) => {
      if (!objects.has(name)) {
        objects.set(name, text);
        return 'written' as const;
      }
      return objects.get(name) === text ? ('there already' as const) : ('another is there' as const);
    },
    names: async (prefix: string, after: string, limit: number) =>
      [...objects.keys()]
        .filter((name) => name.startsWith(prefix) && name > after)
        .sort()
        .slice(0, limit),
    read: async (name: string) => objects.get(name) ?? '',
  };
}

export type TestAudit = {
  tables: Tables;
  lanes: Lanes;
  roots: Roots;
  archive: ReturnType<typeof testArchive>;
  signer: ReturnType<typeof testSigner>;
  clock: { nowMs: number };
  ages: number[];
  deps: SealDeps;
  record(lane: string, what: readonly StreamChange[]): Promise<number>;
  seal(overrides?: Partial<SealDeps>): Promise<Sealed>;
  exported(lane?: string): Promise<string[]>;
  genesis(lane: string): string;
};

export function testAudit(tables: Tables = auditTable()): TestAudit {
  const clock = { nowMs: Date.parse('2026-03-01T10:01:00Z') };
  const now = () => new Date(clock.nowMs);
  const [lanes, roots] = [lanesIn(tables, 'audit', now), rootsIn(tables, 'audit')];
  const [archive, signer, ages] = [testArchive(), testSigner(), [] as number[]];
  const tellAge = (seconds: number) => void ages.push(seconds);
  const laneNames = LANES;
  const deps: SealDeps = { lanes, roots, archive, signer, now, laneNames, entriesMax: 50_000, tellAge };
  return {
    ...{ tables, lanes, roots, archive, signer, clock, ages, deps },
    record: (lane, what) => recordChanges(lane, what, lanes, new Map()),
    seal: (overrides) => {
      clock.nowMs += 60_000;
      return sealRoot({ ...deps, ...overrides });
    },
    genesis: (lane) => firstHead(lane).hash,
    exported: (lane) => exportedLines({ lanes, roots }, lane),
  };
}

export function auditTable(): Tables {
  const tables = openSqlite(':memory:');
  tables.defineTable({ name: 'audit', indexes: [], stream: false });
  return tables;
}

export async function exportedLines(deps: { lanes: Lanes; roots: Roots }, lane?: string): Promise<string[]> {
  const lines: string[] = [];
  let cursor: string | undefined;
  do {
    const page = (await exportTrail({ lane, cursor }, deps)).split('\n').filter((line) => line !== '');
    cursor = (JSON.parse(page.at(-1) ?? '{}') as { cursor?: string }).cursor;
    lines.push(...(cursor ? page.slice(0, -1) : page));
  } while (cursor);
  return lines;
}
