// kill -9 at any moment: a new service over the same rows goes on where the old one was.
import { describe, expect, it } from 'vitest';
import { type TestHost, testHost, turns, until } from '../../test-host.ts';
import { service } from './service.ts';

const fn = (name: string) => `arn:aws:lambda:eu-central-1:000000000000:function:${name}`;
type Json = Record<string, unknown>;

async function machineOn(host: TestHost, definition: object) {
  const properties = { DefinitionString: JSON.stringify(definition), RoleArn: 'role' };
  const resource = { logicalId: 'M', type: 'AWS::StepFunctions::StateMachine', properties, stackName: 's' };
  const made = await service.factories[0]!.create(resource, host);
  await made.start?.();
  const call = async (name: string, input: Json): Promise<Json> => {
    const request = {
      method: 'POST',
      path: '/',
      query: new URLSearchParams(),
      body: Buffer.from(JSON.stringify(input)),
    };
    const headers = { 'x-amz-target': `AWSStepFunctions.${name}` };
    return JSON.parse(
      String((await service.apis![0]!.handle({ ...request, headers }, { kind: 'operator' }, host)).body),
    );
  };
  const start = async (input: unknown = {}) =>
    String((await call('StartExecution', { stateMachineArn: made.ref, input: JSON.stringify(input) })).executionArn);
  const describe = (executionArn: string) => call('DescribeExecution', { executionArn });
  const ended = (executionArn: string) =>
    until(async () => {
      const found = await describe(executionArn);
      return found.status === 'RUNNING' ? undefined : found;
    });
  const types = async (executionArn: string) =>
    ((await call('GetExecutionHistory', { executionArn, maxResults: 1000 })).events as Json[]).map(
      (event) => event.type,
    );
  return { made, call, start, describe, ended, types };
}

/** The next life: a new host over what the crashed one had committed. */
function reborn(host: TestHost, functions: TestHost['functions'] = host.functions): TestHost {
  host.crash();
  const next = testHost(host);
  Object.assign(next.functions, functions);
  return next;
}

const task = (name: string, more: Json) => ({ Type: 'Task', Resource: fn(name), ...more });

