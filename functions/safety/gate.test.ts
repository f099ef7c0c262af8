import { describe, expect, it } from 'vitest';
import { FLAG_COPIES, flagCopyOf } from './control-flags.ts';
import { activateSwarm, killSwarm, resumeSwarm, stopScope } from './control-swarm.ts';
import { digestOf, type Proposal } from './effect.ts';
import { listEffects } from './effects.ts';
import { aGate, aProposal, costing } from './gate.test-support.ts';
import { effectIdOf } from './gate.ts';

describe('the gate', () => {
  it('writes what it clears before anything happens, and settles it once', async () => {
    const { gate, read } = await aGate();
    const [verdict] = await gate.propose([aProposal()]);
    const effectId = effectIdOf('tsk_1#1');
    expect(verdict).toEqual({ kind: 'cleared', effectId });
    expect(await read(effectId)).toMatchObject({
      status: 'executing',
      rationale: 'the plan asks for it',
    });
    const settlement = { effectId, fence: 'fnc_1', status: 'confirmed' as const, reason: 'done' };
    expect(await gate.settle({ ...settlement, fence: 'another' })).toBe('not_yours');
    expect(await gate.settle(settlement)).toBe('settled');
    expect(await gate.settle({ ...settlement, status: 'failed' })).toBe('not_yours');
    expect(await read(effectId)).toMatchObject({ status: 'confirmed' });
  });

  it.each<[string, Partial<Proposal>]>([
    ['what policy forbids', { target: 'bank.transfer' }],
    ['what costs more', { impact: { spendCents: 1, apiCalls: 0, files: 0, tokens: 0 } }],
    ['what others have to agree to', { reversible: 'no' }],
    ['the same with other facts', { context: { amount: 5 } }],
    ['the same for another objective', { scope: { ...aProposal().scope, objectiveId: 'obj_other' } }],
  ])('clears nothing else under an intent and fence that it has cleared: %s', async (_, other) => {
    const { gate, read } = await aGate();
    await gate.propose([aProposal()]);
    const effectId = effectIdOf('tsk_1#1');
    expect(await gate.propose([aProposal(other)])).toEqual([{ kind: 'taken', effectId, status: 'executing' }]);
    expect(
      await gate.propose([aProposal({ rationale: 'asked again', scope: { ...aProposal().scope, agentId: 'agt_b' } })]),
    ).toEqual([{ kind: 'cleared', effectId }]);
    expect(await read(effectId)).toMatchObject({
      status: 'executing',
      target: 'noop',
      rationale: 'the plan asks for it',
    });
  });

  it('keeps what is nobody’s business out of what it records, and knows the same proposal again', async () => {
    const { gate, read } = await aGate();
    const said = {
      rationale: 'anna@shop.example asked',
      context: { title: 'Call +49 170 1234567', n: 1 },
      confidence: 0.1,
    };
    const [held] = await gate.propose([aProposal({ ...said, options: ['write to anna@shop.example', 'wait'] })]);
    expect(held).toMatchObject({ kind: 'held' });
    const kept = await read(held?.effectId ?? '');
    expect(kept).toMatchObject({
      rationale: '[e-mail] asked',
      context: { title: 'Call [phone]', n: 1 },
      options: ['write to [e-mail]', 'wait'],
    });
    const [again] = await gate.propose([aProposal({ ...said, options: ['write to anna@shop.example', 'wait'] })]);
    expect(again).toEqual(held);
    expect((await read(held?.effectId ?? ''))?.digest).toBe(kept?.digest);
  });

  it('tells apart what only differs in what it does not keep', async () => {
    const { gate, read } = await aGate();
    const to = (whom: string) => aProposal({ context: { to: whom } });
    const effectId = effectIdOf('tsk_1#1');
    expect(await gate.propose([to('anna@shop.example')])).toEqual([{ kind: 'cleared', effectId }]);
    expect(await read(effectId)).toMatchObject({ context: { to: '[e-mail]' } });
    expect(await gate.propose([to('anna@shop.example')])).toEqual([{ kind: 'cleared', effectId }]);
    for (const other of ['bob@shop.example', '[e-mail]'])
      expect(await gate.propose([to(other)])).toEqual([{ kind: 'taken', effectId, status: 'executing' }]);
  });

  it('clears again what was cleared and then held, and ends what another had held', async () => {
    const { gate, read } = await aGate();
    await gate.propose([aProposal()]);
    const settlement = { effectId: effectIdOf('tsk_1#1'), fence: 'fnc_1', reason: 'no place is free' };
    expect(await gate.settle({ ...settlement, status: 'held' })).toBe('settled');
    expect(await read(settlement.effectId)).toMatchObject({ status: 'held' });
    expect(await gate.propose([aProposal()])).toMatchObject([{ kind: 'cleared' }]);
    await gate.settle({ ...settlement, status: 'held' });
    expect(await gate.settle({ ...settlement, status: 'confirmed' })).toBe('settled');
    expect(await gate.settle({ ...settlement, status: 'held' })).toBe('not_yours');
  });

  it('gives the same answer to the same intent with the same fence, and refuses another fence', async () => {
    const { gate } = await aGate();
    await gate.propose([aProposal()]);
    expect((await gate.propose([aProposal()]))[0]?.kind).toBe('cleared');
    expect((await gate.propose([aProposal({ fence: 'fnc_2' })]))[0]).toMatchObject({
      kind: 'taken',
      status: 'executing',
    });
  });

  it('holds everything while the swarm is not active, and clears it afterwards', async () => {
    const { gate, control } = await aGate({ active: false });
    expect((await gate.propose([aProposal()]))[0]).toMatchObject({ kind: 'held', reason: 'not_bootstrapped' });
    await activateSwarm('test', 'test', control);
    expect((await gate.propose([aProposal()]))[0]?.kind).toBe('cleared');
  });

  it('clears nothing after a kill, whatever was in the same batch', async () => {
    const { gate, control, told } = await aGate();
    expect(await killSwarm('stop', 'captain', control)).toMatchObject({
      mode: 'killed',
      reason: 'stop',
      by: 'captain',
    });
    const verdicts = await gate.propose([aProposal(), aProposal({ intentKey: 'tsk_2#1' })]);
    expect(verdicts.map(({ kind }) => kind)).toEqual(['held', 'held']);
    expect(await resumeSwarm('go', 'captain', control)).toMatchObject({ mode: 'active' });
    expect((await gate.propose([aProposal()]))[0]?.kind).toBe('cleared');
    expect(told.map(({ type }) => type).filter((type) => type.startsWith('safety.Swarm'))).toEqual([
      'safety.SwarmActivated',
      'safety.SwarmKilled',
      'safety.SwarmResumed',
    ]);
  });

  it('holds what belongs to a stopped part, and clears the rest of the same batch', async () => {
    const { gate, control } = await aGate();
    await stopScope({ agentId: 'agt_b' }, 'odd', 'captain', control);
    const other = aProposal({ intentKey: 'tsk_2#1', scope: { room: 'objectives', agentId: 'agt_b' } });
    expect(await gate.propose([aProposal(), other])).toMatchObject([
      { kind: 'cleared' },
      { kind: 'held', reason: 'stopped agent:agt_b', needs: ['resume'] },
    ]);
  });

  it('records a denial with its reason, beside what it clears', async () => {
    const { gate, read } = await aGate();
    const denied = aProposal({ intentKey: 'tsk_3#1', target: 'bank.transfer' });
    const verdicts = await gate.propose([aProposal(), denied]);
    expect(verdicts.map(({ kind }) => kind)).toEqual(['cleared', 'denied']);
    expect(await read(effectIdOf('tsk_3#1'))).toMatchObject({
      status: 'denied',
      reason: expect.stringContaining('bank.transfer'),
    });
  });

  it.each(['rationale', 'choice', 'options', 'confidence', 'impact', 'reversible', 'scope'])(
    'refuses a proposal without %s',
    async (field) => {
      const { gate, tables, now } = await aGate();
      const { [field as keyof Proposal]: _, ...incomplete } = aProposal();
      await expect(gate.propose([incomplete as Proposal])).rejects.toThrow(field);
      expect((await listEffects({ limit: 10 }, { tables, table: 'safety', now })).items).toEqual([]);
    },
  );

  it('takes one of 50 that want the same intent with fences of their own', async () => {
    const { gate } = await aGate();
    const verdicts = await Promise.all(
      Array.from({ length: 50 }, (_, n) => gate.propose([aProposal({ fence: `fnc_${n}` })])),
    );
    expect(verdicts.flat().filter(({ kind }) => kind === 'cleared')).toHaveLength(1);
  });

  it('lets a kill win or lose each race whole: nothing is cleared once the kill has answered', async () => {
    const { gate, control } = await aGate();
    const before = Array.from({ length: 30 }, (_, n) => gate.propose([aProposal({ intentKey: `before-${n}` })]));
    await killSwarm('stop', 'captain', control);
    const after = await Promise.all(
      Array.from({ length: 30 }, (_, n) => gate.propose([aProposal({ intentKey: `after-${n}` })])),
    );
    await Promise.all(before);
    expect(after.flat().every(({ kind }) => kind === 'held')).toBe(true);
  });
});

