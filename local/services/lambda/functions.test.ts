// Functions in their environments: what a handler gets, and that whatever it does ends at most its own thread.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionResources, startApp } from '../../test-assembly.ts';

const files = {
  'room/ok.mjs': `
    let calls = 0;
    export const echo = async (event, context) => ({ event, calls: ++calls, context, left: context.getRemainingTimeInMillis() });
    export const environment = async () => ({ ...process.env });
    export const printing = async () => { console.log('hello %d', 7); console.log('{"message":"already json"}'); process.stdout.write('raw\\n'); };
    export const now = async () => ({ now: Date.now(), made: new Date().getTime(), isDate: new Date(0) instanceof Date });`,
  'room/bad.mjs': `
    export const throwing = async () => { throw Object.assign(new Error('no money'), { name: 'PermanentTaskError' }); };
    export const throwingText = async () => { throw 'just text'; };
    export const looping = async () => { for (;;); };
    export const hanging = () => new Promise(() => setInterval(() => {}, 1000));
    export const exiting = async () => process.exit(3);
    export const leaking = async () => { const kept = []; for (;;) kept.push(new Array(10_000).fill(kept.length)); };
    export const hoarding = async () => { const kept = []; for (let n = 0; n < 400; n++) kept.push(Buffer.alloc(1_000_000, 1)); await new Promise((r) => setTimeout(r, 60_000, kept)); };
    export const rejecting = async () => { Promise.reject(new Error('nobody looks')); await new Promise((r) => setTimeout(r, 1000)); };
    export const uncaught = async () => { setTimeout(() => { throw new RangeError('late'); }, 1); await new Promise((r) => setTimeout(r, 1000)); };
    export const circular = async () => { const a = {}; a.a = a; return a; };
    export const big = async () => 10n;
    export const nothing = async () => undefined;`,
  'room/broken.mjs': `export const handler = 1 +;`,
  'room/sick.mjs': `throw new Error('at load'); export const handler = 1;`,
  'room/common.cjs': `exports.handler = async () => 'from cjs';`,
};

const bad = [
  'throwing',
  'throwingText',
  'looping',
  'hanging',
  'exiting',
  'leaking',
  'hoarding',
  'rejecting',
  'uncaught',
  'circular',
  'big',
  'nothing',
];
const app = {
  files,
  resources: {
    ...functionResources('echo', 'room/ok.echo', { MemorySize: 256, Timeout: 5 }),
    ...functionResources('environment', 'room/ok.environment', { Environment: { Variables: { TABLE: 'x' } } }),
    ...functionResources('printing', 'room/ok.printing'),
    ...functionResources('now', 'room/ok.now'),
    ...Object.assign(
      {},
      ...bad.map((name) =>
        functionResources(name, `room/bad.${name}`, {
          Timeout: ['leaking', 'hoarding'].includes(name) ? 20 : 1,
          MemorySize: 64,
        }),
      ),
    ),
    ...functionResources('broken', 'room/broken.handler'),
    ...functionResources('sick', 'room/sick.handler'),
    ...functionResources('common', 'room/common.handler'),
    ...functionResources('missingFile', 'room/ghost.handler'),
    ...functionResources('missingExport', 'room/ok.ghost'),
  },
};

let runtime: Awaited<ReturnType<typeof startApp>>;
beforeAll(async () => {
  process.env.SECRET_OF_THE_HOST = 'leaks';
  runtime = await startApp(app);
});
afterAll(async () => {
  delete process.env.SECRET_OF_THE_HOST;
  await runtime.stop();
});

