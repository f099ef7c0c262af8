import { describe, expect, it } from 'vitest';
import { Capabilities } from '../common/capability.ts';
import { readConfig, readConfigs } from '../common/config.ts';
import type { Tables } from '../common/table.ts';
import { openSqlite } from '../common/table-sqlite.ts';
import { draftPlan, type MakePlanDeps, mendPlan, recallPatterns } from './make-plan.ts';
import type { ObjectiveRequest } from './objective.ts';
import { lookAtObjective } from './objective-lists.ts';
import { readsIn } from './objective-reads.ts';
import { Pattern } from './pattern.ts';
import { keepDraft, rejectObjective, selectObjective, storePlan, validateDraft } from './planning.ts';
import { receiveObjective } from './receive-objective.ts';

const capabilities = new Map(readConfig('capabilities.yaml', Capabilities).map((one) => [one.name, one]));
const ids = Array.from({ length: 5 }, (_, n) => `obj_01ARZ3NDEKTSV4RRFFQ69G5FA${n}`);
const feedback = { name: 'feedback', mediaType: 'text/csv', content: 'score,comment\n9,fine\n2,slow delivery\n' };

function aQueue() {
  const tables = openSqlite(':memory:');
  tables.defineTable({
    name: 'objectives',
    indexes: ['queue', 'waiting', 'active', 'recent'].map((name) => ({ name })),
    stream: true,
  });
  const now = () => new Date('2026-03-01T10:00:00Z');
  const deps: MakePlanDeps = {
    tables,
    table: 'objectives',
    capabilities,
    now,
    patterns: readConfigs('patterns', Pattern),
  };
  const submit = async (objectiveId: string | undefined, request: Partial<ObjectiveRequest>) => {
    const whole = {
      text: 'Increase the net promoter score of our shop',
      impact: 5,
      budgetUsd: 0,
      inputs: [],
      ...request,
    } as ObjectiveRequest;
    return receiveObjective(whole, objectiveId ?? '', 'test', deps);
  };
  const look = (objectiveId = '') =>
    lookAtObjective(objectiveId, { ...deps, reads: readsIn(tables, 'objectives', now) });
  const plan = async (objectiveId = '') => {
    const ref = { objectiveId, repairs: 0 };
    await recallPatterns(ref, deps);
    await draftPlan(ref, deps);
    const verdict = await validateDraft(ref, deps);
    if (verdict.valid) await storePlan(ref, deps);
    return verdict;
  };
  return { deps, submit, look, plan };
}

describe('the queue', () => {
  it('is served by priority, each objective once, and answers the same run the same', async () => {
    const { deps, submit } = aQueue();
    await submit(ids[0], { impact: 2 });
    await submit(ids[1], { impact: 9 });
    await submit(ids[2], { impact: 5, urgency: 'minutes' });
    const taken = await Promise.all(['r1', 'r2', 'r3', 'r4'].map((run) => selectObjective(run, deps)));
    expect(taken.map(({ objectiveId }) => objectiveId).sort()).toEqual([...ids.slice(0, 3), undefined].sort());
    const fresh = aQueue();
    await fresh.submit(ids[0], { impact: 2 });
    await fresh.submit(ids[1], { impact: 9 });
    expect(await selectObjective('r1', fresh.deps)).toMatchObject({ selected: true, objectiveId: ids[1] });
    expect(await selectObjective('r1', fresh.deps)).toMatchObject({ selected: true, objectiveId: ids[1] });
    expect(await selectObjective('r2', fresh.deps)).toMatchObject({ selected: true, objectiveId: ids[0] });
    expect(await selectObjective('r3', fresh.deps)).toEqual({ selected: false });
  });
});

it('an objective that the index of the queue does not show yet is taken by the run that it caused', async () => {
  const { deps, submit } = aQueue();
  await submit(ids[0], {});
  const { tables } = deps;
  const behind: Tables = {
    get: (table, key) => tables.get(table, key),
    write: (writes) => tables.write(writes),
    query: async () => ({ items: [] }),
  };
  const late = { ...deps, tables: behind };
  expect(await selectObjective('r1', late)).toEqual({ selected: false });
  expect(await selectObjective('r2', late, ids[0])).toMatchObject({ selected: true, objectiveId: ids[0] });
});

