// Acting through the gate and undoing it: once, whatever comes twice, and never against what somebody did since.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSqlite } from '../common/table-sqlite.ts';
import { ActionCatalogue, undeclared } from './action.ts';
import { answerEvent } from './answer-events.ts';
import { changeSettingIn, readSetting, settingHistory } from './change-setting.store.ts';
import { type KillScope, writeFlags } from './control-flags.ts';
import type { Exercise } from './drill-undo.ts';
import { drillsIn } from './drills.store.ts';
import { effectRequestsIn } from './effect-requests.store.ts';
import { readEffect } from './effects.ts';
import { EffectRequested } from './events.ts';
import { RULES } from './gate.test-support.ts';
import { gateOf } from './gate.ts';
import { refuseHeld, type Said, satisfyNeed } from './holds.ts';
import { readWaitingFor } from './open-effects.ts';
import { lookUpEffect, performEffect } from './perform-effect.ts';
import type { Done, Performer, Performers } from './performer.ts';
import { requestEffect } from './request-effect.ts';
import { reverseEffect } from './reverse-effect.ts';

const rules = { ...RULES, judge: () => ({ allowed: true, because: ['test'] }) };
const catalogue = ActionCatalogue.parse([
  { action: 'setting.change', does: 'x', undo: 'automatic' },
  { action: 'letter.send', does: 'x', undo: 'declared' },
  { action: 'task.execute', does: 'x', undo: 'nothing_to_undo' },
]);

async function aPerformer() {
  const tables = openSqlite(':memory:');
  tables.defineTable({ name: 'safety', indexes: ['effects', 'open', 'kept'].map((name) => ({ name })), stream: true });
  let nowMs = Date.parse('2026-11-20T10:00:00Z');
  const now = () => {
    nowMs += 1_000;
    return new Date(nowMs);
  };
  const place = { tables, table: 'safety' };
  const told: unknown[] = [];
  const letters: string[] = [];
  let answer: Done = { kind: 'happened', detail: 'sent' };
  let looked: Done = { kind: 'unknown', detail: 'nobody knows' };
  const letter: Performer<{ to: string }> = {
    action: 'letter.send',
    schema: changeSettingIn(tables, 'safety', now).schema as never,
    targetOf: ({ to }) => to,
    impactOf: () => ({ spendCents: 0, apiCalls: 1, files: 0, tokens: 0 }),
    undoOf: () => ({ reversible: 'nothing_to_undo' }),
    plan: async () => ({ before: {} }),
    perform: async (_, effectId) => {
      letters.push(effectId);
      return answer;
    },
    lookUp: async () => looked,
  };
  const performers: Performers = { 'setting.change': changeSettingIn(tables, 'safety', now), 'letter.send': letter };
  const exercises: Exercise[] = [
    {
      action: 'setting.change',
      parameters: { name: 'canary/drill', value: 'drilled' },
      state: async () => JSON.stringify((await readSetting(tables, 'safety', 'canary/drill'))?.value ?? null),
    },
  ];
  const announce = async (event: { detailType: string }, detail: unknown) => void told.push([event.detailType, detail]);
  const deps = {
    ...place,
    now,
    performers,
    waitingFor: (scope: KillScope) => readWaitingFor(scope, place),
    withdraw: (said: Said) => refuseHeld(said, { ...place, now }),
    exercises,
    catalogue,
    announce: announce as never,
    requests: effectRequestsIn(tables, 'safety'),
    drills: drillsIn(tables, 'safety'),
    effect: (effectId: string) => readEffect(effectId, place),
    gate: gateOf({ ...place, now, rules: async () => rules }),
  };
  const flag = (flags: { swarm?: 'active'; killed?: boolean }) =>
    writeFlags(tables, 'safety', { ...flags, reason: 'test', by: 'test', at: '2026-11-20T10:00:00Z' });
  await flag({ swarm: 'active' });
  let wishes = 0;
  const ask = async (value: unknown, { name = 'greeting', confidence = 1, key = `wish ${wishes++}` } = {}) => {
    const body = {
      action: 'setting.change',
      parameters: { name, value: value as never },
      options: ['change it', 'leave it'],
      choice: 'change it',
      rationale: 'a test',
      confidence,
      context: {},
    };
    const asked = await requestEffect(body, { by: 'operator', intentKey: key }, deps);
    if (asked.kind !== 'requested') throw new Error(JSON.stringify(asked));
    return asked.effectId;
  };
  const change = async (value: unknown) => {
    const effectId = await ask(value);
    await performEffect(effectId, deps);
    return effectId;
  };
  const undo = async (effectId: string) => {
    const asked = await reverseEffect(effectId, { by: 'captain', reason: 'a mistake' }, deps);
    return asked.kind === 'requested' ? performEffect(asked.undoEffectId, deps) : asked;
  };
  const value = async (name = 'greeting') => (await readSetting(tables, 'safety', name))?.value ?? null;
  const status = async (effectId: string) => (await readEffect(effectId, place))?.status;
  const sendLetter = async (outcome: Done, lookUp = looked) => {
    answer = outcome;
    looked = lookUp;
    const effectId = `eff_letter_${letters.length}`;
    const proposal = {
      intentKey: effectId,
      fence: 'f',
      actor: 'operator',
      scope: { room: 'safety' },
      action: 'letter.send',
      target: 'you',
      context: {},
      options: ['x'],
      choice: 'x',
      rationale: 'x',
      confidence: 1,
      impact: { spendCents: 0, apiCalls: 1, files: 0, tokens: 0 },
      reversible: 'nothing_to_undo' as const,
    };
    const [verdict] = await deps.gate.propose([proposal]);
    const id = verdict?.effectId ?? '';
    await deps.requests.add({ effectId: id, proposal, parameters: { to: 'you' } }, 'now');
    return { id, performed: await performEffect(id, deps) };
  };
  return { deps, flag, ask, change, undo, value, status, told, letters, sendLetter };
}

