// Executions from start to end: what the API answers, how failures travel, what the history shows.
import { describe, expect, it } from 'vitest';
import type { Caller } from '../../service.ts';
import { type TestHost, testHost, until } from '../../test-host.ts';
import { service } from './service.ts';

const fn = (name: string) => `arn:aws:lambda:eu-central-1:000000000000:function:${name}`;
const operator: Caller = { kind: 'operator' };
type Json = Record<string, unknown>;

/** A machine of these states on a host; `call` speaks its API. */
async function machineOn(host: TestHost, definition: object, more: Json = {}) {
  const properties = {
    DefinitionString: JSON.stringify(definition),
    RoleArn: 'arn:aws:iam::000000000000:role/r',
    ...more,
  };
  const resource = { logicalId: 'M', type: 'AWS::StepFunctions::StateMachine', properties, stackName: 's' };
  const made = await service.factories[0]!.create(resource, host);
  await made.start?.();
  const call = async (name: string, input: Json, caller = operator): Promise<Json> => {
    const request = {
      method: 'POST',
      path: '/',
      query: new URLSearchParams(),
      body: Buffer.from(JSON.stringify(input)),
    };
    const headers = { 'x-amz-target': `AWSStepFunctions.${name}` };
    return JSON.parse(String((await service.apis![0]!.handle({ ...request, headers }, caller, host)).body));
  };
  const start = async (input: unknown = {}, name?: string) =>
    String(
      (await call('StartExecution', { stateMachineArn: made.ref, input: JSON.stringify(input), name })).executionArn,
    );
  const describe = (executionArn: string) => call('DescribeExecution', { executionArn });
  const ended = async (executionArn: string) =>
    until(async () => {
      const found = await describe(executionArn);
      return found.status === 'RUNNING' ? undefined : found;
    });
  const history = async (executionArn: string) =>
    (await call('GetExecutionHistory', { executionArn, maxResults: 1000 })).events as Json[];
  return {
    arn: made.ref,
    made,
    call,
    start,
    describe,
    ended,
    history,
    run: async (input?: unknown) => ended(await start(input)),
  };
}

const one = (state: Json, name = 'Only') => ({ StartAt: name, States: { [name]: { End: true, ...state } } });
const outputOf = (execution: Json) => JSON.parse(String(execution.output));

