// Which notice people should look at first, and why.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEVERITIES } from './notice.ts';
import { type Ranked, ranked, rankOf, reasonsOf } from './notice-rank.ts';

const NOW = new Date('2026-11-20T12:00:00.000Z');
const notice: Ranked = {
  noticeId: 'ntc_1',
  severity: 'error',
  needsAckBy: '2026-11-20T12:05:00.000Z',
  raisedAt: NOW.toISOString(),
  count: 1,
  ladder: 'climbing',
};

describe('the rank of a notice', () => {
  const moment = fc
    .date({ min: NOW, max: new Date('2026-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString());
  const notices = fc.record({
    noticeId: fc.stringMatching(/^ntc_[0-9a-f]{30}$/),
    severity: fc.constantFrom(...SEVERITIES),
    needsAckBy: moment,
    raisedAt: moment,
    count: fc.integer({ min: 1, max: 100 }),
    ladder: fc.constantFrom('climbing' as const, 'exhausted' as const, 'digest' as const),
  });

  it('is one order, whatever the order they come in', () => {
    fc.assert(
      fc.property(fc.uniqueArray(notices, { selector: (one) => one.noticeId }), fc.nat(), (all, turn) => {
        const mixed = [...all.slice(turn % (all.length || 1)), ...all.slice(0, turn % (all.length || 1))].reverse();
        expect(ranked(mixed)).toEqual(ranked(all));
      }),
    );
  });

  it('puts the worse first, then the earlier deadline, then the older', () => {
    fc.assert(
      fc.property(notices, notices, (one, other) => {
        const [first] = ranked([one, other]);
        const by = (notice: typeof one) => [SEVERITIES.indexOf(notice.severity), notice.needsAckBy, notice.raisedAt];
        const [a, b] = [by(one), by(other)];
        const at = [0, 1, 2].find((index) => a[index] !== b[index]);
        if (at !== undefined) expect(first).toBe(a[at]! < b[at]! ? one : other);
      }),
    );
  });

  it('does not depend on how many digits a moment was written with', () => {
    expect(rankOf({ ...notice, needsAckBy: '2026-11-20T12:05:00Z' })).toBe(rankOf(notice));
    expect(rankOf(notice)).toBe(`1#2026-11-20T12:05:00.000Z#2026-11-20T12:00:00.000Z#${notice.noticeId}`);
  });

  it.each<{ when: string; of?: Partial<Ranked>; afterMinutes: number; reasons: string[] }>([
    {
      when: 'there is time',
      of: { count: 3 },
      afterMinutes: 0,
      reasons: ['severity error', 'to be answered within 5 min', 'open for 0 min', 'happened 3 times'],
    },
    {
      when: 'this is the moment',
      afterMinutes: 5,
      reasons: ['severity error', 'to be answered within 0 min', 'open for 5 min'],
    },
    {
      when: 'it is late, and every rung was tried',
      of: { count: 2, ladder: 'exhausted' },
      afterMinutes: 10,
      reasons: [
        'severity error',
        'overdue by 5 min',
        'open for 10 min',
        'happened 2 times',
        'every rung of the ladder was tried and nobody answered',
      ],
    },
    {
      when: 'it has been there for a year',
      afterMinutes: 525_600,
      reasons: ['severity error', 'overdue by 525595 min', 'open for 525600 min'],
    },
    {
      when: 'the clock stepped back',
      afterMinutes: -2,
      reasons: ['severity error', 'to be answered within 7 min', 'open for 0 min'],
    },
  ])('says why when $when', ({ of = {}, afterMinutes, reasons }) => {
    expect(reasonsOf({ ...notice, ...of }, NOW.getTime() + afterMinutes * 60_000)).toEqual(reasons);
  });
});
