// What is held for votes or a person, from the hold to its end: counted once, ruled once, carried out however often it breaks.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeRefused } from './close-refused.ts';
import { killSwarm } from './control-swarm.ts';
import { decisionIdOf } from './decision.ts';
import { effectIdOf } from './gate.ts';
import { openDecision } from './open-decision.ts';
import { sweepDecisions } from './sweep-decisions.ts';
import { vetoDecision } from './veto-decision.ts';
import { agent, approver, aVote, captain, free, OUTSIDE, REVIEWERS, votable } from './voting.test-support.ts';

const MINUTE_MS = 60_000;
const types = (told: { type: string }[]) => told.map(({ type }) => type.replace('safety.', ''));

describe('the built-in reviewers', () => {
  it('vote once each with their reason, and the third approval of a third lineage clears the effect', async () => {
    const { held, decision, read, gate, told } = await aVote({ panel: REVIEWERS });
    const { effectId, decisionId } = await held();
    const { votes, ...rest } = await decision(decisionId);
    expect(rest).toMatchObject({
      status: 'approved',
      chosen: effectId,
      decidedBy: 'panel',
      reason: 'approved: 5 for, 0 against, 5 seats',
    });
    expect(Object.keys(votes).sort()).toEqual([
      'rev_budget',
      'rev_evidence',
      'rev_precedent',
      'rev_reversibility',
      'rev_scope',
    ]);
    expect(votes.rev_budget).toMatchObject({
      reason: '$50.00 on top of $0.00 approved in 24 hours is within $200.00',
      seated: true,
    });
    expect(await read(effectId)).toMatchObject({ status: 'cleared', satisfied: [{ need: 'votes', by: 'panel' }] });
    expect((await gate.propose([votable()]))[0]?.kind).toBe('cleared');
    expect(types(told)).toEqual(['VoteRequested', 'DecisionMade']);
  });

  it('deny what they do not find in order, and remember it', async () => {
    const { held, decision, read } = await aVote({ panel: REVIEWERS });
    const vague = { context: {}, options: ['agt_a'], rationale: 'because', scope: { room: 'growth' } };
    const { effectId, decisionId } = await held(votable({ ...vague, reversible: 'yes' }));
    expect(await decision(decisionId)).toMatchObject({ status: 'rejected' });
    expect(await read(effectId)).toMatchObject({
      status: 'denied',
      reason: expect.stringContaining('fewer approvals'),
    });
    const again = await held(votable({ intentKey: 'tsk_2#1' }));
    const { votes } = await decision(again.decisionId);
    expect(votes.rev_precedent).toMatchObject({ accepts: [], reason: 'Refused 1 times before and done 0 times' });
  });

  it('count what was approved in the last 24 hours, and what became of it', async () => {
    const { held, decision, gate, at } = await aVote({ panel: { ...REVIEWERS, spendCentsPerDay: 9_999 } });
    const first = await held();
    await gate.propose([votable()]);
    await gate.settle({ effectId: first.effectId, fence: 'fnc_1', status: 'confirmed', reason: 'done' });
    const second = await decision((await held(votable({ intentKey: 'tsk_2#1' }))).decisionId);
    expect(second.votes.rev_budget).toMatchObject({
      accepts: [],
      reason: expect.stringContaining('$50.00 on top of $50.00'),
    });
    expect(second.votes.rev_precedent?.reason).toBe('Worked 1 times before, failed 0 times');
    at(24 * 60 * MINUTE_MS);
    const third = await decision((await held(votable({ intentKey: 'tsk_3#1' }))).decisionId);
    expect(third.votes.rev_budget?.reason).toContain('on top of $0.00');
  });
});

