import { describe, expect, it } from 'vitest';
import { killSwarm } from './control-swarm.ts';
import { dryRun } from './dry-run.ts';
import { aGate, aProposal, costing, RULES } from './gate.test-support.ts';
import { effectIdOf } from './gate.ts';
import { type Limit, limitKey } from './limit.ts';
import { listLimits } from './limits.ts';
import { resolveEffect } from './resolve-effect.ts';

const calls: Limit = { name: 'calls', unit: 'apiCalls', per: 'swarm', most: 10, window: 'sliding', seconds: 60 };
const files: Limit = { name: 'files', unit: 'files', per: 'agent', most: 4, window: 'fixed', seconds: 3_600 };
const rules = async () => ({ ...RULES, thresholds: { ...RULES.thresholds, limits: [calls, files] } });
const page = { limit: 50 };

describe('a dry run', () => {
  it('says of each proposal what would become of it, and stores nothing', async () => {
    const { deps, tables, gate, control } = await aGate({ rules });
    await gate.propose([costing({ apiCalls: 8 })]);
    const before = tables.changesAfter('safety', 0, 1_000).length;
    const { rationale: _, ...incomplete } = aProposal();
    const asked = [
      aProposal({ intentKey: 'free' }),
      costing({ apiCalls: 2 }, { intentKey: 'fits' }),
      costing({ apiCalls: 3 }, { intentKey: 'too-much' }),
      costing({ spendCents: 6_000 }, { intentKey: 'dear' }),
      aProposal({ target: 'bank.transfer' }),
      incomplete,
    ];
    expect(await dryRun(asked, deps)).toMatchObject([
      { verdict: 'cleared', limits: [] },
      { verdict: 'cleared', limits: [{ name: 'calls', asked: 2, left: 2, most: 10 }] },
      { verdict: 'denied', reasons: ['calls of all: 3 asked, 2 left'] },
      { verdict: 'held', needs: ['votes', 'person'] },
      { verdict: 'denied', reasons: ['no policy allows task.execute on bank.transfer'] },
      { verdict: 'incomplete', problems: [{ path: 'rationale', expected: 'string' }] },
    ]);
    expect(tables.changesAfter('safety', 0, 1_000)).toHaveLength(before);
    await killSwarm('stop', 'captain', control);
    expect(await dryRun([aProposal()], deps)).toMatchObject([
      { verdict: 'held', needs: ['resume'], reasons: ['killed'] },
    ]);
    const shadow = { ...deps, whyShadow: async () => () => 'not live' };
    expect(await dryRun([aProposal()], shadow)).toMatchObject([
      { verdict: 'shadowed', reasons: ['not live; else allowed by tasks'] },
    ]);
    const lawless = { ...deps, rules: async () => undefined };
    expect(await dryRun([aProposal()], lawless)).toMatchObject([{ verdict: 'held', reasons: ['there is no policy'] }]);
  });
});

describe('the list of limits', () => {
  it('shows those of the swarm from the beginning, with what is taken, left and refused', async () => {
    const { deps, gate } = await aGate({ rules });
    expect((await listLimits(page, deps)).items).toMatchObject([
      { name: 'calls', subject: 'all', left: 10, lastTaken: null },
    ]);
    await gate.propose([costing({ apiCalls: 6, files: 1 })]);
    await gate.propose([costing({ apiCalls: 5 }, { intentKey: 'b' })]);
    const { items } = await listLimits(page, deps);
    expect(items).toMatchObject([
      {
        name: 'calls',
        reserved: 6,
        used: 0,
        left: 4,
        refused: 1,
        lastTaken: { by: 'test' },
        lastRefused: { amount: 5 },
      },
      { name: 'files', subject: 'agt_a', reserved: 1, left: 3, renewsAt: '2026-03-01T11:00:00.000Z' },
    ]);
    const real = { spendCents: 0, apiCalls: 2, files: 1, tokens: 0 };
    await gate.settle({ effectId: effectIdOf('tsk_1#1'), fence: 'fnc_1', status: 'confirmed', reason: '-', real });
    expect((await listLimits(page, deps)).items).toMatchObject([{ reserved: 0, used: 2, left: 8 }, { used: 1 }]);
  });

  it('leaves out limits that are no longer set, and windows that are set otherwise by now', async () => {
    const { deps, gate, tables } = await aGate({ rules });
    await gate.propose([costing({ apiCalls: 6, files: 1 })]);
    const changed = { ...RULES, thresholds: { ...RULES.thresholds, limits: [{ ...calls, seconds: 120 }] } };
    expect((await listLimits(page, { ...deps, rules: async () => changed })).items).toMatchObject([
      { name: 'calls', seconds: 120, left: 10 },
    ]);
    expect((await listLimits(page, { ...deps, rules: async () => undefined })).items).toEqual([]);
    expect(await tables.get('safety', limitKey(calls, 'all'))).toMatchObject({ used: 6 });
  });
});

describe('an unknown effect', () => {
  const effectId = effectIdOf('tsk_1#1');
  const resolution = { effectId, status: 'confirmed' as const, by: 'ann', reason: 'seen on the statement' };

  it('is resolved by a person, once', async () => {
    const { gate, deps, read } = await aGate({ rules });
    expect(await resolveEffect(resolution, deps)).toEqual({ kind: 'no_such_effect' });
    await gate.propose([costing({ apiCalls: 6 })]);
    expect(await resolveEffect(resolution, deps)).toEqual({ kind: 'not_unknown', status: 'executing' });
    await gate.settle({ effectId, fence: 'fnc_1', status: 'unknown', reason: 'no answer' });
    expect(await resolveEffect(resolution, deps)).toEqual({ kind: 'resolved' });
    expect(await read(effectId)).toMatchObject({ status: 'confirmed', outcome: 'ann: seen on the statement' });
    expect(await resolveEffect(resolution, deps)).toEqual({ kind: 'not_unknown', status: 'confirmed' });
  });
});
