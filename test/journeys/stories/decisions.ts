// What is dear waits for votes, what is dearer for a person too, and the captain has the last word.
import { describe, expect, it } from 'vitest';
import { type Client, expectProblem, type Page } from '../client.ts';
import { type PlanTask, task } from '../plans.ts';

type Proposed = { effectId: string; rationale: string; context: { objectiveId?: string }; outcome: { status: string } };
type Decision = {
  decisionId: string;
  status: string;
  digest: string;
  reason: string;
  ballots: { voterId: string; lineage: string; reason: string }[];
  proposed: Proposed[];
  mayStillAct: { person: boolean; you: { mayVote: boolean } };
};

const SLOW_MS = 8_000;
const VETO_MS_MAX = 5_000;

export function decisionStories(api: Client): void {
  const costing = (budgetUsd: number, parameters: object): (PlanTask & { budgetUsd: number })[] => [
    { ...task('dear', 'noop', parameters), budgetUsd },
  ];
  const submit = (budgetUsd: number, parameters = {}) =>
    api.submit({ budgetUsd, plan: costing(budgetUsd, parameters) });
  const show = (decisionId: string) => api.get<Decision>(`/decisions/${decisionId}`);
  const isOf = (objectiveId: string) => (one: Decision) => one.proposed[0]?.context.objectiveId === objectiveId;
  const decisionOn = async (objectiveId: string, status: string): Promise<Decision> => {
    const all = await api.until(
      `the decision on ${objectiveId} is ${status}`,
      async () => {
        const { items } = await api.get<Page<Decision>>(`/decisions?status=${status}&limit=20`);
        return Promise.all(items.map(({ decisionId }) => show(decisionId)));
      },
      (found) => found.some(isOf(objectiveId)),
    );
    return all.find(isOf(objectiveId)) as Decision;
  };
  const say = (decisionId: string, body: object) => api.call('POST', `/api/v1/decisions/${decisionId}/vote`, { body });

  describe('decisions', () => {
    it('$50 are put to five reviewers of five lineages, who say why, and then it is done', async () => {
      const objectiveId = await submit(50);
      expect((await api.ended(objectiveId)).status).toBe('succeeded');
      const decision = await decisionOn(objectiveId, 'approved');
      expect(new Set(decision.ballots.map(({ lineage }) => lineage)).size).toBe(5);
      expect(decision.ballots.every(({ reason }) => reason.length > 10)).toBe(true);
      expect(decision.proposed).toMatchObject([{ rationale: expect.any(String), outcome: { status: 'confirmed' } }]);
      const { digest } = decision;
      expectProblem(
        await say(decision.decisionId, { choice: 'reject', reason: 'too late', digest }),
        409,
        'voting_closed',
      );
    });

    it('above $50 a person has to agree, to exactly what they have read, once', async () => {
      const objectiveId = await submit(60);
      const { decisionId, digest, mayStillAct } = await decisionOn(objectiveId, 'open');
      expect(mayStillAct).toMatchObject({ person: true, you: { mayVote: true } });
      const waiting = await api.get<Page<Decision>>('/decisions?waitingFor=me');
      expect(waiting.items.map((one) => one.decisionId)).toContain(decisionId);
      const paper = { choice: 'approve', reason: 'it pays for itself', digest };
      expectProblem(await say(decisionId, { ...paper, reason: '' }), 400, 'invalid_request', 'reason');
      expectProblem(await say(decisionId, { ...paper, digest: 'another' }), 409, 'digest_changed', 'digest');
      expectProblem(
        await say(decisionId, { ...paper, choice: undefined, ranking: ['eff_x'] }),
        400,
        'unknown_option',
        'ranking',
      );
      expect((await show(decisionId)).status).toBe('open');
      expect((await say(decisionId, paper)).status).toBe(200);
      expect((await api.ended(objectiveId)).status).toBe('succeeded');
      expect((await say(decisionId, paper)).status).toBe(409);
    });

    it('a person’s no ends it', async () => {
      const objectiveId = await submit(60);
      const { decisionId, digest } = await decisionOn(objectiveId, 'open');
      expect((await say(decisionId, { choice: 'reject', reason: 'not this month', digest })).status).toBe(200);
      expect((await api.ended(objectiveId)).status).toBe('failed');
      expect(await show(decisionId)).toMatchObject({
        status: 'rejected',
        proposed: [{ outcome: { status: 'denied' } }],
      });
    });

    it('the captain vetoes what waits, with a reason, and nothing is done', async () => {
      const objectiveId = await submit(60);
      const { decisionId } = await decisionOn(objectiveId, 'open');
      expectProblem(
        await api.call('POST', `/api/v1/decisions/${decisionId}/veto`, { body: {} }),
        400,
        'invalid_request',
        'reason',
      );
      const vetoed = await api.post<{ effects: object }>(`/decisions/${decisionId}/veto`, {
        reason: 'not on my watch',
      });
      expect(Object.values(vetoed.effects)).toEqual(['denied']);
      expect((await api.ended(objectiveId)).status).toBe('failed');
      expect(await show(decisionId)).toMatchObject({ status: 'vetoed', reason: 'not on my watch' });
    });

    it('the captain vetoes what executes: whoever does it can settle it no more', async () => {
      const objectiveId = await submit(50, { delayMs: SLOW_MS });
      const { decisionId } = await decisionOn(objectiveId, 'approved');
      await api.until(
        'the effect executes',
        () => show(decisionId),
        ({ proposed }) => proposed[0]?.outcome.status === 'executing',
      );
      const before = Date.now();
      const vetoed = await api.post<{ effects: object }>(`/decisions/${decisionId}/veto`, { reason: 'stop this one' });
      expect(Date.now() - before).toBeLessThan(VETO_MS_MAX);
      expect(Object.values(vetoed.effects)).toEqual(['fenced']);
      await api.call('POST', `/api/v1/objectives/${objectiveId}/cancel`);
      expect(await show(decisionId)).toMatchObject({
        status: 'vetoed',
        proposed: [{ outcome: { status: 'unknown' } }],
      });
    });

    it('the captain vetoes what is done: its reversal is asked for', async () => {
      const objectiveId = await submit(50);
      await api.ended(objectiveId);
      const { decisionId } = await decisionOn(objectiveId, 'approved');
      const vetoed = await api.post<{ effects: object }>(`/decisions/${decisionId}/veto`, { reason: 'undo this one' });
      expect(Object.values(vetoed.effects)).toEqual(['to_reverse']);
    });

    it('what nobody had to vote on explains itself too', async () => {
      const objectiveId = await submit(0);
      await api.ended(objectiveId);
      const effects = await api.list<Proposed>('/effects?limit=50');
      const { effectId } = effects.find(({ context }) => context.objectiveId === objectiveId) as Proposed;
      expect(await show(effectId.replace('eff_', 'dec_'))).toMatchObject({
        status: 'approved',
        decidedBy: 'gate',
        proposed: [{ effectId, options: expect.any(Array), choice: 'agt_noop', outcome: { status: 'confirmed' } }],
      });
      expectProblem(await api.call('GET', '/api/v1/decisions/dec_none'), 404, 'no_such_decision');
    });
  });
}