describe('an effect that is asked for', () => {
  it('goes through the gate, happens once, and is confirmed', async () => {
    const { deps, ask, value, status, told } = await aPerformer();
    const effectId = await ask('hello', { key: 'a wish' });
    expect(told).toEqual([[EffectRequested.detailType, { effectId }]]);
    expect(await performEffect(effectId, deps)).toMatchObject({ kind: 'confirmed' });
    expect(await performEffect(effectId, deps)).toMatchObject({ kind: 'taken', status: 'confirmed' });
    expect(await ask('other', { key: 'a wish' })).toBe(effectId);
    expect([await value(), await status(effectId)]).toEqual(['hello', 'confirmed']);
    expect(await settingHistory(deps.tables, 'safety', 'greeting')).toHaveLength(1);
  });

  it('happens once when it is performed many times at the same moment', async () => {
    const { deps, ask } = await aPerformer();
    const effectId = await ask('hello');
    const kinds = (await Promise.all(Array.from({ length: 20 }, () => performEffect(effectId, deps)))).map(
      ({ kind }) => kind,
    );
    expect(kinds.filter((kind) => kind === 'confirmed')).toHaveLength(1);
    expect(new Set(kinds)).toEqual(new Set(['confirmed', 'under_way']));
    expect(await settingHistory(deps.tables, 'safety', 'greeting')).toHaveLength(1);
  });

  it('is held while the swarm is killed, and done when it is asked again afterwards', async () => {
    const { deps, flag, ask, value } = await aPerformer();
    await flag({ killed: true });
    const effectId = await ask('hello');
    expect(await performEffect(effectId, deps)).toMatchObject({ kind: 'held', needs: ['resume'] });
    expect(await value()).toBeNull();
    await flag({ killed: false });
    const overdue = {
      effectId,
      intentKey: 'x',
      action: 'setting.change',
      scope: { room: 'safety' },
      reason: 'x',
      at: '2026-11-20T10:00:00Z',
      status: 'held',
    };
    const event = { 'detail-type': 'safety.EffectOverdue', time: '2026-11-20T10:00:00Z', detail: overdue };
    expect(await answerEvent(event, deps)).toMatchObject({ kind: 'confirmed' });
    expect(await value()).toBe('hello');
  });

  it('waits for a person when its proposer is in doubt', async () => {
    const { deps, ask } = await aPerformer();
    const effectId = await ask('hello', { confidence: 0.5 });
    expect(await performEffect(effectId, deps)).toMatchObject({ kind: 'held', needs: ['person'] });
  });

  it('is refused with the field when it cannot be performed', async () => {
    const { deps } = await aPerformer();
    const body = { options: ['x'], choice: 'x', rationale: 'x', confidence: 1, context: {} };
    const asked = { by: 'operator', intentKey: 'k' };
    expect(await requestEffect({ ...body, action: 'rocket.launch', parameters: {} }, asked, deps)).toMatchObject({
      kind: 'wrong',
      problems: [{ path: 'action' }],
    });
    const parameters = { name: 'Not A Name', value: 1, extra: 1 };
    const wrong = await requestEffect({ ...body, action: 'setting.change', parameters }, asked, deps);
    expect(wrong.kind === 'wrong' && wrong.problems.map(({ path }) => path)).toContain('parameters.name');
    expect(wrong.kind === 'wrong' && wrong.problems).toHaveLength(2);
  });
});