describe('a panel from outside', () => {
  it('is told who may vote on what and until when', async () => {
    const { held, told } = await aVote();
    const { effectId, decisionId } = await held();
    expect(told).toEqual([
      {
        type: 'safety.VoteRequested',
        detail: expect.objectContaining({
          decisionId,
          effectIds: [effectId],
          needs: ['votes'],
          voters: ['agt_0', 'agt_1', 'agt_2', 'agt_3', 'agt_4'],
          closesAt: '2026-03-01T10:10:00.000Z',
        }),
      },
    ]);
  });

  it('clears with the third approval, after which nobody votes any more', async () => {
    const { held, vote, read } = await aVote();
    const { effectId, decisionId } = await held();
    expect(await vote(decisionId, agent(0))).toMatchObject({ kind: 'cast', decision: { status: 'open' } });
    await vote(decisionId, agent(1), { choice: 'reject' });
    await vote(decisionId, agent(2));
    expect(await read(effectId)).toMatchObject({ status: 'held' });
    expect(await vote(decisionId, agent(3))).toMatchObject({ kind: 'cast', decision: { status: 'approved' } });
    expect(await read(effectId)).toMatchObject({ status: 'cleared' });
    expect(await vote(decisionId, agent(4))).toMatchObject({ kind: 'refused', reason: 'voting_closed' });
  });

  it('takes no second vote, no vote of a stranger, of the author, or on what it is not any more', async () => {
    const { held, vote } = await aVote();
    const { decisionId } = await held(votable({ scope: { room: 'objectives', agentId: 'agt_4' } }));
    await vote(decisionId, agent(0));
    expect(await vote(decisionId, agent(0), { choice: 'reject' })).toMatchObject({ reason: 'already_voted' });
    expect(await vote(decisionId, agent(9))).toMatchObject({ reason: 'not_a_voter' });
    expect(await vote(decisionId, agent(4))).toMatchObject({ reason: 'own_proposal' });
    expect(await vote(decisionId, agent(1), { digest: 'another' })).toMatchObject({ reason: 'digest_changed' });
    expect(await vote('dec_none', agent(1))).toEqual({ kind: 'no_such_decision' });
  });

  it('that does not come together in time is a no', async () => {
    const { held, vote, read, decision, at, deps } = await aVote();
    const { effectId, decisionId } = await held();
    await vote(decisionId, agent(0));
    await vote(decisionId, agent(1));
    at(10 * MINUTE_MS - 1);
    expect(await sweepDecisions(deps)).toEqual({ looked: 1, settled: 0, failed: 0 });
    at(1);
    expect(await vote(decisionId, agent(2))).toMatchObject({ reason: 'voting_closed' });
    expect(await sweepDecisions(deps)).toEqual({ looked: 1, settled: 1, failed: 0 });
    expect(await sweepDecisions(deps)).toEqual({ looked: 0, settled: 0, failed: 0 });
    expect(await decision(decisionId)).toMatchObject({ status: 'expired', carriedOut: { [effectId]: 'denied' } });
    expect(await read(effectId)).toMatchObject({
      status: 'denied',
      reason: expect.stringContaining('its time is over'),
    });
  });
});

describe('what needs a person', () => {
  const doubtful = () => votable({ confidence: 0.6, impact: { spendCents: 0, apiCalls: 1, files: 0, tokens: 0 } });
  const dear = () => votable({ impact: { spendCents: 6_000, apiCalls: 1, files: 0, tokens: 0 } });

  it('waits for one, and is cleared in their name', async () => {
    const { held, vote, read, decision, told } = await aVote({ panel: REVIEWERS });
    const { effectId, decisionId } = await held(doubtful());
    expect(await decision(decisionId)).toMatchObject({
      status: 'open',
      seats: [],
      closesAt: '2026-03-01T12:00:00.000Z',
    });
    expect(told[0]?.detail).toMatchObject({ needs: ['person'], voters: [] });
    expect(await vote(decisionId, { ...agent(1), roles: ['agent'] })).toMatchObject({ reason: 'not_a_voter' });
    await vote(decisionId, approver);
    expect(await decision(decisionId)).toMatchObject({ status: 'approved', decidedBy: 'usr_ann' });
    expect(await read(effectId)).toMatchObject({ status: 'cleared', satisfied: [{ need: 'person', by: 'usr_ann' }] });
  });

  it('and votes gets both or neither', async () => {
    const { held, vote, read, decision } = await aVote({ panel: REVIEWERS });
    const { effectId, decisionId } = await held(dear());
    expect(await decision(decisionId)).toMatchObject({ status: 'open', voteCount: 5 });
    expect(await read(effectId)).toMatchObject({ status: 'held', needs: ['votes', 'person'] });
    await vote(decisionId, approver);
    expect(await read(effectId)).toMatchObject({
      status: 'cleared',
      satisfied: [{ need: 'votes' }, { need: 'person' }],
    });
  });

  it('is denied by one person’s no, whatever the panel said', async () => {
    const { held, vote, read, decision } = await aVote({ panel: REVIEWERS });
    const { effectId, decisionId } = await held(dear());
    await vote(decisionId, approver, { choice: 'reject', reason: 'not this month' });
    expect(await decision(decisionId)).toMatchObject({
      status: 'rejected',
      reason: expect.stringContaining('a person refused'),
    });
    expect(await read(effectId)).toMatchObject({ status: 'denied' });
  });

  it('is denied when nobody comes', async () => {
    const { held, read, at, deps } = await aVote({ panel: REVIEWERS });
    const { effectId } = await held(dear());
    at(120 * MINUTE_MS);
    await sweepDecisions(deps);
    expect(await read(effectId)).toMatchObject({
      status: 'denied',
      reason: expect.stringContaining('no person approved'),
    });
  });
});

