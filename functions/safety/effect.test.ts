// The moves of an effect, written here once more, and what votes are bound to.
import { describe, expect, it } from 'vitest';
import { digestOf, type EffectStatus, isEndedByOthers, isSameDeed, statusesBefore, UNITS } from './effect.ts';
import { aProposal } from './gate.test-support.ts';

describe('an effect becomes', () => {
  it.each<{ to: EffectStatus; from: EffectStatus[] }>([
    { to: 'cleared', from: ['held'] },
    { to: 'executing', from: ['held', 'cleared'] },
    { to: 'held', from: ['cleared', 'executing'] },
    { to: 'denied', from: ['held', 'cleared'] },
    { to: 'confirmed', from: ['held', 'executing', 'unknown'] },
    { to: 'failed', from: ['held', 'cleared', 'executing', 'unknown'] },
    { to: 'unknown', from: ['executing'] },
    { to: 'reversed', from: ['confirmed'] },
    { to: 'shadowed', from: [] },
  ])('$to from $from and from nothing else', ({ to, from }) => {
    expect(statusesBefore(to)).toEqual(from);
  });
});

describe('the digest that others agree to', () => {
  it('is the same whoever carries it out, and another when anything else is', () => {
    const digest = digestOf(aProposal());
    expect(digestOf(aProposal({ fence: 'fnc_2', scope: { ...aProposal().scope, agentId: 'agt_b' } }))).toBe(digest);
    for (const other of [
      { target: 'other' },
      { rationale: 'another' },
      { confidence: 0.9 },
      { impact: { ...aProposal().impact, spendCents: 1 } },
      { scope: { ...aProposal().scope, room: 'finance' } },
    ])
      expect(digestOf(aProposal(other))).not.toBe(digest);
  });
});

describe('one deed', () => {
  const { scope, impact } = aProposal();
  const weighed = (change: object = {}) => ({ ...aProposal(), ...change }) as Parameters<typeof isSameDeed>[0];

  it('stays the same in other words and by another agent', () => {
    const told = weighed({ rationale: 'another', scope: { ...scope, agentId: 'agt_b' } });
    expect(isSameDeed(weighed(), told)).toBe(true);
  });

  it.each([{ target: 'other' }, { context: { to: 'them' } }, { impact: { ...impact, spendCents: 1 } }])(
    'is another with %j',
    (change) => {
      expect(isSameDeed(weighed(), weighed(change))).toBe(false);
    },
  );
});

describe('an end', () => {
  it.each(['the objective was cancelled', 'vetoed by captain', 'killed', 'looked up: it happened'])(
    'as “%s” says nothing about who acted',
    (outcome) => {
      expect(isEndedByOthers(outcome)).toBe(true);
    },
  );
  it.each(['it failed: killed', 'done', undefined])('as “%s” does', (outcome) => {
    expect(isEndedByOthers(outcome)).toBe(false);
  });
});

it('what is counted of an effect has four units', () => {
  expect(UNITS).toEqual(['spendCents', 'apiCalls', 'files', 'tokens']);
});
