import { describe, expect, it } from 'vitest';
import { readConfig } from '../common/config.ts';
import { actingAsPrincipal } from '../common/http.test-support.ts';
import { operationOf, slotOf } from './cohort.ts';
import { countStageFacts, countsOf } from './count-stage-facts.ts';
import { asEffect, effectKey } from './effect-item.ts';
import { aGate, aProposal, RULES } from './gate.test-support.ts';
import { gateOf } from './gate.ts';
import { evaluateStage, evaluateStages, readStage, type StageDeps, startStage } from './move-stage.ts';
import { readStages, stagesOn, whyShadowBy } from './read-stages.ts';
import { declaredStages, StagesConfig } from './stage.ts';
import { stageRoutes } from './stage-routes.ts';

const config = readConfig('stages.yaml', StagesConfig);
const DAY_MS = 86_400_000;
const CAPTAIN = actingAsPrincipal('cap_1', 'captain', 'operator');

/** A gate whose stages are those of its own store, and everything that follows them. */
async function aStagedSwarm(subject = 'noop', candidate?: string) {
  const base = await aGate();
  const { tables, now, control } = base;
  const deps: StageDeps = { ...control, stagesConfig: config };
  // Fresh at each proposal: the clock of the test stands still.
  const whyShadow = whyShadowBy(() => readStages(tables, 'safety', []));
  const gate = gateOf({ tables, table: 'safety', now, rules: async () => RULES, whyShadow });
  await startStage({ subject, candidate }, 'cap_1', 'new', deps);
  const count = async (...effectIds: string[]) => {
    const items = await Promise.all(effectIds.map((id) => tables.get('safety', effectKey(id))));
    return countStageFacts(() => items.map((item) => asEffect(item!)), deps);
  };
  const http = stageRoutes(deps);
  const post = async (path: string, body: object) => {
    const answer = await http.request(
      `/api/v1/stages${path}`,
      { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
      CAPTAIN,
    );
    return { status: answer.status, body: (await answer.json()) as Record<string, never> };
  };
  const report = async () => {
    const answer = await http.request(`/api/v1/stages/${subject}`, {}, CAPTAIN);
    return (await answer.json()) as Record<string, never>;
  };
  return { ...base, gate, deps, count, post, report, http, stage: async () => (await readStage(subject, deps))! };
}

const aTask = (n: number, agentId = 'agt_a') =>
  aProposal({
    intentKey: `intent-${n}`,
    scope: { room: 'objectives', agentId, objectiveId: `obj_${n}`, capability: 'noop' },
  });
const inside = (share: number) => {
  let n = 0;
  while (slotOf('noop', `obj_${n}`) >= share) n += 1;
  return n;
};

describe('a capability in shadow', () => {
  it('is recorded with what would have happened, and executes nothing', async () => {
    const { gate, read, count, report } = await aStagedSwarm();
    const [verdict] = await gate.propose([aTask(1)]);
    expect(verdict).toMatchObject({ kind: 'shadowed', reason: expect.stringContaining('shadow noop') });
    const effect = await read(verdict!.effectId);
    expect(effect).toMatchObject({
      status: 'shadowed',
      choice: 'agt_a',
      reason: expect.stringContaining('allowed by tasks'),
    });
    expect(await gate.propose([aTask(1)])).toMatchObject([{ kind: 'shadowed' }]);
    expect(await count(verdict!.effectId)).toBe(1);
    expect(await report()).toMatchObject({
      step: 'shadow',
      record: { decisions: 1, wouldSpendCents: 0 },
      agreement: null,
      promotion: { kind: 'not_yet', to: 'canary_1' },
      history: [{ to: 'shadow', by: 'cap_1' }],
    });
  });

  it('says so when others would have been asked, and what it would have cost', async () => {
    const { gate, count, stage } = await aStagedSwarm();
    const dear = { ...aTask(1), impact: { spendCents: 6_000, apiCalls: 0, files: 0, tokens: 0 } };
    const [verdict] = await gate.propose([dear]);
    expect(verdict).toMatchObject({ kind: 'shadowed', reason: expect.stringContaining('held for votes, person') });
    await count(verdict!.effectId);
    expect((await stage()).record).toMatchObject({ decisions: 1, wouldSpendCents: 6_000 });
  });

  it('is refused by policy all the same, and that is counted', async () => {
    const { gate, count, stage } = await aStagedSwarm();
    const [verdict] = await gate.propose([{ ...aTask(1), target: 'bank.transfer' }]);
    expect(verdict?.kind).toBe('denied');
    await count(verdict!.effectId);
    expect((await stage()).record).toMatchObject({ decisions: 1, wouldBeRefused: 1 });
  });

  it('counts each effect once, also in another portion and beside new ones', async () => {
    const { gate, count, stage } = await aStagedSwarm();
    const verdicts = await gate.propose([1, 2, 3].map((n) => aTask(n)));
    const ids = verdicts.map(({ effectId }) => effectId);
    expect(await count(ids[0]!, ids[1]!)).toBe(2);
    expect(await count(ids[0]!, ids[1]!)).toBe(0);
    expect(await count(...ids)).toBe(1);
    expect((await stage()).record.decisions).toBe(3);
  });

  it('counts nothing twice when the stream brings old images again, beside new ones', async () => {
    const { gate, tables, deps, stage } = await aStagedSwarm();
    const verdicts = await gate.propose([1, 2, 3].map((n) => aTask(n)));
    const images = await Promise.all(
      verdicts.map(async ({ effectId }) => asEffect((await tables.get('safety', effectKey(effectId)))!)),
    );
    expect(await countStageFacts(() => images.slice(0, 2), deps)).toBe(2);
    expect(await countStageFacts(() => images, deps)).toBe(1);
    expect(await countStageFacts(() => images, deps)).toBe(0);
    expect((await stage()).record.decisions).toBe(3);
  });

  it.each([
    ['a canary counts what it really did', 'canary_10', 'confirmed', { decisions: 1, candidateSucceeded: 1 }],
    ['a failure', 'live', 'failed', { decisions: 1, candidateFailed: 1 }],
    ['what others ended says nothing', 'live', 'failed', undefined, 'the objective was cancelled'],
    ['what is shadowed beside a canary says nothing', 'canary_10', 'shadowed', undefined],
    ['what policy refuses a canary says nothing', 'live', 'denied', undefined],
    ['what executes has not ended', 'live', 'executing', undefined],
    ['what began before a demotion says nothing', 'shadow', 'confirmed', undefined],
  ] as const)('%s', (_, step, status, counts, said?: string) => {
    const outcome = said ?? 'Error: x';
    const first = inside(100);
    const effect = {
      ...aTask(first),
      effectId: 'eff_1',
      status,
      reason: '-',
      outcome,
      impact: { spendCents: 0, apiCalls: 0, files: 0, tokens: 0 },
    };
    expect(countsOf(effect, { subject: 'noop', step })).toEqual(counts);
  });

  it('leaves what is under no stage alone', async () => {
    const { gate, tables, now } = await aGate();
    const deps: StageDeps = { tables, table: 'safety', now, announce: async () => undefined, stagesConfig: config };
    const [verdict] = await gate.propose([aTask(1)]);
    const item = await tables.get('safety', effectKey(verdict!.effectId));
    expect(await countStageFacts(() => [asEffect(item!)], deps)).toBe(0);
    expect(await evaluateStage('noop', deps)).toBeUndefined();
  });
});

describe('the stages that a gate sees', () => {
  it('are two seconds old at most, and those of the configuration are in shadow from the first moment', async () => {
    const { tables, now, at, deps } = await aStagedSwarm();
    const stages = stagesOn({
      tables,
      table: 'safety',
      now,
      declared: [{ subject: 'rare.thing' }, { subject: 'noop', candidate: 'agt_x' }],
    });
    expect((await stages()).get('rare.thing')).toMatchObject({ step: 'shadow' });
    expect((await stages()).get('noop')).toEqual({ subject: 'noop', step: 'shadow' });
    await startStage({ subject: 'other.thing' }, 'cap_1', 'new', deps);
    expect((await stages()).has('other.thing')).toBe(false);
    at(2_001);
    expect((await stages()).has('other.thing')).toBe(true);
  });

  it('clear nothing while the store does not answer, and answer again when it does', async () => {
    const { tables, now } = await aStagedSwarm();
    let broken = true;
    const shaky = {
      ...tables,
      get: async (...args: Parameters<typeof tables.get>) =>
        broken ? Promise.reject(new Error('no answer')) : tables.get(...args),
    };
    const stages = stagesOn({ tables: shaky as never, table: 'safety', now, declared: [] });
    const gate = gateOf({ tables, table: 'safety', now, rules: async () => RULES, whyShadow: whyShadowBy(stages) });
    await expect(gate.propose([aTask(1)])).rejects.toThrow('no answer');
    broken = false;
    expect((await gate.propose([aTask(1)]))[0]?.kind).toBe('shadowed');
  });
});

describe('what was really done', () => {
  it('is compared once with what had been decided; agreement is the same choice without harm', async () => {
    const { gate, post, report } = await aStagedSwarm();
    const ids = (await gate.propose([1, 2, 3].map((n) => aTask(n)))).map(({ effectId }) => effectId);
    const compare = (effectId: string | undefined, more: object) => post('/noop/comparisons', { effectId, ...more });
    expect(await compare(ids[0], { done: 'agt_a' })).toEqual({ status: 201, body: { agreed: true } });
    expect(await compare(ids[1], { done: 'wait', note: 'too early' })).toEqual({
      status: 201,
      body: { agreed: false },
    });
    expect(await compare(ids[2], { done: 'agt_a', critical: true })).toEqual({ status: 201, body: { agreed: false } });
    expect(await compare(ids[0], { done: 'wait' })).toMatchObject({ status: 409, body: { code: 'compared_before' } });
    expect(await report()).toMatchObject({ record: { compared: 3, disagreed: 2, critical: 1 }, agreement: 1 / 3 });
  });

  it('is kept: what was chosen and done, who says so, and why', async () => {
    const { gate, post, tables } = await aStagedSwarm();
    const ids = (await gate.propose([1, 2, 3].map((n) => aTask(n)))).map(({ effectId }) => effectId);
    const keptAfter = async (effectId: string | undefined, said: object) => {
      await post('/noop/comparisons', { effectId, ...said });
      return tables.get('safety', { pk: 'stage#noop', sk: `comparison#${effectId}` });
    };
    const always = { chosen: 'agt_a', by: 'cap_1', at: '2026-03-01T10:00:00.000Z' };
    expect(await keptAfter(ids[0], { done: 'agt_a' })).toMatchObject({
      ...always,
      ...{ effectId: ids[0], done: 'agt_a', critical: false, agreed: true, why: 'the same was done' },
    });
    expect(await keptAfter(ids[1], { done: 'wait' })).toMatchObject({
      ...always,
      ...{ effectId: ids[1], done: 'wait', critical: false, agreed: false, why: 'something else was done' },
    });
    expect(await keptAfter(ids[2], { done: 'agt_a', critical: true, note: 'paid twice' })).toMatchObject({
      ...always,
      ...{ effectId: ids[2], done: 'agt_a', critical: true, agreed: false, why: 'paid twice' },
    });
  });

  it('sends a canary back at once when it would have done harm', async () => {
    const { gate, post, stage } = await aStagedSwarm();
    await post('/noop/promote', { reason: 'go', force: true });
    const outside = [1, 2, 3].filter((n) => slotOf('noop', operationOf(aTask(n))) >= 100);
    const [shadowed] = await gate.propose([aTask(outside[0]!)]);
    expect(await post('/noop/comparisons', { effectId: shadowed?.effectId, done: 'x', critical: true })).toMatchObject({
      status: 201,
    });
    expect(await stage()).toMatchObject({ step: 'shadow', by: 'rules', why: 'critical: 1 in noop' });
  });

  it.each([
    ['nobody knows the effect', 'eff_none', 404, 'no_such_effect'],
    ['it is no id', 'x', 400, 'invalid_request'],
  ])('is refused when %s', async (_, effectId, status, code) => {
    const { post } = await aStagedSwarm();
    expect(await post('/noop/comparisons', { effectId, done: 'x' })).toMatchObject({ status, body: { code } });
  });

  it('is refused for an effect that was carried out, or that belongs to another subject', async () => {
    const { gate, post, deps } = await aStagedSwarm('noop', 'agt_new');
    await startStage({ subject: 'other.thing' }, 'cap_1', 'new', deps);
    const [real, shadow] = await gate.propose([aTask(1, 'agt_old'), aTask(2, 'agt_new')]);
    expect(await post('/noop/comparisons', { effectId: real?.effectId, done: 'x' })).toMatchObject({
      body: { code: 'not_shadowed' },
    });
    expect(await post('/other.thing/comparisons', { effectId: shadow?.effectId, done: 'x' })).toMatchObject({
      status: 422,
      body: { code: 'of_another_subject' },
    });
  });
});

describe('a captain', () => {
  it('is told what is missing, and can force a step; who did and what was missing is kept', async () => {
    const { post, told, report } = await aStagedSwarm();
    const refused = await post('/noop/promote', { reason: 'I like it' });
    expect(refused).toMatchObject({ status: 422, body: { code: 'not_earned' } });
    expect(refused.body.errors).toContainEqual({ path: 'decisions', expected: 'at least 300', got: '0' });
    expect(await post('/noop/promote', { reason: 'I like it', force: true })).toMatchObject({
      status: 200,
      body: { step: 'canary_1' },
    });
    expect(told.at(-1)).toMatchObject({
      type: 'safety.StagePromoted',
      detail: { subject: 'noop', to: 'canary_1', by: 'cap_1', forced: true },
    });
    expect(await report()).toMatchObject({
      history: [{ to: 'canary_1', by: 'cap_1', why: expect.stringContaining('missing: decisions') }, { to: 'shadow' }],
    });
    expect(await post('/noop/demote', { reason: 'no more' })).toMatchObject({ status: 200, body: { step: 'shadow' } });
    expect(told.at(-1)).toMatchObject({ type: 'safety.StageDemoted', detail: { from: 'canary_1', to: 'shadow' } });
  });

  it('goes as far as live and no further', async () => {
    const { post } = await aStagedSwarm();
    for (const step of ['canary_1', 'canary_10', 'canary_50', 'live'])
      expect(await post('/noop/promote', { reason: 'go', force: true })).toMatchObject({ body: { step } });
    expect(await post('/noop/promote', { reason: 'go', force: true })).toMatchObject({
      status: 422,
      body: { code: 'already_live' },
    });
  });

  it('puts a subject under a stage once, and moves nothing that is under none', async () => {
    const { post, http } = await aStagedSwarm();
    expect(await post('', { subject: 'payout.submit', money: true, reason: 'new' })).toMatchObject({
      status: 201,
      body: { money: true, step: 'shadow' },
    });
    expect(await post('', { subject: 'payout.submit', reason: 'again' })).toMatchObject({
      status: 409,
      body: { code: 'stage_exists' },
    });
    expect(await post('', { subject: 'NO', reason: 'x' })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'subject' }] },
    });
    for (const verb of ['promote', 'demote'])
      expect(await post(`/never.heard/${verb}`, { reason: 'x' })).toMatchObject({
        status: 404,
        body: { code: 'no_such_stage' },
      });
    const list = (await (await http.request('/api/v1/stages', {}, CAPTAIN)).json()) as { items: { subject: string }[] };
    expect(list.items.map(({ subject }) => subject)).toEqual(['noop', 'payout.submit']);
  });

  it('loses against another who moved it at the same moment', async () => {
    const { post } = await aStagedSwarm();
    const both = await Promise.all([1, 2].map(() => post('/noop/promote', { reason: 'go', force: true })));
    const statuses = both.map(({ status }) => status).sort();
    expect([
      [200, 200],
      [200, 409],
    ]).toContainEqual(statuses);
  });
});

