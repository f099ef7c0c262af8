import { createSign, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifyCertificate } from './certificate.ts';
import { beginContainment, type ContainSwarmDeps, confirmContainment } from './contain-swarm.ts';
import type { KillScope } from './control-flags.ts';
import { resumeScope, stopScope } from './control-swarm.ts';
import type { ContainmentReport } from './events.ts';
import { aGate, aProposal } from './gate.test-support.ts';
import { effectIdOf } from './gate.ts';
import { issueCertificate, readCertificate } from './issue-certificate.ts';
import { listKills, readKill } from './kill-items.ts';
import { killView } from './kill-view.ts';
import { openIdsIn } from './open-effects.ts';
import { watchKills } from './watch-kills.ts';

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicKeyPem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const signer = {
  sign: async (bytes: Uint8Array) => ({
    keyId: 'key_1',
    algorithm: 'ECDSA_SHA_256' as const,
    signature: createSign('sha256').update(bytes).sign(keys.privateKey, 'base64'),
  }),
  publicKeyPem: async () => publicKeyPem,
};

/** A gate, a kill switch over it, and a room of objectives whose answers the test gives. */
async function aSwarm({ canSign = true } = {}) {
  const swarm = await aGate();
  const store = { tables: swarm.tables, table: 'safety' };
  const wanted: { killId: string; round: number; leftover: { intentKey: string }[] }[] = [];
  const announce = async ({ detailType }: { detailType: string }, detail: unknown) => {
    if (detailType === 'safety.ContainmentWanted') wanted.push(detail as never);
  };
  const openIds = () => openIdsIn(store);
  const control = { ...swarm.control, announce, openIds };
  let mayLook = async () => {};
  const signing = { able: canSign };
  const deps: ContainSwarmDeps = {
    ...store,
    announce,
    openIds,
    now: swarm.now,
    certify: async (kill) => {
      if (!signing.able) throw new Error('KMS is down');
      await issueCertificate(kill, { ...store, signer, now: swarm.now });
    },
    pause: async (ms) => {
      swarm.at(ms);
      await mayLook();
    },
  };
  const clear = async (name: string, scope: object = {}) => {
    const intentKey = `tsk_${name}#1`;
    const proposal = aProposal({
      intentKey,
      scope: { room: 'objectives', agentId: 'agt_a', objectiveId: 'obj_1', ...scope },
    });
    const [verdict] = await swarm.gate.propose([proposal]);
    if (verdict?.kind !== 'cleared') throw new Error(JSON.stringify(verdict));
    return (status: 'confirmed' | 'failed' | 'unknown', reason: string) =>
      swarm.gate.settle({ effectId: effectIdOf(intentKey), fence: proposal.fence, status, reason });
  };
  const kill = async (scope: KillScope = 'everything') => {
    swarm.at(1_000);
    const { killId } = await stopScope(scope, 'fire', 'captain', control);
    await beginContainment(killId, deps);
    return killId;
  };
  const confirm = (
    killId: string,
    round = 1,
    points = ['task_leases', 'task_loops', 'planning_runs'],
    effects: string[] = [],
  ) => {
    const at = swarm.now().toISOString();
    const report: ContainmentReport = {
      killId,
      round,
      room: 'objectives',
      effects,
      points: points.map((name) => ({ name, at, counts: { revoked: 1 }, detail: name })),
    };
    return confirmContainment(report, deps);
  };
  const certificateOf = async (killId: string) => readCertificate((await readKill(killId, store))!, store);
  return {
    ...swarm,
    store,
    control,
    deps,
    wanted,
    clear,
    kill,
    confirm,
    certificateOf,
    signing,
    whilePausing: (act: () => Promise<void>) => {
      mayLook = act;
    },
  };
}