describe('proposals that exclude each other', () => {
  const rival = (n: number, overrides = {}) =>
    votable({ intentKey: `tsk_${n}#1`, contest: 'supplier', choice: `supplier-${n}`, ...overrides });
  const effect = (n: number) => effectIdOf(`tsk_${n}#1`);

  it('are gathered, ranked, and one of them is cleared while the others are denied', async () => {
    const { held, vote, read, decision, at, deps, told } = await aVote();
    for (const n of [1, 2, 3]) await held(rival(n));
    const { decisionId } = await decision(decisionIdOf(effect(2)));
    expect(await decision(decisionId)).toMatchObject({
      status: 'gathering',
      options: [{ effectId: effect(1) }, {}, {}],
    });
    expect(await vote(decisionId, agent(0), { ranking: [effect(1)] })).toMatchObject({ reason: 'voting_not_begun' });
    expect(told).toEqual([]);
    at(30_000);
    await sweepDecisions(deps);
    expect(types(told)).toEqual(['VoteRequested']);
    await vote(decisionId, agent(0), { ranking: [effect(1), effect(2), effect(3)] });
    await vote(decisionId, agent(1), { ranking: [effect(3), effect(2)] });
    await vote(decisionId, agent(2), { ranking: [effect(2), effect(3)] });
    expect(await decision(decisionId)).toMatchObject({ status: 'open' });
    await vote(decisionId, agent(3), { ranking: [effect(2), effect(1)] });
    expect(await decision(decisionId)).toMatchObject({ status: 'approved', chosen: effect(2), reason: 'by count' });
    expect(await read(effect(2))).toMatchObject({ status: 'cleared' });
    for (const n of [1, 3])
      expect(await read(effect(n))).toMatchObject({ status: 'denied', reason: `${effect(2)} was chosen instead` });
    expect((await decision(decisionIdOf(effect(3)))).decisionId).toBe(decisionId);
  });

  it('are decided together also when each alone would need nobody', async () => {
    const { gate, held, read, at, deps } = await aVote({ panel: REVIEWERS });
    const small = (n: number) =>
      free({
        intentKey: `tsk_${n}#1`,
        contest: 'supplier',
        impact: { spendCents: 0, apiCalls: n, files: 0, tokens: 0 },
        confidence: n / 10,
      });
    for (const n of [8, 9]) await held(small(n));
    at(30_000);
    await sweepDecisions(deps);
    expect(await gate.propose([small(8), small(9)])).toMatchObject([{ kind: 'denied' }, { kind: 'cleared' }]);
    expect(await read(effect(9))).toMatchObject({ status: 'executing' });
  });

  it('and come too late are denied', async () => {
    const { held, read, at, deps } = await aVote();
    await held(rival(1));
    at(30_000);
    await sweepDecisions(deps);
    await held(rival(2));
    expect(await read(effect(2))).toMatchObject({
      status: 'denied',
      reason: 'its competitors stand to be decided without it already',
    });
  });

  it('are 20 at most', async () => {
    const { held, read } = await aVote();
    for (let n = 1; n <= 21; n += 1) await held(rival(n));
    expect(await read(effect(20))).toMatchObject({ status: 'held' });
    expect(await read(effect(21))).toMatchObject({ status: 'denied' });
  });

  it('join once each when they come at the same moment', async () => {
    const { gate, deps, decision } = await aVote();
    await gate.propose([1, 2, 3, 4, 5].map((n) => rival(n)));
    await Promise.all([1, 2, 3, 4, 5, 1, 2].map((n) => openDecision(effect(n), deps)));
    const { options } = await decision(decisionIdOf(effect(1)));
    expect(options.map(({ effectId }) => effectId).sort()).toEqual([1, 2, 3, 4, 5].map(effect).sort());
  });

  it('are ranked by the reviewers: what they accept, the surest first, then the cheapest', async () => {
    const { held, decision, at, deps, read } = await aVote({ panel: REVIEWERS });
    const files = { spendCents: 4_999, apiCalls: 0, files: 5, tokens: 0 };
    await held(rival(1, { confidence: 0.8 }));
    await held(rival(2, { confidence: 0.9, impact: files, reversible: 'yes', undo: 'put it back' }));
    await held(rival(3, { confidence: 0.9, choice: 'agt_a' }));
    await held(rival(4, { options: ['agt_a'] }));
    at(30_000);
    await sweepDecisions(deps);
    const { votes, status, chosen } = await decision(decisionIdOf(effect(1)));
    expect(votes.rev_budget?.accepts).toEqual([4, 2, 3, 1].map(effect));
    expect(votes.rev_evidence).toMatchObject({
      accepts: [effect(3)],
      reason: expect.stringContaining('supplier-4: No other way'),
    });
    expect([status, chosen]).toEqual(['approved', effect(4)]);
    const statuses = await Promise.all([1, 2, 3, 4].map(async (n) => (await read(effect(n)))?.status));
    expect(statuses).toEqual(['denied', 'denied', 'denied', 'cleared']);
  });
});

