import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../common/config.ts';
import { actingAs } from '../common/http.test-support.ts';
import { BehaviourConfig } from './behaviour.ts';
import { factsIn } from './behaviour-facts.ts';
import { behaviourRoutes } from './behaviour-routes.ts';
import { controlNow, resumeScope } from './control-swarm.ts';
import { aGate, aProposal } from './gate.test-support.ts';
import { type AgentFact, readBehaviour, watchOver } from './watch-behaviour.ts';

const config = readConfig('behaviour.yaml', BehaviourConfig);
const START_MS = Date.parse('2026-03-01T10:00:00Z');

async function aWatch(overrides: Partial<BehaviourConfig> = {}) {
  const base = await aGate();
  const deps = { ...base.control, behaviourConfig: { ...config, ...overrides } };
  const watch = watchOver(deps);
  let told = 0;
  const facts = (second: number, count: number, kind: AgentFact['kind'] = 'acted'): AgentFact[] =>
    Array.from({ length: count }, (_, n) => ({
      ...{ agentId: 'agt_a', eventId: `event-${told++}`, atMs: START_MS + second * 1_000 + n, kind },
      ...{ operation: 'obj_1', calls: 0, spendCents: 0 },
    }));
  /** A second of the clock in which the agent acts so often. */
  const second = async (n: number, acts: number) => {
    base.at(1_000);
    return watch(facts(n, acts));
  };
  const live = async (seconds: number, acts: number, from = 0) => {
    for (let n = from; n < from + seconds; n += 1) {
      const anomalies = await second(n, acts);
      if (anomalies.length > 0) return { after: n - from, anomalies };
    }
    return { after: undefined, anomalies: [] };
  };
  const get = async (path: string) => {
    const answer = await behaviourRoutes(deps).request(`/api/v1${path}`, {}, actingAs('viewer'));
    return { status: answer.status, body: (await answer.json()) as Record<string, never> };
  };
  return { ...base, deps, watch, facts, live, second, get };
}

describe('an agent that runs away', () => {
  it('is paused within 10 s, announced and kept; it proposes in vain until a captain resumes it', async () => {
    const { live, told, control, gate, get, at, facts, watch } = await aWatch();
    expect((await live(1_300, 2)).anomalies).toEqual([]);
    const { after, anomalies } = await live(60, 20, 1_300);
    expect(after).toBeLessThanOrEqual(10);
    expect(anomalies).toMatchObject([{ agentId: 'agt_a', metric: 'effects', paused: true }]);
    expect(anomalies[0]?.sigmas).toBeGreaterThanOrEqual(3);
    expect((await controlNow(control)).stopped).toEqual(['agent:agt_a']);
    expect(told.slice(-3).map(({ type }) => type)).toEqual([
      'safety.SwarmKilled',
      'safety.AnomalyDetected',
      'safety.NoticeWanted',
    ]);
    expect(await gate.propose([aProposal()])).toMatchObject([{ kind: 'held', needs: ['resume'] }]);
    const other = aProposal({ intentKey: 'other', scope: { room: 'objectives', agentId: 'agt_b' } });
    expect(await gate.propose([other])).toMatchObject([{ kind: 'cleared' }]);

    const list = await get('/anomalies');
    expect(list.body.items).toMatchObject([{ agentId: 'agt_a', metric: 'effects', paused: true }]);
    const id = (list.body.items as unknown as { anomalyId: string }[])[0]?.anomalyId;
    expect(await get(`/anomalies/${id}`)).toMatchObject({
      status: 200,
      body: { reason: expect.stringContaining('sigma') },
    });
    expect(await get('/behaviour/agt_a')).toMatchObject({
      body: { alarmedAt: expect.any(String), metrics: { effects: { evidence: 0 } } },
    });

    // What was under way is still told, and says nothing new.
    expect(await watch(facts(1_312, 500))).toEqual([]);
    await resumeScope({ agentId: 'agt_a' }, 'mended', 'cap_1', control);
    expect(await gate.propose([aProposal()])).toMatchObject([{ kind: 'cleared' }]);
    at(600_000);
    expect((await live(60, 2, 2_000)).anomalies).toEqual([]);
    expect(await get('/behaviour/agt_a')).toMatchObject({ body: { alarmedAt: null } });
    expect((await live(60, 20, 2_060)).anomalies).toHaveLength(1);
  });

  it('is only announced where the configuration says so', async () => {
    const { live, control, told } = await aWatch({ pause: false });
    await live(1_300, 2);
    expect((await live(60, 20, 1_300)).anomalies).toMatchObject([{ paused: false }]);
    expect((await controlNow(control)).stopped).toEqual([]);
    expect(told.map(({ type }) => type)).not.toContain('safety.SwarmKilled');
  });
});

