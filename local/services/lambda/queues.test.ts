// Queues to functions: batches, partial failures, filters, and what a failed message sees.
import { afterEach, describe, expect, it } from 'vitest';
import { functionResources, scratchFolder, startApp, type TestApp, tableResource } from '../../test-assembly.ts';

const files = {
  'room/consume.mjs': `
    const tables = globalThis[Symbol.for('lazyark.tables')];
    const note = (records) => tables.write(records.map((record) => ({ table: 'Seen', put: { pk: 'message', sk: Date.now() + '#' + Math.random(), record: JSON.stringify(record), batch: records.length } })));
    export const hang = async ({ Records }) => { await note(Records); await new Promise(() => {}); };
    export const all = async ({ Records }) => { await note(Records); };
    export const partial = async ({ Records }) => {
      await note(Records);
      return { batchItemFailures: Records.filter(({ body }) => JSON.parse(body).bad).map(({ messageId }) => ({ itemIdentifier: messageId })) };
    };`,
};
const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const queueArn = 'arn:aws:sqs:eu-central-1:000000000000:jobs';

function app(handler: string, mapping: Record<string, unknown> = {}): TestApp {
  return {
    files,
    resources: {
      Seen: tableResource('Seen'),
      Jobs: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          QueueName: 'jobs',
          VisibilityTimeout: 30,
          RedrivePolicy: { deadLetterTargetArn: arn('Dead'), maxReceiveCount: 2 },
        },
      },
      Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
      ...functionResources('consume', `room/consume.${handler}`, {}, [
        { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: arn('Seen') },
      ]),
      // A function with the queue as its dead letter queue is how a test gets messages in.
      ...functionResources('send', 'room/consume.ghost', { DeadLetterConfig: { TargetArn: arn('Jobs') } }, [
        { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arn('Jobs') },
      ]),
      SendConfig: {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: { FunctionName: { Ref: 'send' }, MaximumRetryAttempts: 0 },
      },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { EventSourceArn: arn('Jobs'), FunctionName: { Ref: 'consume' }, ...mapping },
      },
    },
  };
}

let running: Awaited<ReturnType<typeof startApp>> | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});
async function start(...args: Parameters<typeof startApp>) {
  running = await startApp(...args);
  return running;
}
const patience = { timeout: 10_000, interval: 20 };
type Seen = { record: Record<string, never>; batch: number };

async function seen(runtime: Awaited<ReturnType<typeof startApp>>): Promise<Seen[]> {
  const { items } = await runtime.tables.query({ table: 'Seen', pk: 'message', limit: 1_000 });
  return items.map(({ record, batch }) => ({ record: JSON.parse(String(record)), batch: Number(batch) }));
}

describe('a queue mapping', () => {
  it('hands over messages in the form of AWS and takes them off the queue', async () => {
    const runtime = await start(app('all'), { clockSpeed: 50 });
    await runtime.invokeAsync('send', { n: 1 });
    await expect.poll(async () => (await seen(runtime)).length, patience).toBe(1);
    expect((await seen(runtime))[0]!.record).toMatchObject({
      messageId: expect.any(String),
      body: '{"n":1}',
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      awsRegion: 'eu-central-1',
      attributes: { ApproximateReceiveCount: '1' },
    });
    await runtime.invokeAsync('send', { n: 2 });
    await expect
      .poll(async () => (await seen(runtime)).map(({ record }) => record.body), patience)
      .toEqual(['{"n":1}', '{"n":2}']);
  });

  it('gathers a batch within its window', async () => {
    const runtime = await start(app('all', { BatchSize: 10, MaximumBatchingWindowInSeconds: 20 }), { clockSpeed: 20 });
    for (let n = 0; n < 6; n++) await runtime.invokeAsync('send', { n });
    await expect.poll(async () => (await seen(runtime)).length, patience).toBe(6);
    expect(Math.max(...(await seen(runtime)).map(({ batch }) => batch))).toBeGreaterThan(1);
  });

  it('shows a message that failed again after its visibility time-out, and then no more', async () => {
    const runtime = await start(app('partial', { FunctionResponseTypes: ['ReportBatchItemFailures'] }), {
      clockSpeed: 100,
    });
    await runtime.invokeAsync('send', { good: true });
    await runtime.invokeAsync('send', { bad: true });
    await expect.poll(async () => (await seen(runtime)).length, patience).toBe(3);
    const bodies = (await seen(runtime)).map(({ record }) => String(record.body));
    expect(bodies.filter((body) => body.includes('bad'))).toHaveLength(2);
  });

  it('drops what no filter matches', async () => {
    const Pattern = JSON.stringify({ body: { kind: ['task'] } });
    const runtime = await start(app('all', { FilterCriteria: { Filters: [{ Pattern }] } }));
    await runtime.invokeAsync('send', { kind: 'note' });
    await runtime.invokeAsync('send', { kind: 'task' });
    await expect
      .poll(async () => (await seen(runtime)).map(({ record }) => record.body), patience)
      .toEqual(['{"kind":"task"}']);
  });

  it('takes back what a runtime that died had received, and does not wait for the time-out', async () => {
    const folder = scratchFolder();
    const first = await startApp(app('hang'), { folder });
    await first.invokeAsync('send', { n: 1 });
    await expect.poll(async () => (await seen(first)).length, patience).toBe(1);
    await first.stop();
    const second = await start(app('all'), { folder });
    await expect.poll(async () => (await seen(second)).length, patience).toBe(2);
  });
});
