import { describe, expect, it } from 'vitest';
import { openSqlite } from '../common/table-sqlite.ts';
import { FLAG_COPIES, flagCopyOf } from './control-flags.ts';
import { activateSwarm, killSwarm, resumeSwarm } from './control-swarm.ts';
import type { Proposal } from './effect.ts';
import { listEffects, readEffect } from './effects.ts';
import { effectIdOf, gateOf } from './gate.ts';
import { decideProposal, type GatePolicy } from './gate-policy.ts';

const policy: GatePolicy = {
  allow: [{ action: 'task.execute', targets: ['feedback.*', 'noop'] }],
  perAction: { spendCents: 10_000, apiCalls: 1_000, files: 10, tokens: 1_000 },
};
const proposal = (overrides: Partial<Proposal> = {}): Proposal => ({
  intentKey: 'tsk_1#1',
  fence: 'fnc_1',
  actor: 'test',
  action: 'task.execute',
  target: 'noop',
  context: {},
  options: ['agt_a', 'wait'],
  choice: 'agt_a',
  rationale: 'the plan asks for it',
  confidence: 1,
  impact: { spendCents: 0, apiCalls: 1, files: 0, tokens: 0 },
  reversible: 'nothing_to_undo',
  ...overrides,
});

describe('what policy says of one proposal', () => {
  const with_ = (impact: Partial<Proposal['impact']>) => proposal({ impact: { ...proposal().impact, ...impact } });
  it.each([
    { when: 'it is listed by name', of: proposal(), then: 'clear' },
    { when: 'a prefix fits', of: proposal({ target: 'feedback.nps' }), then: 'clear' },
    { when: 'the target is not listed', of: proposal({ target: 'bank.transfer' }), then: 'deny' },
    { when: 'the action is not listed', of: proposal({ action: 'task.delete' }), then: 'deny' },
    { when: 'spending exactly the limit', of: with_({ spendCents: 10_000 }), then: 'clear' },
    { when: 'spending one cent more', of: with_({ spendCents: 10_001 }), then: 'deny' },
    { when: 'making 1,001 calls', of: with_({ apiCalls: 1_001 }), then: 'deny' },
    { when: 'touching 11 files', of: with_({ files: 11 }), then: 'deny' },
    { when: 'there is no rule at all', of: proposal(), rules: [], then: 'deny' },
  ])('$when -> $then', ({ of, rules, then }) => {
    expect(decideProposal(of, { ...policy, ...(rules ? { allow: rules } : {}) }).kind).toBe(then);
  });
});

async function aGate({ active = true } = {}) {
  const tables = openSqlite(':memory:');
  tables.defineTable({ name: 'safety', indexes: [{ name: 'effects' }], stream: true });
  const now = () => new Date('2026-03-01T10:00:00Z');
  const told: string[] = [];
  const control = {
    tables,
    table: 'safety',
    now,
    announce: async (event: { detailType: string }) => void told.push(event.detailType),
  };
  if (active) await activateSwarm('test', 'test', control);
  return { tables, now, control, told, gate: gateOf({ tables, table: 'safety', policy, now }) };
}