describe('a proposal that changes', () => {
  it('is voted on anew; votes on what it was do not count and are kept', async () => {
    const { held, vote, decision, gate, deps, read } = await aVote();
    const { effectId, decisionId } = await held();
    const before = await decision(decisionId);
    await vote(decisionId, agent(0));
    await vote(decisionId, agent(1));
    const changed = votable({ rationale: 'The plan has changed and asks for more of it' });
    await gate.propose([changed]);
    await openDecision(effectId, deps);
    expect(await decision(decisionId)).toMatchObject({
      status: 'open',
      votes: {},
      voteCount: 0,
      earlier: [{ voterId: 'agt_0' }, { voterId: 'agt_1' }],
    });
    expect(await vote(decisionId, agent(2), { digest: before.digest })).toMatchObject({ reason: 'digest_changed' });
    for (const n of [0, 1]) await vote(decisionId, agent(n));
    expect(await read(effectId)).toMatchObject({ status: 'held' });
    await vote(decisionId, agent(2));
    expect(await read(effectId)).toMatchObject({ status: 'cleared' });
    expect((await gate.propose([changed]))[0]?.kind).toBe('cleared');
  });

  it('between the vote and the act is not cleared by that vote, and is asked about again', async () => {
    const changed = votable({ rationale: 'Something else altogether, and more of it' });
    const { held, vote, decision, gate, deps, read } = await aVote();
    const { effectId, decisionId } = await held();
    await vote(decisionId, agent(0));
    await vote(decisionId, agent(1));
    await gate.propose([changed]);
    await vote(decisionId, agent(2));
    expect(await decision(decisionId)).toMatchObject({
      status: 'approved',
      carriedOut: { [effectId]: 'digest_changed' },
    });
    expect(await read(effectId)).toMatchObject({ status: 'held' });
    await openDecision(effectId, deps);
    expect(await decision(decisionId)).toMatchObject({ status: 'open', votes: {}, options: [{ effectId }] });
    for (const n of [2, 3, 4]) await vote(decisionId, agent(n));
    expect(await read(effectId)).toMatchObject({ status: 'cleared' });
  });
});

