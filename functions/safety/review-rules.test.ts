// What each built-in reviewer lets pass and what not.
import { describe, expect, it } from 'vitest';
import { readConfig } from '../common/config.ts';
import { Panel, type ReviewRule } from './panel.ts';
import { type Background, type Reviewed, review } from './review-rules.ts';

const proposal = (other: Partial<Reviewed> = {}): Reviewed => ({
  actor: 'objectives/dispatch-tasks',
  action: 'task.execute',
  target: 'report.write',
  context: { objectiveId: 'obj_1' },
  options: ['agt_writer', 'wait'],
  choice: 'agt_writer',
  rationale: 'The plan asks for it and the writer is free',
  confidence: 0.9,
  impact: { spendCents: 5_000, apiCalls: 1, files: 0, tokens: 0 },
  reversible: 'yes',
  undo: 'delete the report',
  scope: { room: 'objectives', objectiveId: 'obj_1' },
  ...other,
});
const nothingBefore: Background = { precedents: [], spentCents: 0, spendCentsPerDay: 20_000 };
const impact = (files: number, spendCents = 5_000) => ({ spendCents, apiCalls: 1, files, tokens: 0 });
const before = (...outcomes: string[]) => outcomes.map((outcome) => ({ status: 'approved', outcome }));
const refused = (times: number) => Array.from({ length: times }, () => ({ status: 'rejected' }));

const CASES: {
  rule: ReviewRule;
  when: string;
  of?: Partial<Reviewed>;
  given?: Partial<Background>;
  then: string;
  says: string;
}[] = [
  {
    rule: 'budget',
    when: 'the day has room',
    given: { spentCents: 15_000 },
    then: 'approve',
    says: '$50.00 on top of $150.00',
  },
  {
    rule: 'budget',
    when: 'one cent is too much',
    given: { spentCents: 15_001 },
    then: 'reject',
    says: 'more than $200.00',
  },
  {
    rule: 'precedent',
    when: 'it worked before',
    given: { precedents: before('confirmed', 'failed') },
    then: 'approve',
    says: 'Worked 1 times before, failed 1',
  },
  {
    rule: 'precedent',
    when: 'it failed three times',
    given: { precedents: before('failed', 'failed', 'reversed') },
    then: 'reject',
    says: 'Failed 3 times',
  },
  {
    rule: 'precedent',
    when: 'it failed three of six times',
    given: { precedents: before('failed', 'failed', 'failed', 'confirmed', 'confirmed', 'confirmed') },
    then: 'reject',
    says: 'worked 3',
  },
  {
    rule: 'precedent',
    when: 'it failed three of seven times',
    given: { precedents: before('failed', 'failed', 'failed', 'confirmed', 'confirmed', 'confirmed', 'confirmed') },
    then: 'approve',
    says: 'Worked 4',
  },
  {
    rule: 'precedent',
    when: 'it failed twice',
    given: { precedents: before('failed', 'failed') },
    then: 'approve',
    says: '90 %',
  },
  {
    rule: 'precedent',
    when: 'it was refused',
    given: { precedents: refused(1) },
    then: 'reject',
    says: 'Refused 1 times',
  },
  {
    rule: 'precedent',
    when: 'it was vetoed',
    given: { precedents: [{ status: 'vetoed' }] },
    then: 'reject',
    says: 'Refused 1 times',
  },
  {
    rule: 'precedent',
    when: 'refused once and done once',
    given: { precedents: [...refused(1), ...before('confirmed')] },
    then: 'approve',
    says: 'Worked 1',
  },
  { rule: 'precedent', when: 'new and sure', of: { confidence: 0.8 }, then: 'approve', says: '80 %' },
  {
    rule: 'precedent',
    when: 'new and unsure',
    of: { confidence: 0.79 },
    then: 'reject',
    says: 'Nothing like it before, and only 79 %',
  },
  { rule: 'reversibility', when: 'the undo is said', then: 'approve', says: 'delete the report' },
  { rule: 'reversibility', when: 'the undo is not said', of: { undo: undefined }, then: 'reject', says: 'not how' },
  {
    rule: 'reversibility',
    when: 'nothing stays behind',
    of: { reversible: 'nothing_to_undo' },
    then: 'approve',
    says: 'nothing behind',
  },
  {
    rule: 'reversibility',
    when: 'nothing to undo, they say, but files',
    of: { reversible: 'nothing_to_undo', impact: impact(1), confidence: 0.89 },
    then: 'reject',
    says: 'only 89 %',
  },
  {
    rule: 'reversibility',
    when: 'for good, few files, very sure',
    of: { reversible: 'no', impact: impact(5) },
    then: 'approve',
    says: '90 % sure',
  },
  {
    rule: 'reversibility',
    when: 'for good, many files',
    of: { reversible: 'no', impact: impact(6), confidence: 1 },
    then: 'reject',
    says: '6 files',
  },
  { rule: 'evidence', when: 'it explains itself', then: 'approve', says: '2 options, a rationale and 1 facts' },
  { rule: 'evidence', when: 'barely sure enough', of: { confidence: 0.6 }, then: 'approve', says: '2 options' },
  { rule: 'evidence', when: 'unsure', of: { confidence: 0.59 }, then: 'reject', says: 'Only 59 %' },
  {
    rule: 'evidence',
    when: 'no alternative',
    of: { options: ['agt_writer', 'agt_writer'] },
    then: 'reject',
    says: 'No other way',
  },
  {
    rule: 'evidence',
    when: 'chosen outside of the options',
    of: { choice: 'agt_x' },
    then: 'reject',
    says: 'none of the options',
  },
  {
    rule: 'evidence',
    when: 'a rationale of 20 characters',
    of: { rationale: 'x'.repeat(20) },
    then: 'approve',
    says: 'rationale',
  },
  {
    rule: 'evidence',
    when: 'a rationale of 19 characters',
    of: { rationale: 'x'.repeat(19) },
    then: 'reject',
    says: 'too short',
  },
  { rule: 'evidence', when: 'no context', of: { context: {} }, then: 'reject', says: 'rests on' },
  { rule: 'scope', when: 'an objective answers for it', then: 'approve', says: 'obj_1' },
  {
    rule: 'scope',
    when: 'an agent answers for it',
    of: { actor: 'agt_1', scope: { room: 'growth', agentId: 'agt_1' } },
    then: 'approve',
    says: 'agt_1',
  },
  {
    rule: 'scope',
    when: 'nobody answers for it',
    of: { scope: { room: 'objectives' } },
    then: 'reject',
    says: 'nobody would answer',
  },
  { rule: 'scope', when: 'no scope at all', of: { scope: undefined }, then: 'reject', says: 'nobody would answer' },
  { rule: 'scope', when: 'it acts in another room', of: { actor: 'growth/scan' }, then: 'reject', says: 'not its own' },
  {
    rule: 'scope',
    when: 'no room is said',
    of: { actor: 'growth/scan', scope: { objectiveId: 'obj_1' } },
    then: 'approve',
    says: 'obj_1',
  },
  {
    rule: 'scope',
    when: 'it costs nothing, it says',
    of: { impact: { spendCents: 0, apiCalls: 0, files: 0, tokens: 0 } },
    then: 'reject',
    says: 'not known',
  },
  {
    rule: 'scope',
    when: 'it takes tokens only',
    of: { impact: { spendCents: 0, apiCalls: 0, files: 0, tokens: 1 } },
    then: 'approve',
    says: 'obj_1',
  },
  {
    rule: 'scope',
    when: 'it takes as much of each',
    of: { impact: { spendCents: 1, apiCalls: 1, files: 2, tokens: 2 } },
    then: 'approve',
    says: 'obj_1',
  },
  {
    rule: 'scope',
    when: 'it takes tokens for its calls',
    of: { impact: { spendCents: 0, apiCalls: 1, files: 0, tokens: 1 } },
    then: 'approve',
    says: 'obj_1',
  },
];

