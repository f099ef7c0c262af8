// What agents ask the gate for by HTTP: in their own name only, about their own effects only.
import { describe, expect, it } from 'vitest';
import { actingAsPrincipal } from '../common/http.test-support.ts';
import { aGate, aProposal, costing, RULES } from './gate.test-support.ts';
import { effectIdOf } from './gate.ts';
import { proposeRoutes } from './propose-routes.ts';

async function aDoor() {
  const gate = await aGate();
  const app = proposeRoutes({
    ...gate.deps,
    rules: async () => ({ ...RULES, judge: () => ({ allowed: true, because: ['all'] }) }),
  });
  const post = async (who: string, path: string, body: string) => {
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
    const answer = await app.request(`/api/v1/effects/${path}`, init, actingAsPrincipal(who, 'agent'));
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const propose = (who: string, overrides: Parameters<typeof aProposal>[0] = {}) =>
    post(who, 'propose', JSON.stringify(aProposal(overrides)));
  const settle = (who: string, effectId: unknown, fence: string) =>
    post(who, `${effectId}/settle`, JSON.stringify({ status: 'failed', reason: 'mine', fence }));
  return { ...gate, post, propose, settle };
}

describe('an agent that asks', () => {
  it('acts in its own name, and settles what it was cleared for', async () => {
    const { propose, settle, read } = await aDoor();
    const { body } = await propose('agt_a', { actor: 'captain', scope: { room: 'objectives', agentId: 'agt_b' } });
    expect(body).toMatchObject({ kind: 'cleared' });
    expect(await read(String(body.effectId))).toMatchObject({
      actor: 'agt_a',
      scope: { room: 'agents', agentId: 'agt_a' },
    });
    expect(await settle('agt_a', body.effectId, 'fnc_1')).toMatchObject({ status: 200 });
  });

  it('has intents of its own: it takes neither a task’s nor another agent’s', async () => {
    const { gate, propose, read } = await aDoor();
    const mine = await propose('agt_a');
    const yours = await propose('agt_b');
    expect(mine.body.effectId).not.toBe(yours.body.effectId);
    expect((await propose('agt_a')).body).toEqual(mine.body);
    expect(await read(effectIdOf('tsk_1#1'))).toBeUndefined();
    expect(await gate.propose([aProposal()])).toMatchObject([{ kind: 'cleared' }]);
  });

  it('settles nothing of others, even when it knows the fence', async () => {
    const { gate, propose, settle, read } = await aDoor();
    const effectId = effectIdOf('tsk_1#1');
    await gate.propose([aProposal({ fence: 'fnc_1' })]);
    expect(await settle('agt_a', effectId, 'fnc_1')).toMatchObject({ status: 409, body: { code: 'not_yours' } });
    expect(await read(effectId)).toMatchObject({ status: 'executing' });
    const { body } = await propose('agt_b');
    expect(await settle('agt_a', body.effectId, 'fnc_1')).toMatchObject({ status: 409 });
    expect(await settle('agt_a', 'eff_none', 'fnc_1')).toMatchObject({ status: 409 });
  });

  it.each([
    {
      when: 'a number that no table holds',
      body: JSON.stringify(aProposal({ context: { a: 1e300 } })),
      path: 'context.a',
    },
    {
      when: 'facts without end',
      body: JSON.stringify(
        aProposal({ context: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, n])) }),
      ),
      path: 'context',
    },
    {
      when: 'lists in lists in lists',
      body: JSON.stringify(costing({})).replace(
        /"impact":{[^}]*}/,
        `"impact":${'['.repeat(20_000)}${']'.repeat(20_000)}`,
      ),
      path: 'impact',
    },
    {
      when: 'a confidence of next to nothing',
      body: JSON.stringify(aProposal({ confidence: 5e-324 })),
      path: 'confidence',
    },
    { when: 'half of a character', body: JSON.stringify(aProposal({ target: '\ud800 half' })), path: 'target' },
    {
      when: 'an intent of 201 characters',
      body: JSON.stringify(aProposal({ intentKey: 'x'.repeat(201) })),
      path: 'intentKey',
    },
  ])('is told what is wrong: $when', async ({ body, path }) => {
    const { post } = await aDoor();
    expect(await post('agt_a', 'propose', body)).toMatchObject({
      status: 422,
      body: { code: 'incomplete_proposal', errors: [{ path }] },
    });
  });
});