describe('an execution', () => {
  it('walks tasks, choices and passes to its output', async () => {
    const host = testHost();
    host.functions[fn('double')] = (payload) => (payload as { n: number }).n * 2;
    const { run } = await machineOn(host, {
      StartAt: 'Double',
      States: {
        Double: { Type: 'Task', Resource: fn('double'), ResultPath: '$.n', Next: 'Enough?' },
        'Enough?': {
          Type: 'Choice',
          Choices: [{ Variable: '$.n', NumericLessThan: 100, Next: 'Double' }],
          Default: 'Shape',
        },
        Shape: { Type: 'Pass', Parameters: { 'n.$': '$.n', 'of.$': '$$.Execution.Input.n' }, End: true },
      },
    });
    const execution = await run({ n: 7 });
    expect(execution).toMatchObject({ status: 'SUCCEEDED' });
    expect(outputOf(execution)).toEqual({ n: 112, of: 7 });
  });

  it('fills in substitutions of the template', async () => {
    const host = testHost();
    host.functions[fn('a')] = () => 'answer';
    const DefinitionString = JSON.stringify(one({ Type: 'Task', Resource: '$'.concat('{AskArn}') }));
    const { run } = await machineOn(host, {}, { DefinitionString, DefinitionSubstitutions: { AskArn: fn('a') } });
    expect(outputOf(await run())).toBe('answer');
  });

  it('is one per name: same input is the same execution, other input is refused', async () => {
    const host = testHost();
    const { call, arn, start, ended } = await machineOn(host, one({ Type: 'Wait', Seconds: 5 }));
    const first = await start({ a: 1 }, 'twin');
    expect(await start({ a: 1 }, 'twin')).toBe(first);
    await expect(start({ a: 2 }, 'twin')).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
    await host.clock.advance(5_000);
    await ended(first);
    await expect(start({ a: 1 }, 'twin')).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
    expect(((await call('ListExecutions', { stateMachineArn: arn })).executions as Json[]).length).toBe(1);
  });

  it.each<[string, string, unknown, string]>([
    [
      'an unknown machine',
      'StartExecution',
      { stateMachineArn: 'arn:aws:states:eu-central-1:0:stateMachine:x' },
      'StateMachineDoesNotExist',
    ],
    ['input that is not JSON', 'StartExecution', { input: '{' }, 'InvalidExecutionInput'],
    ['input over 256 KB', 'StartExecution', { input: JSON.stringify('x'.repeat(262_144)) }, 'ValidationException'],
    ['a name with a colon', 'StartExecution', { name: 'a:b' }, 'ValidationException'],
    ['an unknown execution', 'DescribeExecution', { executionArn: 'arn:none' }, 'ExecutionDoesNotExist'],
    ['an unknown token', 'SendTaskSuccess', { taskToken: 'none', output: '1' }, 'InvalidToken'],
    ['an operation that is not covered', 'CreateActivity', {}, 'UnknownOperationException'],
  ])('refuses %s', async (_words, name, input, code) => {
    const { call, arn } = await machineOn(testHost(), one({ Type: 'Succeed', End: undefined }));
    await expect(call(name, { stateMachineArn: arn, ...(input as Json) })).rejects.toMatchObject({ code });
  });

  it('is only for callers whose role allows it', async () => {
    const host = testHost();
    const { call, arn } = await machineOn(host, one({ Type: 'Pass' }));
    host.denied.add('states:StartExecution');
    const caller: Caller = { kind: 'function', roleArn: 'r', functionArn: 'f' };
    await expect(call('StartExecution', { stateMachineArn: arn }, caller)).rejects.toMatchObject({
      code: 'AccessDeniedException',
    });
  });

  it('stops when told, and says why', async () => {
    const { start, call, describe, history } = await machineOn(testHost(), one({ Type: 'Wait', Seconds: 60 }));
    const executionArn = await start();
    await call('StopExecution', { executionArn, error: 'Killed', cause: 'by hand' });
    expect(await describe(executionArn)).toMatchObject({ status: 'ABORTED', error: 'Killed', cause: 'by hand' });
    expect((await history(executionArn)).at(-1)).toMatchObject({ type: 'ExecutionAborted' });
  });

  it('ends at its own time-out', async () => {
    const host = testHost();
    const { start, ended } = await machineOn(host, { ...one({ Type: 'Wait', Seconds: 60 }), TimeoutSeconds: 10 });
    const executionArn = await start();
    await host.clock.advance(10_000);
    expect(await ended(executionArn)).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  });
});

