import { describe, expect, it } from 'vitest';
import { type KillScope, readFlags, writeFlags } from '../safety/control-flags.ts';
import { containObjectives } from './contain-objectives.ts';
import { dispatchChanges } from './dispatch-changes.ts';
import { effectOf } from './proposal.ts';
import { settleTask } from './settle-task.ts';
import { asStatePage } from './state-page.ts';
import { aSwarm, type Task } from './swarm.test-support.ts';
import { sweepObjectives } from './sweep-objectives.ts';
import { agentReady } from './track-roster.ts';

const killId = 'kil_01ARZ3NDEKTSV4RRFFQ69G5FAV';
const order = (scope: KillScope = 'everything', leftover: { intentKey: string; at: string }[] = [], round = 1) => ({
  killId,
  scope,
  round,
  leftover,
});
const three: Task[] = [{ id: 'a' }, { id: 'b' }, { id: 'c', dependsOn: ['a', 'b'] }];

/** A swarm whose first tasks run, and which has been killed. */
async function aKilledSwarm({
  concurrency,
  plan = three,
  kill = { killed: true },
}: {
  concurrency?: number;
  plan?: Task[];
  kill?: object;
} = {}) {
  const swarm = await aSwarm({ concurrency });
  const id = await swarm.submit(plan);
  await dispatchChanges(swarm.records(), swarm.deps);
  const calls = swarm.calls.splice(0);
  await writeFlags(swarm.store, 'safety', { ...kill, reason: 'stop', by: 'captain', at: '-' });
  const told: unknown[] = [];
  let planningStops = 0;
  const deps = {
    ...swarm.deps,
    flagsNow: () => readFlags(swarm.store, 'safety'),
    stopPlanning: async () => ++planningStops,
    announce: async (_event: unknown, detail: unknown) => void told.push(detail),
  };
  const resume = async () => {
    await writeFlags(swarm.store, 'safety', { killed: false, reason: 'go', by: 'captain', at: '-' });
    await sweepObjectives('sweep-1', { ...swarm.deps, startPlanning: async () => undefined }, 'resume');
    await swarm.settle();
  };
  const pageOf = async () => asStatePage((await swarm.store.get('objectives', { pk: id, sk: 'graph#00' })) as never);
  return { swarm, id, calls, deps, told, resume, pageOf, stops: () => planningStops };
}
const countOf = (report: Awaited<ReturnType<typeof containObjectives>>, point: string) =>
  report?.points.find(({ name }) => name === point)?.counts;

