import { describe, expect, it } from 'vitest';
import type { Tables } from '../common/table.ts';
import { undeclared } from './action.ts';
import type { Cedar } from './cedar.client.ts';
import { loadCedar } from './cedar.client.ts';
import { checkPolicies } from './check-policies.ts';
import { killSwarm } from './control-swarm.ts';
import { digestOf, type Proposal } from './effect.ts';
import { effectKey } from './effect-item.ts';
import { aGate, aProposal, costing, RULES } from './gate.test-support.ts';
import { effectIdOf, gateOf } from './gate.ts';
import { actionCatalogue, checkDeps, configuredPolicies } from './gate-deps.ts';
import { satisfyNeed, vetoEffect } from './holds.ts';
import type { Limit } from './limit.ts';
import { rulesFrom } from './policy-rules.ts';
import { rulesIn } from './read-rules.ts';
import { settleEffect } from './settle-effect.ts';

const calls: Limit = { name: 'calls', unit: 'apiCalls', per: 'swarm', most: 10, window: 'sliding', seconds: 60 };
const limited = async () => ({ ...RULES, thresholds: { ...RULES.thresholds, limits: [calls] } });
const effectId = effectIdOf('tsk_1#1');
const unsure = (overrides: Partial<Proposal> = {}) => costing({ apiCalls: 8 }, { confidence: 0.5, ...overrides });
const agreed = { effectId, need: 'person' as const, by: 'ann', reason: 'fine', digest: digestOf(unsure()) };

describe('the gate', () => {
  it('denies an action that nobody has declared, and one that claims another way back, whatever policies say', async () => {
    const rules = async () => ({ ...RULES, undeclared: (one: Proposal) => undeclared(one, actionCatalogue()) });
    const { gate } = await aGate({ rules });
    const [stranger, claim, fine] = await gate.propose([
      aProposal({ intentKey: 'a', action: 'rocket.launch' }),
      aProposal({ intentKey: 'b', reversible: 'yes', undo: 'run it backwards' }),
      aProposal({ intentKey: 'c' }),
    ]);
    expect(stranger).toMatchObject({ kind: 'denied', reason: expect.stringContaining('in no catalogue') });
    expect(claim).toMatchObject({ kind: 'denied', reason: expect.stringContaining('cannot be proposed') });
    expect(fine).toMatchObject({ kind: 'cleared' });
  });

  it('knows of every action that policies may speak of how it is undone', async () => {
    const { compiled } = checkPolicies(configuredPolicies(), await checkDeps()) as { compiled: { actions: string[] } };
    expect(
      actionCatalogue()
        .map(({ action }) => action)
        .toSorted(),
    ).toEqual(compiled.actions.toSorted());
  });

  it('lets nothing run while there is no policy, and stores nothing', async () => {
    const { gate, read } = await aGate({ rules: async () => undefined });
    expect(await gate.propose([aProposal()])).toEqual([
      { kind: 'held', effectId, reason: 'there is no policy', needs: ['resume'] },
    ]);
    expect(await read(effectId)).toBeUndefined();
  });

  it('records what is only shadowed, and answers the same when it is proposed again', async () => {
    const { gate } = await aGate({ whyShadow: async () => () => 'not live' });
    const verdict = [{ kind: 'shadowed', effectId, reason: 'not live; else allowed by tasks' }];
    expect(await gate.propose([aProposal()])).toEqual(verdict);
    expect(await gate.propose([aProposal()])).toEqual(verdict);
  });

  it('refuses when the store does not answer, whatever is asked', async () => {
    const { deps, tables } = await aGate();
    const silent = { ...tables, write: () => Promise.reject(new Error('no answer')) } as unknown as Tables;
    const gate = gateOf({ ...deps, tables: silent });
    await expect(gate.propose([aProposal()])).rejects.toThrow('no answer');
    const costly = gateOf({ ...deps, rules: limited, tables: silent });
    await expect(costly.propose([costing({ apiCalls: 1 })])).rejects.toThrow('no answer');
  });

  it('holds what costs while it is killed, and takes nothing for it', async () => {
    const { gate, control, tables } = await aGate({ rules: limited });
    await killSwarm('stop', 'captain', control);
    expect(await gate.propose([costing({ apiCalls: 1 })])).toMatchObject([{ kind: 'held', needs: ['resume'] }]);
    expect(await tables.get('safety', { pk: 'limit#calls#all', sk: 'sliding#60' })).toBeUndefined();
  });

  it('clears the others of a batch when one is already with somebody else', async () => {
    const { gate } = await aGate();
    await gate.propose([aProposal()]);
    const mine = aProposal({ intentKey: 'b' });
    expect(await gate.propose([aProposal({ fence: 'fnc_2' }), mine])).toMatchObject([
      { kind: 'taken', status: 'executing' },
      { kind: 'cleared' },
    ]);
  });

  it('does not hold again what executes, and refuses the same intent to another while it does', async () => {
    const { gate, deps } = await aGate({ rules: limited });
    await gate.propose([unsure()]);
    await satisfyNeed(agreed, deps);
    expect(await gate.propose([unsure()])).toMatchObject([{ kind: 'cleared' }]);
    expect(await gate.propose([unsure()])).toMatchObject([{ kind: 'cleared' }]);
    expect(await gate.propose([unsure({ fence: 'fnc_2' })])).toMatchObject([{ kind: 'taken', status: 'executing' }]);
  });

  it('denies what policy has turned against while it was held', async () => {
    let allowed = true;
    const { gate } = await aGate({ rules: async () => ({ ...RULES, judge: () => ({ allowed, because: ['one'] }) }) });
    await gate.propose([unsure()]);
    allowed = false;
    expect(await gate.propose([unsure()])).toMatchObject([{ kind: 'denied', reason: 'forbidden by one' }]);
    expect(await gate.propose([unsure()])).toMatchObject([{ kind: 'denied' }]);
  });
});