describe('a handler', () => {
  it('gets the event as JSON and a context, and its environment stays warm', async () => {
    const first = (await runtime.invoke('echo', { a: 1, gone: undefined, at: new Date(0) })).payload as Record<
      string,
      never
    >;
    const second = (await runtime.invoke('echo', {})).payload as Record<string, never>;
    expect(first).toMatchObject({
      event: { a: 1, at: '1970-01-01T00:00:00.000Z' },
      context: {
        functionName: 'echo',
        functionVersion: '$LATEST',
        memoryLimitInMB: '256',
        invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:echo',
        logGroupName: '/aws/lambda/echo',
      },
    });
    expect(first.event).not.toHaveProperty('gone');
    expect(first.left).toBeGreaterThan(4_000);
    expect(first.left).toBeLessThanOrEqual(5_000);
    expect([first.calls, second.calls]).toEqual([1, 2]);
  });

  it('sees its own environment and nothing of the host', async () => {
    const env = (await runtime.invoke('environment', {})).payload as Record<string, string>;
    expect(env).toMatchObject({ TABLE: 'x', AWS_LAMBDA_FUNCTION_NAME: 'environment', AWS_REGION: 'eu-central-1' });
    expect(env.AWS_ENDPOINT_URL).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(env).not.toHaveProperty('SECRET_OF_THE_HOST');
    expect(env).not.toHaveProperty('PATH');
  });

  it('prints into the log file of its function as JSON lines', async () => {
    await runtime.invoke('printing', {});
    const file = join(runtime.folder, 'data', 'logs', 'printing.log');
    const text = await expect
      .poll(() => safeRead(file))
      .toContain('raw')
      .then(() => readFileSync(file, 'utf8'));
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(lines.map(({ message }) => message)).toEqual(['hello 7', 'already json', 'raw']);
    expect(lines[0]).toMatchObject({ level: 'INFO', requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });

  it('may be a CommonJS module', async () => {
    expect(await runtime.invoke('common', {})).toMatchObject({ payload: 'from cjs' });
  });

  it('answers null when it returns nothing', async () => {
    expect(await runtime.invoke('nothing', {})).toMatchObject({ payload: null });
  });
});

describe('a failure', () => {
  it.each([
    ['throwing', 'PermanentTaskError', 'no money'],
    ['throwingText', 'string', 'just text'],
    ['looping', 'Sandbox.Timedout', 'Error: Task timed out after 1.00 seconds'],
    ['hanging', 'Sandbox.Timedout', 'Error: Task timed out after 1.00 seconds'],
    ['exiting', 'Runtime.ExitError', 'Runtime exited with error: exit status 3'],
    ['leaking', 'Runtime.OutOfMemory', 'signal: killed'],
    ['hoarding', 'Runtime.OutOfMemory', 'signal: killed'],
    ['rejecting', 'Runtime.UnhandledPromiseRejection', 'nobody looks'],
    ['uncaught', 'RangeError', 'late'],
    ['circular', 'Runtime.MarshalError', 'Unable to stringify response body'],
    ['big', 'Runtime.MarshalError', 'BigInt'],
    ['broken', 'SyntaxError', 'Unexpected token'],
    ['sick', 'Error', 'at load'],
    ['missingFile', 'Runtime.ImportModuleError', 'ghost'],
    ['missingExport', 'Runtime.HandlerNotFound', 'ghost is undefined or not exported'],
  ])('of %s shows as %s and leaves the runtime alone', { timeout: 40_000 }, async (name, errorType, errorMessage) => {
    for (const _ of ['first', 'and again, in a new environment']) {
      expect(await runtime.invoke(name, {})).toMatchObject({
        functionError: 'Unhandled',
        payload: { errorType, errorMessage: expect.stringContaining(errorMessage), trace: expect.any(Array) },
      });
    }
    expect((await runtime.invoke('echo', { alive: true })).functionError).toBeUndefined();
  });

  it('of a time-out names the request', async () => {
    const { payload } = await runtime.invoke('hanging', {});
    expect((payload as { errorMessage: string }).errorMessage).toMatch(/^RequestId: [0-9a-f-]{36} Error: Task/);
  });

  it('of a missing function is an error of the call', async () => {
    await expect(runtime.invoke('ghost', {})).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });
});

describe('start', () => {
  it('refuses types that it does not know, all of them by name', async () => {
    const resources = {
      A: { Type: 'AWS::EC2::Instance' },
      B: { Type: 'AWS::RDS::DBCluster' },
      C: { Type: 'AWS::CloudWatch::Alarm' },
    };
    await expect(startApp({ resources })).rejects.toThrow(
      'does not know the type of: App.A (AWS::EC2::Instance), App.B (AWS::RDS::DBCluster)',
    );
  });

  it('refuses a role that Lambda may not assume, and names the function', async () => {
    const resources = functionResources('f', 'room/ok.echo');
    resources.fRole!.Properties!.AssumeRolePolicyDocument = { Statement: [] };
    await expect(startApp({ resources, files })).rejects.toThrow(
      /App\.f \(AWS::Lambda::Function\): The role.*cannot be assumed/,
    );
  });

  it('says how to make an assembly when there is none', async () => {
    mkdirSync(join(runtime.folder, 'empty'), { recursive: true });
    await expect(startApp({ resources: {} }, { assembly: join(runtime.folder, 'empty') })).rejects.toThrow(
      'npx cdk synth',
    );
  });
});

describe('speed of time', () => {
  it('is the same inside as outside', async () => {
    const fast = await startApp(app, { clockSpeed: 1_000 });
    const first = (await fast.invoke('now', {})).payload as { now: number; made: number; isDate: boolean };
    const realMs = performance.now();
    while (performance.now() - realMs < 20);
    const second = (await fast.invoke('now', {})).payload as { now: number };
    await fast.stop();
    expect(second.now - first.now).toBeGreaterThanOrEqual(20_000);
    expect(first.isDate).toBe(true);
    expect(Math.abs(first.made - first.now)).toBeLessThan(10_000);
  });
});

function safeRead(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
