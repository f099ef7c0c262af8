// When a decision is settled: at once when certain, at its end when not, and never approved by silence.
import { describe, expect, it } from 'vitest';
import { AT, aBallot, aDecision, anOption, atMinute, CLOSES } from './decision.test-support.ts';
import {
  ALLOWED_DECISION_MOVES,
  contestIdOf,
  decisionIdOf,
  digestOfOptions,
  effectIdIn,
  statusesBefore,
  type Vote,
} from './decision.ts';
import { judgeDecision } from './judge-decision.ts';

const votes = (...said: (string[] | 'abstains')[]) =>
  Object.fromEntries(
    said.map((accepts, n) => [`agt_${n}`, { ...aBallot(n, accepts), reason: 'r', digest: 'd', at: AT } as Vote]),
  );
const yes = ['eff_1'];
const no: string[] = [];

describe('a decision', () => {
  it('waits until it is certain', () => {
    expect(judgeDecision(aDecision(), AT)).toEqual({ kind: 'wait', untilAt: CLOSES });
    expect(judgeDecision(aDecision({ votes: votes(yes, yes) }), AT)).toEqual({ kind: 'wait', untilAt: CLOSES });
  });

  it('is approved with the third approval, and says the count', () => {
    expect(judgeDecision(aDecision({ votes: votes(yes, yes, no, yes, 'abstains') }), AT)).toEqual({
      kind: 'settle',
      status: 'approved',
      chosen: 'eff_1',
      reason: 'approved: 3 for, 1 against, 5 seats',
    });
  });

  it.each([
    {
      when: 'three are against',
      said: votes(no, no, no),
      status: 'rejected',
      says: 'fewer approvals than the quorum asks for: 0 for, 3 against',
    },
    {
      when: 'a captainless tie',
      said: votes(yes, yes, yes, no, no, no),
      seats: 6,
      status: 'rejected',
      says: 'as many against as for it',
    },
  ])('is rejected when $when', ({ said, status, says }) => {
    const seats = Object.values(said).map(({ voterId, lineage }) => ({ voterId, lineage }));
    expect(judgeDecision(aDecision({ votes: said, seats }), AT)).toMatchObject({
      kind: 'settle',
      status,
      reason: expect.stringContaining(says),
    });
  });

  it('ends at its time: too few votes are a no, enough are a yes even when nobody looked in time', () => {
    const late = atMinute(10);
    expect(judgeDecision(aDecision({ votes: votes(yes, yes) }), late)).toEqual({
      kind: 'settle',
      status: 'expired',
      reason: 'its time is over with fewer approvals than the quorum asks for: 2 for, 0 against, 5 seats',
    });
    expect(judgeDecision(aDecision({ votes: votes(yes, yes, yes) }), late)).toMatchObject({ status: 'approved' });
  });

  it('that needs a person waits for one until its end, and no longer', () => {
    const needy = aDecision({ options: [anOption(1, { needs: ['person'] })], seats: [] });
    expect(judgeDecision(needy, AT)).toEqual({ kind: 'wait', untilAt: CLOSES });
    expect(judgeDecision(needy, CLOSES)).toMatchObject({
      status: 'expired',
      reason: expect.stringContaining('no person approved'),
    });
  });

  it('that is open is not gathered any more', () => {
    const open = aDecision({ gatheringUntil: atMinute(5), votes: votes(no, no, no) });
    expect(judgeDecision(open, AT)).toMatchObject({ status: 'rejected' });
  });

  it('between several waits for proposals first, then says how the one was chosen', () => {
    const options = [anOption(1), anOption(2)];
    const gathering = aDecision({ status: 'gathering', gatheringUntil: atMinute(1), options });
    expect(judgeDecision(gathering, AT)).toEqual({ kind: 'wait', untilAt: atMinute(1) });
    expect(judgeDecision(gathering, atMinute(1))).toEqual({ kind: 'begin' });
    const tied = votes(['eff_1', 'eff_2'], ['eff_2', 'eff_1'], ['eff_1', 'eff_2'], ['eff_2', 'eff_1'], 'abstains');
    expect(judgeDecision(aDecision({ options, votes: tied }), AT)).toEqual({
      kind: 'settle',
      status: 'approved',
      chosen: 'eff_1',
      reason: 'tied, and chosen because it was proposed first',
    });
    expect(judgeDecision(aDecision({ options }), atMinute(11))).toMatchObject({
      reason: expect.stringContaining('2 proposals, 0 for'),
    });
  });
});

describe('moves and names', () => {
  it('only a captain’s word comes after the tally’s', () => {
    expect(statusesBefore('vetoed')).toEqual(['gathering', 'open', 'approved', 'rejected', 'expired']);
    expect(statusesBefore('approved')).toEqual(['open']);
    expect(statusesBefore('open')).toEqual(['gathering', 'approved']);
    expect(ALLOWED_DECISION_MOVES.vetoed).toEqual([]);
  });

  it('an effect and its decision name each other; a contest is named by what is shared', () => {
    expect(decisionIdOf('eff_01J_3')).toBe('dec_01J_3');
    expect(effectIdIn('dec_01J_3')).toBe('eff_01J_3');
    expect(contestIdOf('who-pays')).toBe(contestIdOf('who-pays'));
    expect(contestIdOf('who-pays')).not.toBe(contestIdOf('who-paid'));
  });

  it('the digest of one is its own; of several it covers all, in any order', () => {
    const [a, b] = [anOption(1), anOption(2)];
    expect(digestOfOptions([a])).toBe('digest-1');
    expect(digestOfOptions([a, b])).toBe(digestOfOptions([b, a]));
    expect(digestOfOptions([a, b])).not.toBe(digestOfOptions([a, { ...b, digest: 'another' }]));
    expect(digestOfOptions([a, b])).not.toBe(digestOfOptions([a, { ...b, effectId: 'another' }]));
  });
});
