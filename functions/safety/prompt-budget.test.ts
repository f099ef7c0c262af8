// How often people may be prompted.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takePrompt, UNUSED, type Used } from './prompt-budget.ts';

const NOW = new Date('2026-11-20T12:00:00.000Z');

describe('the budget of prompts', () => {
  const moments = fc.array(fc.integer({ min: 0, max: 3 * 86_400 }), { maxLength: 200 });
  const budgets = fc.record({ perHour: fc.integer({ min: 0, max: 5 }), perDay: fc.integer({ min: 0, max: 12 }) });

  it('is never exceeded, whatever the clock does', () => {
    fc.assert(
      fc.property(moments, budgets, (seconds, prompts) => {
        let used = UNUSED;
        const perHour = new Map<string, number>();
        const perDay = new Map<string, number>();
        for (const second of seconds) {
          const now = new Date(NOW.getTime() + second * 1_000);
          const admission = takePrompt(used, prompts, now);
          if (admission.kind === 'digest') continue;
          used = admission.used;
          perHour.set(used.hour, (perHour.get(used.hour) ?? 0) + 1);
          perDay.set(used.day, (perDay.get(used.day) ?? 0) + 1);
        }
        for (const count of perHour.values()) expect(count).toBeLessThanOrEqual(prompts.perHour);
        for (const count of perDay.values()) expect(count).toBeLessThanOrEqual(prompts.perDay);
      }),
    );
  });

  it('admits as long as there is room, and says which window is used up', () => {
    const prompts = { perHour: 1, perDay: 2 };
    const first = takePrompt(UNUSED, prompts, NOW);
    expect(first).toMatchObject({ kind: 'prompt', reason: 'prompt 1 of 1 this hour, 1 of 2 today' });
    const used = (first as { used: Used }).used;
    expect(takePrompt(used, prompts, NOW)).toEqual({ kind: 'digest', reason: 'hour_is_used_up' });
    const later = new Date('2026-11-20T13:00:00Z');
    const second = takePrompt(used, prompts, later) as { used: Used };
    expect(second).toMatchObject({ kind: 'prompt' });
    expect(takePrompt(second.used, prompts, new Date('2026-11-20T14:00:00Z'))).toMatchObject({
      reason: 'day_is_used_up',
    });
    expect(takePrompt(second.used, prompts, new Date('2026-11-21T00:00:00Z'))).toMatchObject({ kind: 'prompt' });
    expect(takePrompt(second.used, prompts, NOW), 'a clock that steps back').toMatchObject({
      reason: 'hour_is_used_up',
    });
  });

  it('never prompts where it is nothing, and always where it is no budget', () => {
    expect(takePrompt(UNUSED, { perHour: 0, perDay: 5 }, NOW)).toMatchObject({ reason: 'never_prompted' });
    expect(takePrompt(UNUSED, { perHour: 5, perDay: 0 }, NOW)).toMatchObject({ reason: 'never_prompted' });
    expect(takePrompt(UNUSED, { perHour: 1, perDay: 1 }, NOW)).toMatchObject({ kind: 'prompt' });
    const always = takePrompt({ ...UNUSED, hourCount: 10_000 }, 'always', NOW);
    expect(always).toMatchObject({ kind: 'prompt', reason: 'always told at once' });
  });

  it('counts hours and days by themselves, from nothing', () => {
    const [hour, day] = ['2026-11-20T12', '2026-11-20'];
    const usedAt = (used: Used, at: string) => takePrompt(used, 'always', new Date(at));
    expect(UNUSED).toEqual({ hour: '', hourCount: 0, day: '', dayCount: 0 });
    expect(usedAt(UNUSED, `${hour}:59:59.999Z`)).toMatchObject({ used: { hour, hourCount: 1, day, dayCount: 1 } });
    const before = { hour, hourCount: 3, day, dayCount: 7 };
    expect(usedAt(before, `${hour}:30:00Z`)).toMatchObject({ used: { hour, hourCount: 4, day, dayCount: 8 } });
    expect(usedAt(before, `${day}T13:00:00Z`)).toMatchObject({ used: { hourCount: 1, day, dayCount: 8 } });
    expect(usedAt(before, '2026-11-21T00:00:00Z')).toMatchObject({ used: { hourCount: 1, dayCount: 1 } });
    expect(usedAt(before, '2026-11-19T23:00:00Z')).toMatchObject({ used: { ...before, hourCount: 4, dayCount: 8 } });
  });
});
