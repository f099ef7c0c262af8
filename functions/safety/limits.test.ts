import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TableBusy, TableOutcomeUnknown, type Tables } from '../common/table.ts';
import type { Impact, Proposal } from './effect.ts';
import { aGate, costing, RULES } from './gate.test-support.ts';
import { effectIdOf, gateOf } from './gate.ts';
import { type Limit, Limits, limitKey, takesOf } from './limit.ts';
import { asWindow, bucketMs } from './limit-window.ts';

const limit = (overrides: Partial<Limit> = {}): Limit => ({
  name: 'calls',
  unit: 'apiCalls',
  per: 'swarm',
  most: 100,
  window: 'sliding',
  seconds: 60,
  ...overrides,
});
const withLimits = (...limits: Limit[]) => ({
  rules: async () => ({ ...RULES, thresholds: { ...RULES.thresholds, limits } }),
});
const asking = (n: number, impact: Partial<Proposal['impact']>, overrides: Partial<Proposal> = {}) =>
  costing(impact, { intentKey: `intent-${n}`, fence: `fnc_${n}`, ...overrides });
const counted = async (tables: Tables, one: Limit, subject = 'all') =>
  asWindow(await tables.get('safety', limitKey(one, subject)));
const cleared = (verdicts: { kind: string }[]) => verdicts.filter(({ kind }) => kind === 'cleared').length;
const calling = (apiCalls: number): Impact => ({ spendCents: 0, apiCalls, files: 0, tokens: 0 });

describe('which limits an effect touches', () => {
  const impact: Impact = { spendCents: 5, apiCalls: 3, files: 0, tokens: 0 };
  const scope = { room: 'autonomy', agentId: 'agt_a', objectiveId: 'obj_1' };
  it.each([
    { of: limit(), subject: 'all', amount: 3 },
    { of: limit({ per: 'agent' }), subject: 'agt_a', amount: 3 },
    { of: limit({ per: 'room', unit: 'spendCents' }), subject: 'autonomy', amount: 5 },
    { of: limit({ per: 'objective' }), subject: 'obj_1', amount: 3 },
    { of: limit({ unit: 'files' }), subject: undefined, amount: undefined },
    { of: limit({ only: { room: 'growth' } }), subject: undefined, amount: undefined },
    { of: limit({ only: { room: 'autonomy', action: 'task.execute' } }), subject: 'all', amount: 3 },
    { of: limit({ only: { action: 'http.fetch' } }), subject: undefined, amount: undefined },
    { of: limit({ only: { approved: true } }), subject: undefined, amount: undefined },
    { of: limit({ only: { approved: false } }), subject: 'all', amount: 3 },
  ])('$of.per $of.unit $of.only -> $subject', ({ of, subject, amount }) => {
    const takes = takesOf({ scope, action: 'task.execute' }, impact, [of]);
    expect(takes.map((take) => [take.subject, take.amount])).toEqual(subject === undefined ? [] : [[subject, amount]]);
  });

  it('are named once each', () => {
    expect(Limits.safeParse([limit(), limit()]).success).toBe(false);
    expect(Limits.safeParse([limit(), limit({ name: 'other' })]).success).toBe(true);
  });

  it('leave out those of an agent where there is none', () => {
    const takes = takesOf({ scope: { room: 'autonomy' }, action: 'task.execute' }, impact, [limit({ per: 'agent' })]);
    expect(takes).toEqual([]);
  });
});

