// Whose vote counts, and which are refused with the reason.
import { describe, expect, it } from 'vitest';
import { admitVote, BallotPaper, type Voter } from './admit-vote.ts';
import { AT, aBallot, aDecision, anOption, atMinute, CLOSES } from './decision.test-support.ts';
import type { Decision, Vote } from './decision.ts';

const agent = (principalId = 'agt_1'): Voter => ({ principalId, roles: ['agent'], inside: false });
const approver: Voter = { principalId: 'usr_ann', roles: ['viewer', 'approver'], inside: false };
const captain: Voter = { principalId: 'usr_cap', roles: ['captain'], inside: false };
const paper = (other: Partial<BallotPaper> = {}): BallotPaper => ({
  choice: 'approve',
  reason: 'it is fine',
  digest: 'digest-1',
  ...other,
});
const several = { options: [anOption(1), anOption(2)], digest: 'both' };

const admit = (decision: Partial<Decision>, voter: Voter, said: Partial<BallotPaper> = {}, at = AT) =>
  admitVote(aDecision(decision), voter, paper(said), at);

describe('a vote is admitted', () => {
  it('of who has a seat, with the lineage of the seat', () => {
    expect(admit({}, agent())).toEqual({
      kind: 'admitted',
      vote: {
        voterId: 'agt_1',
        lineage: 'lineage-1',
        seated: true,
        person: false,
        captain: false,
        accepts: ['eff_1'],
        abstains: false,
        reason: 'it is fine',
        digest: 'digest-1',
        at: AT,
      },
    });
  });
  it.each([
    { voter: approver, is: { person: true, captain: false, seated: false, lineage: 'people' } },
    { voter: captain, is: { person: true, captain: true, seated: false, lineage: 'people' } },
    {
      voter: { ...agent('agt_2'), roles: ['agent', 'approver'] },
      is: { person: true, seated: true, lineage: 'lineage-2' },
    },
  ])('of people who may approve: $voter.principalId', ({ voter, is }) => {
    expect(admit({}, voter)).toMatchObject({ kind: 'admitted', vote: is });
  });
  it.each([
    { said: { choice: 'reject' as const }, is: { accepts: [], abstains: false } },
    { said: { choice: 'abstain' as const }, is: { accepts: [], abstains: true } },
    { said: { choice: undefined, ranking: ['eff_1'] }, is: { accepts: ['eff_1'], abstains: false } },
    { said: { choice: undefined, ranking: [] }, is: { accepts: [], abstains: false } },
  ])('$said', ({ said, is }) => {
    expect(admit({}, agent(), said)).toMatchObject({ kind: 'admitted', vote: is });
  });
  it('as a ranking when there are several', () => {
    const said = { choice: undefined, ranking: ['eff_2', 'eff_1'], digest: 'both' };
    expect(admit(several, agent(), said)).toMatchObject({ vote: { accepts: ['eff_2', 'eff_1'] } });
    expect(admit(several, agent(), { choice: 'reject', digest: 'both' })).toMatchObject({ vote: { accepts: [] } });
  });
  it('also as an abstention from several', () => {
    expect(admit(several, agent(), { choice: 'abstain', digest: 'both' })).toMatchObject({ vote: { abstains: true } });
  });
  it.each(['approve', 'reject', 'abstain'] as const)('on paper: %s', (choice) => {
    expect(BallotPaper.parse(paper({ choice }))).toEqual(paper({ choice }));
  });
  it('of a built-in reviewer, from inside only', () => {
    const seats = [{ voterId: 'rev_budget', lineage: 'budget', builtIn: true }];
    const reviewer = { principalId: 'rev_budget', roles: [], inside: true };
    expect(admit({ seats }, reviewer)).toMatchObject({ kind: 'admitted', vote: { seated: true, lineage: 'budget' } });
    expect(admit({ seats }, { ...reviewer, inside: false })).toMatchObject({ reason: 'not_a_voter' });
    expect(admit({}, { ...agent(), inside: true })).toMatchObject({ reason: 'not_a_voter' });
  });
});