describe('told twice or broken off', () => {
  it('the same news opens one decision and asks nobody twice', async () => {
    const { held, deps, decision, told } = await aVote({ panel: REVIEWERS });
    const { effectId, decisionId } = await held();
    const before = await decision(decisionId);
    expect(await openDecision(effectId, deps)).toEqual({ kind: 'not_held' });
    expect(await decision(decisionId)).toEqual(before);
    expect(types(told)).toEqual(['VoteRequested', 'DecisionMade']);
  });

  it('of many at once that open it one does', async () => {
    const { gate, deps, decision, told } = await aVote();
    await gate.propose([votable()]);
    const effectId = effectIdOf('tsk_1#1');
    await Promise.all(Array.from({ length: 20 }, () => openDecision(effectId, deps)));
    expect(types(told)).toEqual(['VoteRequested']);
    expect(await decision(decisionIdOf(effectId))).toMatchObject({ status: 'open', voteCount: 0 });
  });

  it('nothing is opened for what is not held, or held for a resume only', async () => {
    const { deps, gate, control } = await aVote();
    expect(await openDecision('eff_none', deps)).toEqual({ kind: 'not_held' });
    await killSwarm('stop', 'captain', control);
    await gate.propose([free({ intentKey: 'free' })]);
    expect(await openDecision(effectIdOf('free'), deps)).toEqual({ kind: 'nothing_to_decide' });
  });

  it.each(['satisfy', 'announce', 'carriedOut'] as const)(
    'a ruling whose %s failed is carried out by the sweep, once',
    async (part) => {
      let broken = true;
      const thenReal =
        <Args extends unknown[], Answer>(work: (...args: Args) => Promise<Answer>) =>
        (...args: Args): Promise<Answer> =>
          broken ? Promise.reject(new Error('the function died')) : work(...args);
      const vote = await aVote();
      const { deps, real } = vote;
      if (part === 'satisfy') deps.satisfy = thenReal(real.satisfy);
      if (part === 'carriedOut')
        deps.decisions = { ...real.decisions, carriedOut: thenReal(real.decisions.carriedOut) };
      if (part === 'announce') {
        const made = thenReal(real.announce) as typeof real.announce;
        deps.announce = (event, detail) =>
          (event.detailType === 'safety.DecisionMade' ? made : real.announce)(event, detail);
      }
      const { effectId, decisionId } = await vote.held();
      for (const n of [0, 1]) await vote.vote(decisionId, agent(n));
      expect(await vote.vote(decisionId, agent(2))).toMatchObject({ kind: 'cast' });
      expect(vote.left).toEqual([`${decisionId}: the function died`]);
      expect((await vote.decision(decisionId)).carriedOutAt).toBeUndefined();
      expect(await sweepDecisions(deps)).toMatchObject({ failed: 1 });
      broken = false;
      expect(await sweepDecisions(deps)).toEqual({ looked: 1, settled: 1, failed: 0 });
      expect(await sweepDecisions(deps)).toMatchObject({ looked: 0 });
      expect(await vote.read(effectId)).toMatchObject({ status: 'cleared', satisfied: [{ need: 'votes' }] });
    },
  );

  it('a deciding vote whose count failed is counted by the sweep', async () => {
    let broken = true;
    const vote = await aVote();
    const { deps, real } = vote;
    deps.decisions = {
      ...real.decisions,
      rule: async (...all) => (broken ? Promise.reject(new Error('the function died')) : real.decisions.rule(...all)),
    };
    const { effectId, decisionId } = await vote.held();
    for (const n of [0, 1, 2]) await vote.vote(decisionId, agent(n));
    expect(await vote.read(effectId)).toMatchObject({ status: 'held' });
    broken = false;
    vote.at(30 * MINUTE_MS);
    await sweepDecisions(deps);
    expect(await vote.read(effectId)).toMatchObject({ status: 'cleared' });
  });

  it('a decision that moves under every look is left as it is found', async () => {
    const vote = await aVote();
    const { deps, real } = vote;
    const { decisionId } = await vote.held();
    for (const n of [0, 1]) await vote.vote(decisionId, agent(n));
    deps.decisions = { ...real.decisions, rule: async () => undefined };
    expect(await vote.vote(decisionId, agent(2))).toMatchObject({
      kind: 'cast',
      decision: { status: 'open', voteCount: 3 },
    });
  });

  it('of two sweeps that begin the same vote one invites', async () => {
    const { held, deps, at, told } = await aVote();
    await held(votable({ contest: 'supplier' }));
    at(30_000);
    await Promise.all([sweepDecisions(deps), sweepDecisions(deps), sweepDecisions(deps)]);
    expect(types(told)).toEqual(['VoteRequested']);
  });

  it('a reviewer who is on the panel no more, or whose proposal has changed, does not vote', async () => {
    const { gate, deps, decision } = await aVote({ panel: REVIEWERS });
    await gate.propose([votable()]);
    const effectId = effectIdOf('tsk_1#1');
    deps.panel = {
      ...REVIEWERS,
      seats: REVIEWERS.seats.map((seat, n) => (n === 0 ? { ...seat, rule: undefined } : seat)),
    };
    const { effect } = deps;
    let asked = 0;
    deps.effect = async (id) => {
      const found = await effect(id);
      asked += 1;
      return found && asked > 1 ? { ...found, digest: 'another' } : found;
    };
    await openDecision(effectId, deps);
    expect(await decision(decisionIdOf(effectId))).toMatchObject({ status: 'open', voteCount: 0 });
    deps.effect = effect;
    deps.panel = { ...REVIEWERS, seats: REVIEWERS.seats.slice(1) };
    await sweepDecisions(deps);
    const { votes } = await decision(decisionIdOf(effectId));
    expect(Object.keys(votes).sort()).toEqual(['rev_evidence', 'rev_precedent', 'rev_reversibility', 'rev_scope']);
  });

  it('what was ruled on and is proposed otherwise before that reached it is refused', async () => {
    const vote = await aVote();
    const { deps, real, gate } = vote;
    const { effectId, decisionId } = await vote.held();
    deps.refuse = async () => Promise.reject(new Error('the function died'));
    for (const n of [0, 1, 2]) await vote.vote(decisionId, agent(n), { choice: 'reject' });
    await gate.propose([votable({ rationale: 'Once more with other words for the same' })]);
    deps.refuse = real.refuse;
    expect(await openDecision(effectId, deps)).toEqual({ kind: 'late' });
    expect(await vote.read(effectId)).toMatchObject({
      status: 'denied',
      reason: 'what it was proposed as before is rejected',
    });
  });

  it('what the gate refuses meanwhile is voted on no more', async () => {
    const { held, vote, decision, deps, real, told } = await aVote();
    const { effectId, decisionId } = await held();
    expect(await closeRefused({ effectId, reason: 'a new policy' }, deps)).toBe('left');
    await real.refuse({ effectId, by: 'gate', reason: 'a new policy' });
    expect(await closeRefused({ effectId, reason: 'a new policy' }, deps)).toBe('closed');
    expect(await closeRefused({ effectId, reason: 'a new policy' }, deps)).toBe('left');
    expect(await decision(decisionId)).toMatchObject({
      status: 'rejected',
      decidedBy: 'gate',
      reason: 'refused: a new policy',
    });
    expect(await vote(decisionId, agent(0))).toMatchObject({ reason: 'voting_closed' });
    expect(types(told)).toEqual(['VoteRequested', 'DecisionMade']);
    expect(await closeRefused({ effectId: 'eff_none', reason: '-' }, deps)).toBe('left');
    const other = await held(votable({ intentKey: 'tsk_2#1' }));
    await real.refuse({ effectId: other.effectId, by: 'gate', reason: 'no' });
    deps.decisions = { ...real.decisions, rule: async () => undefined };
    expect(await closeRefused({ effectId: other.effectId, reason: 'no' }, deps)).toBe('left');
  });

  it('a store that changes under every try is busy, not wrong', async () => {
    const { deps, real, held, vote, gate } = await aVote();
    const { decisionId } = await held();
    deps.decisions = {
      ...real.decisions,
      cast: async () => undefined,
      rule: async () => undefined,
      open: async () => false,
    };
    await expect(vote(decisionId, agent(0))).rejects.toMatchObject({ name: 'TableBusy' });
    await expect(vetoDecision({ decisionId, by: 'cap', reason: 'no' }, deps)).rejects.toMatchObject({
      name: 'TableBusy',
    });
    await gate.propose([votable({ intentKey: 'other' })]);
    await expect(openDecision(effectIdOf('other'), deps)).rejects.toMatchObject({ name: 'TableBusy' });
  });
});

