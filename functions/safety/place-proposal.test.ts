// Where a held proposal goes, and what of it a decision keeps.
import { describe, expect, it } from 'vitest';
import { AT, aBallot, aDecision, anOption, atMinute } from './decision.test-support.ts';
import { contestIdOf, type Decision, type Vote } from './decision.ts';
import { begun, type HeldEffect, idFor, optionOf, placeProposal } from './place-proposal.ts';
import { OUTSIDE, REVIEWERS, votable } from './voting.test-support.ts';

const held = (other: Partial<HeldEffect> = {}): HeldEffect =>
  ({
    ...votable(),
    effectId: 'eff_1',
    digest: 'digest-1',
    status: 'held',
    reason: 'r',
    at: AT,
    needs: ['votes'],
    ...other,
  }) as HeldEffect;
const place = (option = anOption(1), found?: Parameters<typeof placeProposal>[2], contest?: string) =>
  placeProposal(option, contest, found, OUTSIDE, AT);

describe('a held effect as an option', () => {
  it('keeps who proposed it, what it may cost, and of its needs those that are decided here', () => {
    expect(optionOf(held({ needs: ['votes', 'person', 'resume'] }))).toEqual({
      effectId: 'eff_1',
      digest: 'digest-1',
      needs: ['votes', 'person'],
      authors: ['objectives/dispatch-tasks', 'agt_worker'],
      actor: 'objectives/dispatch-tasks',
      action: 'task.execute',
      target: 'noop',
      choice: 'agt_a',
      confidence: 1,
      spendCents: 5_000,
      files: 0,
      priority: 0,
      proposedAt: AT,
    });
  });

  it.each([
    { said: 7, priority: 7 },
    { said: 'high', priority: 0 },
  ])('has the priority that its context says: $said', ({ said, priority }) => {
    expect(optionOf(held({ context: { priority: said } })).priority).toBe(priority);
  });

  it('names an author once', () => {
    expect(optionOf(held({ actor: 'agt_a', scope: { room: 'growth', agentId: 'agt_a' } })).authors).toEqual(['agt_a']);
    expect(optionOf(held({ actor: 'agt_a', scope: { room: 'growth' } })).authors).toEqual(['agt_a']);
  });
});

