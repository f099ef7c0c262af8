import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../common/config.ts';
import { cohortOf, isInCohort, operationOf, type Staged, slotOf, staffFor, stageFor } from './cohort.ts';
import { decideDemotion, errorOfLook, lookAt, looksAfter } from './demotion-rule.ts';
import { failsAtLeast, failsMoreOften, logFactorial, upperShare } from './exact-test.ts';
import { decidePromotion } from './promotion-rule.ts';
import { NO_RECORD, STEPS, type Stage, type StageRecord, StagesConfig, type Step } from './stage.ts';

const config = readConfig('stages.yaml', StagesConfig);
const SINCE = '2026-03-01T00:00:00.000Z';
const DAY_MS = 86_400_000;
const atDay = (days: number) => Date.parse(SINCE) + days * DAY_MS;

const aStage = (step: Step, record: Partial<StageRecord> = {}, more: Partial<Stage> = {}): Stage => ({
  ...{ subject: 'feedback.nps', step, candidate: 'agt_new', money: false, since: SINCE, by: 'test', why: 'test' },
  ...{ version: 1, looks: 0, record: { ...NO_RECORD, ...record } },
  ...more,
});
const aTask = (objectiveId: string, agentId = 'agt_new', intentKey = 'tsk_1#1'): Staged => ({
  intentKey,
  action: 'task.execute',
  scope: { objectiveId, agentId, capability: 'feedback.nps' },
});
const operations = Array.from({ length: 100_000 }, (_, n) => `obj_${n}`);

