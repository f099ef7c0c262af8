import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../common/config.ts';
import { decidePromotion } from './promotion-rule.ts';
import { aStage, SINCE } from './stage.test-support.ts';
import { STEPS, type Stage, type StageRecord, StagesConfig } from './stage.ts';

const config = readConfig('stages.yaml', StagesConfig);
const HOUR_MS = 3_600_000;
const atHour = (hours: number) => Date.parse(SINCE) + hours * HOUR_MS;
const atDay = (days: number) => atHour(24 * days);

describe('promotion', () => {
  const good = { decisions: 300, compared: 300 };
  it.each([
    ['a clean week with 300 decisions', good, 168, []],
    ['six days and 23 hours', good, 167, ['hours at this step: 167, needed at least 168']],
    ['six minutes too early', good, 167.9, ['hours at this step: 167.9, needed at least 168']],
    ['a minute too early, which is not rounded up', good, 167.99, ['hours at this step: 167.9, needed at least 168']],
    ['299 decisions', { ...good, decisions: 299 }, 168, ['decisions: 299, needed at least 300']],
    ['decisions that nobody compared', { ...good, compared: 0 }, 168, ['decisions compared: 0, needed at least 300']],
    ['1 % disagreement', { ...good, disagreed: 3 }, 168, []],
    [
      'more than 1 %',
      { ...good, disagreed: 4 },
      168,
      ['disagreement: 1.33 % of 300 (95 % sure: at most 3.03 %), needed at most 1 %'],
    ],
    ['one critical', { ...good, critical: 1 }, 168, ['critical: 1, needed at most 0']],
    [
      'nothing yet',
      {},
      0,
      [
        'decisions: 0, needed at least 300',
        'hours at this step: 0, needed at least 168',
        'decisions compared: 0, needed at least 300',
      ],
    ],
  ])('%s', (_, record, hours, missing) => {
    const promotion = decidePromotion(aStage('shadow', record), atHour(hours), config);
    if (missing.length === 0) expect(promotion).toMatchObject({ kind: 'promote', to: 'canary_1', by: 'rules' });
    else expect(promotion).toMatchObject({ kind: 'not_yet', to: 'canary_1', missing });
  });

  it('says on what grounds, point by point', () => {
    const promotion = decidePromotion(aStage('shadow', { ...good, disagreed: 3 }), atDay(7), config);
    expect(promotion).toMatchObject({
      reason:
        'decisions 300, hours at this step 168, critical 0, decisions compared 300, ' +
        'disagreement 1 % of 300 (95 % sure: at most 2.56 %)',
    });
    expect(promotion.kind !== 'live' && promotion.checks.map(({ met }) => met)).toEqual([true, true, true, true, true]);
  });

  it('asks for comparisons only where the configuration does; those that there are count all the same', () => {
    const rulesOf = (record: Partial<StageRecord>) => {
      const promotion = decidePromotion(aStage('canary_1', { decisions: 50, ...record }), atDay(1), config);
      return promotion.kind === 'live' ? [] : promotion.checks.map(({ rule, met }) => [rule, met]);
    };
    const always = [
      ['decisions', true],
      ['hours at this step', true],
      ['critical', true],
    ];
    expect(rulesOf({})).toEqual(always);
    expect(rulesOf({ compared: 1 })).toEqual([...always, ['disagreement', true]]);
    expect(rulesOf({ compared: 1, disagreed: 1 })).toEqual([...always, ['disagreement', false]]);
    const { steps } = config.promotion;
    const one = { ...config.promotion, steps: { ...steps, canary_1: { ...steps.canary_1, comparedMin: 1 } } };
    expect(
      decidePromotion(aStage('canary_1', { decisions: 50 }), atDay(1), { ...config, promotion: one }),
    ).toMatchObject({ kind: 'not_yet', missing: ['decisions compared: 0, needed at least 1'] });
  });

  it('lets as many critical decisions pass as the configuration allows, and no more', () => {
    const rules = { ...config, promotion: { ...config.promotion, criticalMax: 2 } };
    const kindWith = (critical: number) =>
      decidePromotion(aStage('shadow', { ...good, critical }), atDay(7), rules).kind;
    expect([1, 2, 3].map(kindWith)).toEqual(['promote', 'promote', 'not_yet']);
  });

  it('goes one step at a time, and ends live', () => {
    const plenty = { decisions: 5_000, compared: 300 };
    const next = STEPS.map((step) => decidePromotion(aStage(step, plenty), atDay(30), config));
    expect(next.map((one) => (one.kind === 'live' ? 'live already' : one.to))).toEqual([
      ...STEPS.slice(1),
      'live already',
    ]);
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
