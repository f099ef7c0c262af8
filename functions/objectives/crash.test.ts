// A function that dies between two steps leaves work half done; what comes again, or the sweep, finishes it.
import type { SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { Tables } from '../common/table.ts';
import type { Settlement } from '../safety/gate.ts';
import { dispatchChanges, dispatchReminders, lookAgain } from './dispatch-changes.ts';
import { settleTask } from './settle-task.ts';
import { aSwarm, type Task } from './swarm.test-support.ts';
import { sweepObjectives } from './sweep-objectives.ts';
import { agentReady } from './track-roster.ts';

const crash = () => Promise.reject(new Error('crash'));
const portOf = (store: Tables): Tables => ({
  get: (table, key) => store.get(table, key),
  query: (query) => store.query(query),
  write: (writes) => store.write(writes),
});
const page0 = (objectiveId: string) => ({ objectiveId, page: 0 });

describe('settling', () => {
  it('keeps the first answer of an attempt that was called twice and answered differently', async () => {
    let times = 0;
    const swarm = await aSwarm({ answer: () => ({ times: ++times }) });
    const id = await swarm.submit([{ id: 'a' }]);
    await dispatchChanges(swarm.records(), swarm.deps);
    const call = swarm.calls.splice(0)[0] as never;
    await settleTask(await swarm.outcomeOf(call), swarm.deps);
    await settleTask(await swarm.outcomeOf(call), swarm.deps);
    expect((await swarm.look(id)).result).toEqual({ times: 1 });
    expect(await swarm.effects()).toEqual(['confirmed']);
  });

  it('takes two answers of one attempt that come at the same moment, and others with them', async () => {
    const swarm = await aSwarm();
    const id = await swarm.submit([{ id: 'a' }, { id: 'b' }]);
    await dispatchChanges(swarm.records(), swarm.deps);
    const outcomes = await Promise.all(swarm.calls.splice(0).map(swarm.outcomeOf));
    const answers = await Promise.all([...outcomes, ...outcomes].map((outcome) => settleTask(outcome, swarm.deps)));
    expect(answers.toSorted()).toEqual(['succeeded', 'succeeded', 'too_late', 'too_late']);
    expect((await swarm.look(id)).status).toBe('succeeded');
    expect(await swarm.effects()).toEqual(['confirmed', 'confirmed']);
  });

  it('closes the effect, gives the places back and plans the next attempt when it died after noting a failure', async () => {
    let broken = true;
    const swarm = await aSwarm({ concurrency: 1, answer: () => (broken ? crash() : {}) });
    const id = await swarm.submit([{ id: 'a', resources: ['shop/prices'] }]);
    await dispatchChanges(swarm.records(), swarm.deps);
    const outcome = await swarm.outcomeOf(swarm.calls.splice(0)[0] as never);
    const dying = { ...swarm.deps, reads: { ...swarm.deps.reads, roster: crash } };
    await expect(settleTask(outcome, dying)).rejects.toThrow('crash');
    expect(swarm.reminders).toEqual([]);
    await settleTask(outcome, swarm.deps);
    expect(await swarm.effects()).toEqual(['failed']);
    expect(swarm.reminders).toMatchObject([{ delayMs: 500, objectiveId: id, page: 0 }]);
    broken = false;
    await swarm.remind();
    await swarm.settle();
    expect((await swarm.look(id)).tasks[0]).toMatchObject({ status: 'succeeded', attempts: 2 });
  });

  it('leaves the attempt that runs alone when an earlier one comes back', async () => {
    const swarm = await aSwarm({ concurrency: 1, answer: crash });
    await swarm.submit([{ id: 'a' }]);
    await dispatchChanges(swarm.records(), swarm.deps);
    const first = await swarm.outcomeOf(swarm.calls.splice(0)[0] as never);
    await settleTask(first, swarm.deps);
    await swarm.remind();
    expect(await settleTask(first, swarm.deps)).toBe('too_late');
    expect(await swarm.effects()).toEqual(['failed', 'executing']);
    const places = await swarm.store.get('objectives', { pk: 'resource#agent:agt_worker', sk: 'holders' });
    expect([...((places?.holders ?? new Set()) as Set<string>)]).toEqual([expect.stringMatching(/#2$/)]);
  });
});

describe('dispatching', () => {
  it('calls a task that it had woken and marked before it died, or before the call failed', async () => {
    const swarm = await aSwarm();
    const id = await swarm.submit([
      { id: 'a', resources: ['shop/prices'] },
      { id: 'b', resources: ['shop/prices'] },
    ]);
    await dispatchChanges(swarm.records(), swarm.deps);
    await settleTask(await swarm.outcomeOf(swarm.calls.splice(0)[0] as never), swarm.deps);
    const freed = swarm.records().filter(({ dynamodb }) => dynamodb?.OldImage?.pk?.S?.startsWith('resource#'));
    await dispatchChanges(freed, { ...swarm.deps, callAgent: crash, remindIn: crash });
    expect(swarm.calls).toHaveLength(0);
    await dispatchChanges(freed, swarm.deps);
    expect(swarm.calls).toHaveLength(1);
    await dispatchChanges(freed, { ...swarm.deps, callAgent: crash });
    await swarm.remind();
    expect(swarm.calls).toHaveLength(2);
    await swarm.settle();
    expect((await swarm.look(id)).status).toBe('succeeded');
  });

  it('finds its mark again in a batch that is longer than it was', async () => {
    const swarm = await aSwarm();
    const holder = new Set(['tsk_01ARZ3NDEKTSV4RRFFQ69G5FC0_0#1']);
    const lock = { pk: 'resource#lock:shop/prices', sk: 'holders' };
    await swarm.store.write([{ table: 'objectives', put: { ...lock, holders: holder } }]);
    const id = await swarm.submit([{ id: 'a', resources: ['shop/prices'] }, { id: 'b' }]);
    const first = swarm.records();
    await dispatchChanges(first, swarm.deps);
    await settleTask(await swarm.outcomeOf(swarm.calls.splice(0)[0] as never), swarm.deps);
    await swarm.store.write([{ table: 'objectives', delete: lock }]);
    const second = swarm.records().filter(({ dynamodb }) => dynamodb?.Keys?.sk?.S?.startsWith('graph#'));
    await expect(dispatchChanges(second, { ...swarm.deps, callAgent: crash, remindIn: crash })).rejects.toThrow(
      'crash',
    );
    expect(swarm.calls).toHaveLength(0);
    await dispatchChanges([...first, ...second], swarm.deps);
    expect(swarm.calls.map(({ title }) => title)).toEqual(['a']);
    await swarm.settle();
    expect((await swarm.look(id)).status).toBe('succeeded');
    expect(await swarm.effects()).toEqual(['confirmed', 'confirmed']);
  });

  it('has one effect for an attempt, whatever caused it', async () => {
    const swarm = await aSwarm();
    const id = await swarm.submit([{ id: 'a' }]);
    const dying = { ...swarm.deps, tables: { ...portOf(swarm.store), write: crash }, remindIn: crash };
    await expect(dispatchChanges(swarm.records(), dying)).rejects.toThrow('crash');
    expect(await swarm.effects()).toEqual(['executing']);
    await lookAgain(page0(id), 'message-1', swarm.deps);
    await swarm.settle();
    expect((await swarm.look(id)).status).toBe('succeeded');
    expect(await swarm.effects()).toEqual(['confirmed']);
  });

  it('misses no place that is given back, and no agent that comes, just before the task stands in line', async () => {
    const swarm = await aSwarm();
    const lock = { pk: 'resource#lock:shop/prices', sk: 'holders' };
    const holders = new Set(['tsk_01ARZ3NDEKTSV4RRFFQ69G5FC0_0#1']);
    await swarm.store.write([{ table: 'objectives', put: { ...lock, holders } }]);
    await swarm.submit([
      { id: 'a', resources: ['shop/prices'] },
      { id: 'b', capability: 'rare' },
    ]);
    await swarm.deps.reads.roster();
    const worker = { agentId: 'agt_rare', functionName: 'rare', capabilities: ['rare'], at: '-' };
    const write: Tables['write'] = async (writes) => {
      const joins = writes.some((one) => 'put' in one && one.put.sk.startsWith('waiting#'));
      if (joins) await swarm.store.write([{ table: 'objectives', delete: lock }]);
      if (joins) await agentReady(worker, swarm.deps);
      return swarm.store.write(writes);
    };
    await dispatchChanges(swarm.records(), { ...swarm.deps, tables: { ...portOf(swarm.store), write } });
    expect(swarm.calls.map(({ title }) => title).sort()).toEqual(['a', 'b']);
  });

  it('puts a reminder that fails on the timer again, with the cause that it had', async () => {
    const swarm = await aSwarm();
    const id = await swarm.submit([{ id: 'a' }]);
    swarm.records();
    const event = { Records: [{ messageId: 'message-1', body: JSON.stringify(page0(id)) }] } as SQSEvent;
    expect(await dispatchReminders(event, { ...swarm.deps, callAgent: crash })).toEqual({ batchItemFailures: [] });
    expect(swarm.reminders).toMatchObject([{ objectiveId: id, page: 0, cause: 'message-1', tries: 1 }]);
    await dispatchReminders(
      { Records: [{ messageId: 'message-2', body: JSON.stringify(swarm.reminders[0]) }] } as SQSEvent,
      swarm.deps,
    );
    expect(swarm.calls).toHaveLength(1);
    const spent = {
      Records: [{ messageId: 'message-3', body: JSON.stringify({ ...page0(id), tries: 4 }) }],
    } as SQSEvent;
    const failed = await dispatchReminders(spent, { ...swarm.deps, reads: { ...swarm.deps.reads, page: crash } });
    expect(failed).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-3' }] });
  });

  it('goes on with planning and with other pages when the timer brings back what failed', async () => {
    const swarm = await aSwarm();
    const plan = Array.from({ length: 26 }, (_, n): Task => ({ id: `t${n}`, dependsOn: n === 25 ? ['t0'] : [] }));
    const id = await swarm.submit(plan);
    await dispatchChanges(swarm.records(), swarm.deps);
    for (const call of swarm.calls.splice(0)) await settleTask(await swarm.outcomeOf(call), swarm.deps);
    swarm.records();
    await lookAgain(page0(id), 'message-1', swarm.deps);
    await swarm.settle();
    expect((await swarm.look(id)).status).toBe('succeeded');

    const planned: string[] = [];
    const startPlanning = async (objectiveId: string) => void planned.push(objectiveId);
    const queued = { pk: 'obj_01ARZ3NDEKTSV4RRFFQ69G5FB9', sk: 'graph#00', status: 'queued', pages: 1, tasks: {} };
    await swarm.store.write([{ table: 'objectives', put: queued }]);
    await lookAgain(page0(queued.pk), 'message-2', { ...swarm.deps, startPlanning });
    expect(planned).toEqual([queued.pk]);
  });
});

describe('the sweep', () => {
  it('goes on with the others when one objective fails, and leaves no effect open that it died before closing', async () => {
    const swarm = await aSwarm();
    const ids = ['obj_01ARZ3NDEKTSV4RRFFQ69G5FD1', 'obj_01ARZ3NDEKTSV4RRFFQ69G5FD2'];
    for (const id of ids) await swarm.submit([{ id: 'a' }], id);
    await dispatchChanges(swarm.records(), swarm.deps);
    swarm.calls.splice(0);
    swarm.at(10 * 60_000);
    let isFirst = true;
    const settle = (settlement: Settlement) => {
      const dies = isFirst;
      isFirst = false;
      return dies ? crash() : swarm.deps.gate.settle(settlement);
    };
    await sweepObjectives('sweep-1', { ...swarm.deps, gate: { ...swarm.deps.gate, settle } });
    expect((await swarm.effects()).sort()).toEqual(['executing', 'failed']);
    swarm.at(60_000);
    await sweepObjectives('sweep-2', swarm.deps);
    await swarm.settle();
    expect((await swarm.effects()).sort()).toEqual(['confirmed', 'confirmed', 'failed', 'failed']);
  });

  it('frees a lock whose holder runs no more', async () => {
    const swarm = await aSwarm();
    const stale = new Set(['tsk_01ARZ3NDEKTSV4RRFFQ69G5FC0_0#1']);
    const resource = { pk: 'resource#lock:shop/prices', sk: 'holders', holders: stale };
    await swarm.store.write([{ table: 'objectives', put: resource }]);
    const id = await swarm.submit([{ id: 'a', resources: ['shop/prices'] }]);
    await swarm.settle();
    expect((await swarm.look(id)).tasks[0]).toMatchObject({ status: 'ready', waiting: 'all_busy' });
    await sweepObjectives('sweep-1', swarm.deps);
    await swarm.settle();
    expect((await swarm.look(id)).status).toBe('succeeded');
  });

  it('releases what waits on another page although the stream said nothing', async () => {
    const swarm = await aSwarm();
    const plan = Array.from({ length: 26 }, (_, n): Task => ({ id: `t${n}`, dependsOn: n === 25 ? ['t0'] : [] }));
    const id = await swarm.submit(plan);
    await dispatchChanges(swarm.records(), swarm.deps);
    for (const call of swarm.calls.splice(0)) await settleTask(await swarm.outcomeOf(call), swarm.deps);
    swarm.records();
    await sweepObjectives('sweep-1', swarm.deps);
    await swarm.settle();
    expect((await swarm.look(id)).status).toBe('succeeded');
  });
});