describe('after a resume', () => {
  const at = '2026-11-20T10:00:00Z';
  const resumed = (scope: KillScope = 'everything') => ({
    'detail-type': 'safety.SwarmResumed',
    time: at,
    detail: { scope, by: 'captain', reason: 'mended', at },
  });
  const asked = (told: unknown[]) => told.map((one) => (one as [string, { effectId: string }])[1].effectId).sort();

  it('what only waited for it is asked again at once, and done', async () => {
    const { deps, flag, ask, told, status } = await aPerformer();
    await flag({ killed: true });
    const waiting = [await ask('hello', { name: 'one' }), await ask('there', { name: 'two' })];
    for (const effectId of waiting) await performEffect(effectId, deps);
    await flag({ killed: false });
    told.length = 0;
    expect(await answerEvent(resumed(), deps)).toEqual({ asked: 2 });
    expect(asked(told)).toEqual(waiting.toSorted());
    for (const [type, detail] of [...told] as [string, object][])
      await answerEvent({ 'detail-type': type, time: at, detail }, deps);
    expect(await Promise.all(waiting.map(status))).toEqual(['confirmed', 'confirmed']);
    expect(await answerEvent(resumed(), deps), 'the second time').toEqual({ asked: 0 });
  });

  it('what was approved meanwhile is asked again, what still waits for a person is not', async () => {
    const { deps, flag, ask, told } = await aPerformer();
    const [approved, doubted] = [await ask('hello', { confidence: 0.5 }), await ask('there', { confidence: 0.5 })];
    for (const effectId of [approved, doubted]) await performEffect(effectId, deps);
    await flag({ killed: true });
    const { digest = '' } = (await deps.effect(approved)) ?? {};
    await satisfyNeed({ effectId: approved, need: 'person', by: 'ann', reason: 'fine', digest }, deps);
    expect(await performEffect(approved, deps)).toMatchObject({ kind: 'held', needs: ['resume'] });
    await flag({ killed: false });
    told.length = 0;
    expect(await answerEvent(resumed(), deps)).toEqual({ asked: 1 });
    expect(asked(told)).toEqual([approved]);
  });

  it('of a part, nothing outside of it is asked again', async () => {
    const { deps, flag, ask } = await aPerformer();
    await flag({ killed: true });
    await performEffect(await ask('hello'), deps);
    await flag({ killed: false });
    expect(await answerEvent(resumed({ room: 'objectives' }), deps)).toEqual({ asked: 0 });
    expect(await answerEvent(resumed({ room: 'safety' }), deps)).toEqual({ asked: 1 });
  });

  it('what others perform is theirs to ask again', async () => {
    const { deps, flag, ask } = await aPerformer();
    await flag({ killed: true });
    await performEffect(await ask('hello'), deps);
    await flag({ killed: false });
    expect(await answerEvent(resumed(), { ...deps, performers: {} })).toEqual({ asked: 0 });
  });
});

