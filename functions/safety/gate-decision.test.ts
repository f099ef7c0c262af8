import { describe, expect, it } from 'vitest';
import type { Proposal } from './effect.ts';
import { aProposal, costing, RULES } from './gate.test-support.ts';
import { decideProposal, isFree } from './gate-decision.ts';
import type { Limit } from './limit.ts';

const decide = (proposal: Proposal) => decideProposal(proposal, RULES);

describe('what the gate decides of one proposal', () => {
  it.each([
    { when: 'a policy allows it', of: aProposal(), then: 'clear' },
    { when: 'no policy allows the target', of: aProposal({ target: 'bank.transfer' }), then: 'deny' },
    { when: 'no policy allows the action', of: aProposal({ action: 'task.delete' }), then: 'deny' },
    { when: 'it spends exactly the limit', of: costing({ spendCents: 10_000 }), then: 'hold' },
    { when: 'it spends one cent more', of: costing({ spendCents: 10_001 }), then: 'deny' },
    { when: 'it makes 1,000 calls', of: costing({ apiCalls: 1_000 }), then: 'clear' },
    { when: 'it makes 1,001 calls', of: costing({ apiCalls: 1_001 }), then: 'deny' },
    { when: 'it touches 11 files', of: costing({ files: 11 }), then: 'deny' },
    { when: 'it does not know how many calls it makes', of: costing({ apiCalls: 'unknown' }), then: 'clear' },
    { when: 'it does not know how many files it touches', of: costing({ files: 'unknown' }), then: 'hold' },
  ])('$when -> $then', ({ of, then }) => {
    expect(decide(of).kind).toBe(then);
  });

  it.each([
    { when: 'it spends 49.99 dollars', of: costing({ spendCents: 4_999 }), needs: undefined },
    { when: 'it spends 50 dollars', of: costing({ spendCents: 5_000 }), needs: ['votes'] },
    { when: 'it spends one cent more', of: costing({ spendCents: 5_001 }), needs: ['votes', 'person'] },
    { when: 'it touches 4 files', of: costing({ files: 4 }), needs: undefined },
    { when: 'it touches 5 files', of: costing({ files: 5 }), needs: ['votes'] },
    { when: 'it is 70 % sure', of: aProposal({ confidence: 0.7 }), needs: undefined },
    { when: 'it is less sure', of: aProposal({ confidence: 0.699 }), needs: ['person'] },
    { when: 'it cannot be undone', of: aProposal({ reversible: 'no' }), needs: ['person'] },
    { when: 'it says that it can be undone, but not how', of: aProposal({ reversible: 'yes' }), needs: ['person'] },
    { when: 'it competes with others', of: aProposal({ contest: 'supplier' }), needs: ['votes'] },
    { when: 'it says how it is undone', of: aProposal({ reversible: 'yes', undo: 'put it back' }), needs: undefined },
  ])('$when -> needs $needs', ({ of, needs }) => {
    const decision = decide(of);
    expect(decision.kind === 'hold' ? decision.needs : undefined).toEqual(needs);
    expect(decision.reason).not.toBe('');
  });

  it('counts what is unknown as the most that one action may', () => {
    expect(decide(costing({ apiCalls: 'unknown', tokens: 3 }))).toMatchObject({
      impact: { spendCents: 0, apiCalls: 1_000, files: 0, tokens: 3 },
    });
  });

  it('forbids although something else allows, and says what forbade it', () => {
    const judge = () => ({ allowed: false, because: ['no-payments-at-night'] });
    const decision = decideProposal(aProposal(), { ...RULES, judge });
    expect(decision).toMatchObject({ kind: 'deny', reason: 'forbidden by no-payments-at-night' });
  });

  it('denies what the catalogue of actions does not know, whatever a policy allows and whatever is live', () => {
    const undeclared = ({ action }: Proposal) => (action === 'task.execute' ? 'it is in no catalogue' : undefined);
    const rules = { ...RULES, undeclared };
    const denied = { kind: 'deny', reason: 'it is in no catalogue' };
    expect(decideProposal(aProposal(), rules)).toMatchObject(denied);
    expect(decideProposal(aProposal(), rules, () => 'in shadow mode')).toMatchObject(denied);
    expect(decideProposal(aProposal({ action: 'task.delete' }), rules).reason).toContain('no policy allows');
  });

  it('shadows what is not live yet, but only what policy would let through', () => {
    const shadow = () => 'noop is in shadow mode';
    expect(decideProposal(aProposal(), RULES, shadow)).toMatchObject({
      kind: 'shadow',
      reason: 'noop is in shadow mode; else allowed by tasks',
    });
    expect(decideProposal(aProposal({ target: 'bank.transfer' }), RULES, shadow).kind).toBe('deny');
  });

  it('says what stands in the way besides, when it is shadowed', () => {
    const decision = decideProposal(aProposal({ confidence: 0.1 }), RULES, () => 'not live');
    expect(decision).toMatchObject({
      kind: 'shadow',
      reason: expect.stringMatching(/^not live; else held for person: /),
    });
  });

  it('tells no more of a target than fits into a reason', () => {
    const { reason } = decide(aProposal({ action: 'task.delete', target: 'x'.repeat(1_000) }));
    expect(reason).toMatch(/^no policy allows task\.delete on x/);
    expect(reason).toHaveLength(500);
  });

  describe('with limits', () => {
    const limit = (name: string, approved: boolean): Limit => ({
      ...{ name, unit: 'apiCalls', per: 'swarm', most: 100, window: 'fixed', seconds: 3_600, only: { approved } },
    });
    const breaker = { failuresInARow: 5, openSeconds: 60 };
    const limits = [limit('alone', false), limit('agreed', true)];
    const rules = { ...RULES, thresholds: { ...RULES.thresholds, limits, breaker } };

    it.each([
      { when: 'nobody was asked', confidence: 1, from: 'alone' },
      { when: 'others have to agree', confidence: 0.1, from: 'agreed' },
    ])('takes from those that count when $when', ({ confidence, from }) => {
      const decision = decideProposal(costing({ apiCalls: 3 }, { confidence }), rules);
      expect(decision).toMatchObject({ takes: [{ limit: { name: from }, amount: 3 }], breaker });
    });

    it('breaks off nothing that costs nothing', () => {
      expect(decideProposal(aProposal(), rules)).not.toHaveProperty('breaker');
    });
  });
});

it('what costs nothing of every unit is free', () => {
  const nothing = { spendCents: 0, apiCalls: 0, files: 0, tokens: 0 };
  expect(isFree(nothing)).toBe(true);
  for (const unit of Object.keys(nothing)) expect(isFree({ ...nothing, [unit]: 1 }), unit).toBe(false);
});