describe('a reservation', () => {
  it('takes from all limits or from none, and a refusal costs nothing', async () => {
    const calls = limit({ most: 10 });
    const files = limit({ name: 'files', unit: 'files', most: 1, window: 'fixed', seconds: 3_600 });
    const { gate, tables } = await aGate(withLimits(calls, files));
    expect(await gate.propose([asking(1, { apiCalls: 4, files: 1 })])).toMatchObject([{ kind: 'cleared' }]);
    expect(await gate.propose([asking(2, { apiCalls: 4, files: 1 })])).toMatchObject([
      { kind: 'denied', passing: true, reason: 'files of all: 1 files asked, 0 of 1 left' },
    ]);
    expect(await counted(tables, calls)).toMatchObject({ used: 4, open: 4 });
    expect(await counted(tables, files)).toMatchObject({ used: 1, refused: 1, lastTakenBy: 'test' });
    expect(await gate.propose([asking(3, { apiCalls: 6 })])).toMatchObject([{ kind: 'cleared' }]);
  });

  it('refuses what is more than there ever is, without a try', async () => {
    const { gate, tables } = await aGate(withLimits(limit({ most: 10 })));
    expect(await gate.propose([asking(1, { apiCalls: 11 })])).toMatchObject([{ kind: 'denied' }]);
    expect(await counted(tables, limit())).toBeUndefined();
  });

  it('is made once for an intent, however often it is proposed', async () => {
    const { gate, tables } = await aGate(withLimits(limit()));
    const same = Array.from({ length: 20 }, () => gate.propose([asking(1, { apiCalls: 7 })]));
    expect(cleared((await Promise.all(same)).flat())).toBe(20);
    expect(await counted(tables, limit())).toMatchObject({ used: 7 });
  });

  it('may be asked for again when it was refused for now', async () => {
    const { gate, at } = await aGate(withLimits(limit()));
    await gate.propose([asking(1, { apiCalls: 100 })]);
    expect(await gate.propose([asking(2, { apiCalls: 1 })])).toMatchObject([{ kind: 'denied', passing: true }]);
    at(60_000);
    expect(await gate.propose([asking(2, { apiCalls: 1 })])).toMatchObject([{ kind: 'denied' }]);
    at(1_000);
    expect(await gate.propose([asking(2, { apiCalls: 1 })])).toMatchObject([{ kind: 'cleared' }]);
  });

  it('counts what is unknown as the most, and gives back what was not needed', async () => {
    const roomy = limit({ most: 1_500 });
    const { gate, tables } = await aGate(withLimits(roomy));
    await gate.propose([asking(1, { apiCalls: 'unknown' })]);
    expect(await counted(tables, roomy)).toMatchObject({ used: 1_000, open: 1_000 });
    const effectId = effectIdOf('intent-1');
    const settlement = { effectId, fence: 'fnc_1', status: 'confirmed' as const, reason: 'done', real: calling(30) };
    expect(await gate.settle({ ...settlement, fence: 'other' })).toBe('not_yours');
    expect(await counted(tables, roomy)).toMatchObject({ used: 1_000, open: 1_000 });
    expect(await gate.settle(settlement)).toBe('settled');
    expect(await gate.settle(settlement)).toBe('not_yours');
    expect(await counted(tables, roomy)).toMatchObject({ used: 30, open: 0 });
  });

  it.each([
    { when: 'confirmed without a figure', status: 'confirmed' as const, used: 40, open: 0 },
    { when: 'failed without a figure', status: 'failed' as const, used: 40, open: 0 },
    { when: 'failed at no cost', status: 'failed' as const, real: 0, used: 0, open: 0 },
    { when: 'unknown', status: 'unknown' as const, used: 40, open: 40 },
    { when: 'not begun', status: 'held' as const, used: 0, open: 0 },
    { when: 'dearer than it said', status: 'confirmed' as const, real: 120, used: 120, open: 0 },
  ])('stands at $used after an effect that was $when', async ({ status, real, used, open }) => {
    const { gate, tables } = await aGate(withLimits(limit()));
    await gate.propose([asking(1, { apiCalls: 40 })]);
    const cost = real === undefined ? {} : { real: calling(real) };
    await gate.settle({ effectId: effectIdOf('intent-1'), fence: 'fnc_1', status, reason: '-', ...cost });
    expect(await counted(tables, limit())).toMatchObject({ used, open });
  });

  it('is given back once when an unknown effect turns out not to have happened', async () => {
    const { gate, tables } = await aGate(withLimits(limit()));
    await gate.propose([asking(1, { apiCalls: 40 })]);
    const settlement = { effectId: effectIdOf('intent-1'), fence: 'fnc_1', reason: '-' };
    await gate.settle({ ...settlement, status: 'unknown' });
    expect(await gate.settle({ ...settlement, status: 'failed', real: calling(0) })).toBe('settled');
    expect(await counted(tables, limit())).toMatchObject({ used: 0, open: 0 });
  });

  it('gives nothing back to a window that is over', async () => {
    const hourly = limit({ window: 'fixed', seconds: 3_600 });
    const { gate, tables, at } = await aGate(withLimits(hourly));
    await gate.propose([asking(1, { apiCalls: 100 })]);
    at(3_600_000);
    await gate.propose([asking(2, { apiCalls: 100 })]);
    const effectId = effectIdOf('intent-1');
    const settlement = { effectId, fence: 'fnc_1', status: 'confirmed' as const, reason: '-', real: calling(0) };
    expect(await gate.settle(settlement)).toBe('settled');
    expect(await counted(tables, hourly)).toMatchObject({ used: 100, open: 100 });
    expect(await gate.propose([asking(3, { apiCalls: 1 })])).toMatchObject([{ kind: 'denied' }]);
  });

  it('is tried again while the store is busy or does not answer, and refused when that does not end', async () => {
    const { tables, deps } = await aGate(withLimits(limit()));
    const failing = (times: number, isLost: boolean): Tables => {
      let left = times;
      return {
        get: (...call) => tables.get(...call),
        query: (query) => tables.query(query),
        write: async (writes) => {
          if (writes.length < 3 || left <= 0) return tables.write(writes);
          left -= 1;
          if (isLost) await tables.write(writes);
          throw isLost ? new TableOutcomeUnknown('lost') : new TableBusy('busy');
        },
      };
    };
    const gateOn = (broken: Tables) => gateOf({ ...deps, tables: broken });
    expect(await gateOn(failing(2, false)).propose([asking(1, { apiCalls: 5 })])).toMatchObject([{ kind: 'cleared' }]);
    expect(await gateOn(failing(1, true)).propose([asking(2, { apiCalls: 5 })])).toMatchObject([{ kind: 'cleared' }]);
    expect(await counted(tables, limit())).toMatchObject({ used: 10 });
    expect(await gateOn(failing(1_000, false)).propose([asking(3, { apiCalls: 5 })])).toMatchObject([
      { kind: 'denied', passing: true, reason: 'its limits were too busy to take from' },
    ]);
    expect(await counted(tables, limit())).toMatchObject({ used: 10 });
  });
});