describe('an outcome that nobody knows', () => {
  it.each([
    [{ kind: 'happened', detail: 'there it is' }, 'confirmed'],
    [{ kind: 'did_not_happen', detail: 'no trace' }, 'failed'],
    [{ kind: 'unknown', detail: 'still nobody knows' }, 'unknown'],
  ] as [Done, string][])('is looked up and never tried again: %j', async (lookUp, end) => {
    const { deps, sendLetter, status, letters } = await aPerformer();
    const { id, performed } = await sendLetter({ kind: 'unknown', detail: 'no answer' }, lookUp);
    expect(performed).toMatchObject({ kind: 'unknown' });
    await performEffect(id, deps);
    expect(await lookUpEffect(id, deps)).toMatchObject({ kind: end });
    expect(await status(id)).toBe(end);
    expect(letters).toHaveLength(1);
  });

  it('of something that never began is that it did not happen', async () => {
    const { deps, ask, status } = await aPerformer();
    const effectId = await ask('hello');
    const request = await deps.requests.get(effectId);
    await deps.gate.propose([request!.proposal]);
    expect(await lookUpEffect(effectId, deps)).toMatchObject({ kind: 'failed' });
    expect(await status(effectId)).toBe('failed');
  });
});

it('a setting is refused whose value is nested without end', async () => {
  const { ask } = await aPerformer();
  const value = JSON.parse('['.repeat(20_000) + ']'.repeat(20_000));
  await expect(ask(value)).rejects.toThrow('"path":"parameters.value","expected":"at most 25 levels"');
});