describe('the cohort of a step', () => {
  it.each([
    ['shadow', 0],
    ['canary_1', 0.01],
    ['canary_10', 0.1],
    ['canary_50', 0.5],
    ['live', 1],
  ] as const)('%s has the share %d of all operations', (step, share) => {
    const inside = operations.filter((operation) => isInCohort({ subject: 'a.b', step }, operation)).length;
    // five standard deviations of a draw of that share
    const slack = 5 * Math.sqrt(operations.length * share * (1 - share));
    expect(Math.abs(inside - operations.length * share)).toBeLessThanOrEqual(slack);
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
});

describe('promotion', () => {
  const good = { decisions: 300, compared: 300 };
  it.each([
    ['a clean week with 300 decisions', good, 7, 'promote', ''],
    ['six days and 23 hours', good, 6.96, 'not_yet', 'hours'],
    ['299 decisions', { ...good, decisions: 299 }, 8, 'not_yet', 'decisions: 299'],
    ['decisions that nobody compared', { ...good, compared: 10 }, 8, 'not_yet', 'compared: 10'],
    ['1 % disagreement', { ...good, disagreed: 3 }, 8, 'promote', ''],
    ['more than 1 %', { ...good, disagreed: 4 }, 8, 'not_yet', 'disagreement: 1.33 %'],
    ['one critical', { ...good, critical: 1 }, 8, 'not_yet', 'critical: 1'],
  ])('%s', (_, record, days, kind, missing) => {
    const promotion = decidePromotion(aStage('shadow', record), atDay(days), config);
    expect(promotion.kind).toBe(kind);
    if (promotion.kind === 'promote') expect(promotion).toMatchObject({ to: 'canary_1', by: 'rules' });
    if (promotion.kind === 'not_yet') expect(promotion.missing.join()).toContain(missing);
  });

  it('needs a captain for the last step, for money, and where the configuration says so', () => {
    const plenty = { decisions: 5_000, compared: 300 };
    const by = (stage: Stage, rules = config) => decidePromotion(stage, atDay(30), rules);
    expect(by(aStage('canary_10', plenty))).toMatchObject({ to: 'canary_50', by: 'rules' });
    expect(by(aStage('canary_50', plenty))).toMatchObject({ to: 'live', by: 'captain' });
    expect(by(aStage('shadow', plenty, { money: true }))).toMatchObject({ to: 'canary_1', by: 'captain' });
    expect(by(aStage('shadow', { ...plenty, wouldSpendCents: 1 }))).toMatchObject({ by: 'captain' });
    const none = { ...config, promotion: { ...config.promotion, automaticUpTo: 'none' as const } };
    expect(by(aStage('shadow', plenty), none)).toMatchObject({ by: 'captain' });
    expect(by(aStage('live', plenty))).toEqual({ kind: 'live' });
  });

  it('never comes from a worse record: whatever is taken away from a record that is not enough, it stays not enough', () => {
    const record = fc.record({
      decisions: fc.nat(400),
      compared: fc.nat(400),
      disagreed: fc.nat(5),
      critical: fc.nat(1),
    });
    fc.assert(
      fc.property(record, fc.nat(10), (one, days) => {
        const kindOf = (more: Partial<StageRecord>, at: number) =>
          decidePromotion(aStage('shadow', { ...one, ...more }), atDay(at), config).kind;
        if (kindOf({}, days) === 'promote') return;
        expect(kindOf({ decisions: Math.max(0, one.decisions - 1) }, days)).toBe('not_yet');
        expect(kindOf({ disagreed: one.disagreed + 1 }, days)).toBe('not_yet');
        expect(kindOf({ critical: one.critical + 1 }, days)).toBe('not_yet');
        expect(kindOf({}, Math.max(0, days - 1))).toBe('not_yet');
      }),
    );
  });
});

describe('exact tests', () => {
  it('agree with sums by hand', () => {
    expect(logFactorial(1)).toBe(0);
    expect(Math.exp(logFactorial(5))).toBeCloseTo(120, 8);
    const direct = Array.from({ length: 60 }, (_, k) => Math.log(k + 1)).reduce((sum, one) => sum + one, 0);
    expect(logFactorial(60)).toBeCloseTo(direct, 10);
    // Fisher's lady tasting tea: 4 of 4 right by chance is 1 of 70.
    expect(failsMoreOften({ failed: 4, of: 4 }, { failed: 0, of: 4 })).toBeCloseTo(1 / 70, 12);
    expect(failsMoreOften({ failed: 3, of: 4 }, { failed: 1, of: 4 })).toBeCloseTo(17 / 70, 12);
    expect(failsMoreOften({ failed: 1, of: 4 }, { failed: 3, of: 4 })).toBeCloseTo(69 / 70, 12);
    expect(failsAtLeast({ failed: 2, of: 3 }, 0.5)).toBeCloseTo(0.5, 12);
    expect(upperShare({ failed: 0, of: 300 })).toBeCloseTo(1 - 0.05 ** (1 / 300), 6);
  });

  it.each([
    ['no failure at all', { failed: 0, of: 50 }, { failed: 0, of: 50 }],
    ['nobody on one side', { failed: 3, of: 3 }, { failed: 0, of: 0 }],
    ['nobody on the other', { failed: 0, of: 0 }, { failed: 3, of: 3 }],
  ])('say nothing about %s', (_, first, second) => {
    expect(failsMoreOften(first, second)).toBeCloseTo(1, 9);
    expect(failsAtLeast({ failed: 0, of: 9 }, 0.1)).toBe(1);
    expect(upperShare({ failed: 2, of: 2 })).toBe(1);
  });
});

/** A small generator of its own, so that a simulation is the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Runs a canary until it is sent back or has so many results; answers after how many it was. */
function canary(candidateFails: number, incumbentFails: number, results: number, random: () => number) {
  const stage = aStage('canary_10');
  for (let n = 1; n <= results; n += 1) {
    if (random() < candidateFails) stage.record.candidateFailed += 1;
    else stage.record.candidateSucceeded += 1;
    for (let other = 0; other < 9; other += 1) {
      if (random() < incumbentFails) stage.record.incumbentFailed += 1;
      else stage.record.incumbentSucceeded += 1;
    }
    const decision = decideDemotion(stage, config);
    if (decision.kind === 'demote') return n;
    stage.looks = decision.looks;
  }
  return undefined;
}

describe('demotion', () => {
  it.each([
    ['in shadow nothing is done, so nothing is taken back', aStage('shadow', { candidateFailed: 50 }), 'stay'],
    ['one critical failure', aStage('canary_1', { critical: 1 }), 'demote'],
    [
      'four failures are too few to look at',
      aStage('canary_1', { candidateFailed: 4, incumbentSucceeded: 100 }),
      'stay',
    ],
    [
      'five failures where nobody else fails',
      aStage('canary_1', { candidateFailed: 5, incumbentSucceeded: 100 }),
      'demote',
    ],
    ['five failures where all fail', aStage('canary_1', { candidateFailed: 5, incumbentFailed: 100 }), 'stay'],
    ['without an incumbent: above what is accepted', aStage('live', { candidateFailed: 5 }), 'demote'],
    ['without an incumbent: as accepted', aStage('live', { candidateFailed: 1, candidateSucceeded: 19 }), 'stay'],
  ])('%s', (_, stage, kind) => {
    expect(decideDemotion(stage, config).kind).toBe(kind);
  });

  it('spends a look once, and never more error in all looks than is allowed', () => {
    const stage = aStage('canary_1', { candidateSucceeded: 7, incumbentSucceeded: 100 });
    expect(decideDemotion(stage, config)).toEqual({ kind: 'stay', looks: 2 });
    expect(decideDemotion({ ...stage, looks: 2 }, config)).toEqual({ kind: 'stay', looks: 2 });
    expect([lookAt(0), lookAt(1), looksAfter(4), looksAfter(5)]).toEqual([5, 7, 0, 1]);
    const spent = Array.from({ length: 10_000 }, (_, look) => errorOfLook(look, 0.01));
    expect(spent.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(0.01);
  });

  it('sends back a candidate that is as good as the incumbent in at most 1 % of 1,000 canaries', () => {
    const random = seeded(7);
    const wrongly = Array.from({ length: 1_000 }, () => canary(0.1, 0.1, 400, random)).filter((n) => n !== undefined);
    expect(wrongly.length).toBeLessThanOrEqual(10);
  });

  it('sends back one that fails half of the time, every time, within 40 results', () => {
    const random = seeded(8);
    const after = Array.from({ length: 300 }, () => canary(0.5, 0.02, 200, random));
    expect(Math.max(...after.map((n) => n ?? Number.POSITIVE_INFINITY))).toBeLessThanOrEqual(40);
  });
});
