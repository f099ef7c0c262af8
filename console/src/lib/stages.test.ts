// What people read of stages and anomalies.
import { expect, it } from 'vitest';
import type { StageRecord } from '../stages-api.ts';
import { disagreementOf, formatRate, formatSigmas, metricName, STEPS, stepLook, verdictOf } from './stages.ts';

const record = (compared: number, disagreed: number) => ({ compared, disagreed }) as StageRecord;

it('has a word for every step, and violet only for what is not done', () => {
  expect(STEPS.map((step) => stepLook(step).word)).toEqual([
    'Shadow',
    'Canary 1 %',
    'Canary 10 %',
    'Canary 50 %',
    'Live',
  ]);
  expect(STEPS.filter((step) => stepLook(step).tone === 'violet')).toEqual(['shadow']);
  expect(stepLook('canary_10').why).toContain('10 % of operations');
});

it.each([
  [{ kind: 'live' }, 'Live, no further step'],
  [
    { kind: 'not_yet', to: 'canary_1', missing: ['decisions: 4, needed at least 300'], checks: [] },
    'Canary 1 %: not yet, 1 thing missing',
  ],
  [{ kind: 'promote', to: 'live', by: 'captain', checks: [] }, 'Live: earned, a captain decides'],
  [{ kind: 'promote', to: 'canary_50', by: 'rules', checks: [] }, 'Canary 50 %: earned, goes on by itself'],
] as const)('says of the verdict %j: %s', (promotion, word) => expect(verdictOf(promotion as never).word).toBe(word));

it('says nothing of disagreement while nothing was compared', () => {
  expect(disagreementOf({ record: record(0, 0), disagreementAtMost: null })).toBeUndefined();
  expect(disagreementOf({ record: record(400, 3), disagreementAtMost: 0.0192 })).toEqual({
    share: '0.8 %',
    atMost: '1.9 %',
  });
  expect(disagreementOf({ record: record(1, 1), disagreementAtMost: null })).toEqual({
    share: '100 %',
    atMost: undefined,
  });
});

it('writes rates and deviations as people compare them', () => {
  expect([
    formatRate(0.123456),
    formatRate(12_345),
    formatSigmas({ sigmas: 4.21 }),
    formatSigmas({ sigmas: 5e6 }),
  ]).toEqual(['0.1235', '12,350', '4.2 σ', '> 1,000 σ']);
  expect([metricName('spendCents'), metricName('unheard')]).toEqual(['cents per operation', 'unheard']);
});
