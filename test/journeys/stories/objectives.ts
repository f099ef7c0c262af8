// From a text to a result: planned by the state machine, or along a plan that was handed in.
import { describe, expect, it } from 'vitest';
import { type Client, taskOf } from '../client.ts';
import { feedbackCsv, npsOf } from '../feedback.ts';
import { layeredPlan } from '../plans.ts';

type Effect = { effectId: string; status: string; action: string; context: { objectiveId?: string; taskId?: string } };

export function objectiveStories(api: Client): void {
  describe('objectives', () => {
    it('a text and a table become a report with the right net promoter score', async () => {
      const rows = 320;
      const content = feedbackCsv({ rows, seed: 11 });
      const objectiveId = await api.submit({
        text: 'Increase the net promoter score of our shop by 5 % this quarter',
        impact: 8,
        inputs: [{ name: 'feedback', mediaType: 'text/csv', content }],
      });
      const over = await api.ended(objectiveId);
      expect([over.status, over.problem]).toEqual(['succeeded', null]);
      expect(over.pattern?.name).toBe('customer-feedback');
      expect(over.progress).toMatchObject({ percent: 100, done: over.tasks.length, total: over.tasks.length });
      expect(new Set(over.tasks.map(({ status }) => status))).toEqual(new Set(['succeeded']));
      const { markdown } = over.result as { markdown: string };
      const { score, answers } = npsOf(content);
      expect(markdown).toContain(`Net promoter score: **${score}**`);
      expect(markdown).toContain(`Answers counted: **${answers}**`);
      expect(taskOf(over, 'nps').result).toMatchObject({ score });
    });

    it('an explicit plan of ten tasks in layers runs to its end, each task once and after what it waits for', async () => {
      const plan = layeredPlan([1, 3, 3, 2, 1]);
      const objectiveId = await api.submit({ plan });
      const over = await api.ended(objectiveId);
      expect([over.status, over.problem]).toEqual(['succeeded', null]);
      expect(
        over.tasks.map(({ id, status, attempts, agentId, result }) => [id, status, attempts, agentId, result]),
      ).toEqual(plan.map(({ id }) => [id, 'succeeded', 1, 'agt_noop', { done: true, note: id }]));
      const times = new Map(
        (over.tasks as unknown as { id: string; startedAt: string; finishedAt: string }[]).map((one) => [one.id, one]),
      );
      for (const { id, dependsOn } of plan)
        for (const needed of dependsOn)
          expect(times.get(id)!.startedAt >= times.get(needed)!.finishedAt, `${id} after ${needed}`).toBe(true);
    });

    it('what agents did is listed as effects, and each is confirmed once', async () => {
      const objectiveId = await api.submit({ plan: layeredPlan([2, 1]) });
      const over = await api.ended(objectiveId);
      const effects = await api.until(
        'three effects are confirmed',
        async () =>
          (await api.list<Effect>('/effects?limit=200')).filter(({ context }) => context.objectiveId === objectiveId),
        (found) => found.filter(({ status }) => status === 'confirmed').length >= 3,
      );
      expect(effects.map(({ context, status, action }) => [context.taskId, status, action]).sort()).toEqual(
        over.tasks.map(({ taskId }) => [taskId, 'confirmed', 'task.execute']).sort(),
      );
      expect(await api.get(`/effects/${effects[0]!.effectId}`)).toMatchObject({ status: 'confirmed' });
    });

    it('the list has the newest first, and pages lead through all of it', async () => {
      const first = await api.submit({ plan: layeredPlan([1]) });
      const second = await api.submit({ plan: layeredPlan([1]) });
      const all = await api.list<{ objectiveId: string }>('/objectives?limit=200');
      const ids = all.map(({ objectiveId }) => objectiveId);
      expect(ids.indexOf(second)).toBeLessThan(ids.indexOf(first));
      const paged = await api.list<{ objectiveId: string }>('/objectives?limit=2');
      expect(paged.map(({ objectiveId }) => objectiveId)).toEqual(ids);
    });
  });
}
