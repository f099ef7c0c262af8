// People stay in charge: they pause, resume and cancel an objective, and stop everything at once.
import { afterEach, describe, expect, it } from 'vitest';
import { type Certificate, verifyCertificate } from '../../../functions/safety/certificate.ts';
import { type Client, expectProblem, taskOf } from '../client.ts';
import { layeredPlan, slowChain } from '../plans.ts';

type Killed = { killId: string; at: string };
type Kill = {
  status: string;
  points: { point: string; state: string }[];
  effects: object;
  certificate?: object;
};
type Effect = { status: string; at: string; context: { objectiveId?: string; taskId?: string } };

const SLOW_MS = 1_500;
/** Longer than a kill takes to reach it, also where its functions start cold on a busy machine. */
const LONG_MS = 9_000;

export function controlStories(api: Client): void {
  const started = (objectiveId: string) =>
    api.seen('the first task runs', objectiveId, (objective) => taskOf(objective, 'first').status === 'running');
  const firstDone = (objectiveId: string) =>
    api.seen('the first task is done', objectiveId, (objective) => taskOf(objective, 'first').status === 'succeeded');
  const move = (objectiveId: string, verb: string) => api.post<object>(`/objectives/${objectiveId}/${verb}`);
  const refused = async (objectiveId: string, verb: string) =>
    expectProblem(await api.call('POST', `/api/v1/objectives/${objectiveId}/${verb}`), 409, 'move_not_allowed');

  describe('control of one objective', () => {
    it('paused: what runs finishes and nothing new starts; resumed: it goes on to its end', async () => {
      const objectiveId = await api.submit({ plan: slowChain(SLOW_MS) });
      await started(objectiveId);
      expect(await move(objectiveId, 'pause')).toEqual({ objectiveId, status: 'paused' });
      expect(await move(objectiveId, 'pause')).toEqual({ objectiveId, status: 'paused' });
      await firstDone(objectiveId);
      // Changes are worked off in order: when a later objective is through, this one was looked at and left alone.
      await api.ended(await api.submit({ plan: layeredPlan([1, 1]) }));
      const paused = await api.look(objectiveId);
      expect([paused.status, taskOf(paused, 'second').attempts]).toEqual(['paused', 0]);

      expect(await move(objectiveId, 'resume')).toEqual({ objectiveId, status: 'running' });
      expect((await api.ended(objectiveId)).status).toBe('succeeded');
      await refused(objectiveId, 'pause');
      await refused(objectiveId, 'cancel');
    });

    it('cancelled: what has not ended is cancelled for good', async () => {
      const objectiveId = await api.submit({ plan: slowChain(SLOW_MS) });
      await started(objectiveId);
      expect(await move(objectiveId, 'cancel')).toEqual({ objectiveId, status: 'cancelled' });
      const over = await api.look(objectiveId);
      expect(over.tasks.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
      expect(over.finishedAt).not.toBeNull();
      expect(await move(objectiveId, 'cancel')).toEqual({ objectiveId, status: 'cancelled' });
      await refused(objectiveId, 'resume');
    });

    it('the order of the queue is a person’s to change, within bounds', async () => {
      const objectiveId = await api.submit({ plan: slowChain(SLOW_MS) });
      expect(await api.post(`/objectives/${objectiveId}/priority`, { score: 99 })).toMatchObject({ objectiveId });
      expect(await api.look(objectiveId)).toMatchObject({ priority: { score: 99 } });
      const answer = await api.call('POST', `/api/v1/objectives/${objectiveId}/priority`, { body: { score: 101 } });
      expectProblem(answer, 400, 'invalid_request', 'score');
      await move(objectiveId, 'cancel');
    });

    it('nothing is moved that does not exist', async () => {
      for (const verb of ['pause', 'resume', 'cancel']) {
        const answer = await api.call('POST', `/api/v1/objectives/obj_${'0'.repeat(26)}/${verb}`);
        expectProblem(answer, 404, 'no_such_objective');
      }
    });
  });

  describe('control of everything', () => {
    afterEach(() => api.post('/resume', { reason: 'the story is over' }));

    it('killed: what runs is taken back, nothing starts, all is certified; resumed: it goes on', async () => {
      const objectiveId = await api.submit({ plan: slowChain(LONG_MS) });
      await started(objectiveId);
      const killed = await api.post<Killed>('/kill', { reason: 'a drill' });
      expect(killed).toMatchObject({ mode: 'killed', reason: 'a drill', by: 'operator' });
      const kill = await contained(killed.killId);
      expect(kill.points.map(({ state }) => state)).toEqual(['confirmed', 'confirmed', 'confirmed', 'confirmed']);
      expect(kill.effects).toMatchObject({ open: 0, unknown: 0 });
      const stopped = await api.look(objectiveId);
      expect(taskOf(stopped, 'first')).toMatchObject({ status: 'ready', result: null });

      const later = await api.submit({ plan: layeredPlan([1]) });
      const begun = (await effects()).filter(({ at, status }) => at > killed.at && status !== 'held');
      expect(begun).toEqual([]);
      const certificate = await api.get<Certificate>(`/kills/${killed.killId}/certificate`);
      expect(verifyCertificate(certificate)).toEqual({ valid: true, faults: [] });
      const itsOwn = certificate.effects.filter(({ effectId }) => effectId.includes(objectiveId.slice(4)));
      expect(itsOwn.map(({ fate, reason }) => `${fate}: ${reason}`)).toEqual([`stopped: stopped by ${killed.killId}`]);
      expect(await api.get('/control')).toMatchObject({ kills: [{ scope: 'everything', killId: killed.killId }] });

      expect(await api.post('/resume', { reason: 'the drill is over' })).toMatchObject({ mode: 'active', kills: [] });
      for (const id of [objectiveId, later]) expect((await api.ended(id)).status).toBe('succeeded');
      expect(taskOf(await api.look(objectiveId), 'first').attempts).toBe(2);
    });

    it('what was asked for meanwhile waits, and is done with the resume', async () => {
      await api.post<Killed>('/kill', { reason: 'a drill' });
      const wish = {
        ...{ action: 'setting.change', parameters: { name: 'canary/resume', value: Date.now() } },
        ...{ options: ['change it', 'leave it'], choice: 'change it', rationale: 'a story needs it', confidence: 1 },
      };
      const { effectId } = await api.post<{ effectId: string }>('/effects', wish);
      const becomes = (status: string) =>
        api.until(
          `${effectId} is ${status}`,
          async () => JSON.parse((await api.call('GET', `/api/v1/effects/${effectId}`)).text) as Effect,
          (effect) => effect.status === status,
        );
      expect(await becomes('held')).toMatchObject({ needs: ['resume'] });
      await api.post('/resume', { reason: 'the drill is over' });
      await becomes('confirmed');
    });

    it('an objective can be killed alone', async () => {
      const [stopped, other] = [
        await api.submit({ plan: slowChain(LONG_MS) }),
        await api.submit({ plan: slowChain(SLOW_MS) }),
      ];
      await started(stopped);
      const scope = { objectiveId: stopped };
      const killed = await api.post<Killed>('/kill', { reason: 'this one only', scope });
      expect(killed).toMatchObject({ mode: 'active', stopped: [`objective:${stopped}`] });
      await contained(killed.killId);
      expect((await api.ended(other)).status).toBe('succeeded');
      expect(taskOf(await api.look(stopped), 'first').status).toBe('ready');
      await api.post('/resume', { reason: 'mended', scope });
      expect((await api.ended(stopped)).status).toBe('succeeded');
    });

    it('a kill that nobody pressed is not found', async () => {
      expectProblem(await api.call('GET', `/api/v1/kills/kil_${'0'.repeat(26)}`), 404, 'no_such_kill');
      const body = { reason: 'x', scope: { galaxy: 'far away' } };
      expectProblem(await api.call('POST', '/api/v1/kill', { body }), 400, 'invalid_request', 'scope');
    });

    it('killing needs a reason', async () => {
      expectProblem(await api.call('POST', '/api/v1/kill', { body: {} }), 400, 'invalid_request', 'reason');
      expect(await api.get('/control')).toMatchObject({ mode: 'active' });
    });
  });

  const effects = () => api.list<Effect>('/effects?limit=200');
  const contained = (killId: string) =>
    api.until(
      'the kill is contained and certified',
      () => api.get<Kill>(`/kills/${killId}`),
      ({ status, certificate }) => status === 'contained' && certificate !== undefined,
    );
}