describe('the containment of a kill', () => {
  it('lists what is in flight, asks the rooms, and is contained when all have confirmed and nothing executes', async () => {
    const { clear, kill, confirm, wanted, store, certificateOf } = await aSwarm();
    const [first, second, third] = [await clear('A'), await clear('B'), await clear('C')];
    const killId = await kill();
    expect(wanted).toMatchObject([{ killId, round: 1, leftover: [] }]);
    expect(await killView(killId, store)).toMatchObject({
      status: 'containing',
      effects: { inFlight: 3, open: 3 },
      points: [{ point: 'gate', state: 'confirmed' }, { state: 'waiting' }, { state: 'waiting' }, { state: 'waiting' }],
    });
    await first?.('confirmed', 'noop answered');
    await second?.('failed', `stopped by ${killId}`);
    await third?.('unknown', 'no answer came back');
    await confirm(killId);
    expect(await killView(killId, store)).toMatchObject({
      status: 'contained',
      effects: { inFlight: 3, finished: 1, stopped: 1, unknown: 1, open: 0 },
      certificate: { sequence: 1 },
    });
    const certificate = await certificateOf(killId);
    expect(certificate?.effects.map(({ fate }) => fate).sort()).toEqual(['finished', 'stopped', 'unknown']);
    expect(verifyCertificate(certificate, publicKeyPem)).toEqual({ valid: true, faults: [] });
    expect(certificate?.certificate).toMatchObject({ lastClearedAfterMs: -1_000, status: 'contained' });
  });

  it('asks again, with what is left, until nothing executes any more', async () => {
    const { clear, kill, confirm, wanted, store } = await aSwarm();
    const settle = await clear('A');
    const killId = await kill();
    await confirm(killId);
    expect(wanted.at(-1)).toMatchObject({ round: 2, leftover: [{ intentKey: 'tsk_A#1' }] });
    expect(await readKill(killId, store)).toMatchObject({ status: 'containing' });
    await settle('failed', `stopped by ${killId}`);
    await confirm(killId, 2);
    expect(await killView(killId, store)).toMatchObject({
      status: 'contained',
      points: [{}, { counts: { revoked: 2 } }, {}, {}],
    });
  });

  it('waits for a room that has not confirmed, however little is in flight', async () => {
    const { kill, confirm, store } = await aSwarm();
    const killId = await kill();
    await confirm(killId, 1, ['task_leases', 'task_loops']);
    expect(await readKill(killId, store)).toMatchObject({ status: 'containing' });
    await confirm(killId, 1, ['planning_runs']);
    expect(await readKill(killId, store)).toMatchObject({ status: 'contained' });
  });

  it('sees what the index showed late', async () => {
    const { clear, kill, confirm, deps, wanted, store, whilePausing } = await aSwarm();
    const settle = await clear('A');
    let late = false;
    const all = deps.openIds;
    deps.openIds = async () => (late ? all() : []);
    const killId = await kill();
    whilePausing(async () => {
      late = true;
    });
    await confirm(killId);
    expect(wanted.at(-1)).toMatchObject({ round: 2, leftover: [{ intentKey: 'tsk_A#1' }] });
    await settle('failed', `stopped by ${killId}`);
    await confirm(killId, 2);
    expect(await readKill(killId, store)).toMatchObject({ status: 'contained', effects: { inFlight: 1, stopped: 1 } });
  });

  it('knows of an effect that ended between the kill and the first look', async () => {
    const { clear, control, deps, confirm, at, store } = await aSwarm();
    const settle = await clear('A');
    at(1_000);
    const { killId } = await stopScope('everything', 'fire', 'captain', control);
    at(10);
    await settle('confirmed', 'noop answered');
    await beginContainment(killId, deps);
    await confirm(killId);
    expect(await readKill(killId, store)).toMatchObject({ effects: { inFlight: 1, finished: 1 } });
  });

  it('of a part concerns that part only', async () => {
    const { clear, kill, confirm, wanted, store } = await aSwarm();
    await clear('A');
    const settle = await clear('B', { agentId: 'agt_b' });
    const killId = await kill({ agentId: 'agt_b' });
    expect(wanted).toMatchObject([{ scope: { agentId: 'agt_b' } }]);
    await settle('failed', `stopped by ${killId}`);
    await confirm(killId, 1, ['task_leases', 'task_loops']);
    expect(await readKill(killId, store)).toMatchObject({ status: 'contained', effects: { inFlight: 1, stopped: 1 } });
  });

  it('certifies what a room says it stopped, also when no list had it', async () => {
    const { clear, kill, confirm, deps, control, store } = await aSwarm();
    const settle = await clear('A');
    deps.openIds = async () => [];
    control.openIds = async () => [];
    const killId = await kill();
    await settle('failed', `stopped by ${killId}`);
    await confirm(killId, 1, undefined, [effectIdOf('tsk_A#1')]);
    expect(await readKill(killId, store)).toMatchObject({ status: 'contained', effects: { inFlight: 1, stopped: 1 } });
  });

  it('of a room without work is contained at once', async () => {
    const { kill, store } = await aSwarm();
    const killId = await kill({ room: 'finance' });
    expect(await readKill(killId, store)).toMatchObject({ status: 'contained' });
  });

  it('is the same kill when it is pressed again', async () => {
    const { kill, control, store } = await aSwarm();
    const killId = await kill();
    expect((await stopScope('everything', 'again', 'operator', control)).killId).toBe(killId);
    expect((await listKills({ limit: 10 }, store)).items).toHaveLength(1);
  });

  it('is lifted, and says so, when it was resumed before it was contained', async () => {
    const { clear, kill, control, deps, store, certificateOf } = await aSwarm();
    await clear('A');
    const killId = await kill();
    await resumeScope('everything', 'false alarm', 'captain', control);
    await watchKills(deps);
    expect(await readKill(killId, store)).toMatchObject({ status: 'lifted', resumedBy: 'captain', by: 'captain' });
    expect((await certificateOf(killId))?.certificate).toMatchObject({
      status: 'lifted',
      containedAt: null,
      effects: { open: 1 },
    });
  });

  it('is a new kill after the resume', async () => {
    const { kill, control, store } = await aSwarm();
    const killId = await kill();
    await resumeScope('everything', 'over', 'captain', control);
    expect(await kill()).not.toBe(killId);
    expect((await listKills({ limit: 10 }, store)).items).toHaveLength(2);
  });
});

