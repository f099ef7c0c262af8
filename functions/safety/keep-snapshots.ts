// The steps of taking a snapshot and of restoring one that are not a single room's business.
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { readFlags } from './control-flags.ts';
import { type ControlDeps, killSwarm, resumeSwarm } from './control-swarm.ts';
import { differingFiles, type RestoredRoom, type RoomSnapshot } from './snapshot.ts';
import type { SnapshotRecords } from './snapshots.store.ts';

const RoomSnapshotShape = z.object({
  room: z.string(),
  items: z.int(),
  digest: z.string(),
  manifestSha256: z.string(),
});
const RestoredRoomShape = z.object({
  room: z.string(),
  equal: z.int(),
  changed: z.int(),
  stricter: z.array(z.string()),
  same: z.boolean(),
});
const asked = { by: z.string(), why: z.string() };
const restoring = { restoreId: z.string(), snapshotId: z.string(), ...asked };

/** What the states of take-snapshot and restore-snapshot ask for. */
export const SnapshotStep = z.discriminatedUnion('step', [
  z.object({ step: z.literal('begin'), snapshotId: z.string(), ...asked }),
  z.object({ step: z.literal('seal'), snapshotId: z.string(), ...asked, rooms: z.array(RoomSnapshotShape) }),
  z.object({ step: z.literal('fail'), snapshotId: z.string(), ...asked, error: z.unknown() }),
  z.object({ step: z.literal('begin-restore'), ...restoring }),
  z.object({ step: z.literal('hold-swarm'), ...restoring }),
  z.object({ step: z.literal('end-restore'), ...restoring, rooms: z.array(RestoredRoomShape) }),
  z.object({ step: z.literal('fail-restore'), ...restoring, error: z.unknown() }),
]);
export type SnapshotStep = z.infer<typeof SnapshotStep>;

/** The snapshot cannot be restored: there is none, or it was never finished. */
export class NoSuchSnapshot extends Error {
  override name = 'NoSuchSnapshot';
}
/** A room is not as it was in the snapshot, although all was written. The swarm stays stopped. */
export class RestoreIncomplete extends Error {
  override name = 'RestoreIncomplete';
}

export type KeepDeps = ControlDeps & {
  records: SnapshotRecords;
  /** the files of config/ by name, as they are deployed */
  configuration: () => Record<string, string>;
  putObject: (key: string, text: string) => Promise<void>;
};
type Step<Name extends SnapshotStep['step']> = Extract<SnapshotStep, { step: Name }>;

const STEPS: { [Name in SnapshotStep['step']]: (step: Step<Name>, deps: KeepDeps) => Promise<object> } = {
  begin: beginSnapshot,
  seal: sealSnapshot,
  fail: failSnapshot,
  'begin-restore': beginRestore,
  'hold-swarm': holdSwarm,
  'end-restore': endRestore,
  'fail-restore': failRestore,
};

export const keepSnapshots = (step: SnapshotStep, deps: KeepDeps): Promise<object> =>
  STEPS[step.step](step as never, deps);

async function beginSnapshot({ snapshotId, by, why }: Step<'begin'>, { records, now }: KeepDeps) {
  const beganAt = now().toISOString();
  await records.begin('snapshots', snapshotId, { snapshotId, status: 'taking', beganAt, by, why });
  return { snapshotId, by, why, tries: 0, consistentAt: beganAt };
}

/** The list of rooms with their digests goes into the record, and so into the audit: a changed bucket is noticed. */
async function sealSnapshot({ snapshotId, by, why, rooms }: Step<'seal'>, deps: KeepDeps) {
  const files = deps.configuration();
  await deps.putObject(`snapshots/${snapshotId}/configuration.json`, JSON.stringify(files));
  const consistentAt = deps.now().toISOString();
  const configuration = digestsOf(files);
  const manifest = { snapshotId, consistentAt, rooms, configuration };
  await deps.putObject(`snapshots/${snapshotId}/manifest.json`, JSON.stringify(manifest));
  await deps.records.end('snapshots', snapshotId, { status: 'complete', by, why, consistentAt, rooms, configuration });
  return { snapshotId, items: rooms.reduce((sum: number, room: RoomSnapshot) => sum + room.items, 0) };
}