describe('the record of a subject', () => {
  it('takes it from shadow to half of all operations by itself, never to live, and announces each step', async () => {
    const swarm = await aStagedSwarm();
    const record = { decisions: 1_000, compared: 300, candidateSucceeded: 1_000 };
    const steps = [];
    for (let round = 0; round < 5; round += 1) {
      const counts = Object.entries(record).map(([name, count]) => [name, count] as const);
      await swarm.tables.write([
        { table: 'safety', update: { pk: 'stage#noop', sk: 'stage' }, changes: { add: counts } },
      ]);
      swarm.at(8 * DAY_MS);
      steps.push(await evaluateStage('noop', swarm.deps));
    }
    expect(steps).toEqual(['canary_1', 'canary_10', 'canary_50', undefined, undefined]);
    expect((await swarm.stage()).record).toMatchObject({ decisions: 2_000 });
    expect(await swarm.report()).toMatchObject({ promotion: { kind: 'promote', to: 'live', by: 'captain' } });
    expect(await swarm.post('/noop/promote', { reason: 'earned' })).toMatchObject({ body: { step: 'live' } });
    expect(swarm.told.filter(({ type }) => type === 'safety.StagePromoted')).toHaveLength(4);
  });

  it('sends a canary back within the batch in which its failures are seen', async () => {
    const { gate, post, count, stage, told } = await aStagedSwarm('noop', 'agt_new');
    for (let step = 0; step < 3; step += 1) await post('/noop/promote', { reason: 'go', force: true });
    const mine = Array.from({ length: 200 }, (_, n) => n)
      .filter((n) => slotOf('noop', operationOf(aTask(n))) < 5_000)
      .slice(0, 8);
    const proposals = [
      ...mine.map((n) => aTask(n, 'agt_new')),
      ...Array.from({ length: 20 }, (_, n) => aTask(1_000 + n, 'agt_old')),
    ];
    const verdicts = await gate.propose(proposals);
    expect(new Set(verdicts.map(({ kind }) => kind))).toEqual(new Set(['cleared']));
    for (const [n, { effectId }] of verdicts.entries())
      await gate.settle({ effectId, fence: 'fnc_1', status: n < mine.length ? 'failed' : 'confirmed', reason: 'test' });
    await count(...verdicts.map(({ effectId }) => effectId));
    expect(await stage()).toMatchObject({
      step: 'shadow',
      by: 'rules',
      why: expect.stringContaining('worse: 8 of 8 failed'),
    });
    expect(told.slice(-2)).toMatchObject([
      { type: 'safety.StageDemoted', detail: { from: 'canary_50', by: 'rules' } },
      { type: 'safety.NoticeWanted', detail: { kind: 'stage_demoted', severity: 'error' } },
    ]);
    expect((await gate.propose([aTask(mine[0]! + 100_000, 'agt_new')]))[0]?.kind).toBe('shadowed');
  });

  it('is looked at every minute; what the configuration declares gets its stage then, once', async () => {
    const swarm = await aStagedSwarm();
    const declared = declaredStages(
      { ...config, subjects: [{ subject: 'mail.send', candidate: 'agt_b', money: true }] },
      [{ name: 'noop' }, { name: 'text.new', stage: 'shadow' }, { name: 'mail.send', stage: 'shadow' }],
    );
    expect(declared.map(({ subject }) => subject)).toEqual(['mail.send', 'text.new']);
    expect(await evaluateStages(declared, swarm.deps)).toEqual({});
    const stages = await readStages(swarm.tables, 'safety', []);
    expect([...stages.values()]).toContainEqual({ subject: 'mail.send', step: 'shadow', candidate: 'agt_b' });
    expect(stages.size).toBe(3);
    const enough = [['decisions', 300] as const, ['compared', 300] as const];
    await swarm.tables.write([
      { table: 'safety', update: { pk: 'stage#noop', sk: 'stage' }, changes: { add: enough } },
    ]);
    swarm.at(7 * DAY_MS);
    expect(await evaluateStages(declared, swarm.deps)).toEqual({ noop: 'canary_1' });
    expect(await evaluateStages(declared, swarm.deps)).toEqual({});
  });

  it('keeps the looks that were spent on a test that found nothing', async () => {
    const { gate, post, count, stage } = await aStagedSwarm();
    await post('/noop/promote', { reason: 'go', force: true });
    const first = inside(100);
    const verdicts = await gate.propose(
      Array.from({ length: 6 }, (_, n) => ({ ...aTask(first), intentKey: `again-${n}` })),
    );
    for (const { effectId } of verdicts)
      await gate.settle({ effectId, fence: 'fnc_1', status: 'confirmed', reason: 'test' });
    await count(...verdicts.map(({ effectId }) => effectId));
    expect(await stage()).toMatchObject({
      step: 'canary_1',
      looks: 1,
      record: { decisions: 6, candidateSucceeded: 6 },
    });
  });
});