describe('1,000 proposals at once', () => {
  it.each([
    { of: limit({ most: 100 }), each: 1 },
    { of: limit({ most: 100, window: 'fixed', seconds: 3_600 }), each: 3 },
    { of: limit({ name: 'spend', unit: 'spendCents', most: 1_000, window: 'fixed', seconds: 3_600 }), each: 7 },
    { of: limit({ name: 'files', unit: 'files', most: 50, per: 'agent', window: 'fixed', seconds: 3_600 }), each: 2 },
    { of: limit({ name: 'tokens', unit: 'tokens', most: 99_999, per: 'agent', seconds: 3_600 }), each: 1_000 },
  ])('take exactly what there is of $of.most $of.unit, $of.window, $each each', async ({ of, each }) => {
    const { gate, tables } = await aGate(withLimits(of));
    const all = Array.from({ length: 1_000 }, (_, n) => gate.propose([asking(n, { [of.unit]: each })]));
    const granted = cleared((await Promise.all(all)).flat());
    expect(granted).toBe(Math.floor(of.most / each));
    expect((await counted(tables, of, of.per === 'agent' ? 'agt_a' : 'all'))?.used).toBe(granted * each);
  });

  it('through ten gates on one store share what there is of several limits', async () => {
    const both = [limit({ most: 40 }), limit({ name: 'hourly', most: 35, window: 'fixed', seconds: 3_600 })];
    const { deps, tables } = await aGate(withLimits(...both));
    const gates = Array.from({ length: 10 }, () => gateOf({ ...deps }));
    const all = Array.from({ length: 1_000 }, (_, n) => gates[n % 10]!.propose([asking(n, { apiCalls: 1 })]));
    expect(cleared((await Promise.all(all)).flat())).toBe(35);
    expect(await counted(tables, both[0]!)).toMatchObject({ used: 35 });
  });
});