describe('a failing task', () => {
  const failing = (error: string) => () => {
    throw Object.assign(new Error('it broke'), { name: error });
  };

  it('fails the execution with its error type, and is called as the machine’s role', async () => {
    const host = testHost();
    host.functions[fn('a')] = failing('PermanentTaskError');
    const { run } = await machineOn(host, one({ Type: 'Task', Resource: fn('a') }));
    const execution = await run();
    expect(execution).toMatchObject({ status: 'FAILED', error: 'PermanentTaskError' });
    expect(JSON.parse(String(execution.cause))).toMatchObject({ errorMessage: 'it broke' });
    host.denied.add('lambda:InvokeFunction');
    expect(await run()).toMatchObject({
      error: 'Lambda.AWSLambdaException',
      cause: expect.stringContaining('not authorized'),
    });
  });

  it('is retried after the intervals of the first matching retrier, then caught', async () => {
    const host = testHost();
    const callsMs: number[] = [];
    host.functions[fn('a')] = () => {
      callsMs.push(host.clock.now());
      return failing('Busy')();
    };
    const Retry = [
      { ErrorEquals: ['Other'], MaxAttempts: 9 },
      { ErrorEquals: ['Busy'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 2 },
    ];
    const { start, ended } = await machineOn(host, {
      StartAt: 'Ask',
      States: {
        Ask: {
          Type: 'Task',
          Resource: fn('a'),
          Retry,
          Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Note' }],
          End: true,
        },
        Note: { Type: 'Pass', End: true },
      },
    });
    const executionArn = await start({ id: 1 });
    await host.clock.advance(60_000);
    expect(outputOf(await ended(executionArn))).toMatchObject({ id: 1, error: { Error: 'Busy' } });
    expect(callsMs.map((ms) => ms - (callsMs[0] ?? 0))).toEqual([0, 2_000, 8_000]);
  });

  it('times out in virtual time, and States.ALL catches it', async () => {
    const host = testHost();
    host.functions[fn('slow')] = () => new Promise(() => {});
    const state = { Type: 'Task', Resource: fn('slow'), TimeoutSeconds: 30, End: true };
    const { start, ended } = await machineOn(host, {
      StartAt: 'Slow',
      States: {
        Slow: { ...state, Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Late' }] },
        Late: { Type: 'Succeed' },
      },
    });
    const executionArn = await start();
    await host.clock.advance(30_000);
    expect(outputOf(await ended(executionArn))).toEqual({ Error: 'States.Timeout', Cause: '' });
  });

  it.each<[string, string | undefined, string]>([
    ['States.TaskFailed takes an ordinary error', 'Boom', 'States.TaskFailed'],
    ['States.ALL takes a time-out', 'States.Timeout', 'States.ALL'],
  ])('%s', async (_words, error, name) => {
    const host = testHost();
    host.functions[fn('a')] = failing(String(error));
    const { run } = await machineOn(host, {
      StartAt: 'A',
      States: {
        A: { Type: 'Task', Resource: fn('a'), Catch: [{ ErrorEquals: [name], Next: 'C' }], End: true },
        C: { Type: 'Succeed' },
      },
    });
    expect(await run()).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('a result over 256 KB is States.DataLimitExceeded, which States.ALL does not catch', async () => {
    const host = testHost();
    host.functions[fn('big')] = () => 'x'.repeat(262_144);
    const { run } = await machineOn(host, {
      StartAt: 'A',
      States: {
        A: { Type: 'Task', Resource: fn('big'), Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }], End: true },
        C: { Type: 'Succeed' },
      },
    });
    expect(await run()).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  it('States.Runtime ends the execution, even where it is named', async () => {
    const Catch = [{ ErrorEquals: ['States.Runtime'], Next: 'C' }];
    const { run } = await machineOn(testHost(), {
      StartAt: 'A',
      States: {
        A: { Type: 'Task', Resource: fn('a'), Parameters: { 'x.$': '$.gone' }, Catch, End: true },
        C: { Type: 'Succeed' },
      },
    });
    expect(await run({})).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  it('Fail says its error and cause', async () => {
    const { run } = await machineOn(
      testHost(),
      one({ Type: 'Fail', Error: 'Gone', CausePath: '$.why', End: undefined }),
    );
    expect(await run({ why: 'no batch' })).toMatchObject({ status: 'FAILED', error: 'Gone', cause: 'no batch' });
  });

  it('can be redriven at the state where it failed', async () => {
    const host = testHost();
    const calls = { first: 0, second: 0 };
    host.functions[fn('first')] = () => ++calls.first;
    host.functions[fn('second')] = () => (++calls.second === 1 ? failing('Boom')() : 'mended');
    const { start, ended, call } = await machineOn(host, {
      StartAt: 'First',
      States: {
        First: { Type: 'Task', Resource: fn('first'), Next: 'Second' },
        Second: { Type: 'Task', Resource: fn('second'), End: true },
      },
    });
    const executionArn = await start();
    expect(await ended(executionArn)).toMatchObject({ status: 'FAILED' });
    await call('RedriveExecution', { executionArn });
    expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1, output: '"mended"' });
    expect(calls).toEqual({ first: 1, second: 2 });
  });
});

describe('Map and Parallel', () => {
  it('run side by side within their limit and keep the order of results', async () => {
    const host = testHost();
    let now = 0;
    let most = 0;
    host.functions[fn('a')] = async (payload) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
      return payload;
    };
    const ItemProcessor = one({ Type: 'Task', Resource: fn('a') }, 'Inner');
    const ItemSelector = { 'index.$': '$$.Map.Item.Index', 'value.$': '$$.Map.Item.Value', 'all.$': '$.name' };
    const { run } = await machineOn(
      host,
      one({ Type: 'Map', ItemsPath: '$.items', MaxConcurrency: 2, ItemProcessor, ItemSelector }),
    );
    const output = outputOf(await run({ items: ['a', 'b', 'c', 'd', 'e'], name: 'n' }));
    expect(output.map((row: Json) => `${row.index}${row.value}${row.all}`)).toEqual([
      '0an',
      '1bn',
      '2cn',
      '3dn',
      '4en',
    ]);
    expect(most).toBe(2);
  });

  it('a Map that a loop comes to again starts from nothing', async () => {
    const host = testHost();
    host.functions[fn('next')] = (payload) => (payload as number) + 1;
    const { run } = await machineOn(host, {
      StartAt: 'Each',
      States: {
        Each: {
          Type: 'Map',
          ItemsPath: '$.items',
          ItemProcessor: one({ Type: 'Task', Resource: fn('next') }, 'AddOne'),
          ResultPath: '$.items',
          Next: 'Enough?',
        },
        'Enough?': {
          Type: 'Choice',
          Choices: [{ Variable: '$.items[0]', NumericLessThan: 3, Next: 'Each' }],
          Default: 'Done',
        },
        Done: { Type: 'Succeed' },
      },
    });
    expect(outputOf(await run({ items: [0, 10] }))).toEqual({ items: [3, 13] });
  });

  it('an empty Map ends with an empty list', async () => {
    const { run } = await machineOn(testHost(), one({ Type: 'Map', ItemProcessor: one({ Type: 'Pass' }, 'Inner') }));
    expect(outputOf(await run([]))).toEqual([]);
  });

  it('the first failure calls the others off; Retry runs all anew', async () => {
    const host = testHost();
    let calls = 0;
    host.functions[fn('a')] = () => {
      if (++calls === 1) throw Object.assign(new Error('x'), { name: 'Busy' });
      return calls;
    };
    const Branches = [one({ Type: 'Task', Resource: fn('a') }, 'Left'), one({ Type: 'Wait', Seconds: 3600 }, 'Right')];
    const parallel = { Type: 'Parallel', Branches, Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 1 }] };
    const { start, ended, describe } = await machineOn(host, one(parallel));
    const executionArn = await start('in');
    await host.clock.advance(3600_000);
    expect(await describe(executionArn)).toMatchObject({ status: 'RUNNING' });
    await host.clock.advance(1_000);
    expect(outputOf(await ended(executionArn))).toEqual([2, 'in']);
    expect(host.clock.waiting().length).toBe(1);
  });
});

describe('task tokens', () => {
  const asking = (more: Json = {}) =>
    one({
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Parameters: { FunctionName: fn('ask'), Payload: { 'token.$': '$$.Task.Token' } },
      ...more,
    });
  /** Starts an execution that hands a token to the function `ask`. */
  async function asked(more: Json = {}) {
    const host = testHost();
    const tokens: string[] = [];
    host.functions[fn('ask')] = (payload) => void tokens.push((payload as { token: string }).token);
    const machine = await machineOn(host, asking(more));
    const executionArn = await machine.start();
    const token = await until(() => tokens[0]);
    return { host, token, tokens, executionArn, ...machine };
  }

  it('wait for the answer; a second answer hears that the task is over', async () => {
    const { token, call, ended, executionArn } = await asked();
    await call('SendTaskSuccess', { taskToken: token, output: '{"approved":true}' });
    expect(outputOf(await ended(executionArn))).toEqual({ approved: true });
    await expect(call('SendTaskSuccess', { taskToken: token, output: '1' })).rejects.toMatchObject({
      code: 'TaskTimedOut',
    });
  });

  it('fail with the error that was sent', async () => {
    const { token, call, ended, executionArn } = await asked();
    await call('SendTaskFailure', { taskToken: token, error: 'Denied', cause: 'not today' });
    expect(await ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'Denied', cause: 'not today' });
  });

  it('need a heartbeat in time', async () => {
    const { host, token, call, ended, describe, executionArn } = await asked({ HeartbeatSeconds: 60 });
    await host.clock.advance(50_000);
    await call('SendTaskHeartbeat', { taskToken: token });
    await host.clock.advance(50_000);
    expect(await describe(executionArn)).toMatchObject({ status: 'RUNNING' });
    await host.clock.advance(10_000);
    expect(await ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'States.HeartbeatTimeout' });
  });

  it('a retry gives out a new token, and the old one is over', async () => {
    const Retry = [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 1, MaxAttempts: 1 }];
    const { host, tokens, call, ended, executionArn } = await asked({ TimeoutSeconds: 10, Retry });
    await host.clock.advance(11_000);
    const second = await until(() => tokens[1]);
    await expect(call('SendTaskSuccess', { taskToken: tokens[0], output: '1' })).rejects.toMatchObject({
      code: 'TaskTimedOut',
    });
    await call('SendTaskSuccess', { taskToken: second, output: '2' });
    expect(outputOf(await ended(executionArn))).toBe(2);
  });
});

