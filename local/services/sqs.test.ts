// SQS: what a consumer sees of delays, visibility, dead letters and crashes.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Caller, Queues, Resource } from '../service.ts';
import { type TestHost, testHost } from '../test-host.ts';
import { queuesOf, service } from './sqs.ts';

const caller: Caller = { kind: 'function', roleArn: 'arn:aws:iam::000000000000:role/r', functionArn: 'fn' };
const DEAD = 'arn:aws:sqs:eu-central-1:000000000000:dead';
const WORK = 'arn:aws:sqs:eu-central-1:000000000000:work';
const QueueUrl = 'http://127.0.0.1:4571/000000000000/work';

const resource = (name: string, properties = {}): Resource => ({
  logicalId: name,
  type: 'AWS::SQS::Queue',
  properties: { QueueName: name, ...properties },
  stackName: 'Test',
});

async function withQueues(before?: TestHost): Promise<TestHost> {
  const host = Object.assign(testHost(before), { endpointUrl: 'http://127.0.0.1:4571' });
  const redrive = { deadLetterTargetArn: DEAD, maxReceiveCount: 2 };
  for (const one of [resource('dead'), resource('work', { RedrivePolicy: redrive, VisibilityTimeout: 60 })]) {
    const made = await service.factories[0]?.create(one, host);
    await made?.start?.();
  }
  return host;
}