describe('whatever happens in whatever order', () => {
  const windows = [
    limit({ most: 20, seconds: 60 }),
    limit({ name: 'hourly', most: 35, window: 'fixed', seconds: 300 }),
  ];
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('propose' as const),
      calls: fc.integer({ min: 1, max: 12 }),
      atOnce: fc.integer({ min: 1, max: 4 }),
    }),
    fc.record({ kind: fc.constant('settle' as const), which: fc.nat(), real: fc.nat({ max: 12 }) }),
    fc.record({ kind: fc.constant('clock' as const), ms: fc.integer({ min: -200_000, max: 200_000 }) }),
    fc.constant({ kind: 'restart' as const }),
  );
  type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;
  type Taken = { atMs: number; calls: number; effectId: string; fence: string; open: boolean };

  /** The model: what was taken and when by the newest time ever seen, less what was given back. */
  const inWindow = (taken: readonly Taken[], one: Limit, nowMs: number) => {
    const width = bucketMs(one);
    const begins = one.window === 'fixed' ? Math.floor(nowMs / width) * width : nowMs - one.seconds * 1_000 + 1;
    return taken.filter(({ atMs }) => atMs >= begins).reduce((sum, { calls }) => sum + calls, 0);
  };

  /** A gate, its model beside it, and what one step does to both. */
  async function aRun() {
    const { tables, deps, now, at } = await aGate(withLimits(...windows));
    const taken: Taken[] = [];
    let gate = gateOf(deps);
    let n = 0;
    let newestMs = now().getTime();
    const settle = async (which: number, real: number) => {
      const open = taken.filter((effect) => effect.open);
      const effect = open[which % Math.max(1, open.length)];
      if (!effect) return;
      const calls = Math.min(real, effect.calls);
      const { effectId, fence } = effect;
      await gate.settle({ effectId, fence, status: 'confirmed', reason: '-', real: calling(calls) });
      Object.assign(effect, { open: false, calls });
    };
    const propose = async (calls: number, atOnce: number) => {
      newestMs = Math.max(newestMs, now().getTime());
      const asked = Array.from({ length: atOnce }, () => asking(n++, { apiCalls: calls }));
      const verdicts = (await Promise.all(asked.map((proposal) => gate.propose([proposal])))).flat();
      const granted = verdicts.flatMap(({ kind, effectId }, index) =>
        kind === 'cleared' ? [{ effectId, index }] : [],
      );
      for (const { effectId, index } of granted)
        taken.push({ atMs: newestMs, calls, effectId, fence: asked[index]?.fence ?? '', open: true });
    };
    const take = async (one: Step) => {
      if (one.kind === 'clock') at(one.ms);
      if (one.kind === 'restart') gate = gateOf({ ...deps });
      if (one.kind === 'settle') await settle(one.which, one.real);
      if (one.kind === 'propose') await propose(one.calls, one.atOnce);
    };
    const check = async () => {
      for (const window of windows) {
        expect((await counted(tables, window))?.used ?? 0).toBeLessThanOrEqual(window.most);
        expect(inWindow(taken, window, newestMs)).toBeLessThanOrEqual(window.most);
      }
    };
    return { take, check };
  }

  it('no window ever holds more than its limit: steps of the clock, restarts, settlements, several at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { take, check } = await aRun();
        for (const one of steps) {
          await take(one);
          await check();
        }
      }),
      { numRuns: 60 },
    );
  });
});
