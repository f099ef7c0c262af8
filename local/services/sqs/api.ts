// The SQS operations that the runtime covers, in the JSON protocol.
import * as z from 'zod';
import { ApiError, type ApiService, arnOf, type Host, type Timer } from '../../service.ts';
import { type Call, jsonApi, type Operation, operation } from '../json-api.ts';
import type { QueueBoard } from './board.ts';
import type { Queue } from './queue.ts';
import { countMessages, type Message, type NewMessage } from './rows.ts';

const BODY_BYTES_MAX = 1024 * 1024;

const Attribute = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});
const OnQueue = z.object({ QueueUrl: z.string() });
const Content = z.object({
  MessageBody: z.string().min(1),
  DelaySeconds: z.int().min(0).max(900).optional(),
  MessageAttributes: z.record(z.string(), Attribute).optional(),
  MessageSystemAttributes: z.record(z.string(), Attribute).optional(),
});
const Names = z.array(z.string()).default([]);
const Receive = OnQueue.extend({
  MaxNumberOfMessages: z.int().min(1).max(10).default(1),
  VisibilityTimeout: z.int().min(0).max(43_200).optional(),
  WaitTimeSeconds: z.int().min(0).max(20).default(0),
  AttributeNames: Names,
  MessageSystemAttributeNames: Names,
  MessageAttributeNames: Names,
});
const Handle = OnQueue.extend({ ReceiptHandle: z.string() });
const batchOf = <S extends z.ZodRawShape>(shape: S) =>
  OnQueue.extend({ Entries: z.array(z.object({ Id: z.string().regex(/^[\w-]{1,80}$/), ...shape })) });

type BoardOf = (host: Host) => QueueBoard;
type Work<T> = (input: T, queue: Queue, board: QueueBoard, host: Host) => unknown;

/** The API over the board of a host. */
export function sqsApi(boardOf: BoardOf): ApiService {
  return jsonApi('sqs', '1.0', {
    ...sending(boardOf),
    ...receiving(boardOf),
    ...removing(boardOf),
    ...asking(boardOf),
  });
}

/** An operation on one queue, by somebody who may do `action` there. */
function onQueue<S extends typeof OnQueue>(boardOf: BoardOf, action: string, schema: S, work: Work<z.infer<S>>) {
  return operation(schema, (input, { caller, host }: Call) => {
    const board = boardOf(host);
    const queueArn = arnOf('sqs', input.QueueUrl.split('/').at(-1) ?? '');
    host.authorize(caller, `sqs:${action}`, queueArn);
    return work(input, board.find(queueArn), board, host);
  });
}

function sending(boardOf: BoardOf): Record<string, Operation> {
  const SendMessage = onQueue(boardOf, 'SendMessage', OnQueue.extend(Content.shape), async (input, queue, board) => {
    checkSize([input.MessageBody]);
    return (await board.send(queue.arn, [newMessage(input)]))[0];
  });
  const schema = batchOf(Content.shape);
  const SendMessageBatch = onQueue(boardOf, 'SendMessage', schema, async ({ Entries }, queue, board) => {
    checkBatch(Entries);
    checkSize(Entries.map(({ MessageBody }) => MessageBody));
    const sent = await board.send(queue.arn, Entries.map(newMessage));
    return { Successful: sent.map((one, i) => ({ Id: Entries[i]?.Id, ...one })), Failed: [] };
  });
  return { SendMessage, SendMessageBatch };
}

function receiving(boardOf: BoardOf): Record<string, Operation> {
  const ReceiveMessage = onQueue(boardOf, 'ReceiveMessage', Receive, async (input, queue, board, host) => {
    const take = () => board.receive(queue.arn, input.MaxNumberOfMessages, input.VisibilityTimeout);
    const messages = await takeWithin(input.WaitTimeSeconds * 1000, take, queue, board, host);
    return messages.length === 0 ? {} : { Messages: messages.map((message) => wireMessage(message, input)) };
  });
  const schema = Handle.extend({ VisibilityTimeout: z.int().min(0).max(43_200) });
  const ChangeMessageVisibility = onQueue(boardOf, 'ChangeMessageVisibility', schema, async (input, queue, board) => {
    const [outcome] = await board.changeVisibility(queue.arn, [input.ReceiptHandle], input.VisibilityTimeout);
    if (outcome === 'no handle') throw noHandle();
    if (outcome === 'gone') throw new ApiError(400, 'MessageNotInflight', 'The message is not in flight.');
  });
  return { ReceiveMessage, ChangeMessageVisibility };
}

