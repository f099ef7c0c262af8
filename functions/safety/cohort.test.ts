import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cohortOf, isInCohort, operationOf, type Staged, slotOf, staffFor, stageFor } from './cohort.ts';
import { aStage } from './stage.test-support.ts';
import { STEPS } from './stage.ts';

const aTask = (objectiveId: string, agentId = 'agt_new', intentKey = 'tsk_1#1'): Staged => ({
  intentKey,
  action: 'task.execute',
  scope: { objectiveId, agentId, capability: 'feedback.nps' },
});
const operations = Array.from({ length: 100_000 }, (_, n) => `obj_${n}`);

describe('the cohort of a step', () => {
  it.each([
    ['noop', 'obj_1', 1_725],
    ['feedback.nps', 'obj_1', 1_693],
    ['feedback.nps', 'tsk_01_3', 2_681],
    ['payout.submit', 'order#42', 4_141],
    ['über.satz', 'ü', 9_124],
  ])('is the same in every version of the code: of %s, %s lies in slot %d', (subject, operation, slot) => {
    expect(slotOf(subject, operation)).toBe(slot);
  });

  it.each([
    ['obj_10002', 0, 'canary_1'],
    ['obj_13463', 99, 'canary_1'],
    ['obj_11431', 100, 'canary_10'],
    ['obj_7526', 999, 'canary_10'],
    ['obj_5726', 1_000, 'canary_50'],
    ['obj_9394', 4_999, 'canary_50'],
    ['obj_10268', 5_000, 'live'],
    ['obj_2005', 9_999, 'live'],
  ] as const)('has %s, in slot %d of 10,000, from the step %s on', (operation, slot, first) => {
    expect(slotOf('feedback.nps', operation)).toBe(slot);
    const steps = STEPS.filter((step) => isInCohort({ subject: 'feedback.nps', step }, operation));
    expect(steps).toEqual(STEPS.slice(STEPS.indexOf(first)));
  });

  it('lies within the cohort of every later step, and never changes', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (subject, operation) => {
        const inside = STEPS.map((step) => isInCohort({ subject, step }, operation));
        expect(inside).toEqual([...inside].sort());
        expect(slotOf(subject, operation)).toBe(slotOf(subject, operation));
        expect(inside.at(-1)).toBe(true);
      }),
    );
  });

  it('is dealt anew for each subject: who is in one 10 % is in another 10 % by chance only', () => {
    const both = operations.filter(
      (operation) =>
        isInCohort({ subject: 'a.b', step: 'canary_10' }, operation) &&
        isInCohort({ subject: 'c.d', step: 'canary_10' }, operation),
    );
    expect(Math.abs(both.length - 1_000)).toBeLessThan(160);
  });

  it('spreads evenly over all slots', () => {
    const tenths = Array<number>(10).fill(0);
    for (const operation of operations) tenths[Math.floor(slotOf('a.b', operation) / 1_000)]! += 1;
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });
});

describe('an operation', () => {
  it.each([
    ['is the objective, whatever the task', aTask('obj_1'), 'obj_1'],
    ['is the task with all its attempts', { intentKey: 'tsk_01_3#2', action: 'task.execute' }, 'tsk_01_3'],
    [
      'is the same for the shadow of a decision',
      { intentKey: 'tsk_01_3#2~shadow', action: 'task.execute' },
      'tsk_01_3',
    ],
    ['is the intent, number and all', { intentKey: 'order#42', action: 'order.pay' }, 'order#42'],
  ])('%s', (_, proposal, expected) => {
    expect(operationOf(proposal)).toBe(expected);
  });
});

describe('what the gate does with a proposal', () => {
  const inside = operations.find((operation) => slotOf('feedback.nps', operation) < 100)!;
  const outside = operations.find((operation) => slotOf('feedback.nps', operation) > 9_000)!;
  it.each([
    ['not staged: it acts', aTask(outside), undefined, 'act', 'unstaged'],
    ['the candidate in shadow', aTask(inside), aStage('shadow'), 'shadow', undefined],
    ['the candidate in its 1 %', aTask(inside), aStage('canary_1'), 'act', 'candidate'],
    ['the candidate outside of its 50 %', aTask(outside), aStage('canary_50'), 'shadow', undefined],
    ['the candidate when live', aTask(outside), aStage('live'), 'act', 'candidate'],
    ['another agent, in shadow', aTask(inside, 'agt_old'), aStage('shadow'), 'act', 'incumbent'],
    [
      'anybody in shadow without a candidate',
      aTask(outside, 'agt_old'),
      aStage('shadow', {}, { candidate: undefined }),
      'shadow',
      undefined,
    ],
    [
      'a proposal without scope, of a staged action',
      { intentKey: 'x', action: 'payout.submit' },
      aStage('shadow', {}, { candidate: undefined }),
      'shadow',
      undefined,
    ],
  ])('%s', (_, proposal, stage, kind, arm) => {
    expect(cohortOf(proposal, stage)).toMatchObject(arm ? { kind, arm } : { kind });
  });

  it('goes by the capability before the action', () => {
    const [one, other] = [aStage('shadow'), aStage('live', {}, { subject: 'task.execute' })];
    const stages = new Map([one, other].map((stage) => [stage.subject, stage]));
    expect(stageFor(aTask('obj_1'), stages)).toBe(one);
    expect(stageFor({ action: 'task.execute' }, stages)).toBe(other);
    expect(stageFor({ action: 'other.thing' }, stages)).toBeUndefined();
  });

  it('has the task given to the candidate inside of the cohort and to the others outside', () => {
    const agents = [{ agentId: 'agt_old' }, { agentId: 'agt_new' }];
    expect(staffFor(agents, aStage('canary_1'), inside)).toEqual([{ agentId: 'agt_new' }]);
    expect(staffFor(agents, aStage('canary_1'), outside)).toEqual([{ agentId: 'agt_old' }]);
    expect(staffFor(agents, aStage('shadow'), inside)).toEqual([{ agentId: 'agt_old' }]);
    expect(staffFor(agents, undefined, inside)).toBe(agents);
    const lost = [{ agentId: 'agt_old' }, { agentId: 'agt_new', status: 'lost' as const }];
    expect(staffFor(lost, aStage('canary_1'), inside)).toEqual([{ agentId: 'agt_old' }]);
    const alone = [{ agentId: 'agt_old', status: 'lost' as const }, { agentId: 'agt_new' }];
    expect(staffFor(alone, aStage('shadow'), inside)).toEqual([{ agentId: 'agt_old', status: 'lost' }]);
    expect(staffFor([{ agentId: 'agt_new' }], aStage('shadow'), inside)).toEqual([{ agentId: 'agt_new' }]);
    expect(staffFor(agents, aStage('shadow', {}, { candidate: undefined }), inside)).toBe(agents);
  });

  it('has the task given to the others while the candidate is not there', () => {
    const others = [{ agentId: 'agt_old' }, { agentId: 'agt_older' }];
    expect(staffFor(others, aStage('canary_1'), inside)).toEqual(others);
  });
});