describe('the captain’s veto', () => {
  const veto = { by: 'usr_cap', reason: 'not on my watch' };

  it('before: denies what is held, and no vote changes that', async () => {
    const { held, vote, deps, read, decision } = await aVote();
    const { effectId, decisionId } = await held();
    await vote(decisionId, agent(0));
    expect(await vetoDecision({ ...veto, decisionId }, deps)).toMatchObject({
      kind: 'vetoed',
      effects: { [effectId]: 'denied' },
    });
    expect(await read(effectId)).toMatchObject({ status: 'denied', reason: 'vetoed: not on my watch' });
    expect(await decision(decisionId)).toMatchObject({
      status: 'vetoed',
      decidedBy: 'usr_cap',
      reason: 'not on my watch',
    });
    expect(await vote(decisionId, agent(1))).toMatchObject({ reason: 'voting_closed' });
  });

  it('after the vote: stands above it', async () => {
    const { held, deps, read, decision, gate } = await aVote({ panel: REVIEWERS });
    const { effectId, decisionId } = await held();
    expect(await vetoDecision({ ...veto, decisionId }, deps)).toMatchObject({ effects: { [effectId]: 'denied' } });
    expect(await decision(decisionId)).toMatchObject({ status: 'vetoed', votes: { rev_budget: {} } });
    expect((await gate.propose([votable()]))[0]).toMatchObject({ kind: 'denied' });
    expect(await read(effectId)).toMatchObject({ status: 'denied' });
  });

  it('during: the holder can settle it no more', async () => {
    const { held, deps, gate } = await aVote({ panel: REVIEWERS });
    const { effectId, decisionId } = await held();
    await gate.propose([votable()]);
    expect(await vetoDecision({ ...veto, decisionId }, deps)).toMatchObject({ effects: { [effectId]: 'fenced' } });
    expect(await gate.settle({ effectId, fence: 'fnc_1', status: 'confirmed', reason: 'done' })).toBe('not_yours');
  });

  it('after: asks for the reversal', async () => {
    const { held, deps, gate, told } = await aVote({ panel: REVIEWERS });
    const { effectId, decisionId } = await held();
    await gate.propose([votable()]);
    await gate.settle({ effectId, fence: 'fnc_1', status: 'confirmed', reason: 'done' });
    expect(await vetoDecision({ ...veto, decisionId }, deps)).toMatchObject({ effects: { [effectId]: 'to_reverse' } });
    expect(told.find(({ type }) => type === 'safety.ReversalAsked')?.detail).toMatchObject({ effectId, ...veto });
  });

  it('reaches what nobody voted on: every effect has a decision', async () => {
    const { deps, gate, decision } = await aVote();
    await gate.propose([free({ intentKey: 'free' })]);
    const decisionId = decisionIdOf(effectIdOf('free'));
    expect(await vetoDecision({ ...veto, decisionId }, deps)).toMatchObject({
      effects: { [effectIdOf('free')]: 'fenced' },
    });
    expect(await decision(decisionId)).toMatchObject({ status: 'vetoed', decidedBy: 'usr_cap', seats: [] });
    expect(await vetoDecision({ ...veto, decisionId: 'dec_none' }, deps)).toEqual({ kind: 'no_such_decision' });
  });

  it('that broke off is carried out by the sweep, and twice is the same veto', async () => {
    const { deps, real, held, read } = await aVote();
    const { effectId, decisionId } = await held();
    deps.veto = async () => Promise.reject(new Error('the function died'));
    await expect(vetoDecision({ ...veto, decisionId }, deps)).rejects.toThrow('died');
    expect(await read(effectId)).toMatchObject({ status: 'held' });
    deps.veto = real.veto;
    await sweepDecisions(deps);
    expect(await read(effectId)).toMatchObject({ status: 'denied' });
    expect(await vetoDecision({ ...veto, decisionId }, deps)).toMatchObject({ effects: { [effectId]: 'too_late' } });
  });

  it('before anybody was asked: the news of the hold comes to a veto', async () => {
    const { deps, real, gate, read } = await aVote({ panel: REVIEWERS });
    await gate.propose([votable()]);
    const effectId = effectIdOf('tsk_1#1');
    const decisionId = decisionIdOf(effectId);
    deps.veto = async () => Promise.reject(new Error('the function died'));
    await expect(vetoDecision({ ...veto, decisionId }, deps)).rejects.toThrow('died');
    deps.veto = real.veto;
    expect(await openDecision(effectId, deps)).toEqual({ kind: 'decision', decisionId, status: 'vetoed' });
    expect(await read(effectId)).toMatchObject({ status: 'denied' });
  });

  it('wins every race against the votes', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { held, vote, deps, read, decision, gate } = await aVote();
      const { effectId, decisionId } = await held();
      const votes = [0, 1, 2, 3, 4].map((n) => vote(decisionId, agent(n)));
      const vetoed = new Promise((resolve) => setImmediate(resolve)).then(() =>
        vetoDecision({ ...veto, decisionId }, deps),
      );
      await Promise.all([...(round % 2 ? [] : votes), vetoed, ...votes]);
      expect(await decision(decisionId)).toMatchObject({ status: 'vetoed' });
      expect(await read(effectId)).toMatchObject({ status: 'denied' });
      expect((await gate.propose([votable()]))[0]?.kind).toBe('denied');
    }
  });
});

