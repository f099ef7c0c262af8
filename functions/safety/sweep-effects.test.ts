import { describe, expect, it } from 'vitest';
import { aGate, aProposal, costing } from './gate.test-support.ts';
import { effectIdOf } from './gate.ts';
import { sweepEffects } from './sweep-effects.ts';

const effectId = effectIdOf('tsk_1#1');
const minutes = (n: number) => n * 60_000;

describe('the sweep over effects', () => {
  it('leaves alone what is within its deadline, and what has ended', async () => {
    const { gate, control, at } = await aGate();
    await gate.propose([aProposal(), aProposal({ intentKey: 'b', deadlineSeconds: 3_600 })]);
    await gate.settle({ effectId, fence: 'fnc_1', status: 'confirmed', reason: 'done' });
    at(minutes(30));
    expect(await sweepEffects(control)).toEqual({ overdue: 0, unknown: 0 });
    at(minutes(31));
    expect(await sweepEffects(control)).toEqual({ overdue: 1, unknown: 0 });
  });

  it('asks the owner, then asks again, then says that nobody knows; and tells people once', async () => {
    const { gate, control, told, at, news, read } = await aGate();
    await gate.propose([costing({ apiCalls: 1 })]);
    await news();
    at(minutes(16));
    await sweepEffects(control);
    expect(told.splice(0)).toMatchObject([{ type: 'safety.EffectOverdue', detail: { effectId, status: 'executing' } }]);
    expect(await sweepEffects(control)).toEqual({ overdue: 0, unknown: 0 });
    at(minutes(6));
    expect(await sweepEffects(control)).toEqual({ overdue: 1, unknown: 0 });
    at(minutes(11));
    expect(await sweepEffects(control)).toEqual({ overdue: 0, unknown: 1 });
    expect(await read(effectId)).toMatchObject({ status: 'unknown' });
    expect(await news()).toMatchObject([{ type: 'safety.EffectUnknown' }]);
    at(minutes(61));
    expect(await sweepEffects(control)).toEqual({ overdue: 1, unknown: 0 });
    expect(await news()).toEqual([]);
    expect(await gate.settle({ effectId, fence: 'fnc_1', status: 'failed', reason: 'looked up' })).toBe('settled');
    at(minutes(61));
    expect(await sweepEffects(control)).toEqual({ overdue: 0, unknown: 0 });
  });

  it('asks about what is held as well: its owner may have forgotten it; but never calls it unknown', async () => {
    const { gate, control, at, read } = await aGate({ active: false });
    await gate.propose([aProposal()]);
    for (let n = 0; n < 5; n += 1) {
      at(minutes(61));
      expect(await sweepEffects(control)).toEqual({ overdue: 1, unknown: 0 });
    }
    expect(await read(effectId)).toMatchObject({ status: 'held' });
  });

  it('asks once when two sweep at the same moment', async () => {
    const { gate, control, at } = await aGate();
    await gate.propose([aProposal()]);
    at(minutes(16));
    const reports = await Promise.all([sweepEffects(control), sweepEffects(control)]);
    expect(reports.map(({ overdue }) => overdue).toSorted()).toEqual([0, 1]);
  });
});
