import { describe, expect, it } from 'vitest';
import { Capability } from '../common/capability.ts';
import { cancelObjective } from './control-objective.ts';
import { dispatchChanges } from './dispatch-changes.ts';
import { attemptOf, effectCleared, effectOverdue, effectRefused } from './held-tasks.ts';
import { effectOf, proposalFor } from './proposal.ts';
import { settleTask } from './settle-task.ts';
import { aSwarm, capability } from './swarm.test-support.ts';
import { sweepObjectives } from './sweep-objectives.ts';

const newsOf = (objectiveId: string, attempt = 1) => ({ ...effectOf(objectiveId, 0, attempt), reason: 'agreed' });

/** A swarm whose capability `work` costs so much that others have to agree. */
async function dearSwarm() {
  const swarm = await aSwarm();
  const dear = Capability.parse({ ...capability('work'), impact: { spendCents: 6_000 } });
  const deps = { ...swarm.deps, capability: (name: string) => (name === 'work' ? dear : undefined) };
  const objectiveId = await swarm.submit([{ id: 'a' }]);
  await dispatchChanges(swarm.records(), deps);
  return { swarm, deps, objectiveId };
}

/** Stands for the room of safety: all needs of the effect are met. */
async function agree({ swarm, objectiveId }: Awaited<ReturnType<typeof dearSwarm>>) {
  const { effectId } = effectOf(objectiveId, 0, 1);
  const set = [['status', 'cleared'] as const];
  await swarm.store.write([
    { table: 'safety', update: { pk: effectId, sk: 'effect' }, changes: { set, remove: ['needs'] } },
  ]);
}

describe('a task whose effect is held', () => {
  it('waits where everybody can see it, and is not given up for want of an agent', async () => {
    const { swarm, deps, objectiveId } = await dearSwarm();
    expect((await swarm.look(objectiveId)).tasks[0]).toMatchObject({
      status: 'ready',
      waiting: expect.stringContaining('held: votes: 6000 cents from 5000'),
    });
    swarm.at(30 * 3_600_000);
    await sweepObjectives('sweep-1', deps);
    expect((await swarm.look(objectiveId)).tasks[0]).toMatchObject({ status: 'ready' });
    expect(swarm.calls).toEqual([]);
  });

  it('starts when the gate says that it may', async () => {
    const all = await dearSwarm();
    const { swarm, deps, objectiveId } = all;
    expect(await effectCleared(newsOf(objectiveId), 'event-1', deps)).toBe(0);
    await agree(all);
    expect(await effectCleared(newsOf(objectiveId), 'event-1', deps)).toBe(1);
    expect(await effectCleared(newsOf(objectiveId), 'event-1', deps)).toBe(1);
    await swarm.settle();
    expect((await swarm.look(objectiveId)).status).toBe('succeeded');
    expect(await swarm.effects()).toEqual(['confirmed']);
  });

  it('fails with the reason when it is refused, and can be redriven', async () => {
    const { swarm, deps, objectiveId } = await dearSwarm();
    expect(await effectRefused({ ...newsOf(objectiveId), reason: 'too dear' }, deps)).toBe('given_up');
    expect(await effectRefused({ ...newsOf(objectiveId), reason: 'too dear' }, deps)).toBe('moved_on');
    const { status, problem, tasks } = await swarm.look(objectiveId);
    expect({ status, problem, task: tasks[0]?.status }).toMatchObject({
      status: 'failed',
      problem: expect.stringContaining('too dear'),
      task: 'dead_letter',
    });
  });

  it('is one proposal whichever agent is free', async () => {
    const { swarm, deps, objectiveId } = await dearSwarm();
    const definition = await deps.reads.definition(objectiveId, 0);
    const [first] = await deps.reads.roster();
    const start = (agentId: string, why: string) =>
      proposalFor(
        objectiveId,
        { definition, agent: { ...first!, agentId, running: 0 }, attempt: 1, why },
        deps.capability('work'),
      );
    const { scope: _, ...one } = start('agt_a', 'the best');
    const { scope: __, ...other } = start('agt_b', 'the only one free');
    expect(one).toEqual(other);
    expect(swarm.calls).toEqual([]);
  });

  it('waits for the next minute when a limit refuses it for now', async () => {
    const swarm = await aSwarm();
    const objectiveId = await swarm.submit([{ id: 'a' }]);
    const { gate } = swarm.deps;
    const reason = '0 of 100 left';
    const propose: typeof gate.propose = async (all) =>
      all.map(() => ({ kind: 'denied', effectId: 'eff_1', reason, passing: true }));
    await dispatchChanges(swarm.records(), { ...swarm.deps, gate: { ...gate, propose } });
    expect((await swarm.look(objectiveId)).tasks[0]).toMatchObject({ status: 'ready', waiting: `for now: ${reason}` });
    await sweepObjectives('sweep-1', swarm.deps);
    await swarm.settle();
    expect((await swarm.look(objectiveId)).status).toBe('succeeded');
  });

  it.each([
    { kind: 'shadowed' as const, reason: 'not live yet', says: 'work is in shadow mode' },
    { kind: 'denied' as const, reason: 'no policy allows it', says: 'no policy allows it' },
  ])('fails with a clear reason when it is $kind', async ({ kind, reason, says }) => {
    const swarm = await aSwarm();
    const objectiveId = await swarm.submit([{ id: 'a' }]);
    const { gate } = swarm.deps;
    const propose: typeof gate.propose = async (all) => all.map(() => ({ kind, effectId: 'eff_1', reason }));
    await dispatchChanges(swarm.records(), { ...swarm.deps, gate: { ...gate, propose } });
    expect((await swarm.look(objectiveId)).problem).toContain(says);
  });
});

