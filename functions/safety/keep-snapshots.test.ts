// Taking and restoring snapshots, the steps that are no single room's: records, the stop meanwhile, and its end.
import { describe, expect, it } from 'vitest';
import { newId } from '../common/ids.ts';
import { openSqlite } from '../common/table-sqlite.ts';
import { activateSwarm, controlNow, killSwarm } from './control-swarm.ts';
import {
  type KeepDeps,
  keepSnapshots,
  NoSuchSnapshot,
  RestoreIncomplete,
  type SnapshotStep,
} from './keep-snapshots.ts';
import { differingFiles, type RestoredRoom, snapshotIdOf } from './snapshot.ts';
import { snapshotRecordsIn } from './snapshots.store.ts';

const NOW = new Date('2026-11-20T10:00:00.123Z');
const asked = { snapshotId: 'snp_1', by: 'captain', why: 'bad change' };
const restoring = { ...asked, restoreId: 'rst_1' };
const room = { room: 'safety', items: 3, digest: 'dd', manifestSha256: 'aa' };
const restored: RestoredRoom = { room: 'safety', equal: 1, changed: 2, stricter: [], same: true };

async function aKeeper() {
  const tables = openSqlite(':memory:');
  tables.defineTable({ name: 'safety', indexes: [{ name: 'kept' }], stream: true });
  const objects = new Map<string, string>();
  let files: Record<string, string> = { 'gate.yaml': 'allow: []' };
  const deps: KeepDeps = {
    tables,
    table: 'safety',
    now: () => NOW,
    newId,
    openIds: async () => [],
    announce: async () => undefined,
    records: snapshotRecordsIn(tables, 'safety'),
    configuration: () => files,
    putObject: async (key, text) => void objects.set(key, text),
  };
  await activateSwarm('test', 'test', deps);
  const take = (step: SnapshotStep) => keepSnapshots(step, deps);
  const mode = async () => (await controlNow(deps)).mode;
  const configure = (next: Record<string, string>) => {
    files = next;
  };
  const complete = async () => {
    await take({ step: 'begin', ...asked });
    await take({ step: 'seal', ...asked, rooms: [room] });
  };
  return { deps, take, mode, configure, complete, objects };
}

describe('a snapshot', () => {
  it('has an id that says when, and sorts by it', () => {
    expect(snapshotIdOf('snp', NOW)).toBe('snp_20261120T100000Z');
    expect(snapshotIdOf('rst', NOW, 'ABC')).toBe('rst_20261120T100000Z-ABC');
  });

  it('is recorded from its beginning to its end with the digests of every room', async () => {
    const { deps, take, complete, objects } = await aKeeper();
    await take({ step: 'begin', ...asked });
    await take({ step: 'begin', ...asked });
    expect(await deps.records.get('snapshots', 'snp_1')).toMatchObject({ status: 'taking', by: 'captain' });
    await complete();
    expect(await deps.records.get('snapshots', 'snp_1')).toMatchObject({
      status: 'complete',
      consistentAt: NOW.toISOString(),
      rooms: [room],
      configuration: { 'gate.yaml': expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect([...objects.keys()]).toEqual(['snapshots/snp_1/configuration.json', 'snapshots/snp_1/manifest.json']);
  });

  it('that failed says why, and one that is complete cannot fail afterwards', async () => {
    const { deps, take, complete } = await aKeeper();
    await complete();
    await take({ step: 'fail', ...asked, error: { Error: 'late' } });
    expect(await deps.records.get('snapshots', 'snp_1')).toMatchObject({ status: 'complete' });
    await take({ step: 'begin', ...asked, snapshotId: 'snp_2' });
    await take({ step: 'fail', ...asked, snapshotId: 'snp_2', error: { Error: 'SnapshotUnstable' } });
    expect(await deps.records.get('snapshots', 'snp_2')).toMatchObject({ status: 'failed', error: /Unstable/ });
    const { items } = await deps.records.list('snapshots', { limit: 10 });
    expect(items.map(({ snapshotId }) => snapshotId)).toEqual(['snp_2', 'snp_1']);
  });
});

describe('a restore', () => {
  it('gives each room the digest of its parts as the record has it', async () => {
    const { take, complete } = await aKeeper();
    await complete();
    expect(await take({ step: 'begin-restore', ...restoring })).toMatchObject({ manifests: { safety: 'aa' } });
  });

  it('is refused of a snapshot that is not there or not complete', async () => {
    const { take } = await aKeeper();
    await expect(take({ step: 'begin-restore', ...restoring })).rejects.toThrow(NoSuchSnapshot);
    await take({ step: 'begin', ...asked });
    await expect(take({ step: 'begin-restore', ...restoring })).rejects.toThrow(NoSuchSnapshot);
  });

  it('stops the swarm and lets it act again when every room is as it was', async () => {
    const { deps, take, mode, complete } = await aKeeper();
    await complete();
    await take({ step: 'begin-restore', ...restoring });
    await take({ step: 'hold-swarm', ...restoring });
    expect(await mode()).toBe('killed');
    await take({ step: 'end-restore', ...restoring, rooms: [restored] });
    expect(await mode()).toBe('active');
    expect(await deps.records.get('restores', 'rst_1')).toMatchObject({
      status: 'complete',
      rooms: [restored],
      configurationDiffers: [],
    });
  });

  it('never lifts a kill that a person pressed before or meanwhile', async () => {
    const { deps, take, mode, complete } = await aKeeper();
    await complete();
    await killSwarm('too fast', 'operator', deps);
    await take({ step: 'begin-restore', ...restoring });
    await take({ step: 'hold-swarm', ...restoring });
    await take({ step: 'end-restore', ...restoring, rooms: [restored] });
    expect(await mode()).toBe('killed');
  });

  it('leaves the swarm stopped when a room is not as it was', async () => {
    const { deps, take, mode, complete } = await aKeeper();
    await complete();
    await take({ step: 'begin-restore', ...restoring });
    await take({ step: 'hold-swarm', ...restoring });
    const wrong = { ...restored, same: false };
    await expect(take({ step: 'end-restore', ...restoring, rooms: [wrong] })).rejects.toThrow(RestoreIncomplete);
    await take({ step: 'fail-restore', ...restoring, error: { Error: 'RestoreIncomplete' } });
    expect(await mode()).toBe('killed');
    expect(await deps.records.get('restores', 'rst_1')).toMatchObject({ status: 'failed', error: /Incomplete/ });
  });

  it('names the files of the configuration that are deployed in another version', async () => {
    const { deps, take, complete, configure } = await aKeeper();
    await complete();
    configure({ 'gate.yaml': 'allow: [x]', 'new.yaml': '' });
    await take({ step: 'begin-restore', ...restoring });
    await take({ step: 'end-restore', ...restoring, rooms: [restored] });
    expect(await deps.records.get('restores', 'rst_1')).toMatchObject({
      configurationDiffers: ['gate.yaml', 'new.yaml'],
    });
    expect(differingFiles({ a: '1', b: '1' }, { a: '1', c: '1' })).toEqual(['b', 'c']);
  });
});