describe('after kill -9', () => {
  it('a finished task is not asked again, the one in flight is', async () => {
    const host = testHost();
    const calls: string[] = [];
    host.functions[fn('first')] = () => calls.push('first');
    host.functions[fn('second')] = (payload) => {
      calls.push(`second ${payload}`);
      return calls.length < 3 ? new Promise(() => {}) : 'done';
    };
    const definition = {
      StartAt: 'First',
      States: { First: task('first', { Next: 'Second' }), Second: task('second', { End: true }) },
    };
    const executionArn = await (await machineOn(host, definition)).start();
    await until(() => calls.length === 2);
    const after = await machineOn(reborn(host), definition);
    expect(await after.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
    expect(calls).toEqual(['first', 'second 1', 'second 1']);
  });

  it('a wait keeps its deadline', async () => {
    const host = testHost();
    const definition = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 100, End: true } } };
    const executionArn = await (await machineOn(host, definition)).start();
    await host.clock.advance(70_000);
    const next = reborn(host);
    const after = await machineOn(next, definition);
    await next.clock.advance(29_999);
    expect(await after.describe(executionArn)).toMatchObject({ status: 'RUNNING' });
    await next.clock.advance(1);
    expect(await after.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('a retry keeps its count and its time', async () => {
    const host = testHost();
    const callsMs: number[] = [];
    const failing = (clock: TestHost['clock']) => () => {
      callsMs.push(clock.now());
      throw Object.assign(new Error('x'), { name: 'Busy' });
    };
    host.functions[fn('a')] = failing(host.clock);
    const Retry = [{ ErrorEquals: ['Busy'], IntervalSeconds: 10, BackoffRate: 1, MaxAttempts: 2 }];
    const definition = { StartAt: 'A', States: { A: task('a', { Retry, End: true }) } };
    const executionArn = await (await machineOn(host, definition)).start();
    await host.clock.advance(14_000);
    const next = reborn(host);
    next.functions[fn('a')] = failing(next.clock);
    const after = await machineOn(next, definition);
    await next.clock.advance(60_000);
    expect(await after.ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'Busy' });
    expect(callsMs.map((ms) => (ms - (callsMs[0] ?? 0)) / 1000)).toEqual([0, 10, 20]);
  });

  it('a token from before works, is not handed out twice, and keeps its time-out', async () => {
    const definition = {
      StartAt: 'Ask',
      States: {
        Ask: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
          Parameters: { FunctionName: fn('ask'), Payload: { 'token.$': '$$.Task.Token' } },
          TimeoutSeconds: 100,
          End: true,
        },
      },
    };
    const host = testHost();
    const tokens: string[] = [];
    host.functions[fn('ask')] = (payload) => void tokens.push((payload as { token: string }).token);
    const before = await machineOn(host, definition);
    const [answered, late] = [await before.start(), await before.start()];
    await until(() => tokens.length === 2);
    await turns(5);
    await host.clock.advance(60_000);
    const next = reborn(host);
    const after = await machineOn(next, definition);
    await after.call('SendTaskSuccess', { taskToken: tokens[0], output: '"yes"' });
    expect(await after.ended(answered)).toMatchObject({ status: 'SUCCEEDED', output: '"yes"' });
    await next.clock.advance(40_000);
    expect(await after.ended(late)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(tokens.length).toBe(2);
  });

  it('an answer that was accepted just before is not lost', async () => {
    const Parameters = { FunctionName: fn('ask'), Payload: { 'token.$': '$$.Task.Token' } };
    const Resource = 'arn:aws:states:::lambda:invoke.waitForTaskToken';
    const definition = { StartAt: 'Ask', States: { Ask: { Type: 'Task', Resource, Parameters, End: true } } };
    const host = testHost();
    const tokens: string[] = [];
    host.functions[fn('ask')] = (payload) => void tokens.push((payload as { token: string }).token);
    const before = await machineOn(host, definition);
    const executionArn = await before.start();
    await until(() => tokens[0]);
    await before.call('SendTaskSuccess', { taskToken: tokens[0], output: '5' });
    const after = await machineOn(reborn(host), definition);
    expect(await after.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '5' });
  });

  it('finished iterations and branches keep their results', async () => {
    const host = testHost();
    const calls: string[] = [];
    let stuck = true;
    host.functions[fn('a')] = (payload) => {
      calls.push(String(payload));
      return stuck && payload === 'c' ? new Promise(() => {}) : `${payload}!`;
    };
    const inner = { StartAt: 'Call', States: { Call: task('a', { End: true }) } };
    const definition = { StartAt: 'Each', States: { Each: { Type: 'Map', ItemProcessor: inner, End: true } } };
    const executionArn = await (await machineOn(host, definition)).start(['a', 'b', 'c']);
    await until(() => calls.length === 3);
    await turns(5);
    stuck = false;
    const after = await machineOn(reborn(host), definition);
    expect(await after.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '["a!","b!","c!"]' });
    expect(calls).toEqual(['a', 'b', 'c', 'c']);
    const types = await after.types(executionArn);
    expect(types.filter((type) => type === 'MapIterationSucceeded')).toHaveLength(3);
  });

  it('a changed template does not change a running execution', async () => {
    const wait = (then: string) => ({
      StartAt: 'Wait',
      States: { Wait: { Type: 'Wait', Seconds: 5, Next: 'Then' }, Then: { Type: 'Pass', Result: then, End: true } },
    });
    const host = testHost();
    const executionArn = await (await machineOn(host, wait('old'))).start();
    await turns(5);
    const next = reborn(host);
    const after = await machineOn(next, wait('new'));
    await next.clock.advance(5_000);
    expect(await after.ended(executionArn)).toMatchObject({ output: '"old"' });
  });

  /** Names of the tasks whose results were durable when the host died. */
  function finishedTasks(host: TestHost): string[] {
    const [execution] = host.db.prepare('SELECT status FROM rt_states_executions').all();
    if (execution?.status === 'SUCCEEDED') return ORDER.flatMap(({ tasks }) => tasks);
    const rows = host.db.prepare('SELECT path, state, output FROM rt_states_frames ORDER BY path').all();
    const frames = rows as { path: string; state: string; output: string | null }[];
    const root = frames.find(({ path }) => path === '');
    const passed = root
      ? ORDER.slice(
          0,
          ORDER.findIndex(({ state }) => state === root.state),
        )
      : [];
    const branches = frames.filter(({ path, output }) => path !== '' && output !== null);
    const whole = root?.output ? ORDER : passed;
    return [...whole.flatMap(({ tasks }) => tasks), ...branches.map(({ state }) => state.toLowerCase())];
  }
  const ORDER = [
    { state: 'A', tasks: ['a'] },
    { state: 'Pause', tasks: [] },
    { state: 'Both', tasks: ['b1', 'b2'] },
    { state: 'C', tasks: ['c'] },
  ];

  it('wherever it strikes: every execution ends, and no finished task is asked for again', async () => {
    const branch = (n: number) => ({ StartAt: `B${n}`, States: { [`B${n}`]: task(`b${n}`, { End: true }) } });
    const definition = {
      StartAt: 'A',
      States: {
        A: task('a', { Next: 'Pause' }),
        Pause: { Type: 'Wait', Seconds: 1, Next: 'Both' },
        Both: { Type: 'Parallel', Branches: [branch(1), branch(2)], Next: 'C' },
        C: task('c', { End: true }),
      },
    };
    const noting = (into: string[]) =>
      Object.fromEntries(
        ['a', 'b1', 'b2', 'c'].map((name) => [
          fn(name),
          () => {
            into.push(name);
            return name;
          },
        ]),
      );
    const resumedAt = new Set<string>();
    for (let crashTurn = 0; crashTurn <= 60; crashTurn++) {
      const host = testHost();
      Object.assign(host.functions, noting([]));
      const executionArn = await (await machineOn(host, definition)).start();
      void host.clock.advance(2_000);
      await turns(crashTurn);
      const finished = finishedTasks(host);
      const again: string[] = [];
      const next = reborn(host, noting(again));
      const after = await machineOn(next, definition);
      await next.clock.advance(5_000);
      expect(await after.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '"c"' });
      expect([...finished, ...again].sort(), `crash at turn ${crashTurn}`).toEqual(['a', 'b1', 'b2', 'c']);
      const types = await after.types(executionArn);
      expect(types.filter((type) => String(type).startsWith('Execution'))).toEqual([
        'ExecutionStarted',
        'ExecutionSucceeded',
      ]);
      resumedAt.add(finished.join());
    }
    expect([...resumedAt]).toEqual(expect.arrayContaining(['', 'a', 'a,b1,b2', 'a,b1,b2,c']));
  }, 30_000);

  it('a graceful stop waits for the task in flight and leaves the rest', async () => {
    const host = testHost();
    const { promise, resolve } = Promise.withResolvers<string>();
    const calls: string[] = [];
    host.functions[fn('a')] = () => {
      calls.push('a');
      return promise;
    };
    host.functions[fn('b')] = () => calls.push('b');
    const definition = {
      StartAt: 'A',
      States: {
        A: task('a', { Next: 'Pause' }),
        Pause: { Type: 'Wait', Seconds: 9, Next: 'B' },
        B: task('b', { End: true }),
      },
    };
    const before = await machineOn(host, definition);
    const executionArn = await before.start();
    await until(() => calls.length === 1);
    let stopped = false;
    const stopping = Promise.resolve(before.made.stop?.()).then(() => {
      stopped = true;
    });
    await turns(20);
    expect(stopped).toBe(false);
    resolve('a');
    await stopping;
    const next = reborn(host);
    const after = await machineOn(next, definition);
    await next.clock.advance(9_000);
    expect(await after.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(calls).toEqual(['a', 'b']);
  });
});
