// New autonomous logic earns its way: first it is only recorded, then a captain lets it act, and agents are watched.
import { afterAll, describe, expect, it } from 'vitest';
import { type Client, expectProblem, taskOf } from '../client.ts';
import { task } from '../plans.ts';

type Report = {
  step: string;
  record: { decisions: number; compared: number; disagreed: number; candidateSucceeded: number };
  agreement: number | null;
  promotion: { kind: string; missing?: string[] };
  history: { to: string; by: string }[];
};
type Effect = { effectId: string; status: string; choice: string; reason: string; context: { objectiveId?: string } };

const SUBJECT = 'drill.misbehave';

export function stageStories(api: Client): void {
  const report = () => api.get<Report>(`/stages/${SUBJECT}`);
  const promote = (force: boolean) =>
    api.call('POST', `/api/v1/stages/${SUBJECT}/promote`, { body: { reason: 'a story', force } });
  const plan = [task('new', SUBJECT, { mode: 'ok' })];
  /** A gate may see a move two seconds late. */
  const submitUntil = async (holds: (status: string) => boolean) => {
    let objectiveId = '';
    await api.until(
      'a task is treated as its stage says',
      async () => {
        objectiveId = await api.submit({ plan });
        const seen = await api.seen('it has ended', objectiveId, (one) =>
          ['succeeded', 'dead_letter'].includes(taskOf(one, 'new').status),
        );
        return taskOf(seen, 'new').status;
      },
      holds,
    );
    return objectiveId;
  };

  describe('a capability under a stage', () => {
    // However the story ends, the capability is left as it was found: live.
    afterAll(async () => {
      for (let step = 0; step < 4; step += 1) await promote(true);
    });

    it('in shadow: what it would do is recorded, and the task is given to people', async () => {
      expect(await api.post<Report>('/stages', { subject: SUBJECT, reason: 'a story' })).toMatchObject({
        step: 'shadow',
      });
      const again = await api.call('POST', '/api/v1/stages', { body: { subject: SUBJECT, reason: 'a story' } });
      expectProblem(again, 409, 'stage_exists');
      const objectiveId = await submitUntil((status) => status === 'dead_letter');
      expect((await api.look(objectiveId)).problem).toContain('shadow mode');

      const { items } = await api.get<{ items: Effect[] }>('/effects?limit=50');
      const effect = items.find(({ context }) => context.objectiveId === objectiveId);
      expect(effect).toMatchObject({ status: 'shadowed', reason: expect.stringContaining('else allowed by') });
      await api.until('it is on record', report, ({ record }) => record.decisions >= 1);

      const said = { effectId: effect?.effectId, done: effect?.choice };
      expect(await api.post('/stages/drill.misbehave/comparisons', said)).toEqual({ agreed: true });
      const twice = await api.call('POST', `/api/v1/stages/${SUBJECT}/comparisons`, { body: said });
      expectProblem(twice, 409, 'compared_before');
      expect(await report()).toMatchObject({ record: { compared: 1, disagreed: 0 }, agreement: 1 });
    });

    it('is not let on before it has earned that, unless a captain insists; then it acts', async () => {
      const refused = expectProblem(await promote(false), 422, 'not_earned');
      expect(refused.errors?.map(({ path }) => path)).toContain('hours at this step');
      expect((await report()).promotion.missing?.join()).toContain('decisions');
      for (let step = 0; step < 4; step += 1) expect((await promote(true)).status).toBe(200);
      expect(await report()).toMatchObject({ step: 'live', history: [{ to: 'live' }, {}, {}, {}, { to: 'shadow' }] });
      await submitUntil((status) => status === 'succeeded');
      await api.until('it is on record', report, ({ record }) => record.candidateSucceeded >= 1);
      expectProblem(await promote(true), 422, 'already_live');
    });

    it('what is under no stage cannot be moved, and is told apart from a wrong name', async () => {
      const body = { reason: 'a story' };
      expectProblem(await api.call('POST', '/api/v1/stages/never.heard/demote', { body }), 404, 'no_such_stage');
      expectProblem(await api.call('POST', '/api/v1/stages/NEVER/demote', { body }), 400, 'invalid_request', 'subject');
    });
  });

  describe('the watch over agents', () => {
    it('took nothing of all these stories for an anomaly, and knows how the agents behaved', async () => {
      expect(await api.list('/anomalies')).toEqual([]);
      // What goes on as usual is written down every five seconds, with whatever comes next.
      const watched = async () => {
        await api.ended(await api.submit({ plan: [task('one', 'noop')] }));
        return api.call('GET', '/api/v1/behaviour/agt_noop');
      };
      await api.until('the idler was seen', watched, ({ status }) => status === 200);
      expectProblem(await api.call('GET', '/api/v1/behaviour/agt_nobody'), 404, 'not_seen');
    });
  });
}