describe('1,000 votes at once', () => {
  it.each([
    { of: 'one mind', choiceOf: () => 'approve' as const },
    { of: 'two minds', choiceOf: (n: number) => (n % 2 ? ('approve' as const) : ('reject' as const)) },
  ])('of five voters and $of: one vote each, one outcome, carried out once', async ({ choiceOf }) => {
    const { held, vote, decision, told, read } = await aVote();
    const { effectId, decisionId } = await held();
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, n) => vote(decisionId, agent(n % 5), { choice: choiceOf(n) })),
    );
    const cast = answers.filter(({ kind }) => kind === 'cast');
    const { votes, voteCount, status } = await decision(decisionId);
    expect(Object.keys(votes)).toHaveLength(cast.length);
    expect(voteCount).toBe(cast.length);
    expect(cast.length).toBeLessThanOrEqual(5);
    const yes = Object.values(votes).filter(({ accepts }) => accepts.length > 0).length;
    expect(status).toBe(yes >= 3 ? 'approved' : 'rejected');
    expect((await read(effectId))?.status).toBe(yes >= 3 ? 'cleared' : 'denied');
    expect(told.filter(({ type }) => type === 'safety.DecisionMade')).toHaveLength(1);
    const why = new Set(
      answers.filter(({ kind }) => kind === 'refused').map((answer) => (answer as { reason: string }).reason),
    );
    expect([...why].every((reason) => reason === 'already_voted' || reason === 'voting_closed')).toBe(true);
  });

  it('of 150 voters on a panel as large: each counts once', async () => {
    const seats = Array.from({ length: 150 }, (_, n) => ({ voterId: `agt_${n}`, lineage: `lineage-${n % 7}` }));
    const { held, vote, decision } = await aVote({
      panel: { ...OUTSIDE, seats, quorum: { approvals: 76, lineages: 3 } },
    });
    const { decisionId } = await held();
    const answers = await Promise.all(seats.map((_, n) => vote(decisionId, agent(n))));
    const cast = answers.filter(({ kind }) => kind === 'cast').length;
    expect(cast).toBeGreaterThanOrEqual(76);
    expect(await decision(decisionId)).toMatchObject({ status: 'approved', voteCount: cast });
  });
});

