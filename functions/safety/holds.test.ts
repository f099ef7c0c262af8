import { describe, expect, it } from 'vitest';
import { killSwarm, resumeSwarm } from './control-swarm.ts';
import { digestOf, type Proposal } from './effect.ts';
import { aGate, aProposal, costing } from './gate.test-support.ts';
import { effectIdOf } from './gate.ts';
import { refuseHeld, satisfyNeed, vetoEffect } from './holds.ts';

const effectId = effectIdOf('tsk_1#1');
const dear = (overrides: Partial<Proposal> = {}) => costing({ spendCents: 6_000 }, overrides);
const digest = digestOf(dear());
const said = { effectId, by: 'ann', reason: 'looks right' };

async function held() {
  const gate = await aGate();
  await gate.gate.propose([dear()]);
  await gate.news();
  return gate;
}
async function cleared() {
  const gate = await held();
  await satisfyNeed({ ...said, need: 'votes', digest }, gate.deps);
  await satisfyNeed({ ...said, need: 'person', digest }, gate.deps);
  return gate;
}

describe('a need that is met', () => {
  it('clears the effect with the last one, and its owner may then execute it', async () => {
    const { gate, deps, read, news } = await held();
    expect(await satisfyNeed({ ...said, need: 'votes', digest }, deps)).toBe('still_held');
    expect(await satisfyNeed({ ...said, need: 'votes', digest }, deps)).toBe('still_held');
    expect(await news()).toEqual([]);
    expect(await satisfyNeed({ ...said, need: 'person', digest }, deps)).toBe('cleared');
    expect(await news()).toMatchObject([{ type: 'safety.EffectCleared', detail: { effectId, intentKey: 'tsk_1#1' } }]);
    const other = dear({ fence: 'fnc_2', scope: { ...dear().scope, agentId: 'agt_b' } });
    expect(await gate.propose([other])).toEqual([{ kind: 'cleared', effectId }]);
    expect(await read(effectId)).toMatchObject({
      status: 'executing',
      scope: { agentId: 'agt_b' },
      satisfied: [{ need: 'votes', by: 'ann' }, { need: 'person' }],
    });
    expect(await gate.settle({ effectId, fence: 'fnc_1', status: 'confirmed', reason: 'done' })).toBe('not_yours');
    expect(await gate.settle({ effectId, fence: 'fnc_2', status: 'confirmed', reason: 'done' })).toBe('settled');
    expect(await satisfyNeed({ ...said, need: 'person', digest }, deps)).toBe('not_held');
  });

  it('counts both of two that are met at the same moment', async () => {
    const { deps, read } = await held();
    const answers = await Promise.all([
      satisfyNeed({ ...said, need: 'votes', digest }, deps),
      satisfyNeed({ ...said, need: 'person', digest }, deps),
    ]);
    expect(answers.toSorted()).toEqual(['cleared', 'still_held']);
    expect(await read(effectId)).toMatchObject({ status: 'cleared', needs: [] });
  });

  it('is refused for a proposal that has changed since, and never clears what was not agreed to', async () => {
    const { gate, deps } = await held();
    await gate.propose([costing({ spendCents: 9_000 })]);
    expect(await satisfyNeed({ ...said, need: 'votes', digest }, deps)).toBe('digest_changed');
    const again = await cleared();
    expect(await again.gate.propose([costing({ spendCents: 9_000 })])).toMatchObject([{ kind: 'held' }]);
  });

  it('does not help while the swarm is killed, and still counts after the resume', async () => {
    const { gate, control } = await cleared();
    await killSwarm('stop', 'captain', control);
    expect(await gate.propose([dear()])).toMatchObject([{ kind: 'held', reason: 'killed', needs: ['resume'] }]);
    await resumeSwarm('go', 'captain', control);
    expect(await gate.propose([dear()])).toMatchObject([{ kind: 'cleared' }]);
  });

  it('counts once more when it executed and had to wait for its turn', async () => {
    const { gate, news, read } = await cleared();
    await gate.propose([dear()]);
    await news();
    const settlement = { effectId, fence: 'fnc_1', status: 'held' as const, reason: 'no place is free' };
    expect(await gate.settle(settlement)).toBe('settled');
    expect(await gate.settle(settlement)).toBe('not_yours');
    expect(await read(effectId)).toMatchObject({ status: 'cleared' });
    expect(await news()).toEqual([]);
    expect(await gate.propose([dear()])).toMatchObject([{ kind: 'cleared' }]);
  });

  it('is nothing to an effect that nobody proposed', async () => {
    const { deps } = await aGate();
    expect(await satisfyNeed({ ...said, need: 'votes', digest }, deps)).toBe('not_held');
    expect(await refuseHeld(said, deps)).toBe('not_held');
    expect(await vetoEffect(said, deps)).toEqual({ kind: 'no_such_effect' });
  });
});

describe('a refusal', () => {
  it.each([
    { when: 'held', prepare: held },
    { when: 'cleared', prepare: cleared },
  ])('ends what is $when, is told, and is the answer to whoever proposes it again', async ({ prepare }) => {
    const { gate, deps, news } = await prepare();
    await news();
    expect(await refuseHeld({ ...said, reason: 'too dear' }, deps)).toBe('denied');
    expect(await refuseHeld(said, deps)).toBe('not_held');
    expect(await news()).toMatchObject([{ type: 'safety.EffectRefused', detail: { effectId, reason: 'too dear' } }]);
    expect(await gate.propose([dear()])).toEqual([{ kind: 'denied', effectId, reason: 'too dear' }]);
  });
});

describe('a veto', () => {
  it('denies what has not begun', async () => {
    const { deps } = await held();
    expect(await vetoEffect(said, deps)).toEqual({ kind: 'denied' });
    expect(await vetoEffect(said, deps)).toEqual({ kind: 'too_late', status: 'denied' });
  });

  it.each([
    { what: 'did nothing outside: failed', of: aProposal(), status: 'failed', tells: 'safety.EffectRefused' },
    {
      what: 'may have acted outside: unknown',
      of: costing({ apiCalls: 3 }),
      status: 'unknown',
      tells: 'safety.EffectUnknown',
    },
  ])('takes the fence from what executes and $what', async ({ of, status, tells }) => {
    const { gate, deps, read, news } = await aGate();
    await gate.propose([of]);
    await news();
    expect(await vetoEffect(said, deps)).toEqual({ kind: 'fenced', status });
    expect(await read(effectId)).toMatchObject({ status });
    expect(await news()).toMatchObject([{ type: tells, detail: { reason: 'vetoed: looks right' } }]);
    expect(await gate.settle({ effectId, fence: 'fnc_1', status: 'confirmed', reason: 'done' })).toBe('not_yours');
  });

  it('leaves what is done to a reversal', async () => {
    const { gate, deps } = await aGate();
    await gate.propose([aProposal()]);
    await gate.settle({ effectId, fence: 'fnc_1', status: 'confirmed', reason: 'done' });
    expect(await vetoEffect(said, deps)).toEqual({ kind: 'to_reverse' });
  });
});
