// How fast the trail is verified from its stored text, and how long it takes to put 100,000 control items back.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { auditVerifier } from '../../bin/cli/verify-audit.ts';
import { type ChainedEntry, chainOnto, firstHead } from '../../functions/audit/chain.ts';
import { keptKeys } from '../../functions/common/kept.ts';
import type { Item, Tables } from '../../functions/common/table.ts';
import { openSqlite } from '../../functions/common/table-sqlite.ts';
import { type SnapshotObjects, type TransferDeps, transferState } from '../../functions/common/transfer-state.ts';

const TABLE = 'safety';

/** Lines of an export as the API writes them: one lane with entries of about 600 bytes, and its head. */
export function trailLines(count: number): string[] {
  const lane = 'safety';
  const facts = Array.from({ length: count }, (_, n) => ({
    lane,
    at: new Date(Date.UTC(2026, 2, 1) + n).toISOString(),
    eventId: `event-${n}`,
    table: TABLE,
    pk: `eff_${String(n).padStart(26, '0')}`,
    sk: 'effect',
    kind: 'MODIFY' as const,
    by: 'bench',
    why: 'it is measured',
    changes: [
      { path: 'status', before: 'executing', after: 'confirmed' },
      { path: 'outcome', after: { reason: 'done', at: n, real: { spendCents: 0, apiCalls: 1, files: 0, tokens: n } } },
      { path: 'rationale', before: 'the plan asks for it', after: `the plan asks for step ${n} of it` },
    ],
  }));
  const head = firstHead(lane);
  const chained: ChainedEntry[] = chainOnto(head, facts);
  const last = chained.at(-1) ?? head;
  return [
    ...chained.map(({ seq, hash, text }) => JSON.stringify({ lane, seq, hash, text })),
    JSON.stringify({ lane, head: { seq: last.seq, hash: last.hash } }),
  ];
}

/** Entries per second: parse each line, hash its text onto the chain, add it to the tree, compare. */
export function verifiedPerSecond(lines: readonly string[]): number {
  const verifier = auditVerifier({ lane: 'safety' });
  const beganMs = performance.now();
  for (const line of lines) verifier.feed(line);
  const { valid, entries, faults } = verifier.report();
  if (!valid) throw new Error(`the audit trail is not valid: ${JSON.stringify(faults[0])}`);
  return entries / ((performance.now() - beganMs) / 1_000);
}

export type RestoreTimes = { readSeconds: number; restoreSeconds: number };

const key = (pk: string) => ({ pk, sk: 'x' });
const controlItem = (n: number, text: string): Item => ({
  ...key(`stage#${n}`),
  ...keptKeys(key(`stage#${n}`)),
  ...{ text, step: 'canary', counts: { decisions: n, compared: n % 7 }, tags: new Set([`t${n % 5}`, 'all']) },
  ...{ by: 'bench', why: 'it is measured', at: '2026-11-20T10:00:00.000Z' },
});
const ledgerItem = (n: number): Item => ({ ...key(`eff_${n}`), cents: n, status: 'confirmed' });

/**
 * Seconds of a snapshot and of its restore, on a store in a file as the runtime has it. Between the two every item was
 * changed, a tenth deleted and a tenth added. Throws unless the state is equal by its hash and the ledger untouched.
 */
export async function restoreTimes(items: number): Promise<RestoreTimes> {
  const folder = mkdtempSync(join(tmpdir(), 'lazyark-restore-'));
  const tables = openSqlite(join(folder, 'store.sqlite'));
  try {
    tables.defineTable({ name: TABLE, indexes: [{ name: 'kept' }], stream: true });
    const deps: TransferDeps = {
      room: 'safety',
      tables,
      table: TABLE,
      rule: { volatile: [] },
      objects: filesIn(folder),
    };
    const ledger = Array.from({ length: items / 10 }, (_, n) => ledgerItem(n));
    await putAll(tables, [...Array.from({ length: items }, (_, n) => controlItem(n, `as it was ${n}`)), ...ledger]);
    const [read, readSeconds] = await timed(() => transferState({ step: 'read', snapshotId: 'snp_bench' }, deps));
    const { manifestSha256, digest } = read as { manifestSha256: string; digest: string };
    await changeAll(tables, items);
    const ask = { step: 'restore' as const, snapshotId: 'snp_bench', manifestSha256, by: 'bench', reason: 'measured' };
    const [restored, restoreSeconds] = await timed(() => transferState(ask, deps));
    const again = (await transferState({ step: 'read-again', digest }, deps)) as { same: boolean };
    const { same, changed } = restored as { same: boolean; changed: number };
    if (!same || !again.same || changed < items) throw new Error(`not as it was: ${JSON.stringify(restored)}`);
    if ((await digestOf(tables, ledger)) !== textDigest(ledger)) throw new Error('the ledger was touched');
    return { readSeconds, restoreSeconds };
  } finally {
    tables.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function changeAll(tables: Tables, items: number): Promise<void> {
  const gone = items / 10;
  for (let n = 0; n < gone; n += 25) {
    const keys = Array.from({ length: Math.min(25, gone - n) }, (_, index) => key(`stage#${n + index}`));
    await tables.write(keys.map((one) => ({ table: TABLE, delete: one })));
  }
  const left = Array.from({ length: items }, (_, n) => controlItem(gone + n, `a bad change of ${n}`));
  await putAll(tables, left);
}

async function putAll(tables: Tables, items: readonly Item[]): Promise<void> {
  for (let n = 0; n < items.length; n += 1_000) {
    const some = items.slice(n, n + 1_000);
    const batches = Array.from({ length: Math.ceil(some.length / 25) }, (_, index) =>
      some.slice(index * 25, (index + 1) * 25),
    );
    await Promise.all(batches.map((batch) => tables.write(batch.map((put) => ({ table: TABLE, put })))));
  }
}

const textDigest = (items: readonly (Item | undefined)[]): string =>
  createHash('sha256').update(JSON.stringify(items)).digest('hex');

async function digestOf(tables: Tables, wanted: readonly Item[]): Promise<string> {
  const stored: (Item | undefined)[] = [];
  for (const { pk, sk, ...attributes } of wanted) {
    const found = await tables.get(TABLE, { pk, sk });
    const names = ['pk', 'sk', ...Object.keys(attributes)];
    stored.push(found && (Object.fromEntries(names.map((name) => [name, found[name]])) as Item));
  }
  return textDigest(stored);
}

function filesIn(folder: string): SnapshotObjects {
  const pathOf = (name: string) => join(folder, 'objects', name);
  return {
    put: async (name, text) => {
      mkdirSync(dirname(pathOf(name)), { recursive: true });
      writeFileSync(pathOf(name), text);
    },
    get: async (name) => readFileSync(pathOf(name), 'utf8'),
  };
}

async function timed<Result>(work: () => Promise<Result>): Promise<[Result, number]> {
  const beganMs = performance.now();
  const result = await work();
  return [result, (performance.now() - beganMs) / 1_000];
}