describe('the history', () => {
  it('shows what AWS shows, in order, and page by page', async () => {
    const host = testHost();
    host.functions[fn('a')] = () => 1;
    const { start, ended, history, call } = await machineOn(host, one({ Type: 'Task', Resource: fn('a') }));
    const executionArn = await start();
    await ended(executionArn);
    const events = await history(executionArn);
    expect(events.map((event) => event.type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(events.map((event) => event.id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(events[2]).toMatchObject({ lambdaFunctionScheduledEventDetails: { resource: fn('a'), input: '{}' } });
    const last = await call('GetExecutionHistory', { executionArn, reverseOrder: true, maxResults: 2 });
    expect(last).toMatchObject({ events: [{ id: 7 }, { id: 6 }], nextToken: '2' });
  });

  it('ends with event 25,000, which fails the execution', async () => {
    const { run, call } = await machineOn(testHost(), {
      StartAt: 'Loop',
      States: {
        Loop: { Type: 'Choice', Choices: [{ Variable: '$.out', IsPresent: true, Next: 'Out' }], Default: 'Again' },
        Again: { Type: 'Pass', Next: 'Loop' },
        Out: { Type: 'Succeed' },
      },
    });
    const execution = await run();
    expect(execution).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: expect.stringContaining('25000'),
    });
    const last = await call('GetExecutionHistory', {
      executionArn: execution.executionArn,
      reverseOrder: true,
      maxResults: 1,
    });
    expect(last.events).toMatchObject([{ id: 25_000, previousEventId: 24_999, type: 'ExecutionFailed' }]);
  }, 30_000);
});

describe('a definition', () => {
  it.each<[string, Json, string]>([
    ['an unknown integration', { Type: 'Task', Resource: 'arn:aws:states:::dynamodb:putItem' }, 'dynamodb:putItem'],
    [
      'a run-job integration',
      { Type: 'Task', Resource: 'arn:aws:states:::states:startExecution.sync' },
      'startExecution.sync',
    ],
    [
      'a distributed Map',
      {
        Type: 'Map',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          ...one({ Type: 'Pass' }, 'Inner'),
        },
      },
      'distributed',
    ],
    ['a substitution that is missing', { Type: 'Task', Resource: '$'.concat('{Missing}') }, 'Missing'],
    ['a dangling Next', { Type: 'Pass', End: undefined, Next: 'Nowhere' }, 'Nowhere'],
  ])('is refused at start for %s, by name', async (_words, state, names) => {
    const refused = machineOn(testHost(), one(state));
    await expect(refused).rejects.toThrow('State machine M');
    await expect(machineOn(testHost(), one(state))).rejects.toThrow(names);
  });
});