describe('planning', () => {
  it('plans from the pattern that fits and lets the objective run', async () => {
    const { deps, submit, look, plan } = aQueue();
    await submit(ids[0], { inputs: [feedback] });
    await selectObjective('r1', deps);
    expect(await plan(ids[0])).toMatchObject({ valid: true });
    const view = await look(ids[0]);
    expect(view).toMatchObject({ status: 'running', pattern: { name: 'customer-feedback' } });
    expect(view?.tasks.length).toBeGreaterThan(3);
  });

  it('falls back honestly where no pattern fits', async () => {
    const { deps, submit, look, plan } = aQueue();
    await submit(ids[0], { text: 'Sing a song' });
    await selectObjective('r1', deps);
    await plan(ids[0]);
    expect((await look(ids[0]))?.tasks.map(({ capability }) => capability)).toEqual(['brief.write']);
  });

  it('stores nothing of a plan that does not hold; the reason is kept; the repair is the fallback', async () => {
    const { deps, submit, look } = aQueue();
    await submit(ids[0], {});
    await selectObjective('r1', deps);
    const ref = { objectiveId: ids[0] ?? '', repairs: 0 };
    const cyclic = [
      { id: 'a', title: 'A', capability: 'noop', dependsOn: ['b'] },
      { id: 'b', title: 'B', capability: 'noop', dependsOn: ['a'] },
    ];
    await keepDraft(ref.objectiveId, { plan: cyclic, reasons: [] }, deps);
    expect(await validateDraft(ref, deps)).toMatchObject({ valid: false });
    await expect(storePlan(ref, deps)).rejects.toThrow('not valid');
    expect((await look(ids[0]))?.tasks).toEqual([]);
    expect(await mendPlan(ref, deps)).toMatchObject({ repairs: 1 });
    expect(await validateDraft(ref, deps)).toMatchObject({ valid: true });
  });

  it.each([
    ['a draft that is no JSON', { a: 1n }],
    ['one that is nested without end', JSON.parse('['.repeat(50_000) + ']'.repeat(50_000))],
    ['one that is too large to be kept', ['x'.repeat(400_000)]],
    ['none at all', undefined],
  ])('takes %s for no plan, and mends it', async (_, plan) => {
    const { deps, submit } = aQueue();
    await submit(ids[0], {});
    await selectObjective('r1', deps);
    const ref = { objectiveId: ids[0] ?? '', repairs: 0 };
    await keepDraft(ref.objectiveId, { plan, reasons: [] }, deps);
    expect(await validateDraft(ref, deps)).toMatchObject({ valid: false });
    expect(await validateDraft(await mendPlan(ref, deps), deps)).toMatchObject({ valid: true });
  });

  it('rejects with what was wrong', async () => {
    const { deps, submit, look } = aQueue();
    await submit(ids[0], {});
    await selectObjective('r1', deps);
    await keepDraft(ids[0] ?? '', { plan: [{ id: 'a', title: 'A', capability: 'fly' }], reasons: [] }, deps);
    await validateDraft({ objectiveId: ids[0] ?? '', repairs: 1 }, deps);
    await rejectObjective({ objectiveId: ids[0] ?? '' }, deps);
    expect(await look(ids[0])).toMatchObject({
      status: 'failed',
      problem: expect.stringContaining('plan[0].capability'),
    });
  });

  it('stores a plan once, however often the state is run', async () => {
    const { deps, submit, look, plan } = aQueue();
    await submit(ids[0], { inputs: [feedback] });
    await selectObjective('r1', deps);
    await plan(ids[0]);
    const first = await look(ids[0]);
    expect(await storePlan({ objectiveId: ids[0] ?? '', repairs: 0 }, deps)).toEqual({ objectiveId: ids[0], tasks: 0 });
    expect(await look(ids[0])).toEqual(first);
  });
});

describe('receiving', () => {
  it('stores the same objective once', async () => {
    const { submit, deps } = aQueue();
    const answers = await Promise.all(Array.from({ length: 20 }, () => submit(ids[0], {})));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect((await deps.tables.query({ table: 'objectives', index: 'recent', pk: 'recent' })).items).toHaveLength(1);
  });

  it('refuses a plan with every fault and an artifact that is not there, and leaves no trace', async () => {
    const { submit, look } = aQueue();
    const plan = [{ id: 'a', title: 'A', capability: 'nope', dependsOn: ['ghost'], parameters: {}, resources: [] }];
    const refused = await submit(ids[0], { plan });
    expect(refused).toMatchObject({ kind: 'refused' });
    if (refused.kind === 'refused')
      expect(refused.problems.map(({ path }) => path)).toEqual(['plan[0].dependsOn[0]', 'plan[0].capability']);
    const artifact = await submit(ids[0], { inputs: [{ name: 'x', artifactId: 'art_01ARZ3NDEKTSV4RRFFQ69G5FAV' }] });
    expect(artifact).toMatchObject({ kind: 'refused', problems: [{ path: 'inputs[0].artifactId' }] });
    expect(await look(ids[0])).toBeUndefined();
  });
});
