// What was asked for and done can be undone, by the way back that was noted before; what cannot be says so.
import { describe, expect, it } from 'vitest';
import { type Client, expectProblem } from '../client.ts';

type Effect = { effectId: string; status: string };
type Settings = { current: { value: unknown; version: number } | null; history: unknown[] };
type Drill = { drillId: string; result: string; actions: { action: string; result: string }[] };

export function reversalStories(api: Client): void {
  const name = `canary/story-${Date.now().toString(36)}`;
  const wish = (value: unknown, more = {}) => ({
    action: 'setting.change',
    parameters: { name, value },
    options: ['change it', 'leave it'],
    choice: 'change it',
    rationale: 'a story needs it',
    confidence: 1,
    ...more,
  });
  const seen = (effectId: string, status: string) =>
    api.until(
      `${effectId} is ${status}`,
      async () => JSON.parse((await api.call('GET', `/api/v1/effects/${effectId}`)).text) as Effect,
      (effect) => effect.status === status,
    );
  const change = async (value: unknown) => {
    const { effectId } = await api.post<Effect>('/effects', wish(value));
    await seen(effectId, 'confirmed');
    return effectId;
  };
  const now = async () => (await api.get<Settings>(`/settings?name=${encodeURIComponent(name)}`)).current?.value;

  describe('undoing', () => {
    it('brings a setting back to what it was, and marks the effect as reversed', async () => {
      await change('first');
      const second = await change({ any: ['json'] });
      expect(await now()).toEqual({ any: ['json'] });
      const undo = await api.post<Effect>(`/effects/${second}/reverse`, { reason: 'it was a mistake' });
      await seen(undo.effectId, 'confirmed');
      await seen(second, 'reversed');
      expect(await now()).toBe('first');
      const again = await api.call('POST', `/api/v1/effects/${second}/reverse`, { body: { reason: 'again' } });
      expectProblem(again, 409, 'effect_not_confirmed');
    });

    it('is drilled on a scope of its own: files and settings come back', async () => {
      const { drillId } = await api.post<Drill>('/drills');
      const drill = await api.until(
        `${drillId} is over`,
        async () => (await api.get<{ items: Drill[] }>('/drills')).items.find((one) => one.drillId === drillId),
        (one) => one !== undefined,
      );
      expect(drill).toMatchObject({ result: 'passed' });
      expect(drill?.actions.map(({ action, result }) => `${action} ${result}`)).toEqual([
        'setting.change undone',
        'object.write undone',
      ]);
    });

    it('is refused with the field that is wrong', async () => {
      const ask = (body: object) => api.call('POST', '/api/v1/effects', { body });
      const { rationale, ...unexplained } = wish('x');
      expectProblem(await ask(unexplained), 400, 'invalid_request', 'rationale');
      expectProblem(await ask(wish('x', { action: 'rocket.launch' })), 400, 'invalid_request', 'action');
      const wrong = wish('x', { parameters: { name: 'Not A Name', value: 1 } });
      expectProblem(await ask(wrong), 400, 'invalid_request', 'parameters.name');
      const none = await api.call('POST', '/api/v1/effects/eff_0/reverse', { body: { reason: 'x' } });
      expectProblem(none, 404, 'no_such_effect');
    });
  });
}
