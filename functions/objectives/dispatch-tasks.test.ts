import { describe, expect, it } from 'vitest';
import { writeFlags } from '../safety/control-flags.ts';
import { cancelObjective, pauseObjective, reorderObjective, resumeObjective } from './control-objective.ts';
import { dispatchChanges } from './dispatch-changes.ts';
import { redriveTask } from './redrive-task.ts';
import { settleOutcomes } from './settle-outcomes.ts';
import { settleTask } from './settle-task.ts';
import { aSwarm, type Task } from './swarm.test-support.ts';
import { sweepObjectives } from './sweep-objectives.ts';

const diamond: Task[] = [
  { id: 'a' },
  { id: 'b', dependsOn: ['a'] },
  { id: 'c', dependsOn: ['a'] },
  { id: 'd', dependsOn: ['b', 'c'] },
];
const permanent = () => Object.assign(new Error('the input is wrong'), { name: 'PermanentTaskError' });
const statuses = (view: { tasks: { id: string; status: string }[] }) =>
  Object.fromEntries(view.tasks.map(({ id, status }) => [id, status]));

describe('a task graph', () => {
  it('runs in the order of its dependencies and ends its objective', async () => {
    const order: string[] = [];
    const swarm = await aSwarm({ answer: ({ title }) => ({ n: order.push(title) }) });
    const id = await swarm.submit(diamond);
    await swarm.settle();
    expect((await swarm.look(id)).status).toBe('succeeded');
    expect(order[0]).toBe('a');
    expect(order.slice(1, 3).sort()).toEqual(['b', 'c']);
    expect(order[3]).toBe('d');
    expect(await swarm.effects()).toEqual(['confirmed', 'confirmed', 'confirmed', 'confirmed']);
  });

  it('gives a task the results of what it depends on', async () => {
    const swarm = await aSwarm({ answer: ({ title, dependencies }) => ({ title, from: Object.keys(dependencies) }) });
    const id = await swarm.submit(diamond);
    await swarm.settle();
    expect((await swarm.look(id)).result).toEqual({ title: 'd', from: ['b', 'c'] });
  });

  it('runs over several pages: 60 tasks, each after the one before', async () => {
    const chain = Array.from({ length: 60 }, (_, n): Task => ({ id: `t${n}`, dependsOn: n > 0 ? [`t${n - 1}`] : [] }));
    const swarm = await aSwarm();
    const id = await swarm.submit(chain);
    await swarm.settle();
    const view = await swarm.look(id);
    expect(view.status).toBe('succeeded');
    expect(view.progress).toMatchObject({ done: 60, total: 60, percent: 100 });
  });

  it('ends the same when every record comes twice and in batches of one', async () => {
    const swarm = await aSwarm();
    const id = await swarm.submit(diamond);
    for (let round = 0; round < 40; round += 1) {
      for (const record of swarm.records()) {
        await dispatchChanges([record], swarm.deps);
        await dispatchChanges([record], swarm.deps);
      }
      for (const call of swarm.calls.splice(0)) await settleTask(await swarm.outcomeOf(call), swarm.deps);
    }
    expect((await swarm.look(id)).status).toBe('succeeded');
    expect((await swarm.effects()).filter((status) => status === 'confirmed')).toHaveLength(4);
  });

  it('takes an outcome once, however often it comes', async () => {
    const swarm = await aSwarm();
    await swarm.submit([{ id: 'a' }]);
    await dispatchChanges(swarm.records(), swarm.deps);
    const outcome = await swarm.outcomeOf(swarm.calls[0] as never);
    expect(await settleTask(outcome, swarm.deps)).toBe('succeeded');
    expect(await settleTask(outcome, swarm.deps)).toBe('too_late');
    expect(await settleTask({ ...outcome, fence: 'forged' }, swarm.deps)).toBe('too_late');
  });

  it('calls again after a crash between marking and calling, with the same fence', async () => {
    const swarm = await aSwarm();
    await swarm.submit([{ id: 'a' }]);
    const records = swarm.records();
    const crash = {
      ...swarm.deps,
      callAgent: () => Promise.reject(new Error('crash')),
      remindIn: () => Promise.reject(new Error('crash')),
    };
    await expect(dispatchChanges(records, crash)).rejects.toThrow('crash');
    await dispatchChanges(records, swarm.deps);
    expect(swarm.calls).toHaveLength(1);
    expect(await settleTask(await swarm.outcomeOf(swarm.calls[0] as never), swarm.deps)).toBe('succeeded');
  });

  it('finishes what a crash after the page update left: effect, places and objective', async () => {
    const swarm = await aSwarm({ concurrency: 1 });
    const id = await swarm.submit([{ id: 'a' }]);
    await dispatchChanges(swarm.records(), swarm.deps);
    const outcome = await swarm.outcomeOf(swarm.calls[0] as never);
    const crash = {
      ...swarm.deps,
      gate: { ...swarm.deps.gate, settle: () => Promise.reject(new Error('crash')) },
      finish: () => Promise.reject(new Error('crash')),
    };
    await expect(settleTask(outcome, crash)).rejects.toThrow('crash');
    await settleTask(outcome, swarm.deps);
    expect((await swarm.look(id)).status).toBe('succeeded');
    expect(await swarm.effects()).toEqual(['confirmed']);
  });
});

