// Agents that fail in every way: tried again, or handed to people with everything that is known.
import { describe, expect, it } from 'vitest';
import type { Client, Objective, Task } from '../client.ts';
import { drill } from '../plans.ts';

type DeadLetter = { taskId: string; objectiveId: string; title: string; error: { name: string }; attempts: number };

const LEASE_ENDED = /agt_drill did not answer within 10 s; its lease ended/;

const only = ({ tasks }: Objective): Task => tasks[0] as Task;

export function failureStories(api: Client, { crashesReported }: { crashesReported: boolean }): void {
  const failed = async (parameters: object, limits: object = {}): Promise<Objective> => {
    const over = await api.ended(await api.submit({ plan: drill(parameters, { maxAttempts: 1, ...limits }) }));
    expect(over.status).toBe('failed');
    expect(only(over).status).toBe('dead_letter');
    expect(over.problem).toContain('Task drill (Task drill) is on the dead-letter list');
    return over;
  };
  const deadLetter = async (taskId: string) =>
    (await api.list<DeadLetter>('/tasks?status=dead_letter&limit=200')).find((one) => one.taskId === taskId);

  describe.concurrent('failures', () => {
    it('a transient error is tried again, with every attempt on record the attempts are used up', async () => {
      const over = await failed({ mode: 'transient' }, { maxAttempts: 2 });
      const { error, attempts } = only(over);
      expect(attempts).toBe(2);
      expect(error).toMatchObject({
        name: 'TransientTaskError',
        message: 'The drill asked to be tried again',
        transient: true,
      });
      expect(error?.stack?.length).toBeGreaterThan(0);
      expect(error?.attempts.map((one) => [one.attempt, one.agentId, one.error.name])).toEqual([
        [1, 'agt_drill', 'TransientTaskError'],
        [2, 'agt_drill', 'TransientTaskError'],
      ]);
    });

    it('an agent that fails now and then gets there', async () => {
      const plan = drill({ mode: 'transient', share: 0.5 }, { maxAttempts: 6 });
      const ended: Objective[] = [];
      const gotThere = () => ended.filter((over) => over.status === 'succeeded' && only(over).attempts > 1);
      // Each attempt fails with one half, so three objectives in seven rounds: it is sure enough to be seen.
      for (let round = 0; round < 7 && gotThere().length === 0; round += 1) {
        const ids = await Promise.all(Array.from({ length: 3 }, () => api.submit({ plan })));
        ended.push(...(await Promise.all(ids.map((id) => api.ended(id)))));
      }
      expect(gotThere().length).toBeGreaterThan(0);
      expect(gotThere()[0]?.result).toEqual({ drill: 'ok' });
      for (const over of ended.filter(({ status }) => status !== 'succeeded')) expect(only(over).attempts).toBe(6);
    });

    it('a permanent error is not tried again; it is listed, and redriven until it succeeds', async () => {
      const plan = drill({ mode: 'permanent', share: 0.5 });
      const doomed = await failed({ mode: 'permanent' }, { maxAttempts: 5 });
      expect(only(doomed)).toMatchObject({ attempts: 1, error: { name: 'PermanentTaskError', transient: false } });
      expect(await deadLetter(only(doomed).taskId)).toMatchObject({
        objectiveId: doomed.objectiveId,
        title: 'Task drill',
        attempts: 1,
        error: { name: 'PermanentTaskError', message: 'The drill cannot succeed' },
      });
      const objectiveId = await api.submit({ plan });
      let over = await api.ended(objectiveId);
      for (let tries = 1; tries < 20 && over.status === 'failed'; tries += 1) {
        const { taskId, attempts } = only(over);
        expect(await api.post(`/tasks/${taskId}/redrive`)).toEqual({ taskId, status: 'ready' });
        // Off the list; or on it again already, because the next attempt has failed as well.
        expect((await deadLetter(taskId))?.attempts ?? attempts + 1).toBeGreaterThan(attempts);
        over = await api.ended(objectiveId);
        expect(only(over).taskId).toBe(taskId);
      }
      expect(over).toMatchObject({ status: 'succeeded', problem: null, result: { drill: 'ok' } });
      const { status } = await api.call('POST', `/api/v1/tasks/${only(over).taskId}/redrive`);
      expect(status).toBe(409);
    });

    it('an error without a class is kept as it is', async () => {
      const over = await failed({ mode: 'throw' });
      expect(only(over).error).toMatchObject({ name: 'Error', message: 'The drill threw an error without a class' });
    });

    it('an answer that is no answer fails the task with what was expected', async () => {
      const over = await failed({ mode: 'garbage' });
      expect(only(over).error).toMatchObject({ name: 'InvalidResult' });
      expect(over.problem).toContain('drill.misbehave promises');
    });

    it('an agent that hangs is given up at the deadline of its task', async () => {
      const over = await failed({ mode: 'hang' }, { timeoutSeconds: 2 });
      expect(only(over).error).toMatchObject({ name: 'TransientTaskError' });
      expect(over.problem).toMatch(/deadline .* passed/);
    });

    it('an agent whose process ends is lost, and the objective says so', async () => {
      const over = await failed({ mode: 'exit' });
      expect(over.problem).toMatch(crashesReported ? /exit/i : LEASE_ENDED);
      expect(only(over).error?.transient).toBe(true);
    });

    it('an agent in an endless loop is stopped by its time limit, and the objective says so', async () => {
      const over = await failed({ mode: 'loop' });
      expect(over.problem).toMatch(crashesReported ? /timed out after 10(\.00)? seconds/i : LEASE_ENDED);
    });

    it('the failures are on record as effects', async () => {
      const over = await failed({ mode: 'permanent' });
      type Effect = { status: string; context: { objectiveId?: string } };
      const effects = await api.until(
        'the effect has failed',
        async () =>
          (await api.list<Effect>('/effects?limit=200')).filter(
            ({ context }) => context.objectiveId === over.objectiveId,
          ),
        (found) => found.some(({ status }) => status === 'failed'),
      );
      expect(effects.map(({ status }) => status)).toEqual(['failed']);
    });
  });
}