describe('undoing', () => {
  it('brings back what was before, marks the effect, and is asked for once', async () => {
    const { change, undo, value, status } = await aPerformer();
    await change('first');
    const second = await change('second');
    expect(await undo(second)).toMatchObject({ kind: 'confirmed' });
    expect([await value(), await status(second)]).toEqual(['first', 'reversed']);
    expect(await undo(second)).toEqual({ kind: 'not_confirmed', status: 'reversed' });
  });

  it('can be undone itself', async () => {
    const { deps, change, undo, value } = await aPerformer();
    const only = await change('only');
    const asked = await reverseEffect(only, { by: 'captain', reason: 'x' }, deps);
    if (asked.kind !== 'requested') throw new Error(asked.kind);
    await performEffect(asked.undoEffectId, deps);
    expect(await value()).toBeNull();
    expect(await undo(asked.undoEffectId)).toMatchObject({ kind: 'confirmed' });
    expect(await value()).toBe('only');
  });

  it('is refused when somebody has changed it since', async () => {
    const { change, undo, value, status } = await aPerformer();
    const first = await change('first');
    await change('second');
    expect(await undo(first)).toMatchObject({ kind: 'failed', reason: expect.stringContaining('undo that first') });
    expect([await value(), await status(first)]).toEqual(['second', 'confirmed']);
  });

  it('is refused of what did not happen, does not exist, or changes nothing', async () => {
    const { ask, undo, sendLetter } = await aPerformer();
    expect(await undo('eff_0')).toEqual({ kind: 'no_such_effect' });
    expect(await undo(await ask('never performed'))).toEqual({ kind: 'no_such_effect' });
    const { id } = await sendLetter({ kind: 'did_not_happen', detail: 'no stamp' });
    expect(await undo(id)).toEqual({ kind: 'not_confirmed', status: 'failed' });
    const sent = await sendLetter({ kind: 'happened', detail: 'sent' });
    expect(await undo(sent.id)).toMatchObject({ kind: 'no_way_back' });
  });

  it('of the last changes, in reverse order, leads back to any point', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue({ maxDepth: 1 }), { minLength: 1, maxLength: 6 }),
        fc.nat(),
        async (values, n) => {
          const { change, undo, value } = await aPerformer();
          const seen: unknown[] = [await value()];
          const effects: string[] = [];
          for (const one of values) {
            effects.push(await change(one));
            seen.push(await value());
          }
          const keep = n % values.length;
          for (const effectId of effects.slice(keep).reverse())
            expect(await undo(effectId)).toMatchObject({ kind: 'confirmed' });
          expect(await value()).toEqual(seen[keep]);
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('the drill', () => {
  const tick = { 'detail-type': 'Scheduled Event', time: '2026-11-20T03:00:00Z', detail: {} };

  it('does and undoes each action on a scope of its own, and says what it leaves out', async () => {
    const { deps, value } = await aPerformer();
    expect(await answerEvent(tick, deps)).toMatchObject({
      drillId: 'drl_20261120T030000Z',
      result: 'passed',
      actions: [{ action: 'setting.change', result: 'undone' }],
      notDrilled: [{ action: 'letter.send' }],
    });
    expect(await value('canary/drill')).toBeNull();
    expect((await deps.drills.list({ limit: 5 })).items).toHaveLength(1);
  });

  it('fails and tells when an undo does not lead back', async () => {
    const { deps, told } = await aPerformer();
    const good = deps.performers['setting.change']!;
    const forgetful = {
      ...good,
      plan: async (parameters: object, effectId: string) => {
        const plan = await good.plan(parameters, effectId);
        return typeof plan === 'string' || !plan.undo
          ? plan
          : { ...plan, undo: { ...plan.undo, parameters: { ...(plan.undo.parameters as object), value: 'wrong' } } };
      },
    };
    const failing = { ...deps, performers: { ...deps.performers, 'setting.change': forgetful } };
    expect(await answerEvent(tick, failing)).toMatchObject({ result: 'failed' });
    expect(told.at(-1)).toMatchObject(['safety.NoticeWanted', { body: expect.stringContaining('not what it was') }]);
  });

  it('fails when an exercise changes nothing, and when the gate does not let it through', async () => {
    const { deps, flag } = await aPerformer();
    const still = { ...deps, exercises: deps.exercises.map((one) => ({ ...one, state: async () => 'same' })) };
    expect(await answerEvent(tick, still)).toMatchObject({ result: 'failed', actions: [{ detail: /proves nothing/ }] });
    await flag({ killed: true });
    const later = { ...tick, time: '2026-11-21T03:00:00Z' };
    expect(await answerEvent(later, deps)).toMatchObject({ result: 'failed', actions: [{ detail: /held/ }] });
  });

  it('that a kill held is not done after the resume, and the next one passes', async () => {
    const { deps, flag, value } = await aPerformer();
    await flag({ killed: true });
    expect(await answerEvent(tick, deps)).toMatchObject({ result: 'failed' });
    await flag({ killed: false });
    expect(await deps.waitingFor('everything')).toEqual([]);
    expect(await value('canary/drill')).toBeNull();
    const next = { ...tick, time: '2026-11-21T03:00:00Z' };
    expect(await answerEvent(next, deps)).toMatchObject({ result: 'passed' });
  });
});

describe('the catalogue of actions', () => {
  it('refuses an action that nobody has declared, and a claim that does not fit', () => {
    expect(undeclared({ action: 'rocket.launch', reversible: 'yes' }, catalogue)).toContain('in no catalogue');
    expect(undeclared({ action: 'task.execute', reversible: 'yes' }, catalogue)).toContain('cannot be proposed');
    expect(undeclared({ action: 'setting.change', reversible: 'yes' }, catalogue)).toBeUndefined();
    expect(undeclared({ action: 'letter.send', reversible: 'no' }, catalogue)).toBeUndefined();
  });
});
