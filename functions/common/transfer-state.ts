// A room's part in snapshots: reads what it keeps, stores it in parts, and puts it back in place.
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { KEPT_SHARDS, type KeptItems, type KeptRule, keptDigest, keptText, planRestore } from './kept.ts';
import type { Tables, Write } from './table.ts';
import { decodeItem } from './table-codec.ts';

/** Where parts lie. `put` refuses nothing and overwrites: the same snapshot taken again has the same names. */
export type SnapshotObjects = {
  put(key: string, text: string): Promise<void>;
  /** throws SnapshotDamaged when there is none */
  get(key: string): Promise<string>;
};

/** What lies in the bucket is not what the snapshot says. Nothing has been restored. */
export class SnapshotDamaged extends Error {
  override name = 'SnapshotDamaged';
}

const RoomPart = z.strictObject({ key: z.string(), items: z.int(), sha256: z.string() });
const RoomManifest = z.strictObject({
  room: z.string(),
  items: z.int(),
  digest: z.string(),
  parts: z.array(RoomPart),
});
type RoomManifest = z.infer<typeof RoomManifest>;

/** What a state machine asks of a room. Contents never travel through its states, only digests. */
export const TransferStep = z.discriminatedUnion('step', [
  z.object({ step: z.literal('read'), snapshotId: z.string() }),
  z.object({ step: z.literal('read-again'), digest: z.string() }),
  z.object({ step: z.literal('check'), snapshotId: z.string(), manifestSha256: z.string() }),
  z.object({
    step: z.literal('restore'),
    snapshotId: z.string(),
    manifestSha256: z.string(),
    by: z.string(),
    reason: z.string(),
  }),
]);
export type TransferStep = z.infer<typeof TransferStep>;

export type TransferDeps = {
  room: string;
  tables: Tables;
  table: string;
  objects: SnapshotObjects;
  rule: KeptRule;
};

const ITEMS_PER_PART = 5_000;
const WRITES_AT_ONCE = 25;
const CALLS_AT_ONCE = 16;

/** Does one step and answers with numbers and digests. */
export function transferState(step: TransferStep, deps: TransferDeps): Promise<object> {
  if (step.step === 'read') return readState(step.snapshotId, deps);
  if (step.step === 'read-again') return readAgain(step.digest, deps);
  return step.step === 'check' ? checkState(step, deps) : restoreState(step, deps);
}

/** Stores every kept item, sorted, in parts; then the list of parts. */
async function readState(snapshotId: string, deps: TransferDeps) {
  const items = await keptItems(deps);
  const lines = [...items.values()].map((item) => keptText(item, { volatile: [] })).sort();
  const parts: z.infer<typeof RoomPart>[] = [];
  for (let start = 0; start < lines.length; start += ITEMS_PER_PART) {
    const part = lines.slice(start, start + ITEMS_PER_PART);
    const text = part.join('\n');
    const key = `${folderOf(snapshotId, deps)}/${String(parts.length).padStart(5, '0')}.jsonl`;
    await deps.objects.put(key, text);
    parts.push({ key, items: part.length, sha256: sha256(text) });
  }
  const manifest: RoomManifest = { room: deps.room, items: lines.length, digest: digestOf(items, deps), parts };
  const text = JSON.stringify(manifest);
  await deps.objects.put(manifestKey(snapshotId, deps), text);
  return { room: deps.room, items: manifest.items, digest: manifest.digest, manifestSha256: sha256(text) };
}

/**
 * Whether the state is still what was read. When it is in every room, all of it was so at the moment between the two
 * readings: that makes the snapshot consistent, without stopping anybody.
 */
async function readAgain(before: string, deps: TransferDeps) {
  const digest = digestOf(await keptItems(deps), deps);
  return { room: deps.room, digest, same: digest === before };
}

/** Reads every part and compares it with its digest; tells what a restore would change. */
async function checkState(step: { snapshotId: string; manifestSha256: string }, deps: TransferDeps) {
  const then = await storedItems(step, deps);
  const { writes, equal, stricter } = planRestore(await keptItems(deps), then, deps.rule, namesOf(deps, '-', '-'));
  return { room: deps.room, items: then.size, equal, toChange: writes.length, stricter: stricter.length };
}