describe('what was approved', () => {
  it('stays approved when a limit refuses it for now, and when the swarm is killed', async () => {
    const { gate, deps, control, read } = await aGate({ rules: limited });
    await gate.propose([unsure()]);
    await satisfyNeed(agreed, deps);
    await gate.propose([costing({ apiCalls: 5 }, { intentKey: 'other' })]);
    expect(await gate.propose([unsure()])).toMatchObject([{ kind: 'denied', passing: true }]);
    expect(await read(effectId)).toMatchObject({ status: 'cleared' });
    await killSwarm('stop', 'captain', control);
    expect(await gate.propose([unsure()])).toMatchObject([{ kind: 'held', needs: ['resume'] }]);
    expect(await read(effectId)).toMatchObject({ status: 'cleared' });
  });

  it('is begun once when it is proposed twice at the same moment, and gives back what it took when it has to wait', async () => {
    const { gate, deps, tables, read } = await aGate({ rules: limited });
    await gate.propose([unsure()]);
    await satisfyNeed(agreed, deps);
    const both = await Promise.all([gate.propose([unsure()]), gate.propose([unsure({ fence: 'fnc_2' })])]);
    expect(
      both
        .flat()
        .map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(['cleared', 'taken']);
    const settlement = { effectId, fence: 'fnc_1', status: 'held' as const, reason: 'no place' };
    expect(await settleEffect({ ...settlement, fence: 'nobody' }, deps)).toBe('not_yours');
    const [fence] = both.flatMap(([verdict], index) => (verdict?.kind === 'cleared' ? [`fnc_${index + 1}`] : []));
    expect(await settleEffect({ ...settlement, fence: fence ?? '' }, deps)).toBe('settled');
    expect(await read(effectId)).toMatchObject({ status: 'cleared' });
    expect(await tables.get('safety', { pk: 'limit#calls#all', sk: 'sliding#60' })).toMatchObject({ used: 0, open: 0 });
  });

  it('is not undone by a settlement of an effect that nobody knows', async () => {
    const { deps } = await aGate();
    const settlement = { effectId, fence: 'fnc_1', status: 'failed' as const, reason: '-' };
    expect(await settleEffect(settlement, deps)).toBe('not_yours');
    expect(await vetoEffect({ effectId, by: 'ann', reason: '-' }, deps)).toEqual({ kind: 'no_such_effect' });
  });
});

describe('rules', () => {
  it('cannot be had when the version that is in force is missing, or cannot be read', async () => {
    const { tables, now } = await aGate();
    const store = { tables, table: 'safety', now, loadCedar };
    await tables.write([{ table: 'safety', put: { pk: 'policy', sk: 'current', version: 3, digest: 'x' } }]);
    await expect(rulesIn(store)()).rejects.toThrow('Version 3 of the policies is missing');
    const text = 'permit(';
    const broken = { digest: 'broken', policies: [{ id: 'a', file: 'a.cedar', effect: 'permit' as const, text }] };
    const compiled = { ...broken, actions: ['task.execute'], thresholds: RULES.thresholds };
    const { judge } = rulesFrom(compiled, await loadCedar());
    expect(() => judge(aProposal(), { spendCents: 0, apiCalls: 0, files: 0, tokens: 0 })).toThrow('cannot be read');
  });

  it('refuse when Cedar itself fails, and remember no more than so many answers', async () => {
    const checked = checkPolicies(configuredPolicies(), await checkDeps());
    if (checked.kind === 'wrong') throw new Error('wrong');
    const failing = {
      preparsePolicySet: () => ({ type: 'success' }),
      statefulIsAuthorized: () => ({ type: 'failure', errors: [{ message: 'broken' }], warnings: [] }),
    } as unknown as Cedar;
    const rules = rulesFrom(checked.compiled, failing);
    const none = { spendCents: 0, apiCalls: 0, files: 0, tokens: 0 };
    for (let n = 0; n < 5_002; n += 1) rules.judge(aProposal({ target: `t${n}` }), none);
    expect(rules.judge(aProposal(), none)).toEqual({ allowed: false, because: ['Cedar: broken'] });
  });
});

it('an effect without what came later is read as it is', async () => {
  const { tables, gate, read } = await aGate();
  await gate.propose([aProposal()]);
  expect(await tables.get('safety', effectKey(effectId))).toMatchObject({ openPk: expect.stringContaining('open#') });
  expect(await read(effectId)).not.toHaveProperty('openPk');
});