describe('whatever comes in whatever order', () => {
  const choice = fc.constantFrom('approve' as const, 'reject' as const, 'abstain' as const);
  const voter = fc.constantFrom(...[0, 1, 2, 3, 4].map(agent), approver, captain);
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ voter, choice }) },
    fc.constantFrom(
      'sweep' as const,
      'news' as const,
      'a second' as const,
      'five minutes' as const,
      'propose' as const,
      'veto' as const,
    ),
  );
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
  type Held = Awaited<ReturnType<typeof aVote>> & { effectId: string; decisionId: string };

  const take = async (one: Step, { vote, deps, at, gate, effectId, decisionId }: Held) => {
    if (typeof one === 'object') return vote(decisionId, one.voter, { choice: one.choice });
    const work = {
      sweep: () => sweepDecisions(deps),
      news: () => openDecision(effectId, deps),
      'a second': async () => at(1_000),
      'five minutes': async () => at(5 * MINUTE_MS),
      propose: () => gate.propose([votable()]),
      veto: () => vetoDecision({ decisionId, by: 'usr_cap', reason: 'no' }, deps),
    };
    return work[one]();
  };
  const statusNow = async ({ decision, read, decisionId, effectId }: Held): Promise<string> => {
    const { status, votes } = await decision(decisionId);
    const effect = (await read(effectId))?.status;
    const seated = Object.values(votes).filter((ballot) => ballot.seated && ballot.accepts.length > 0);
    if (effect === 'cleared' || effect === 'executing')
      expect([status, seated.length >= 3]).toEqual(['approved', true]);
    if (status === 'vetoed') expect(['denied', 'failed', 'unknown']).toContain(effect);
    if (status === 'rejected' || status === 'expired') expect(effect).toBe('denied');
    return status;
  };

  it('the effect is cleared only with a quorum, and what is settled stays so but for a veto', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const swarm = await aVote();
        const held = { ...swarm, ...(await swarm.held()) };
        let before = 'open';
        for (const one of steps) {
          await take(one, held);
          const status = await statusNow(held);
          if (before !== 'open') expect([before, 'vetoed']).toContain(status);
          before = status;
        }
      }),
      { numRuns: 150 },
    );
  });
});