describe('failures', () => {
  it('tries a transient one again after a growing pause, then gives the task to people with every attempt', async () => {
    const swarm = await aSwarm({ answer: () => Promise.reject(new Error('flaky')) });
    const id = await swarm.submit([{ id: 'a', maxAttempts: 3 }]);
    await swarm.settle();
    const pauses = [];
    while (swarm.reminders.length > 0) {
      pauses.push(swarm.reminders[0]?.delayMs);
      await swarm.remind();
      await swarm.settle();
    }
    const view = await swarm.look(id);
    expect(pauses).toEqual([500, 1_000]);
    expect(view).toMatchObject({ status: 'failed', problem: expect.stringContaining('flaky') });
    expect(view.tasks[0]).toMatchObject({
      status: 'dead_letter',
      attempts: 3,
      error: { message: 'flaky', transient: true },
    });
    expect(view.tasks[0]?.error?.attempts).toHaveLength(3);
    expect(await swarm.effects()).toEqual(['failed', 'failed', 'failed']);
  });

  it('does not repeat a permanent one; what had succeeded is kept and the redrive runs only the rest', async () => {
    let broken = true;
    const ran: string[] = [];
    const swarm = await aSwarm({
      answer: ({ title }) => {
        ran.push(title);
        if (broken && title === 'b') throw permanent();
        return {};
      },
    });
    const id = await swarm.submit(diamond);
    await swarm.settle();
    expect(statuses(await swarm.look(id))).toEqual({ a: 'succeeded', b: 'dead_letter', c: 'succeeded', d: 'pending' });
    broken = false;
    ran.length = 0;
    const [, b] = (await swarm.look(id)).tasks;
    expect(await redriveTask(b?.taskId ?? '', 'test', swarm.deps)).toEqual({ kind: 'redriven' });
    await swarm.settle();
    expect((await swarm.look(id)).status).toBe('succeeded');
    expect(ran).toEqual(['b', 'd']);
  });

  it('refuses an answer that does not fit, as a failed attempt that says why', async () => {
    const swarm = await aSwarm({ answer: () => ['not', 'an', 'object'] });
    const id = await swarm.submit([{ id: 'a', maxAttempts: 1 }]);
    await swarm.settle();
    expect((await swarm.look(id)).tasks[0]?.error).toMatchObject({
      name: 'InvalidResult',
      message: expect.stringContaining('expected object'),
    });
  });

  it.each([
    ['a number that no table holds', { n: 1e300 }],
    ['lists in lists in lists', { a: JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)) }],
    ['a name that gets lost', JSON.parse('{"a":{"__proto__":1}}')],
  ])('refuses an answer that cannot be kept, as a failed attempt: %s', async (_, answer) => {
    const swarm = await aSwarm({ answer: () => answer });
    const id = await swarm.submit([{ id: 'a', maxAttempts: 1 }]);
    await swarm.settle();
    expect((await swarm.look(id)).tasks[0]?.error).toMatchObject({ name: 'InvalidResult' });
  });

  it('keeps of an error of an agent from outside what is somebody’s business', async () => {
    const swarm = await aSwarm();
    const id = await swarm.submit([{ id: 'a', maxAttempts: 1 }]);
    await dispatchChanges(swarm.records(), swarm.deps);
    const { taskId, fence, agentId, attempt, startedAt } = swarm.calls.splice(0)[0] as never as Record<string, string>;
    const error = { name: 'Error', message: 'no mail from anna@shop.example', stack: ['at anna@shop.example'] };
    const body = JSON.stringify({ taskId, fence, agentId, attempt, startedAt, error });
    await settleOutcomes({ Records: [{ messageId: 'm', body }] } as never, swarm.deps);
    expect((await swarm.look(id)).tasks[0]?.error).toMatchObject({
      message: 'no mail from [e-mail]',
      stack: ['at [e-mail]'],
    });
  });

  it('drops an outcome of a task that nobody planned: it would come back for ever', async () => {
    const swarm = await aSwarm();
    const id = await swarm.submit([{ id: 'a' }]);
    const attempt = { fence: 'f', agentId: 'agt_worker', attempt: 1, startedAt: '2026-03-01T10:00:00Z', result: {} };
    const taskIds = [`${id.replace('obj_', 'tsk_')}_7`, 'tsk_01ARZ3NDEKTSV4RRFFQ69G5FAV_0'];
    const Records = taskIds.map((taskId) => ({ messageId: taskId, body: JSON.stringify({ ...attempt, taskId }) }));
    expect(await settleOutcomes({ Records } as never, swarm.deps)).toEqual({ batchItemFailures: [] });
  });

  it('gives up a task that builds on more than an agent can be given, and says so', async () => {
    const swarm = await aSwarm({ answer: () => ({ text: 'x'.repeat(190_000) }) });
    const parts: Task[] = ['a', 'b', 'c', 'd'].map((id) => ({ id }));
    const id = await swarm.submit([...parts, { id: 'all', dependsOn: parts.map((part) => part.id) }]);
    await swarm.settle();
    expect(await swarm.look(id)).toMatchObject({ status: 'failed', problem: expect.stringContaining('760') });
    expect((await swarm.effects()).sort()).toEqual(['confirmed', 'confirmed', 'confirmed', 'confirmed', 'failed']);
  });

  it('takes a lost agent for a failed attempt when its lease ends, and refuses its late answer', async () => {
    const swarm = await aSwarm();
    const id = await swarm.submit([{ id: 'a' }]);
    await dispatchChanges(swarm.records(), swarm.deps);
    const late = await swarm.outcomeOf(swarm.calls.splice(0)[0] as never);
    swarm.at(10 * 60_000);
    const report = await sweepObjectives('sweep-1', { ...swarm.deps, startPlanning: async () => undefined });
    expect(report.lost).toBe(1);
    expect(await settleTask(late, swarm.deps)).toBe('too_late');
    await swarm.remind();
    await swarm.settle();
    expect((await swarm.look(id)).tasks[0]).toMatchObject({ status: 'succeeded', attempts: 2 });
  });
});