/** Puts the room's items back as they were, and reads them again to prove it. */
async function restoreState(step: Extract<TransferStep, { step: 'restore' }>, deps: TransferDeps) {
  const then = await storedItems(step, deps);
  const why = `restore of ${step.snapshotId}: ${step.reason}`;
  const { writes, equal, stricter } = planRestore(await keptItems(deps), then, deps.rule, namesOf(deps, step.by, why));
  await writeAll(
    writes.map(({ write }) => write),
    deps.tables,
  );
  return { room: deps.room, equal, changed: writes.length, stricter, same: await isAsIn(then, stricter, deps) };
}

async function isAsIn(then: KeptItems, stricter: readonly string[], deps: TransferDeps): Promise<boolean> {
  const now = await keptItems(deps);
  const without = (items: KeptItems) => new Map([...items].filter(([key]) => !stricter.includes(key)));
  return digestOf(without(now), deps) === digestOf(without(then), deps);
}

async function storedItems(
  { snapshotId, manifestSha256 }: { snapshotId: string; manifestSha256: string },
  deps: TransferDeps,
): Promise<KeptItems> {
  const text = await fetched(manifestKey(snapshotId, deps), manifestSha256, deps);
  const { parts, digest, items } = RoomManifest.parse(JSON.parse(text));
  const found: KeptItems = new Map();
  for (const part of parts) {
    const lines = (await fetched(part.key, part.sha256, deps)).split('\n');
    for (const item of lines.map(decodeItem)) found.set(String(item.keptSk), item);
  }
  if (found.size === items && digestOf(found, deps) === digest) return found;
  throw new SnapshotDamaged(`The parts of ${deps.room} in ${snapshotId} do not add up to its digest`);
}

async function fetched(key: string, digest: string, { objects }: TransferDeps): Promise<string> {
  const text = await objects.get(key);
  if (sha256(text) === digest) return text;
  throw new SnapshotDamaged(`${key} is not what the snapshot says: its SHA-256 is ${sha256(text)}, not ${digest}`);
}

/** Every item that this room keeps, as it is now. */
async function keptItems({ tables, table }: TransferDeps): Promise<KeptItems> {
  const found: KeptItems = new Map();
  for (let shard = 0; shard < KEPT_SHARDS; shard += 1) {
    let cursor: string | undefined;
    do {
      const page = await tables.query({ table, index: 'kept', pk: `kept#${shard}`, limit: 1_000, cursor });
      const items = await inTurns(page.items, ({ pk, sk }) => tables.get(table, { pk, sk }));
      for (const item of items) if (item?.keptSk) found.set(String(item.keptSk), item);
      cursor = page.cursor;
    } while (cursor);
  }
  return found;
}

async function writeAll(writes: readonly Write[], tables: Tables): Promise<void> {
  const batches = Array.from({ length: Math.ceil(writes.length / WRITES_AT_ONCE) }, (_, n) =>
    writes.slice(n * WRITES_AT_ONCE, (n + 1) * WRITES_AT_ONCE),
  );
  await inTurns(batches, (batch) => tables.write(batch));
}

/** A few calls at a time, results in order. */
async function inTurns<In, Out>(inputs: readonly In[], call: (input: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = [];
  for (let start = 0; start < inputs.length; start += CALLS_AT_ONCE) {
    results.push(...(await Promise.all(inputs.slice(start, start + CALLS_AT_ONCE).map(call))));
  }
  return results;
}

const digestOf = (items: KeptItems, { rule }: TransferDeps): string =>
  keptDigest([...items.values()].map((item) => keptText(item, rule)));
const folderOf = (snapshotId: string, { room }: TransferDeps) => `snapshots/${snapshotId}/${room}`;
const manifestKey = (snapshotId: string, deps: TransferDeps) => `${folderOf(snapshotId, deps)}/manifest.json`;
const namesOf = ({ table }: TransferDeps, by: string, why: string) => ({ table, by, why });
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
