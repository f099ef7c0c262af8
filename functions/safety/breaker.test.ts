import { describe, expect, it } from 'vitest';
import { breakerKey, noteEnd, passBreaker } from './breaker.ts';
import type { Proposal } from './effect.ts';
import { aGate, aProposal, costing, RULES } from './gate.test-support.ts';
import { effectIdOf } from './gate.ts';
import type { Limit } from './limit.ts';

const calls: Limit = { name: 'calls', unit: 'apiCalls', per: 'swarm', most: 1_000, window: 'sliding', seconds: 60 };
const breaker = { failuresInARow: 3, openSeconds: 60 };
const rules = async () => ({ ...RULES, thresholds: { ...RULES.thresholds, limits: [calls], breaker } });
const calling = (n: number, overrides: Partial<Proposal> = {}) =>
  costing({ apiCalls: 1 }, { intentKey: `intent-${n}`, ...overrides });

async function aBreaker() {
  const all = await aGate({ rules });
  let n = 0;
  const ask = async (overrides: Partial<Proposal> = {}) => {
    n += 1;
    const [verdict] = await all.gate.propose([calling(n, overrides)]);
    return { verdict: verdict?.kind, reason: verdict && 'reason' in verdict ? verdict.reason : '', n };
  };
  const end = (number: number, status: 'confirmed' | 'failed') =>
    all.gate.settle({ effectId: effectIdOf(`intent-${number}`), fence: 'fnc_1', status, reason: '-' });
  const fail = async (times: number) => {
    for (let time = 0; time < times; time += 1) await end((await ask()).n, 'failed');
  };
  return { ...all, ask, end, fail };
}

describe('a circuit breaker', () => {
  it('refuses an agent its action after too many failures in a row, for a while, and leaves others alone', async () => {
    const { ask, fail, at } = await aBreaker();
    await fail(3);
    expect(await ask()).toMatchObject({
      verdict: 'denied',
      reason: expect.stringContaining('failed too often in a row'),
    });
    expect(await ask({ scope: { room: 'objectives', agentId: 'agt_b' } })).toMatchObject({ verdict: 'cleared' });
    at(59_999);
    expect(await ask()).toMatchObject({ verdict: 'denied' });
  });

  it('lets one try after that, and by how it ends all or nobody', async () => {
    const { ask, end, fail, at } = await aBreaker();
    await fail(3);
    at(60_000);
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers.map(({ verdict }) => verdict).toSorted()).toEqual(['cleared', 'denied', 'denied']);
    await end(answers.find(({ verdict }) => verdict === 'cleared')!.n, 'failed');
    expect(await ask()).toMatchObject({ verdict: 'denied' });
    at(60_000);
    const probe = await ask();
    expect(probe.verdict).toBe('cleared');
    await end(probe.n, 'confirmed');
    expect((await Promise.all([ask(), ask()])).map(({ verdict }) => verdict)).toEqual(['cleared', 'cleared']);
  });

  it('forgets failures with a success, and counts nothing that costs nothing', async () => {
    const { ask, end, fail, gate } = await aBreaker();
    await fail(2);
    await end((await ask()).n, 'confirmed');
    await fail(2);
    expect((await ask()).verdict).toBe('cleared');
    await fail(1);
    expect(await gate.propose([aProposal({ intentKey: 'free' })])).toMatchObject([{ kind: 'cleared' }]);
  });
});

describe('what is written of a circuit', () => {
  const acting = { action: 'task.execute', scope: { room: 'objectives', agentId: 'agt_a' } };
  const key = { pk: 'breaker#task.execute#agt_a', sk: 'breaker' };

  it('is one for each action of an agent, or of a room where there is none', () => {
    expect(breakerKey(acting)).toEqual(key);
    expect(breakerKey({ ...acting, scope: { room: 'growth' } }).pk).toBe('breaker#task.execute#room:growth');
  });

  it('is nothing while it is closed: only looked at', () => {
    expect(passBreaker('safety', acting, breaker, 1_000, undefined)).toEqual({
      kind: 'write',
      write: {
        table: 'safety',
        check: key,
        if: { any: [{ missing: 'failures' }, { path: 'failures', below: 3 }] },
      },
    });
  });

  it('is the time of the one that tries, if nobody was faster', () => {
    const seen = { ...key, failures: 3, lastFailureMs: 1_000 };
    expect(passBreaker('safety', acting, breaker, 60_999, seen)).toEqual({ kind: 'open', untilMs: 61_000 });
    expect(passBreaker('safety', acting, breaker, 61_000, seen)).toEqual({
      kind: 'write',
      write: {
        table: 'safety',
        update: key,
        changes: {
          set: [
            ['lastFailureMs', 61_000],
            ['by', 'gate'],
            ['why', 'half open: one may try'],
          ],
        },
        if: { path: 'lastFailureMs', equals: 1_000 },
      },
    });
  });

  it('is each failure, and a success takes them away', () => {
    expect(noteEnd('safety', acting, 'failed', 7)).toEqual({
      table: 'safety',
      update: key,
      changes: {
        set: [
          ['lastFailureMs', 7],
          ['by', 'gate'],
          ['why', 'another failure in a row'],
        ],
        add: [['failures', 1]],
      },
    });
    expect(noteEnd('safety', acting, 'confirmed', 7)).toEqual({
      table: 'safety',
      delete: key,
      if: { exists: 'failures' },
    });
  });
});