describe('a proposal', () => {
  it('opens a decision of its own, with the panel as it is now', () => {
    expect(place()).toEqual({
      kind: 'open',
      decision: aDecision({ seats: OUTSIDE.seats, openedAt: AT, closesAt: atMinute(10), digest: 'digest-1' }),
    });
    const { decision } = placeProposal(anOption(1), undefined, undefined, REVIEWERS, AT) as {
      decision: { seats: object[] };
    };
    expect(decision.seats[0]).toEqual({ voterId: 'rev_budget', lineage: 'budget', builtIn: true });
  });

  it('of a contest is gathered first, and has the whole time to be voted on after that', () => {
    const { decision } = place(anOption(1), undefined, 'supplier') as { decision: object };
    expect(decision).toMatchObject({
      decisionId: contestIdOf('supplier'),
      status: 'gathering',
      contest: 'supplier',
      gatheringUntil: '2026-11-20T10:00:30.000Z',
      closesAt: '2026-11-20T10:10:30.000Z',
    });
    expect(idFor({ effectId: 'eff_1', contest: 'supplier' })).toBe(contestIdOf('supplier'));
    expect(idFor({ effectId: 'eff_1' })).toBe('dec_1');
  });

  it('that is there as it is, is known; as something else, changes it', () => {
    const found = aDecision();
    expect(place(anOption(1), found)).toEqual({ kind: 'known', decision: found });
    expect(place(anOption(1, { digest: 'new' }), found)).toMatchObject({
      kind: 'change',
      decision: { digest: 'new', options: [{ digest: 'new' }] },
    });
  });

  it('that only a person decides has the time of a person from the beginning', () => {
    const option = anOption(1, { needs: ['person'] });
    expect(place(option)).toMatchObject({ decision: { seats: [], closesAt: '2026-11-20T12:00:00.000Z' } });
    expect(place(option, undefined, 'supplier')).toMatchObject({
      decision: { gatheringUntil: '2026-11-20T10:00:30.000Z', closesAt: '2026-11-20T12:00:30.000Z' },
    });
  });

  it('joins its competitors as long as they are gathered, up to twenty; each may still change', () => {
    const gathering = (count: number) =>
      aDecision({ status: 'gathering', options: Array.from({ length: count }, (_, n) => anOption(n)) });
    const ids = (placed: object) => (placed as { decision: Decision }).decision.options.map(({ effectId }) => effectId);
    expect(ids(place(anOption(19), gathering(19)))).toEqual(Array.from({ length: 20 }, (_, n) => `eff_${n}`));
    expect(place(anOption(19), gathering(19))).toMatchObject({ kind: 'change', decision: { status: 'gathering' } });
    const late = { kind: 'late', reason: 'its competitors stand to be decided without it already' };
    expect(place(anOption(20), gathering(20))).toEqual(late);
    expect(place(anOption(2), aDecision())).toEqual(late);
    const changed = place(anOption(0, { digest: 'new' }), gathering(20));
    expect(changed).toMatchObject({ kind: 'change', decision: { status: 'gathering' } });
    expect(ids(changed)).toHaveLength(20);
  });

  it('that changes while it is voted on begins the vote anew, on what all proposals are now', () => {
    const votes = { agt_1: aBallot(1, ['eff_1']) as unknown as Vote };
    const earlier = [aBallot(0, []) as unknown as Vote];
    const options = [anOption(1), anOption(2, { needs: ['votes', 'person'] })];
    const found = aDecision({ votes, voteCount: 1, earlier, options, contest: 'supplier' });
    expect(place(anOption(1, { digest: 'new' }), found)).toMatchObject({
      kind: 'change',
      decision: {
        ...{ status: 'open', contest: 'supplier', openedAt: found.openedAt, seats: found.seats, quorum: found.quorum },
        ...{ votes: {}, voteCount: 0, earlier: [...earlier, votes.agt_1], closesAt: '2026-11-20T12:00:00.000Z' },
        options: [{ effectId: 'eff_2' }, { effectId: 'eff_1', digest: 'new' }],
      },
    });
  });

  it('that changes keeps the last 50 votes on what it was', () => {
    const votes = Object.fromEntries(
      Array.from({ length: 60 }, (_, n) => [`agt_${n}`, aBallot(n, []) as unknown as Vote]),
    );
    const placed = place(anOption(1, { digest: 'new' }), aDecision({ votes, voteCount: 60 })) as {
      decision: { earlier: Vote[] };
    };
    expect(placed.decision.earlier.map(({ voterId }) => voterId)).toEqual(
      Array.from({ length: 50 }, (_, n) => `agt_${n + 10}`),
    );
  });

  it.each(['rejected', 'expired', 'vetoed'] as const)('that was %s as something else is late', (status) => {
    expect(place(anOption(1, { digest: 'new' }), aDecision({ status }))).toEqual({
      kind: 'late',
      reason: `what it was proposed as before is ${status}`,
    });
  });

  it('that was chosen among several stands alone when it changes; one that was not is late', () => {
    const found = aDecision({ status: 'approved', chosen: 'eff_1', options: [anOption(1), anOption(2)] });
    expect(place(anOption(1, { digest: 'new' }), found)).toMatchObject({
      kind: 'change',
      decision: { status: 'open', options: [{ effectId: 'eff_1' }] },
    });
    expect(place(anOption(2, { digest: 'new' }), found)).toMatchObject({ kind: 'late' });
  });
});

describe('a vote that begins', () => {
  it('invites the panel when any proposal needs votes, and waits for a person as long as one may take', () => {
    const gathering = aDecision({ status: 'gathering', gatheringUntil: AT, seats: [] });
    const options = [anOption(1), anOption(2, { needs: ['person'] })];
    expect(begun({ ...gathering, options }, OUTSIDE, AT)).toMatchObject({
      status: 'open',
      seats: OUTSIDE.seats,
      closesAt: '2026-11-20T12:00:00.000Z',
    });
    expect(begun({ ...gathering, options: [anOption(1, { needs: ['person'] })] }, OUTSIDE, AT).seats).toEqual([]);
    expect(begun(gathering, OUTSIDE, AT)).not.toHaveProperty('gatheringUntil');
  });
});
