// One state's data flow, as the States language words it.
import { describe, expect, it } from 'vitest';
import { caughtOutput, choose, effectiveInput, itemInput, output, valueAt } from './evaluate.ts';
import { StateFailure } from './failure.ts';

const context = {
  Execution: { Id: 'arn:x', Input: { who: 'Ada' }, StartTime: '2026-01-01T00:00:00.000Z' },
  State: { Name: 'Ask' },
  Task: { Token: 'tok' },
  Map: { Item: { Index: 2, Value: 'c' } },
};
const input = { a: 1, nothing: null, no: false, empty: [], one: ['x'], deep: { b: 'text' }, list: [3, 4] };

describe('one state', () => {
  it.each<[string, object, unknown]>([
    ['without fields', {}, input],
    ['InputPath', { InputPath: '$.deep' }, { b: 'text' }],
    ['InputPath to a scalar', { InputPath: '$.a' }, 1],
    ['InputPath to null', { InputPath: '$.nothing' }, null],
    ['InputPath to false', { InputPath: '$.no' }, false],
    ['InputPath to an empty list', { InputPath: '$.empty' }, []],
    ['InputPath to a list of one', { InputPath: '$.one' }, ['x']],
    ['InputPath into the context', { InputPath: '$$.Execution.Input' }, { who: 'Ada' }],
    [
      'Parameters',
      { Parameters: { 'x.$': '$.deep.b', fixed: 5, in: { 'y.$': '$.list[1]' } } },
      { x: 'text', fixed: 5, in: { y: 4 } },
    ],
    ['Parameters to null', { Parameters: { 'x.$': '$.nothing' } }, { x: null }],
    ['whole input', { Parameters: { 'x.$': '$' } }, { x: input }],
    ['execution id', { Parameters: { 'x.$': '$$.Execution.Id' } }, { x: 'arn:x' }],
    ['start time', { Parameters: { 'x.$': '$$.Execution.StartTime' } }, { x: '2026-01-01T00:00:00.000Z' }],
    ['task token', { Parameters: { 'x.$': '$$.Task.Token' } }, { x: 'tok' }],
    ['context in a function', { Parameters: { 'x.$': "States.Format('{}/{}', $$.State.Name, $.a)" } }, { x: 'Ask/1' }],
    ['whole context', { Parameters: { 'x.$': '$$' } }, { x: context }],
    ['text that looks like a path', { Parameters: { x: '$$.Execution.Id' } }, { x: '$$.Execution.Id' }],
    [
      'a function of functions',
      { Parameters: { 'x.$': "States.ArrayGetItem(States.Array('p', 'q'), 1)" } },
      { x: 'q' },
    ],
  ])('input: %s', async (_words, state, expected) => {
    const got = await effectiveInput({ Type: 'Task', ...state }, input, context);
    expect(JSON.parse(JSON.stringify(got, (key, value) => (key === 'All' ? undefined : value)))).toEqual(expected);
  });

  it.each<[string, object, unknown, unknown]>([
    ['the result alone', {}, { r: 1 }, { r: 1 }],
    ['ResultPath', { ResultPath: '$.r' }, 7, { ...input, r: 7 }],
    ['ResultPath, deep', { ResultPath: '$.deep.c' }, 7, { ...input, deep: { b: 'text', c: 7 } }],
    ['ResultPath $', { ResultPath: '$' }, 7, 7],
    ['ResultPath null', { ResultPath: null }, 7, input],
    ['a result of null', { ResultPath: '$.r' }, null, { ...input, r: null }],
    ['ResultSelector', { ResultSelector: { 'x.$': '$.r' } }, { r: 1, s: 2 }, { x: 1 }],
    ['OutputPath', { ResultPath: '$.r', OutputPath: '$.r' }, 7, 7],
  ])('output: %s', async (_words, state, result, expected) => {
    expect(await output({ Type: 'Task', ...state }, input, result, context)).toEqual(expected);
  });

  it('a scalar input goes through', async () => {
    expect(await effectiveInput({ Type: 'Task', InputPath: '$' }, 5, context)).toBe(5);
    expect(await effectiveInput({ Type: 'Task', Parameters: { 'x.$': '$' } }, 'text', context)).toEqual({ x: 'text' });
  });

  it('evaluates concurrently without mixing contexts', async () => {
    const state = { Type: 'Task', Parameters: { 'x.$': '$$.Map.Item.Index' } };
    const of = (Index: number) => effectiveInput(state, {}, { ...context, Map: { Item: { Index } } });
    expect(await Promise.all([of(1), of(2), of(3)])).toEqual([{ x: 1 }, { x: 2 }, { x: 3 }]);
  });

  it('gives a Map item its template', async () => {
    const state = { Type: 'Map', ItemSelector: { 'v.$': '$$.Map.Item.Value', 'a.$': '$.a' } };
    expect(await itemInput(state, input, 'c', context)).toEqual({ v: 'c', a: 1 });
    expect(await itemInput({ Type: 'Map' }, input, 'c', context)).toBe('c');
  });

  it('reads a value by path or function', async () => {
    expect(await valueAt({ SecondsPath: '$.a' }, 'SecondsPath', input, context)).toBe(1);
    expect(await valueAt({ CausePath: "States.Format('no {}', $.a)" }, 'CausePath', input, context)).toBe('no 1');
  });

  it('places a caught failure', async () => {
    const failure = new StateFailure('Boom', 'why');
    expect(await caughtOutput({ ResultPath: '$.error' }, { a: 1 }, failure)).toEqual({
      a: 1,
      error: { Error: 'Boom', Cause: 'why' },
    });
    expect(await caughtOutput({}, { a: 1 }, failure)).toEqual({ Error: 'Boom', Cause: 'why' });
  });

  it('chooses, falls back to Default, and fails without one', async () => {
    const Choices = [
      { Variable: '$.a', NumericEquals: 1, Next: 'One' },
      { Variable: '$$.State.Name', StringEquals: 'Ask', Next: 'Asked' },
    ];
    expect(await choose({ Choices, Default: 'Else' }, { a: 1 }, context)).toBe('One');
    expect(await choose({ Choices, Default: 'Else' }, { a: 2 }, context)).toBe('Asked');
    expect(await choose({ Choices, Default: 'Else' }, { a: 2 }, { State: { Name: 'x' } })).toBe('Else');
    await expect(choose({ Choices }, { a: 2 }, { State: { Name: 'x' } })).rejects.toMatchObject({
      error: 'States.NoChoiceMatched',
    });
  });

  it('a path that leads nowhere is States.Runtime', async () => {
    const asked = effectiveInput({ Type: 'Task', Parameters: { 'x.$': '$.gone' } }, input, context);
    await expect(asked).rejects.toMatchObject({ error: 'States.Runtime', message: expect.stringContaining('$.gone') });
  });
});