describe('an effect that others have to agree to', () => {
  const dear = (overrides: Partial<Proposal> = {}) => costing({ spendCents: 6_000 }, overrides);
  const effectId = effectIdOf('tsk_1#1');

  it('waits with its needs and its digest, and says so once', async () => {
    const { gate, read, news } = await aGate();
    const verdict = { kind: 'held', effectId, needs: ['votes', 'person'] };
    expect(await gate.propose([dear()])).toMatchObject([verdict]);
    expect(await gate.propose([dear({ fence: 'fnc_2' })])).toMatchObject([verdict]);
    expect(await read(effectId)).toMatchObject({
      status: 'held',
      needs: ['votes', 'person'],
      digest: digestOf(dear()),
    });
    expect(await news()).toMatchObject([
      { type: 'safety.EffectHeld', detail: { effectId, needs: ['votes', 'person'], scope: { agentId: 'agt_a' } } },
    ]);
  });

  it('is asked for anew when the same intent comes with something else', async () => {
    const { gate, news } = await aGate();
    await gate.propose([dear()]);
    await news();
    const other = costing({ spendCents: 5_000 });
    expect(await gate.propose([other])).toMatchObject([{ kind: 'held', needs: ['votes'] }]);
    expect(await news()).toMatchObject([{ type: 'safety.EffectHeld', detail: { digest: digestOf(other) } }]);
  });

  it('stays the same proposal with another agent and another fence, and with nothing else', () => {
    const same = dear({ fence: 'fnc_9', scope: { ...dear().scope, agentId: 'agt_b' } });
    expect(digestOf(same)).toBe(digestOf(dear()));
    const others = [dear({ target: 'other' }), dear({ rationale: 'other' }), costing({ spendCents: 6_001 })];
    expect(new Set([dear(), ...others].map(digestOf)).size).toBe(4);
  });
});

describe('control flags', () => {
  it('spread their readers over all copies', () => {
    const used = new Set(Array.from({ length: 200 }, (_, n) => flagCopyOf(`intent-${n}`)));
    expect(used.size).toBe(FLAG_COPIES);
  });
});