describe('an effect that is open beyond its deadline', () => {
  it('is left alone while its task waits or runs', async () => {
    const { swarm, deps, objectiveId } = await dearSwarm();
    expect(await effectOverdue(newsOf(objectiveId), deps)).toBe('left_alone');
    const running = await aSwarm();
    const id = await running.submit([{ id: 'a' }]);
    await dispatchChanges(running.records(), running.deps);
    expect(await effectOverdue(newsOf(id), running.deps)).toBe('left_alone');
    expect(await swarm.effects()).toEqual(['held']);
  });

  it('ends as failed when the objective was cancelled while it was held', async () => {
    const { swarm, deps, objectiveId } = await dearSwarm();
    await cancelObjective(objectiveId, 'ann', deps);
    expect(await effectOverdue(newsOf(objectiveId), deps)).toBe('failed');
    expect(await swarm.effects()).toEqual(['failed']);
  });

  it.each([
    { fate: 'confirmed', answer: () => ({}) },
    { fate: 'failed', answer: () => Promise.reject(Object.assign(new Error('no'), { name: 'PermanentTaskError' })) },
  ])('ends as $fate when that is what became of its task, and nobody had said so', async ({ fate, answer }) => {
    const swarm = await aSwarm({ answer });
    const id = await swarm.submit([{ id: 'a' }]);
    await dispatchChanges(swarm.records(), swarm.deps);
    const outcome = await swarm.outcomeOf(swarm.calls.splice(0)[0] as never);
    const settle = () => Promise.reject(new Error('crash'));
    await expect(settleTask(outcome, { ...swarm.deps, gate: { ...swarm.deps.gate, settle } })).rejects.toThrow('crash');
    expect(await swarm.effects()).toEqual(['executing']);
    expect(await effectOverdue(newsOf(id), swarm.deps)).toBe(fate);
    expect(await swarm.effects()).toEqual([fate]);
  });

  it('is nothing to this room when it is about something else', async () => {
    const swarm = await aSwarm();
    const news = { effectId: 'eff_1', intentKey: 'payout-7', reason: '-' };
    expect(attemptOf(news)).toBeUndefined();
    expect(await effectOverdue(news, swarm.deps)).toBe('left_alone');
    expect(await effectCleared(news, 'event-1', swarm.deps)).toBe(0);
    expect(await effectRefused(news, swarm.deps)).toBe('moved_on');
  });
});