describe('what the watch costs', () => {
  it('is nothing for seconds while tasks only begin and end, and one write when something else happens', async () => {
    const { watch, facts, tables, at, deps } = await aWatch();
    const writes = () =>
      tables.changesAfter('safety', 0, 10_000).filter(({ pk }) => pk.startsWith('behaviour#')).length;
    await watch(facts(0, 50, 'task_started'));
    await watch([...facts(1, 50, 'succeeded'), ...facts(1, 50, 'task_started')]);
    expect(writes()).toBe(0);
    await watch(facts(2, 1, 'failed'));
    expect(writes()).toBe(1);
    expect((await readBehaviour('agt_a', deps)).behaviour).toMatchObject({
      open: { failures: 1 },
      tasks: expect.any(Number),
    });
    await watch(facts(3, 1, 'task_started'));
    at(5_000);
    await watch([]);
    expect(writes()).toBe(2);
    await watch(facts(9, 2_000, 'task_started'));
    expect(writes()).toBe(3);
  });

  it('counts a batch that comes again once', async () => {
    const { watch, facts, deps } = await aWatch();
    const batch = facts(0, 5);
    await watch(batch);
    await watch(batch);
    expect((await readBehaviour('agt_a', deps)).behaviour?.open.effects).toBe(5);
    for (let n = 0; n < 25; n += 1) await watch(facts(n, 1_000, 'task_started'));
    await watch(facts(26, 1));
    expect((await readBehaviour('agt_a', deps)).behaviour?.open.effects).toBe(1);
  });

  it('loses nothing when two write the same agent at once', async () => {
    const { facts, deps } = await aWatch();
    await Promise.all([1, 2, 3].map((n) => watchOver(deps)(facts(0, n))));
    expect((await readBehaviour('agt_a', deps)).behaviour?.open.effects).toBe(6);
  });

  it('keeps what could not be written for the next batch, up to a point', async () => {
    const { facts, deps, tables } = await aWatch();
    let broken = true;
    const get = (...args: Parameters<typeof tables.get>) =>
      broken ? Promise.reject(new Error('busy')) : tables.get(...args);
    const watch = watchOver({ ...deps, tables: { get, write: tables.write.bind(tables) } as never });
    expect(await watch(facts(0, 3))).toEqual([]);
    broken = false;
    await watch(facts(0, 2));
    expect((await readBehaviour('agt_a', deps)).behaviour?.open.effects).toBe(5);
    broken = true;
    await watch(facts(1, 2_000));
    broken = false;
    await watch(facts(1, 1));
    expect((await readBehaviour('agt_a', deps)).behaviour?.open.effects).toBe(1);
  });

  it('gives up a count rather than standing in the way', async () => {
    const { facts, deps } = await aWatch();
    const refusing = {
      ...deps.tables,
      get: deps.tables.get.bind(deps.tables),
      write: async () => ({ written: false as const, refused: [] }),
    };
    expect(await watchOver({ ...deps, tables: refusing as never })(facts(0, 5))).toEqual([]);
  });
});

describe('what is asked of an agent nobody has seen', () => {
  it('is not found', async () => {
    const { get } = await aWatch();
    expect(await get('/behaviour/agt_none')).toMatchObject({ status: 404, body: { code: 'not_seen' } });
    expect(await get('/anomalies/ano_none')).toMatchObject({ status: 404, body: { code: 'no_such_anomaly' } });
    expect(await get('/anomalies')).toMatchObject({ body: { items: [] } });
  });
});

const S = (text: string) => ({ S: text });
const record = (after: Record<string, unknown>, before?: Record<string, unknown>, sk = 'effect') =>
  ({
    eventID: 'e1',
    dynamodb: {
      Keys: { sk: S(sk) },
      NewImage: {
        scope: { M: { agentId: S('agt_a'), objectiveId: S('obj_1') } },
        at: S('2026-03-01T10:00:00Z'),
        settledAt: S('2026-03-01T10:00:05Z'),
        ...after,
      },
      ...(before ? { OldImage: before } : {}),
    },
  }) as unknown as DynamoDBRecord;

describe('the record of an effect', () => {
  const executing = { status: S('executing') };
  it.each([
    [
      'a task is given',
      { ...executing, action: S('task.execute') },
      undefined,
      { kind: 'task_started', atMs: START_MS },
    ],
    [
      'it acts',
      { ...executing, action: S('mail.send'), impact: { M: { apiCalls: { N: '3' }, spendCents: { N: '20' } } } },
      undefined,
      { kind: 'acted', calls: 3, spendCents: 20, operation: 'obj_1' },
    ],
    ['it is refused', { status: S('denied') }, undefined, { kind: 'refused' }],
    ['it is done', { status: S('confirmed') }, executing, { kind: 'succeeded', atMs: START_MS + 5_000 }],
    [
      'it fails',
      { status: S('failed'), outcome: S('Error: no') },
      executing,
      { kind: 'failed', atMs: START_MS + 5_000 },
    ],
  ])('says that %s', (_, after, before, fact) => {
    expect(factsIn([record(after, before)])).toMatchObject([{ agentId: 'agt_a', eventId: 'e1', ...fact }]);
  });

  it.each([
    ['others ended it', record({ status: S('failed'), outcome: S('the objective was cancelled') }, executing)],
    ['it waits', record({ status: S('held') })],
    ['it only was marked', record({ status: S('confirmed'), counted: S('confirmed') }, { status: S('confirmed') })],
    ['it belongs to no agent', record({ ...executing, scope: { M: {} } })],
    ['it is no effect', record(executing, undefined, 'flags')],
    ['it has no time', record({ ...executing, at: undefined })],
    ['it is gone', { eventID: 'e1', dynamodb: { Keys: { sk: S('effect') } } } as unknown as DynamoDBRecord],
  ])('says nothing when %s', (_, one) => {
    expect(factsIn([one])).toEqual([]);
  });
});