describe('SQS', () => {
  let host: TestHost;
  let queues: Queues;
  beforeEach(async () => {
    host = await withQueues();
    queues = queuesOf(host);
  });

  async function call(operation: string, input: object): Promise<Record<string, unknown>> {
    const answer = await service.apis?.[0]?.handle(
      {
        method: 'POST',
        path: '/',
        query: new URLSearchParams(),
        headers: { 'x-amz-target': `AmazonSQS.${operation}` },
        body: Buffer.from(JSON.stringify(input)),
      },
      caller,
      host,
    );
    return JSON.parse(String(answer?.body));
  }
  const send = (MessageBody: string, more = {}) => call('SendMessage', { QueueUrl, MessageBody, ...more });
  const bodies = async (queueArn = WORK) => (await queues.receive(queueArn, 10)).map(({ body }) => body);

  it('sends, receives once, and deletes for good', async () => {
    const sent = await send('hello', { MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } } });
    expect(sent).toMatchObject({ MD5OfMessageBody: '5d41402abc4b2a76b9719d911017c592', MessageId: expect.any(String) });
    const { Messages } = (await call('ReceiveMessage', {
      QueueUrl,
      MessageAttributeNames: ['All'],
      AttributeNames: ['ApproximateReceiveCount'],
    })) as {
      Messages: { ReceiptHandle: string }[];
    };
    expect(Messages).toMatchObject([
      {
        Body: 'hello',
        MessageAttributes: { kind: { StringValue: 'x' } },
        Attributes: { ApproximateReceiveCount: '1' },
      },
    ]);
    expect(await call('ReceiveMessage', { QueueUrl })).toEqual({});
    await call('DeleteMessage', { QueueUrl, ReceiptHandle: Messages[0]?.ReceiptHandle });
    await host.clock.advance(3600_000);
    expect(await bodies()).toEqual([]);
  });

  it('shows a received message again after its visibility time-out, with a higher count', async () => {
    await send('again');
    const [first] = await queues.receive(WORK, 10);
    await host.clock.advance(59_999);
    expect(await bodies()).toEqual([]);
    await host.clock.advance(1);
    const [second] = await queues.receive(WORK, 10);
    expect(second).toMatchObject({ messageId: first?.messageId, attributes: { ApproximateReceiveCount: '2' } });
    await queues.remove(WORK, [first?.receiptHandle ?? '']);
    await host.clock.advance(60_000);
    expect(await bodies(DEAD)).toEqual([]);
    expect(await bodies()).toEqual([]);
    expect(await bodies(DEAD), 'the first handle deleted nothing').toEqual(['again']);
  });

  it('moves a message to the dead letters when it was received too often', async () => {
    let woken = 0;
    queues.onMessage(DEAD, () => woken++);
    await send('poison');
    for (let receive = 0; receive < 2; receive++) {
      expect(await bodies()).toEqual(['poison']);
      await host.clock.advance(60_000);
    }
    expect(await bodies()).toEqual([]);
    const [dead] = await queues.receive(DEAD, 10);
    expect(dead).toMatchObject({
      body: 'poison',
      attributes: { DeadLetterQueueSourceArn: WORK, ApproximateReceiveCount: '1' },
    });
    expect(woken).toBe(1);
  });

  it('wakes listeners when a message arrives, when a delay is over, and when one is released', async () => {
    const woken: number[] = [];
    const stop = queues.onMessage(WORK, () => woken.push(host.clock.now()));
    const startMs = host.clock.now();
    await send('now');
    await send('later', { DelaySeconds: 5 });
    expect(woken).toEqual([startMs]);
    const [now] = await queues.receive(WORK, 10);
    await host.clock.advance(5_000);
    expect(woken).toEqual([startMs, startMs + 5_000]);
    await queues.release(WORK, [now?.receiptHandle ?? '']);
    expect(woken).toHaveLength(3);
    expect((await bodies()).sort()).toEqual(['later', 'now']);
    await send('much later', { DelaySeconds: 300 });
    await send('soon', { DelaySeconds: 10 });
    await host.clock.advance(300_000);
    expect(woken.slice(3)).toEqual([startMs + 15_000, startMs + 65_000, startMs + 305_000]);
    stop();
    await send('unheard');
    expect(woken).toHaveLength(6);
  });

  it('long polling returns as soon as there is a message, or nothing when time is up', async () => {
    const receive = call('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 });
    await send('late', { DelaySeconds: 3 });
    await host.clock.advance(3_000);
    expect(await receive).toMatchObject({ Messages: [{ Body: 'late' }] });
    const inVain = call('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 2 });
    await host.clock.advance(2_000);
    expect(await inVain).toEqual({});
  });

  it('keeps messages, delays and receive counts over a crash, and forgets what was not committed', async () => {
    await send('kept');
    await send('delayed', { DelaySeconds: 90 });
    await queues.receive(WORK, 1);
    void send('lost');
    host.crash();
    host = await withQueues(host);
    queues = queuesOf(host);
    let woken = 0;
    queues.onMessage(WORK, () => woken++);
    expect(await bodies()).toEqual([]);
    await host.clock.advance(60_000);
    expect(woken).toBe(1);
    const [kept] = await queues.receive(WORK, 10);
    expect(kept).toMatchObject({ body: 'kept', attributes: { ApproximateReceiveCount: '2' } });
    await host.clock.advance(30_000);
    expect(await bodies()).toEqual(['delayed']);
  });

  it('forgets messages after the retention period', async () => {
    await send('old');
    await host.clock.advance(4 * 24 * 3600_000 + 1);
    expect(await bodies()).toEqual([]);
    expect(host.db.prepare('SELECT count(*) AS n FROM rt_sqs_messages').get()).toEqual({ n: 0 });
  });

  it('counts visible, hidden and delayed messages', async () => {
    await call('SendMessageBatch', { QueueUrl, Entries: ['a', 'b', 'c'].map((Id) => ({ Id, MessageBody: Id })) });
    await send('d', { DelaySeconds: 9 });
    await queues.receive(WORK, 1);
    const { Attributes } = await call('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessages: '2',
      ApproximateNumberOfMessagesNotVisible: '1',
      ApproximateNumberOfMessagesDelayed: '1',
      QueueArn: WORK,
    });
    await call('PurgeQueue', { QueueUrl });
    expect(await bodies()).toEqual([]);
  });

  it('changes visibility of a message in flight, and of no other', async () => {
    await send('x');
    const [message] = await queues.receive(WORK, 1);
    const handle = { QueueUrl, ReceiptHandle: message?.receiptHandle };
    await call('ChangeMessageVisibility', { ...handle, VisibilityTimeout: 600 });
    await host.clock.advance(599_000);
    expect(await bodies()).toEqual([]);
    await host.clock.advance(1_000);
    const late = call('ChangeMessageVisibility', { ...handle, VisibilityTimeout: 1 });
    await expect(late).rejects.toMatchObject({ code: 'MessageNotInflight' });
  });

  it('takes deliveries by ARN, objects as JSON', async () => {
    await service.deliver?.to(WORK, { n: 1 }, host);
    await service.deliver?.to(WORK, 'text', host);
    expect(await bodies()).toEqual(['{"n":1}', 'text']);
  });

  it.each([
    ['ReceiptHandleIsInvalid', 'DeleteMessage', { QueueUrl, ReceiptHandle: 'nonsense' }],
    ['QueueDoesNotExist', 'SendMessage', { QueueUrl: 'http://x/0/none', MessageBody: 'x' }],
    ['InvalidParameterValue', 'SendMessage', { QueueUrl, MessageBody: 'x'.repeat(1024 * 1024 + 1) }],
    ['ValidationException', 'SendMessage', { QueueUrl, MessageBody: 'x', DelaySeconds: 901 }],
    ['EmptyBatchRequest', 'SendMessageBatch', { QueueUrl, Entries: [] }],
    [
      'BatchEntryIdsNotDistinct',
      'SendMessageBatch',
      { QueueUrl, Entries: [1, 2].map(() => ({ Id: 'a', MessageBody: 'x' })) },
    ],
    ['UnknownOperationException', 'CreateQueue', {}],
  ])('answers %s', async (code, operation, input) => {
    await expect(call(operation, input)).rejects.toMatchObject({ code });
  });

  it.each(['SendMessage', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'])(
    'asks for the right to %s',
    async (action) => {
      host.denied.add(`sqs:${action}`);
      const input = { QueueUrl, MessageBody: 'x', ReceiptHandle: 'x' };
      await expect(call(action, input)).rejects.toMatchObject({ code: 'AccessDeniedException' });
    },
  );

  it('refuses a FIFO queue, naming it', async () => {
    const fifo = resource('orders.fifo', { FifoQueue: true });
    await expect(service.factories[0]?.create(fifo, host)).rejects.toThrow(/Test\.orders\.fifo.*FIFO/s);
  });
});
