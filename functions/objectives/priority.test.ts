// Who comes first: the points by table, and the promises that hold for any objective.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overtakingHoursMax, type PriorityFacts, priorityOf, rankKey } from './priority.ts';

const createdAt = '2026-03-01T12:00:00.000Z';
const now = new Date(createdAt);
const hoursLater = (hours: number) => new Date(now.getTime() + hours * 3_600_000).toISOString();
const facts = (changes: Partial<PriorityFacts> = {}): PriorityFacts => ({
  impact: 5,
  budgetUsd: 0,
  createdAt,
  ...changes,
});

it.each([
  { when: 'nothing special', given: facts(), score: 43 },
  { when: 'impact 10', given: facts({ impact: 10 }), score: 68 },
  { when: 'a matter of minutes', given: facts({ urgency: 'minutes' }), score: 65 },
  { when: 'a deadline in an hour', given: facts({ deadline: hoursLater(1) }), score: 65 },
  { when: 'a deadline in a day', given: facts({ deadline: hoursLater(24) }), score: 55 },
  { when: 'a deadline in two months', given: facts({ deadline: hoursLater(1_440) }), score: 35 },
  { when: 'a deadline that passed', given: facts({ deadline: hoursLater(-3) }), score: 65 },
  { when: 'a return of 3 per dollar', given: facts({ projectedRoi: 3 }), score: 49 },
  { when: 'a return beyond all measure', given: facts({ projectedRoi: 900 }), score: 53 },
  { when: 'a budget of $10', given: facts({ budgetUsd: 10 }), score: 41 },
  { when: 'a budget of $5,000', given: facts({ budgetUsd: 5_000 }), score: 33 },
  { when: 'the most of everything', given: facts({ impact: 10, urgency: 'minutes', projectedRoi: 5 }), score: 100 },
  {
    when: 'the least of everything',
    given: facts({ impact: 1, deadline: hoursLater(9_000), budgetUsd: 9_000 }),
    score: 5,
  },
])('$when -> $score', ({ given, score }) => {
  expect(priorityOf(given, now).score).toBe(score);
});

it('says why, with the points', () => {
  const given = facts({ impact: 8, deadline: hoursLater(30), budgetUsd: 5, projectedRoi: 1.5 });
  expect(priorityOf(given, new Date(hoursLater(5))).reasons).toEqual([
    'impact 8 of 10: +40',
    '25 h to the deadline: +12',
    'projected return of 1.5 per dollar: +3',
    'needs up to $5: +8',
    'waiting for 5 h: +20',
  ]);
});

const someFacts = fc.record(
  {
    impact: fc.integer({ min: 1, max: 10 }),
    urgency: fc.constantFrom('minutes' as const, 'hours' as const, 'days' as const),
    budgetUsd: fc.integer({ min: 0, max: 10_000 }),
    projectedRoi: fc.integer({ min: 0, max: 20 }),
    createdAt: fc
      .integer({ min: 0, max: 10_000 })
      .map((minutes) => new Date(now.getTime() + minutes * 60_000).toISOString()),
  },
  { requiredKeys: ['impact', 'budgetUsd', 'createdAt'] },
);
const keyOf = (one: PriorityFacts, id: string) =>
  rankKey(priorityOf(one, new Date(one.createdAt)).score, one.createdAt, id);

describe('for any objectives', () => {
  it('the score is whole, from 0 to 100, and never falls by waiting', () => {
    fc.assert(
      fc.property(someFacts, fc.nat(5_000), (one, minutes) => {
        const at = new Date(one.createdAt);
        const { score } = priorityOf(one, at);
        const later = priorityOf(one, new Date(at.getTime() + minutes * 60_000)).score;
        return Number.isInteger(score) && score >= 0 && later >= score && later <= 100;
      }),
    );
  });

  it('at the same moment the higher score sorts first, and equal scores by age of the id', () => {
    fc.assert(
      fc.property(someFacts, someFacts, (one, other) => {
        const left = { ...one, createdAt };
        const right = { ...other, createdAt };
        const difference = priorityOf(right, now).score - priorityOf(left, now).score;
        return keyOf(left, 'obj_1') < keyOf(right, 'obj_2') === difference <= 0;
      }),
    );
  });

  it('nobody is overtaken by what comes more than 25 hours later', () => {
    expect(overtakingHoursMax).toBe(25);
    fc.assert(
      fc.property(someFacts, someFacts, fc.nat(10_000), (one, other, minutes) => {
        const laterMs = Date.parse(one.createdAt) + overtakingHoursMax * 3_600_000 + minutes * 60_000;
        return keyOf(one, 'obj_1') < keyOf({ ...other, createdAt: new Date(laterMs).toISOString() }, 'obj_2');
      }),
    );
  });

  it('scoring again later (by the minute) leaves the place within one point, so keys need no upkeep', () => {
    fc.assert(
      fc.property(someFacts, fc.nat(1_000), (one, minutes) => {
        const at = new Date(Date.parse(one.createdAt) + minutes * 60_000);
        const { score } = priorityOf(one, at);
        fc.pre(score < 100);
        const first = Number(keyOf(one, 'x').slice(0, 15));
        const again = Number(rankKey(score, at.toISOString(), 'x').slice(0, 15));
        return again >= first && again - first < 15 * 60_000;
      }),
    );
  });
});