describe('allocation', () => {
  it('gives an agent no more than its concurrency and goes on when a place is free', async () => {
    const swarm = await aSwarm({ concurrency: 2 });
    const id = await swarm.submit(Array.from({ length: 7 }, (_, n): Task => ({ id: `t${n}` })));
    await dispatchChanges(swarm.records(), swarm.deps);
    expect(swarm.calls.length).toBeLessThanOrEqual(2);
    await swarm.settle();
    expect((await swarm.look(id)).status).toBe('succeeded');
  });

  it('never runs two tasks that need the same lock at once', async () => {
    const swarm = await aSwarm();
    const id = await swarm.submit([
      { id: 'a', resources: ['shop/prices'] },
      { id: 'b', resources: ['shop/prices'] },
    ]);
    await dispatchChanges(swarm.records(), swarm.deps);
    expect(swarm.calls).toHaveLength(1);
    await swarm.settle();
    expect((await swarm.look(id)).status).toBe('succeeded');
  });

  it('serves who waits by priority, not by arrival', async () => {
    const order: string[] = [];
    const swarm = await aSwarm({ concurrency: 1, answer: ({ title }) => ({ n: order.push(title) }) });
    const ids = ['obj_01ARZ3NDEKTSV4RRFFQ69G5FB1', 'obj_01ARZ3NDEKTSV4RRFFQ69G5FB2', 'obj_01ARZ3NDEKTSV4RRFFQ69G5FB3'];
    await swarm.submit([{ id: 'first' }], ids[0]);
    await dispatchChanges(swarm.records(), swarm.deps);
    await swarm.submit([{ id: 'low' }], ids[1]);
    await swarm.submit([{ id: 'high' }], ids[2]);
    await dispatchChanges(swarm.records(), swarm.deps);
    await reorderObjective(ids[2] as string, 100, 'test', swarm.deps);
    await swarm.settle();
    expect(order).toEqual(['first', 'high', 'low']);
  });

  it('waits visibly when nobody can do it, and goes on when somebody comes', async () => {
    const swarm = await aSwarm();
    const id = await swarm.submit([{ id: 'a', capability: 'rare' }]);
    await swarm.settle();
    expect((await swarm.look(id)).tasks[0]).toMatchObject({ status: 'ready', waiting: 'nobody_capable' });
  });
});