describe('a kill in the room of objectives', () => {
  it('takes running tasks back, gives their places back, closes their effects, and says so', async () => {
    const { swarm, calls, deps, told, pageOf } = await aKilledSwarm({ concurrency: 3 });
    expect(calls).toHaveLength(2);
    const report = await containObjectives(order(), deps);
    expect(countOf(report, 'task_leases')).toEqual({ objectives: 1, revoked: 2, closed: 0 });
    expect(told).toEqual([report]);
    expect(report?.effects).toHaveLength(2);
    expect((await pageOf()).tasks['0']).toEqual({
      status: 'pending',
      attempt: 1,
      spent: 1,
      revoked: { killId, fence: calls[0]?.fence },
    });
    expect(await swarm.effects()).toEqual(['failed', 'failed']);
    const places = await swarm.store.get('objectives', { pk: 'resource#agent:agt_worker', sk: 'holders' });
    expect(places?.holders).toBeUndefined();
  });

  it('is named by who closes the effect of a task that was taken back, also when that is the next dispatch', async () => {
    const { swarm, id, deps } = await aKilledSwarm();
    const before = { ...(await readFlags(swarm.store, 'safety')), killed: false };
    await containObjectives(order(), { ...deps, gate: { settle: async () => 'not_yours' } });
    // It read the flags a moment before the kill.
    await dispatchChanges(swarm.records(), { ...swarm.deps, flags: async () => before });
    const { effectId } = effectOf(id, 0, 1);
    expect(await swarm.store.get('safety', { pk: effectId, sk: 'effect' })).toMatchObject({
      status: 'failed',
      why: `stopped by ${killId}`,
    });
  });

  it('refuses a late answer, notes it, and does the work again after the resume without costing an attempt', async () => {
    const plan = [{ id: 'a', maxAttempts: 1 }];
    const { swarm, id, calls, deps, resume } = await aKilledSwarm({ plan });
    await containObjectives(order(), deps);
    expect(await settleTask(await swarm.outcomeOf(calls[0] as never), swarm.deps)).toBe('too_late');
    const refused = await swarm.store.query({ table: 'objectives', pk: id, sk: { beginsWith: 'refused#' } });
    expect(refused.items).toMatchObject([{ killId, agentId: 'agt_worker', attempt: 1 }]);
    expect((await swarm.look(id)).tasks[0]).toMatchObject({ status: 'ready', result: null });
    await resume();
    expect(await swarm.look(id)).toMatchObject({ status: 'succeeded', tasks: [{ attempts: 2 }] });
  });

  it('lets an answer count that came before the lease was taken back', async () => {
    const { swarm, id, calls, deps } = await aKilledSwarm();
    expect(await settleTask(await swarm.outcomeOf(calls[0] as never), swarm.deps)).toBe('succeeded');
    expect(countOf(await containObjectives(order(), deps), 'task_leases')).toMatchObject({ revoked: 1 });
    expect((await swarm.look(id)).tasks.map(({ status }) => status)).toEqual(['succeeded', 'ready', 'pending']);
  });

  it('changes nothing the second time', async () => {
    const { deps, pageOf } = await aKilledSwarm();
    await containObjectives(order(), deps);
    const before = await pageOf();
    expect(countOf(await containObjectives(order(), deps), 'task_leases')).toMatchObject({ revoked: 0 });
    expect(await pageOf()).toEqual(before);
  });

  it('does nothing when the kill was lifted before its order came', async () => {
    const { swarm, deps, told } = await aKilledSwarm();
    await writeFlags(swarm.store, 'safety', { killed: false, reason: 'go', by: 'captain', at: '-' });
    expect(await containObjectives(order(), deps)).toBeUndefined();
    expect(told).toEqual([]);
  });

  it.each<{ scope: KillScope; stop: string; revoked: number }>([
    { scope: { agentId: 'agt_worker' }, stop: 'agent:agt_worker', revoked: 2 },
    { scope: { agentId: 'agt_other' }, stop: 'agent:agt_other', revoked: 0 },
    { scope: { room: 'objectives' }, stop: 'room:objectives', revoked: 2 },
  ])('of $stop takes back $revoked', async ({ scope, stop, revoked }) => {
    const { deps } = await aKilledSwarm({ kill: { stop } });
    expect(countOf(await containObjectives(order(scope), deps), 'task_leases')).toMatchObject({ revoked });
  });

  it('of another room is none of its business', async () => {
    const { deps } = await aKilledSwarm({ kill: { stop: 'room:finance' } });
    expect(await containObjectives(order({ room: 'finance' }), deps)).toBeUndefined();
  });

  it('of one objective leaves the others', async () => {
    const { swarm, id, deps } = await aKilledSwarm({ kill: { stop: 'objective:obj_01ARZ3NDEKTSV4RRFFQ69G5FA0' } });
    const other = await swarm.submit(three, 'obj_01ARZ3NDEKTSV4RRFFQ69G5FB1');
    await dispatchChanges(swarm.records(), swarm.deps);
    await containObjectives(order({ objectiveId: id }), deps);
    expect((await swarm.look(id)).tasks[0]?.status).toBe('ready');
    expect((await swarm.look(other)).tasks[0]?.status).toBe('running');
  });

  it('of one agent gives its tasks to others who can do them', async () => {
    const { swarm, id, deps } = await aKilledSwarm({ plan: [{ id: 'a' }], kill: { stop: 'agent:agt_worker' } });
    await containObjectives(order({ agentId: 'agt_worker' }), deps);
    await swarm.settle();
    expect((await swarm.look(id)).tasks[0]).toMatchObject({ status: 'ready', waiting: 'nobody_healthy' });
    const second = {
      agentId: 'agt_second',
      functionName: 'worker',
      capabilities: ['work'],
      at: '2026-03-01T10:00:01Z',
    };
    await agentReady(second, { tables: swarm.store, table: 'objectives' });
    await swarm.settle();
    expect(await swarm.look(id)).toMatchObject({ status: 'succeeded', tasks: [{ agentId: 'agt_second' }] });
  });

  it('leaves alone what is planned after a resume that came meanwhile', async () => {
    const { swarm, deps } = await aKilledSwarm();
    const heldAt = swarm.deps.now();
    const stops: Date[] = [];
    const resumed = async () => {
      swarm.at(5_000);
      return readFlags(swarm.store, 'safety');
    };
    const stopPlanning = async (_: string, before: Date) => stops.push(before);
    await containObjectives(order(), { ...deps, flagsNow: resumed, stopPlanning });
    expect(stops).toEqual([heldAt]);
  });

  it('stops planning and plans again at once after the resume', async () => {
    const { swarm, id, deps, stops } = await aKilledSwarm();
    const set = [['status', 'planning']] as const;
    await swarm.store.write([{ table: 'objectives', update: { pk: id, sk: 'graph#00' }, changes: { set } }]);
    expect(countOf(await containObjectives(order(), deps), 'planning_runs')).toEqual({ stopped: 1, requeued: 1 });
    expect(stops()).toBe(1);
    const planned: string[] = [];
    const sweep = (after: 'time' | 'resume') =>
      sweepObjectives('sweep', { ...swarm.deps, startPlanning: async (of) => void planned.push(of) }, after);
    await sweep('resume');
    expect(planned).toEqual([]);
    await writeFlags(swarm.store, 'safety', { killed: false, reason: 'go', by: 'captain', at: '-' });
    await sweep('time');
    expect(planned).toEqual([]);
    await sweep('resume');
    expect(planned).toEqual([id]);
  });
});

