// Every branch of the workflows that take and restore snapshots.
import { describe, expect, it } from 'vitest';
import { definitionOf, type Fake, failing, passed, walk } from './walk.ts';

const asked = { by: 'captain', why: 'a drill' };
const READ = ['ReadSafety', 'ReadAgents'];
const READ_AGAIN = ['ReadAgainSafety', 'ReadAgainAgents'];
const CHECK = ['CheckSafety', 'CheckAgents'];
const sorted = (names: string[]) => [...names].sort();

describe('take-snapshot', () => {
  const definition = definitionOf('statemachines/safety/take-snapshot.asl.json');
  // Time is the runtime's business, not this test's.
  definition.States.WaitForIndexes = { Type: 'Pass', Next: 'TogetherReadAgain' };
  const input = { snapshotId: 'snp_1', ...asked };
  const read = (room: string) => () => ({ room, items: 1, digest: `digest of ${room}`, manifestSha256: room });
  const run = (exceptions: Record<string, Fake> = {}) =>
    walk(
      definition,
      {
        BeginSnapshot: (begun) => ({ ...begun, step: undefined, tries: 0 }),
        ReadSafety: read('safety'),
        ReadAgents: read('agents'),
        ReadAgainSafety: () => ({ same: true }),
        ReadAgainAgents: () => ({ same: true }),
        CheckSafety: () => ({}),
        CheckAgents: () => ({}),
        SealSnapshot: () => ({}),
        FailSnapshot: () => ({}),
        ...exceptions,
      },
      input,
    );

  it('reads every room twice, reads back what lies in the bucket, and seals what has not changed', async () => {
    const story = await run();
    expect(sorted(passed(story))).toEqual(sorted(['BeginSnapshot', ...READ, ...READ_AGAIN, ...CHECK, 'SealSnapshot']));
    expect(story.calls.find(({ state }) => state === 'ReadAgainAgents')?.input).toEqual({
      step: 'read-again',
      digest: 'digest of agents',
    });
    expect(story.calls.find(({ state }) => state === 'CheckAgents')?.input).toEqual({
      step: 'check',
      snapshotId: 'snp_1',
      manifestSha256: 'agents',
    });
    expect(story.calls.at(-1)?.input).toEqual({
      step: 'seal',
      ...input,
      rooms: [read('safety')(), read('agents')()],
    });
    expect(story).toMatchObject({ end: 'SnapshotCompleted', failed: false });
  });

  it('reads again while something changes', async () => {
    let changes = 2;
    const story = await run({ ReadAgainAgents: () => ({ same: changes-- <= 0 }) });
    expect(passed(story).filter((name) => name === 'ReadSafety')).toHaveLength(3);
    expect(story).toMatchObject({ end: 'SnapshotCompleted', failed: false });
  });

  it('gives up after five readings, and says so in the record', async () => {
    const story = await run({ ReadAgainSafety: () => ({ same: false }) });
    expect(passed(story).filter((name) => name === 'ReadSafety')).toHaveLength(5);
    expect(passed(story)).not.toContain('SealSnapshot');
    expect(story.calls.at(-1)).toMatchObject({
      state: 'FailSnapshot',
      input: { ...input, error: { Error: 'SnapshotUnstable' } },
    });
    expect(story).toMatchObject({ end: 'SnapshotFailed', failed: true });
  });

  it.each(['BeginSnapshot', 'ReadSafety', 'ReadAgainAgents', 'CheckSafety', 'SealSnapshot'])(
    'records that %s broke',
    async (state) => {
      const story = await run({ [state]: failing('SnapshotDamaged') });
      expect(passed(story)).toContain('FailSnapshot');
      expect(story).toMatchObject({ end: 'SnapshotFailed', failed: true });
    },
  );

  it('is patient with a busy table', async () => {
    const story = await run({ ReadSafety: failing('TableBusy', 2, read('safety')()) });
    expect(story).toMatchObject({ end: 'SnapshotCompleted', failed: false });
  });
});

describe('restore-snapshot', () => {
  const definition = definitionOf('statemachines/safety/restore-snapshot.asl.json');
  const input = { restoreId: 'rst_1', snapshotId: 'snp_1', ...asked };
  const restored = (room: string) => () => ({ room, equal: 1, changed: 1, stricter: [], same: true });
  const run = (exceptions: Record<string, Fake> = {}) =>
    walk(
      definition,
      {
        BeginRestore: () => ({ manifests: { safety: 'aa', agents: 'bb' } }),
        CheckSafety: () => ({}),
        CheckAgents: () => ({}),
        HoldSwarm: () => ({}),
        RestoreSafety: restored('safety'),
        RestoreAgents: restored('agents'),
        EndRestore: () => ({}),
        FailRestore: () => ({}),
        ...exceptions,
      },
      input,
    );

  it('checks everything, stops the swarm, restores every room and lets it act again', async () => {
    const story = await run();
    const order = passed(story);
    expect(sorted(order.slice(0, 3))).toEqual(sorted(['BeginRestore', 'CheckSafety', 'CheckAgents']));
    expect(order[3]).toBe('HoldSwarm');
    expect(sorted(order.slice(4, 6))).toEqual(['RestoreAgents', 'RestoreSafety']);
    expect(story.calls.at(-1)).toMatchObject({
      state: 'EndRestore',
      input: { ...input, step: 'end-restore', rooms: [restored('safety')(), restored('agents')()] },
    });
    expect(story.calls.find(({ state }) => state === 'RestoreAgents')?.input).toEqual({
      step: 'restore',
      snapshotId: 'snp_1',
      manifestSha256: 'bb',
      by: 'captain',
      reason: 'a drill',
    });
    expect(story).toMatchObject({ end: 'RestoreCompleted', failed: false });
  });

  it.each(['BeginRestore', 'CheckAgents'])('writes nothing and stops nobody when %s refuses', async (state) => {
    const story = await run({ [state]: failing('SnapshotDamaged') });
    for (const later of ['HoldSwarm', 'RestoreSafety', 'RestoreAgents']) expect(passed(story)).not.toContain(later);
    expect(story).toMatchObject({ end: 'RestoreFailed', failed: true });
  });

  it.each(['RestoreSafety', 'EndRestore'])('leaves the swarm stopped when %s breaks', async (state) => {
    const story = await run({ [state]: failing('RestoreIncomplete') });
    expect(passed(story)).toContain('FailRestore');
    expect(story).toMatchObject({ end: 'RestoreFailed', failed: true });
  });
});