async function failSnapshot({ snapshotId, by, why, error }: Step<'fail'>, { records }: KeepDeps) {
  await records.end('snapshots', snapshotId, { status: 'failed', by, why, error: errorText(error) });
  return {};
}

/** Answers with the digest of each room's list of parts, as the record has it. */
async function beginRestore({ restoreId, snapshotId, by, why }: Step<'begin-restore'>, deps: KeepDeps) {
  const beganAt = deps.now().toISOString();
  await deps.records.begin('restores', restoreId, { restoreId, snapshotId, status: 'running', beganAt, by, why });
  const snapshot = await deps.records.get('snapshots', snapshotId);
  if (snapshot?.status !== 'complete' || !snapshot.rooms) {
    throw new NoSuchSnapshot(`There is no finished snapshot ${snapshotId}`);
  }
  const manifests = Object.fromEntries(snapshot.rooms.map(({ room, manifestSha256 }) => [room, manifestSha256]));
  return { restoreId, snapshotId, by, why, manifests };
}

/** Nothing autonomous happens while state is put back. A swarm that is stopped already stays stopped by its own reason. */
async function holdSwarm(step: Step<'hold-swarm'>, deps: KeepDeps) {
  const flags = await readFlags(deps.tables, deps.table);
  if (!flags.killed) await killSwarm(holdReason(step), step.by, deps);
  return {};
}

async function endRestore(step: Step<'end-restore'>, deps: KeepDeps) {
  const { restoreId, snapshotId, by, why, rooms } = step;
  const wrong = rooms.filter(({ same }: RestoredRoom) => !same);
  if (wrong.length > 0) {
    throw new RestoreIncomplete(`Not as in ${snapshotId}: ${wrong.map(({ room }: RestoredRoom) => room).join(', ')}`);
  }
  const snapshot = await deps.records.get('snapshots', snapshotId);
  const configurationDiffers = differingFiles(snapshot?.configuration ?? {}, digestsOf(deps.configuration()));
  const endedAt = deps.now().toISOString();
  await deps.records.end('restores', restoreId, {
    status: 'complete',
    by,
    why,
    endedAt,
    rooms,
    configurationDiffers,
  });
  await releaseSwarm(step, deps);
  return { restoreId, changed: rooms.reduce((sum: number, room: RestoredRoom) => sum + room.changed, 0) };
}

/** Only the stop of this very restore is lifted; one that a person has pressed meanwhile stays. */
async function releaseSwarm(step: { restoreId: string; snapshotId: string; by: string }, deps: KeepDeps) {
  const flags = await readFlags(deps.tables, deps.table);
  if (flags.killed && flags.reason === holdReason(step)) {
    await resumeSwarm(`${step.restoreId}: the state is as in ${step.snapshotId}`, step.by, deps);
  }
}

/** What has been written by then is unknown, so a swarm that was stopped for the restore stays stopped for a person. */
async function failRestore({ restoreId, by, why, error }: Step<'fail-restore'>, { records, now }: KeepDeps) {
  const endedAt = now().toISOString();
  await records.end('restores', restoreId, { status: 'failed', by, why, endedAt, error: errorText(error) });
  return {};
}

const holdReason = ({ restoreId, snapshotId }: { restoreId: string; snapshotId: string }) =>
  `${restoreId}: restoring ${snapshotId}`;
const digestsOf = (files: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files).map(([file, text]) => [file, createHash('sha256').update(text).digest('hex')]),
  );
const errorText = (error: unknown): string => JSON.stringify(error ?? 'unknown').slice(0, 2_000);