const cast = { ...aBallot(1, ['eff_1']), reason: 'r', digest: 'digest-1', at: atMinute(2) } as Vote;

describe('a vote is refused', () => {
  it.each([
    {
      when: 'proposals are still gathered',
      decision: { status: 'gathering' as const, gatheringUntil: atMinute(1) },
      reason: 'voting_not_begun',
      says: atMinute(1),
    },
    { when: 'it was decided', decision: { status: 'approved' as const }, reason: 'voting_closed', says: 'approved' },
    { when: 'it was vetoed', decision: { status: 'vetoed' as const }, reason: 'voting_closed', says: 'vetoed' },
    { when: 'its time is over', at: CLOSES, reason: 'voting_closed', says: CLOSES },
    { when: 'too many have', decision: { voteCount: 200 }, reason: 'too_many_votes', says: '200' },
    { when: 'nobody invited them', voter: agent('agt_77'), reason: 'not_a_voter', says: 'panel' },
    {
      when: 'an operator has no say',
      voter: { ...approver, roles: ['operator', 'viewer'] },
      reason: 'not_a_voter',
      says: 'panel',
    },
    {
      when: 'it is their own',
      decision: { options: [anOption(1, { authors: ['x', 'agt_1'] })] },
      reason: 'own_proposal',
      says: 'own',
    },
    {
      when: 'an approver proposed it',
      decision: { options: [anOption(1, { authors: ['usr_ann'] })] },
      voter: approver,
      reason: 'own_proposal',
      says: 'own',
    },
    { when: 'they voted', decision: { votes: { agt_1: cast } }, reason: 'already_voted', says: atMinute(2) },
    {
      when: 'the proposal changed',
      said: { digest: 'old' },
      reason: 'digest_changed',
      says: 'digest-1',
      path: 'digest',
    },
    {
      when: 'it says nothing',
      said: { choice: undefined },
      reason: 'choice_missing',
      says: 'approve, reject',
      path: 'choice',
    },
    {
      when: 'it says two things',
      said: { ranking: ['eff_1'] },
      reason: 'choice_missing',
      says: 'Either',
      path: 'choice',
    },
    {
      when: 'it approves all of several',
      decision: several,
      said: { digest: 'both' },
      reason: 'choice_missing',
      says: 'best first',
      path: 'ranking',
    },
    {
      when: 'it ranks a stranger',
      said: { choice: undefined, ranking: ['eff_9'] },
      reason: 'unknown_option',
      says: 'eff_9',
      path: 'ranking',
    },
    {
      when: 'it ranks one twice',
      decision: several,
      said: { choice: undefined, ranking: ['eff_1', 'eff_1'], digest: 'both' },
      reason: 'unknown_option',
      says: 'twice',
      path: 'ranking',
    },
  ])('when $when: $reason', ({ decision = {}, voter = agent(), said = {}, at = AT, reason, says, path }) => {
    const answer = admit(decision, voter, said, at);
    expect(answer).toMatchObject({ kind: 'refused', reason, detail: expect.stringContaining(says) });
    expect((answer as { path?: string }).path).toBe(path);
  });

  it('of the author of one among several', () => {
    const options = [anOption(1), anOption(2, { authors: ['agt_1'] })];
    const said = { choice: 'reject' as const, digest: 'both' };
    expect(admit({ ...several, options }, agent(), said)).toMatchObject({ reason: 'own_proposal' });
  });

  it('one millisecond before the end it is taken', () => {
    expect(admit({}, agent(), {}, '2026-11-20T10:09:59.999Z')).toMatchObject({ kind: 'admitted' });
  });

  it.each([
    { reason: 'x' },
    { reason: undefined },
    { digest: '' },
    { choice: 'maybe' },
    { ranking: 'eff_1' },
    { colour: 'red' },
  ])('as malformed: %o', (wrong) => {
    expect(BallotPaper.safeParse({ ...paper(), ...wrong }).success).toBe(false);
  });
});