describe('when something on the way is down', () => {
  it('the kill holds without the bus, and the watch takes it up', async () => {
    const { control, deps, gate, wanted, at } = await aSwarm();
    const down = { ...control, announce: async () => Promise.reject(new Error('the bus is down')) };
    const { killId, mode } = await stopScope('everything', 'fire', 'captain', down);
    expect(mode).toBe('killed');
    expect(await gate.propose([aProposal()])).toMatchObject([{ kind: 'held', reason: 'killed' }]);
    at(20_000);
    await watchKills(deps);
    expect(wanted).toMatchObject([{ killId, round: 2 }]);
  });

  it('the kill holds when what is in flight cannot be listed', async () => {
    const { control, gate } = await aSwarm();
    const blind = { ...control, openIds: async () => Promise.reject(new Error('the index is down')) };
    expect(await stopScope('everything', 'fire', 'captain', blind)).toMatchObject({ mode: 'killed' });
    expect(await gate.propose([aProposal()])).toMatchObject([{ kind: 'held' }]);
  });

  it('the flags are written one by one when their transaction is refused, and the record follows', async () => {
    const { control, tables, gate, store } = await aSwarm();
    const busy = {
      get: tables.get.bind(tables),
      query: tables.query.bind(tables),
      write: async (writes: Parameters<typeof tables.write>[0]) => {
        if (writes.length > 5) throw Object.assign(new Error('held by another'), { name: 'TableBusy' });
        return tables.write(writes);
      },
    };
    const { killId } = await stopScope('everything', 'fire', 'captain', { ...control, tables: busy });
    expect(await gate.propose([aProposal()])).toMatchObject([{ kind: 'held' }]);
    expect(await readKill(killId, store)).toMatchObject({ status: 'containing' });
  });

  it('a kill that the store did not take says so', async () => {
    const { control } = await aSwarm();
    const gone = async () => Promise.reject(Object.assign(new Error('no route'), { name: 'TableOutcomeUnknown' }));
    const tables = { get: gone, query: gone, write: gone } as never;
    await expect(stopScope('everything', 'fire', 'captain', { ...control, tables })).rejects.toThrow('no route');
  });

  it('a round that was lost is asked for again', async () => {
    const { kill, deps, wanted, at } = await aSwarm();
    await kill();
    await watchKills(deps);
    expect(wanted).toHaveLength(1);
    at(15_000);
    await watchKills(deps);
    expect(wanted).toMatchObject([{ round: 1 }, { round: 2 }]);
  });

  it('a kill that is not contained in time is told of', async () => {
    const { kill, deps, at } = await aSwarm();
    const killId = await kill();
    expect(await watchKills(deps)).toEqual({ containing: 1, overdue: [] });
    at(60_001);
    expect(await watchKills(deps)).toEqual({ containing: 1, overdue: [killId] });
  });

  it('a certificate that could not be signed is signed later', async () => {
    const { kill, confirm, deps, store, certificateOf, signing } = await aSwarm({ canSign: false });
    const killId = await kill();
    await expect(confirm(killId)).rejects.toThrow('KMS is down');
    expect(await readKill(killId, store)).toMatchObject({ status: 'contained' });
    signing.able = true;
    await watchKills(deps);
    expect((await certificateOf(killId))?.certificate.sequence).toBe(1);
  });

  it('an effect of unknown fate is resolved later, in a certificate of its own', async () => {
    const { clear, kill, confirm, deps, certificateOf } = await aSwarm();
    const settle = await clear('A');
    const killId = await kill();
    await settle('unknown', 'no answer came back');
    await confirm(killId);
    await watchKills(deps);
    expect((await certificateOf(killId))?.certificate).toMatchObject({ sequence: 1, effects: { unknown: 1 } });
    await settle('confirmed', 'looked up: it had happened');
    await watchKills(deps);
    const renewed = await certificateOf(killId);
    expect(renewed?.certificate).toMatchObject({ sequence: 2, effects: { unknown: 0, finished: 1 } });
    expect(verifyCertificate(renewed, publicKeyPem).valid).toBe(true);
  });
});

describe('the gate without the control flags', () => {
  it('refuses while the store cannot be reached', async () => {
    const gone = async () => Promise.reject(new Error('no route to the store'));
    const { gate } = await aGate({ tables: { get: gone, query: gone, write: gone } as never });
    await expect(gate.propose([aProposal()])).rejects.toThrow('no route to the store');
  });

  it('holds everything while its copy of the flags is missing', async () => {
    const { gate } = await aGate({ active: false });
    expect(await gate.propose([aProposal()])).toMatchObject([{ kind: 'held', reason: 'not_bootstrapped' }]);
  });
});