describe('the reviewer of', () => {
  it.each(CASES)('$rule, when $when: $then', ({ rule, of, given, then, says }) => {
    const opinion = review(rule, proposal(of), { ...nothingBefore, ...given });
    expect(opinion).toEqual({ choice: then, reason: expect.stringContaining(says) });
  });
});

describe('the panel', () => {
  const shipped = readConfig('panel.yaml', Panel);
  it('that ships has five reviewers of five lineages, three of whom have to agree', () => {
    expect(shipped.seats.map(({ rule }) => rule)).toEqual([
      'budget',
      'precedent',
      'reversibility',
      'evidence',
      'scope',
    ]);
    expect(new Set(shipped.seats.map(({ lineage }) => lineage)).size).toBe(5);
    expect(shipped.quorum).toEqual({ approvals: 3, lineages: 3 });
  });
  const [first, ...rest] = shipped.seats;
  it.each([
    { when: 'somebody sits twice', wrong: { seats: [first, first, ...rest.slice(1)] }, path: 'seats.1.voterId' },
    {
      when: 'half of them would do',
      wrong: { seats: [...shipped.seats, { voterId: 'agt_x', lineage: 'x' }] },
      path: 'quorum.approvals',
    },
    {
      when: 'more are asked for than sit there',
      wrong: { quorum: { approvals: 6, lineages: 3 } },
      path: 'quorum.approvals',
    },
    {
      when: 'there are too few lineages',
      wrong: { seats: shipped.seats.map((seat, n) => ({ ...seat, lineage: `l${n % 2}` })) },
      path: 'quorum.lineages',
    },
    { when: 'two would do', wrong: { quorum: { approvals: 2, lineages: 3 } }, path: 'quorum.approvals' },
    { when: 'a rule is unknown', wrong: { seats: [{ ...first, rule: 'mood' }, ...rest] }, path: 'seats.0.rule' },
  ])('is refused when $when', ({ wrong, path }) => {
    const { error } = Panel.safeParse({ ...shipped, ...wrong });
    expect(error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
  });
});
