import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../common/config.ts';
import { decideDemotion, errorOfLook, lookAt, looksAfter } from './demotion-rule.ts';
import { failsMoreOften } from './exact-test.ts';
import { aStage } from './stage.test-support.ts';
import { type Stage, StagesConfig } from './stage.ts';

const config = readConfig('stages.yaml', StagesConfig);
const withDemotion = (more: Partial<StagesConfig['demotion']>) => ({
  ...config,
  demotion: { ...config.demotion, ...more },
});

describe('demotion', () => {
  const staying: [string, Stage][] = [
    ['in shadow nothing is done, so nothing is taken back', aStage('shadow', { candidateFailed: 50, critical: 1 })],
    ['four failures are too few to look at', aStage('canary_1', { candidateFailed: 4, incumbentSucceeded: 100 })],
    ['five failures where all fail', aStage('canary_1', { candidateFailed: 5, incumbentFailed: 100 })],
    ['five failures, and one of the incumbent', aStage('canary_1', { candidateFailed: 5, incumbentFailed: 1 })],
    ['without an incumbent: as accepted', aStage('live', { candidateFailed: 1, candidateSucceeded: 19 })],
  ];
  it.each(staying)('%s: it stays', (_, stage) => {
    expect(decideDemotion(stage, config)).toEqual({
      kind: 'stay',
      looks: looksAfter(stage.step === 'shadow' ? 0 : stage.record.candidateFailed + stage.record.candidateSucceeded),
    });
  });

  const goingBack: [string, Stage, string][] = [
    ['one critical failure', aStage('canary_1', { critical: 1 }), 'critical: 1 in feedback.nps'],
    [
      'five failures where nobody else fails',
      aStage('canary_1', { candidateFailed: 5, incumbentSucceeded: 100 }),
      'worse: 5 of 5 failed against 0 of 100 of the incumbent (by chance: 1.0e-8)',
    ],
    [
      'failures far above those of an incumbent that fails, too',
      aStage('canary_50', {
        ...{ candidateFailed: 10, candidateSucceeded: 2 },
        ...{ incumbentFailed: 4, incumbentSucceeded: 36 },
      }),
      'worse: 10 of 12 failed against 4 of 40 of the incumbent (by chance: 0.0000035)',
    ],
    [
      'without an incumbent: above what is accepted',
      aStage('live', { candidateFailed: 5, candidateSucceeded: 1 }),
      'worse: 5 of 6 failed against the accepted 5 % (by chance: 0.0000018)',
    ],
  ];
  it.each(goingBack)('%s: back to shadow, and why', (_, stage, reason) => {
    expect(decideDemotion(stage, config)).toEqual({ kind: 'demote', to: 'shadow', reason });
  });

  it('comes with the first critical failure above those that are allowed', () => {
    const allowing = { ...config, promotion: { ...config.promotion, criticalMax: 2 } };
    const kindWith = (critical: number) => decideDemotion(aStage('canary_1', { critical }), allowing).kind;
    expect([1, 2, 3].map(kindWith)).toEqual(['stay', 'stay', 'demote']);
  });

  it('comes when chance explains it no better than the error which the look may spend, and not before', () => {
    const stage = aStage('canary_1', { candidateFailed: 5, incumbentSucceeded: 1 });
    // The first look may spend half of the whole.
    const whole = 2 * failsMoreOften({ failed: 5, of: 5 }, { failed: 0, of: 1 });
    expect(decideDemotion(stage, withDemotion({ falseDemotionMax: whole })).kind).toBe('demote');
    expect(decideDemotion(stage, withDemotion({ falseDemotionMax: whole * 0.999 })).kind).toBe('stay');
  });
});

describe('a look at the results', () => {
  it('comes ever more rarely', () => {
    expect([0, 1, 2, 3, 4].map(lookAt)).toEqual([5, 7, 8, 10, 13]);
  });

  it('is behind us when there are as many results as it needs', () => {
    fc.assert(
      fc.property(fc.nat(5_000), (results) => {
        const looks = looksAfter(results);
        expect(lookAt(looks)).toBeGreaterThan(results);
        if (looks > 0) expect(lookAt(looks - 1)).toBeLessThanOrEqual(results);
      }),
    );
  });

  it('is made once', () => {
    const stage = aStage('canary_1', { candidateSucceeded: 7, incumbentSucceeded: 100 });
    expect(decideDemotion(stage, config)).toEqual({ kind: 'stay', looks: 2 });
    expect(decideDemotion({ ...stage, looks: 2 }, config)).toEqual({ kind: 'stay', looks: 2 });
  });

  it.each([1, 2, 3, 10, 10_000])('leaves, with the first %d together, some of the allowed error to later ones', (n) => {
    const spent = Array.from({ length: n }, (_, look) => errorOfLook(look, 0.01));
    expect(spent.reduce((sum, one) => sum + one, 0)).toBeCloseTo(0.01 * (1 - 1 / (n + 1)), 12);
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

describe('a canary', () => {
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
