// Asynchronous invocations: durable first, retried, handed to destinations, and not lost when the runtime dies.
import { describe, expect, it } from 'vitest';
import type { Runtime } from '../../main.ts';
import { functionResources, startApp, tableResource } from '../../test-assembly.ts';

// Each handler notes its calls in the table, so that a test can see them from outside.
const files = {
  'room/note.mjs': `
    const tables = globalThis[Symbol.for('lazyark.tables')];
    const note = (event, context, what) => tables.write([{ table: 'Notes', put: { pk: what, sk: Date.now() + '#' + Math.random(), event: JSON.stringify(event), requestId: context.awsRequestId } }]);
    export const work = async (event, context) => {
      await note(event, context, 'work');
      if (event.fail) throw Object.assign(new Error('will not'), { name: 'Refusal' });
      return { done: event.n };
    };
    export const settle = (event, context) => note(event, context, 'settle');
    export const hang = async (event, context) => { await note(event, context, 'hang'); await new Promise((r) => setTimeout(r, 60_000)); };
    export const quick = (event, context) => note(event, context, 'hang');`,
};

const notes = { 'Fn::GetAtt': ['Notes', 'Arn'] };
const mayNote = { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: notes };
const settleArn = { 'Fn::GetAtt': ['settle', 'Arn'] };
const mayInvoke = { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: settleArn };
const config = (id: string, properties: Record<string, unknown>) => ({
  [`${id}Config`]: {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: { FunctionName: { Ref: id }, Qualifier: '$LATEST', ...properties },
  },
});
const toSettle = { OnSuccess: { Destination: settleArn }, OnFailure: { Destination: settleArn } };
const resources = {
  Notes: tableResource('Notes'),
  ...functionResources('work', 'room/note.work', {}, [mayNote, mayInvoke]),
  ...config('work', { MaximumRetryAttempts: 1, DestinationConfig: toSettle }),
  ...functionResources('unlucky', 'room/note.work', {}, [mayNote]),
  ...config('unlucky', { MaximumRetryAttempts: 0, DestinationConfig: toSettle }),
  ...functionResources('impatient', 'room/note.work', {}, [mayNote, mayInvoke]),
  ...config('impatient', { MaximumEventAgeInSeconds: 60, DestinationConfig: toSettle }),
  ...functionResources('settle', 'room/note.settle', {}, [mayNote]),
  ...functionResources('hang', 'room/note.hang', { Timeout: 100 }, [mayNote]),
};
const app = { resources, files };

async function noted(runtime: Runtime, what: string): Promise<{ event: Record<string, never>; requestId: string }[]> {
  const { items } = await runtime.tables.query({ table: 'Notes', pk: what });
  return items.map(({ event, requestId }) => ({ event: JSON.parse(String(event)), requestId: String(requestId) }));
}
const count = (runtime: Runtime, what: string) =>
  expect.poll(async () => (await noted(runtime, what)).length, { timeout: 10_000 });

describe('async invocations', () => {
  it('hand their result to the success destination, in the form of AWS', async () => {
    const runtime = await startApp(app);
    await runtime.invokeAsync('work', { n: 7 });
    await count(runtime, 'settle').toBe(1);
    const [work] = await noted(runtime, 'work');
    const [settled] = await noted(runtime, 'settle');
    expect(settled!.event).toEqual({
      version: '1.0',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      requestContext: {
        requestId: work!.requestId,
        functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:work:$LATEST',
        condition: 'Success',
        approximateInvokeCount: 1,
      },
      requestPayload: { n: 7 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST' },
      responsePayload: { done: 7 },
    });
    await runtime.stop();
  });

  it('are retried after a minute with the same request id, then go to the failure destination', async () => {
    const runtime = await startApp(app, { clockSpeed: 200 });
    await runtime.invokeAsync('work', { n: 1, fail: true });
    await count(runtime, 'settle').toBe(1);
    const attempts = await noted(runtime, 'work');
    const [{ event } = { event: {} }] = await noted(runtime, 'settle');
    expect(attempts).toHaveLength(2);
    expect(attempts[0]!.requestId).toBe(attempts[1]!.requestId);
    expect(event).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
      responseContext: { statusCode: 200, functionError: 'Unhandled' },
      responsePayload: { errorType: 'Refusal', errorMessage: 'will not', trace: expect.any(Array) },
    });
    const { items } = await runtime.tables.query({ table: 'Notes', pk: 'work' });
    const [first, second] = items.map(({ sk }) => Number(String(sk).split('#')[0]));
    expect(second! - first!).toBeGreaterThanOrEqual(60_000);
    await runtime.stop();
  });

  it('end early when the next retry would be too late', async () => {
    const runtime = await startApp(app, { clockSpeed: 200 });
    await runtime.invokeAsync('impatient', { fail: true });
    await runtime.invokeAsync('impatient', { fail: true });
    await count(runtime, 'settle').toBe(2);
    expect((await noted(runtime, 'settle'))[0]!.event).toMatchObject({
      requestContext: { condition: 'EventAgeExceeded' },
    });
    await runtime.stop();
  });

  it('drop a result whose destination the role may not call, and say so', async () => {
    const runtime = await startApp(app);
    await runtime.invokeAsync('unlucky', { n: 1 });
    await expect
      .poll(() => runtime.logs.map(({ error }) => String(error)).join())
      .toContain('lambda:InvokeFunction on resource');
    expect(await noted(runtime, 'settle')).toEqual([]);
    await runtime.stop();
  });

  it('refuse a payload above 1 MB', async () => {
    const runtime = await startApp(app);
    await expect(runtime.invokeAsync('work', 'x'.repeat(1024 * 1024))).rejects.toMatchObject({
      code: 'RequestTooLargeException',
    });
    await runtime.stop();
  });

  it('that did not end are delivered again at the next start', { timeout: 20_000 }, async () => {
    const first = await startApp(app);
    await first.invokeAsync('hang', { n: 1 });
    await count(first, 'hang').toBe(1);
    await first.stop();
    const healed = {
      ...app,
      resources: { ...resources, ...functionResources('hang', 'room/note.quick', {}, [mayNote]) },
    };
    const second = await startApp(healed, { folder: first.folder });
    await count(second, 'hang').toBe(2);
    await second.stop();
    const third = await startApp(healed, { folder: first.folder });
    await third.invoke('hang', {});
    expect(await noted(third, 'hang')).toHaveLength(3);
    await third.stop();
  });
});
