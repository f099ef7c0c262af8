// The moves of an effect, written here once more, and what votes are bound to.
import { describe, expect, it } from 'vitest';
import {
  deedOf,
  digestOf,
  type EffectStatus,
  isEndedByOthers,
  isSameDeed,
  Proposal,
  statusesBefore,
  UNITS,
  withoutSecrets,
} from './effect.ts';
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

describe('what is kept of a proposal', () => {
  const mail = 'ask ann@example.com';
  const kept = 'ask [e-mail]';

  it('is the proposal itself where nobody’s business is in it', () => {
    const proposal = aProposal({ context: { said: 'late', count: 3, urgent: true }, undo: 'put it back' });
    expect(withoutSecrets(proposal)).toBe(proposal);
    expect(withoutSecrets(aProposal())).not.toHaveProperty('undo');
  });

  it.each([
    [{ actor: mail }, { actor: kept }],
    [{ target: mail }, { target: kept }],
    [{ options: ['wait', mail] }, { options: ['wait', kept] }],
    [{ choice: mail }, { choice: kept }],
    [{ rationale: mail }, { rationale: kept }],
    [{ undo: mail }, { undo: kept }],
    [{ context: { to: mail, count: 3, urgent: true } }, { context: { to: kept, count: 3, urgent: true } }],
    [{ context: { [mail]: 1 } }, { context: { [kept]: 1 } }],
  ])('of %j is %j, and all else as it was', (said, then) => {
    const found = withoutSecrets(aProposal(said));
    expect(found).toEqual(aProposal(then));
    expect('undo' in found).toBe('undo' in said);
  });

  it('is no longer than what may be said, although the words for persons are longer than some', () => {
    const { rationale } = withoutSecrets(aProposal({ rationale: 'a@b.co '.repeat(71) }));
    expect(rationale).toBe('[e-mail] '.repeat(71).slice(0, 500));
  });

  it('has fifty facts at most', () => {
    const facts = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`fact${n}`, n]));
    expect(Proposal.safeParse(aProposal({ context: facts(50) })).success).toBe(true);
    expect(Proposal.safeParse(aProposal({ context: facts(51) })).success).toBe(false);
  });

  it('still knows its deed: two recipients of the same kind are two', () => {
    const [ann, bob] = ['ann@example.com', 'bob@example.com'].map((target) => aProposal({ target }) as never);
    const asKept = { ...(withoutSecrets(ann as never) as object), deed: deedOf(ann as never) } as never;
    expect(isSameDeed(asKept, ann as never)).toBe(true);
    expect(isSameDeed(asKept, bob as never)).toBe(false);
  });
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
