import { describe, expect, it } from 'vitest';
import { gateOf, type Stages, whyShadowBy } from '../safety/gate.ts';
import { shadowOf } from './proposal.ts';
import { aSwarm, GATE_RULES } from './swarm.test-support.ts';
import { agentReady } from './track-roster.ts';

type Entry = { step: 'shadow' | 'canary_50' | 'live'; candidate?: string };

/** A swarm whose capability `work` is under a stage, with a second agent who can do it too. */
async function aStagedSwarm(entry: Entry, withSecond = true) {
  const swarm = await aSwarm();
  const { deps, store } = swarm;
  const stages = async (): Promise<Stages> => new Map([['work', { subject: 'work', ...entry }]]);
  Object.assign(deps, {
    stages,
    gate: gateOf({
      tables: store,
      table: 'safety',
      now: deps.now,
      rules: async () => GATE_RULES,
      whyShadow: whyShadowBy(stages),
    }),
  });
  if (withSecond)
    await agentReady(
      { agentId: 'agt_new', functionName: 'worker', capabilities: ['work'], at: deps.now().toISOString() },
      { tables: store, table: 'objectives' },
    );
  const effects = () =>
    store
      .changesAfter('safety', 0, 10_000)
      .flatMap(({ after }) =>
        after?.sk === 'effect' ? [`${after.status} ${(after.scope as { agentId: string }).agentId}`] : [],
      );
  return { ...swarm, effects };
}

describe('a task whose capability is under a stage', () => {
  it('is done by the incumbent while the candidate is in shadow, and what that would have done is recorded', async () => {
    const { submit, effects, settle } = await aStagedSwarm({ step: 'shadow', candidate: 'agt_new' });
    await submit([{ id: 'one' }]);
    await settle();
    expect(effects().filter((effect) => effect.startsWith('executing'))).toEqual(['executing agt_worker']);
    expect(effects()).toContain('shadowed agt_new');
    expect(effects()).toContain('executing agt_worker');
  });

  it('goes to the candidate when that is live', async () => {
    const { submit, effects, settle } = await aStagedSwarm({ step: 'live', candidate: 'agt_new' });
    await submit([{ id: 'one' }]);
    await settle();
    expect(effects().filter((effect) => effect.startsWith('executing'))).toEqual(['executing agt_new']);
    expect(effects().filter((effect) => effect.startsWith('shadowed'))).toEqual([]);
  });

  it('goes to one side for the whole objective in a canary', async () => {
    const { submit, effects, settle } = await aStagedSwarm({ step: 'canary_50', candidate: 'agt_new' });
    await submit([{ id: 'one' }, { id: 'two' }, { id: 'three', dependsOn: ['one', 'two'] }]);
    await settle();
    const begun = effects().filter((effect) => effect.startsWith('executing'));
    expect(begun).toHaveLength(3);
    expect(new Set(begun).size).toBe(1);
  });

  it('is given to people when nobody but the candidate could do it', async () => {
    const { submit, effects, settle } = await aStagedSwarm({ step: 'shadow', candidate: 'agt_worker' }, false);
    await submit([{ id: 'one' }]);
    await settle();
    expect(effects()).toEqual(['shadowed agt_worker']);
  });

  it('leaves the real attempt alone: the shadow has an intent of its own', () => {
    const proposal = { intentKey: 'tsk_1#1', scope: { room: 'objectives', agentId: 'agt_old' }, options: ['agt_old'] };
    expect(shadowOf(proposal as never, 'agt_new')).toMatchObject({
      intentKey: 'tsk_1#1~shadow',
      scope: { agentId: 'agt_new' },
      choice: 'agt_new',
      options: ['agt_new', 'agt_old'],
    });
  });
});