function removing(boardOf: BoardOf): Record<string, Operation> {
  const DeleteMessage = onQueue(boardOf, 'DeleteMessage', Handle, async ({ ReceiptHandle }, queue, board) => {
    if ((await board.remove(queue.arn, [ReceiptHandle])).length > 0) throw noHandle();
  });
  const schema = batchOf({ ReceiptHandle: z.string() });
  const DeleteMessageBatch = onQueue(boardOf, 'DeleteMessage', schema, async ({ Entries }, queue, board) => {
    checkBatch(Entries);
    const handles = Entries.map(({ ReceiptHandle }) => ReceiptHandle);
    const invalid = new Set(await board.remove(queue.arn, handles));
    const failure = { SenderFault: true, Code: 'ReceiptHandleIsInvalid' };
    return {
      Successful: Entries.filter((one) => !invalid.has(one.ReceiptHandle)).map(({ Id }) => ({ Id })),
      Failed: Entries.filter((one) => invalid.has(one.ReceiptHandle)).map(({ Id }) => ({ Id, ...failure })),
    };
  });
  const PurgeQueue = onQueue(boardOf, 'PurgeQueue', OnQueue, (_, queue, board) => board.purge(queue.arn));
  return { DeleteMessage, DeleteMessageBatch, PurgeQueue };
}

function asking(boardOf: BoardOf): Record<string, Operation> {
  const schema = OnQueue.extend({ AttributeNames: Names });
  const GetQueueAttributes = onQueue(boardOf, 'GetQueueAttributes', schema, async (input, queue, board) => {
    const attributes = attributesOf(queue, await board.read((db, nowMs) => countMessages(db, queue, nowMs)));
    return { Attributes: pick(attributes, input.AttributeNames) };
  });
  const GetQueueUrl = operation(z.object({ QueueName: z.string() }), ({ QueueName }, { caller, host }) => {
    const queueArn = arnOf('sqs', QueueName);
    host.authorize(caller, 'sqs:GetQueueUrl', queueArn);
    return { QueueUrl: boardOf(host).find(queueArn).url };
  });
  return { GetQueueAttributes, GetQueueUrl };
}

/** Long polling: looks, and looks again whenever something became visible, until there is something or time is up. */
async function takeWithin(waitMs: number, take: () => Promise<Message[]>, queue: Queue, board: QueueBoard, host: Host) {
  const untilMs = host.clock.now() + waitMs;
  for (;;) {
    const woken = Promise.withResolvers<void>();
    const unlisten = board.onMessage(queue.arn, woken.resolve);
    let timer: Timer | undefined;
    try {
      const messages = await take();
      if (messages.length > 0 || host.clock.now() >= untilMs) return messages;
      timer = host.clock.at(untilMs, woken.resolve);
      await woken.promise;
    } finally {
      unlisten();
      timer?.cancel();
    }
  }
}

function newMessage(content: z.infer<typeof Content>): NewMessage {
  return {
    body: content.MessageBody,
    delaySeconds: content.DelaySeconds,
    attributes: content.MessageAttributes,
    system: content.MessageSystemAttributes,
  };
}

function wireMessage(message: Message, wanted: z.infer<typeof Receive>): Record<string, unknown> {
  const system = pick(message.system, [...wanted.AttributeNames, ...wanted.MessageSystemAttributeNames]);
  const attributes = pick(message.attributes, wanted.MessageAttributeNames);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: message.bodyMd5,
    ...(Object.keys(system).length > 0 ? { Attributes: system } : {}),
    ...(Object.keys(attributes).length > 0 ? { MessageAttributes: attributes } : {}),
  };
}

function attributesOf(
  queue: Queue,
  count: { visible: number; hidden: number; delayed: number },
): Record<string, string> {
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(count.visible),
    ApproximateNumberOfMessagesNotVisible: String(count.hidden),
    ApproximateNumberOfMessagesDelayed: String(count.delayed),
    DelaySeconds: String(queue.delaySeconds),
    VisibilityTimeout: String(queue.visibilitySeconds),
    MessageRetentionPeriod: String(queue.retentionSeconds),
    ...(queue.redrive ? { RedrivePolicy: JSON.stringify(queue.redrive) } : {}),
  };
}

function pick<T>(from: Record<string, T>, names: readonly string[]): Record<string, T> {
  const all = names.includes('All') || names.includes('.*');
  return Object.fromEntries(Object.entries(from).filter(([name]) => all || names.includes(name)));
}

function checkBatch(entries: readonly { Id: string }[]): void {
  if (entries.length === 0) throw new ApiError(400, 'EmptyBatchRequest', 'There should be at least one entry.');
  if (entries.length > 10) throw new ApiError(400, 'TooManyEntriesInBatchRequest', 'Maximum number of entries is 10.');
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw new ApiError(400, 'BatchEntryIdsNotDistinct', 'Two or more batch entries have the same Id.');
  }
}

function checkSize(bodies: readonly string[]): void {
  if (bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0) <= BODY_BYTES_MAX) return;
  const message = `One or more parameters are invalid. Reason: Message must be shorter than ${BODY_BYTES_MAX} bytes.`;
  throw new ApiError(400, 'InvalidParameterValue', message);
}

function noHandle(): ApiError {
  return new ApiError(400, 'ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
}