describe('control', () => {
  it('starts nothing while killed, and goes on after the resume', async () => {
    const swarm = await aSwarm();
    const id = await swarm.submit([{ id: 'a' }]);
    await writeFlags(swarm.store, 'safety', { killed: true, reason: 'stop', by: 'test', at: '-' });
    await swarm.settle();
    expect(swarm.calls).toHaveLength(0);
    expect(await swarm.effects()).toEqual([]);
    await writeFlags(swarm.store, 'safety', { killed: false, reason: 'go', by: 'test', at: '-' });
    await sweepObjectives('sweep-1', { ...swarm.deps, startPlanning: async () => undefined });
    await swarm.settle();
    expect((await swarm.look(id)).status).toBe('succeeded');
  });

  it('pauses between tasks and resumes', async () => {
    const swarm = await aSwarm();
    const id = await swarm.submit(diamond);
    await dispatchChanges(swarm.records(), swarm.deps);
    expect(await pauseObjective(id, 'test', swarm.deps)).toEqual({ kind: 'done', status: 'paused' });
    await swarm.settle();
    expect(statuses(await swarm.look(id))).toMatchObject({ a: 'succeeded', b: 'ready', c: 'ready', d: 'pending' });
    expect(await resumeObjective(id, 'test', swarm.deps)).toEqual({ kind: 'done', status: 'running' });
    await swarm.settle();
    expect((await swarm.look(id)).status).toBe('succeeded');
  });

  it('plans what was paused before it was planned once more after the resume, and a change told twice once', async () => {
    const swarm = await aSwarm();
    const begun: string[] = [];
    const deps = {
      ...swarm.deps,
      startPlanning: async (id: string, cause: string) => void begun.push(`${id} ${cause}`),
    };
    const pk = 'obj_01ARZ3NDEKTSV4RRFFQ69G5FB9';
    const page = { pk, sk: 'graph#00', status: 'queued', rank: '5', score: 5, createdAtMs: 0, pages: 1, tasks: {} };
    await swarm.store.write([{ table: 'objectives', put: page }]);
    const joined = swarm.records();
    await dispatchChanges(joined, deps);
    await dispatchChanges(joined, deps);
    await pauseObjective(pk, 'ann', deps);
    await resumeObjective(pk, 'ann', deps);
    await reorderObjective(pk, 90, 'ann', deps);
    await dispatchChanges(swarm.records(), deps);
    await reorderObjective(pk, 10, 'ann', deps);
    await dispatchChanges(swarm.records(), deps);
    expect(begun).toHaveLength(3);
    expect(new Set(begun).size).toBe(2);
  });

  it('cancels: running work is fenced off, places come back, the late answer changes nothing', async () => {
    const swarm = await aSwarm({ concurrency: 1 });
    const id = await swarm.submit(diamond);
    await dispatchChanges(swarm.records(), swarm.deps);
    const late = await swarm.outcomeOf(swarm.calls.splice(0)[0] as never);
    expect(await cancelObjective(id, 'test', swarm.deps)).toEqual({ kind: 'done', status: 'cancelled' });
    expect(await settleTask(late, swarm.deps)).toBe('too_late');
    const view = await swarm.look(id);
    expect(new Set(view.tasks.map(({ status }) => status))).toEqual(new Set(['cancelled']));
    expect(await swarm.effects()).toEqual(['failed']);
    expect(
      (await swarm.store.get('objectives', { pk: 'resource#agent:agt_worker', sk: 'holders' }))?.holders,
    ).toBeUndefined();
    expect(await resumeObjective(id, 'test', swarm.deps)).toMatchObject({ kind: 'refused' });
  });
});