describe('the gate', () => {
  it('writes what it clears before anything happens, and settles it once', async () => {
    const { gate, tables } = await aGate();
    const [verdict] = await gate.propose([proposal()]);
    const effectId = effectIdOf('tsk_1#1');
    expect(verdict).toEqual({ kind: 'cleared', effectId });
    expect(await readEffect(effectId, { tables, table: 'safety' })).toMatchObject({
      status: 'executing',
      rationale: 'the plan asks for it',
    });
    const settlement = { effectId, fence: 'fnc_1', status: 'confirmed' as const, reason: 'done' };
    expect(await gate.settle({ ...settlement, fence: 'another' })).toBe('not_yours');
    expect(await gate.settle(settlement)).toBe('settled');
    expect(await gate.settle({ ...settlement, status: 'failed' })).toBe('not_yours');
    expect(await readEffect(effectId, { tables, table: 'safety' })).toMatchObject({ status: 'confirmed' });
  });

  it('clears again what was cleared and then held, and ends what another had held', async () => {
    const { gate, tables } = await aGate();
    await gate.propose([proposal()]);
    const settlement = { effectId: effectIdOf('tsk_1#1'), fence: 'fnc_1', reason: 'no place is free' };
    expect(await gate.settle({ ...settlement, status: 'held' })).toBe('settled');
    expect(await readEffect(settlement.effectId, { tables, table: 'safety' })).toMatchObject({ status: 'held' });
    expect(await gate.propose([proposal()])).toMatchObject([{ kind: 'cleared' }]);
    await gate.settle({ ...settlement, status: 'held' });
    expect(await gate.settle({ ...settlement, status: 'confirmed' })).toBe('settled');
    expect(await gate.settle({ ...settlement, status: 'held' })).toBe('not_yours');
  });

  it('gives the same answer to the same intent with the same fence, and refuses another fence', async () => {
    const { gate } = await aGate();
    await gate.propose([proposal()]);
    expect((await gate.propose([proposal()]))[0]?.kind).toBe('cleared');
    expect((await gate.propose([proposal({ fence: 'fnc_2' })]))[0]).toMatchObject({
      kind: 'taken',
      status: 'executing',
    });
  });

  it('holds everything while the swarm is not active, and clears it afterwards', async () => {
    const { gate, control } = await aGate({ active: false });
    expect((await gate.propose([proposal()]))[0]).toMatchObject({ kind: 'held', reason: 'not_bootstrapped' });
    await activateSwarm('test', 'test', control);
    expect((await gate.propose([proposal()]))[0]?.kind).toBe('cleared');
  });

  it('clears nothing after a kill, whatever was in the same batch', async () => {
    const { gate, control, told } = await aGate();
    expect(await killSwarm('stop', 'captain', control)).toMatchObject({
      mode: 'killed',
      reason: 'stop',
      by: 'captain',
    });
    const verdicts = await gate.propose([proposal(), proposal({ intentKey: 'tsk_2#1' })]);
    expect(verdicts.map(({ kind }) => kind)).toEqual(['held', 'held']);
    expect(await resumeSwarm('go', 'captain', control)).toMatchObject({ mode: 'active' });
    expect((await gate.propose([proposal()]))[0]?.kind).toBe('cleared');
    expect(told).toEqual(['safety.SwarmActivated', 'safety.SwarmKilled', 'safety.SwarmResumed']);
  });

  it('records a denial with its reason, beside what it clears', async () => {
    const { gate, tables } = await aGate();
    const denied = proposal({ intentKey: 'tsk_3#1', target: 'bank.transfer' });
    const verdicts = await gate.propose([proposal(), denied]);
    expect(verdicts.map(({ kind }) => kind)).toEqual(['cleared', 'denied']);
    expect(await readEffect(effectIdOf('tsk_3#1'), { tables, table: 'safety' })).toMatchObject({
      status: 'denied',
      reason: expect.stringContaining('bank.transfer'),
    });
  });

  it.each(['rationale', 'choice', 'options', 'confidence', 'impact', 'reversible'])(
    'refuses a proposal without %s',
    async (field) => {
      const { gate, tables, now } = await aGate();
      const { [field as keyof Proposal]: _, ...incomplete } = proposal();
      await expect(gate.propose([incomplete as Proposal])).rejects.toThrow(field);
      expect((await listEffects({ limit: 10 }, { tables, table: 'safety', now })).items).toEqual([]);
    },
  );

  it('takes one of 50 that want the same intent with fences of their own', async () => {
    const { gate } = await aGate();
    const verdicts = await Promise.all(
      Array.from({ length: 50 }, (_, n) => gate.propose([proposal({ fence: `fnc_${n}` })])),
    );
    expect(verdicts.flat().filter(({ kind }) => kind === 'cleared')).toHaveLength(1);
  });

  it('lets a kill win or lose each race whole: nothing is cleared once the kill has answered', async () => {
    const { gate, control } = await aGate();
    const before = Array.from({ length: 30 }, (_, n) => gate.propose([proposal({ intentKey: `before-${n}` })]));
    await killSwarm('stop', 'captain', control);
    const after = await Promise.all(
      Array.from({ length: 30 }, (_, n) => gate.propose([proposal({ intentKey: `after-${n}` })])),
    );
    await Promise.all(before);
    expect(after.flat().every(({ kind }) => kind === 'held')).toBe(true);
  });
});

describe('control flags', () => {
  it('spread their readers over all copies', () => {
    const used = new Set(Array.from({ length: 200 }, (_, n) => flagCopyOf(`intent-${n}`)));
    expect(used.size).toBe(FLAG_COPIES);
  });
});