describe('what is left after the first round', () => {
  const cleared = (swarm: Awaited<ReturnType<typeof aKilledSwarm>>, attempt: number, ageMs = 0) => {
    const intentKey = `tsk_${swarm.id.slice(4)}_0#${attempt}`;
    return [{ intentKey, at: new Date(swarm.deps.now().getTime() - ageMs).toISOString() }];
  };

  it('is taken back when its task was marked as running after the first look', async () => {
    const killed = await aKilledSwarm({ plan: [{ id: 'a' }] });
    const report = await containObjectives(order('everything', cleared(killed, 1)), killed.deps);
    expect(countOf(report, 'task_leases')).toMatchObject({ revoked: 1 });
  });

  it('waits while its function may still mark it, and is closed when that must be dead', async () => {
    const killed = await aKilledSwarm({ plan: [{ id: 'a' }] });
    const { swarm, id, deps } = killed;
    const back = [[['tasks', '0'], { status: 'pending' }]] as const;
    await swarm.store.write([{ table: 'objectives', update: { pk: id, sk: 'graph#00' }, changes: { set: back } }]);
    expect(
      countOf(await containObjectives(order('everything', cleared(killed, 1)), deps), 'task_leases'),
    ).toMatchObject({ closed: 0 });
    expect(await swarm.effects()).toEqual(['executing']);
    const old = order('everything', cleared(killed, 1, 80_000), 2);
    expect(countOf(await containObjectives(old, deps), 'task_leases')).toMatchObject({ closed: 1 });
    expect(await swarm.effects()).toEqual(['failed']);
  });

  it('is confirmed when its answer had counted and only its settlement was lost', async () => {
    const killed = await aKilledSwarm({ plan: [{ id: 'a' }] });
    const { swarm, calls, deps } = killed;
    const settleLater = { ...swarm.deps, gate: { ...swarm.deps.gate, settle: async () => 'not_yours' as const } };
    await settleTask(await swarm.outcomeOf(calls[0] as never), settleLater);
    await containObjectives(order('everything', cleared(killed, 1, 80_000)), deps);
    expect(await swarm.effects()).toEqual(['confirmed']);
  });

  it('is none of this room when the intent is another’s', async () => {
    const { deps } = await aKilledSwarm();
    const foreign = [{ intentKey: 'payout-7', at: '2026-03-01T10:00:00Z' }];
    expect(countOf(await containObjectives(order('everything', foreign), deps), 'task_leases')).toMatchObject({
      closed: 0,
    });
  });
});
