// SQS: queues with delay, visibility time-out and dead letters, durable in the store.
import type { Host, QueueMessage, Queues, ResourceFactory, Service } from '../service.ts';
import { sqsApi } from './sqs/api.ts';
import { QueueBoard } from './sqs/board.ts';
import { queueOf } from './sqs/queue.ts';
import type { Message } from './sqs/rows.ts';

const boardOf = (host: Host): QueueBoard => host.shared('sqs', () => new QueueBoard(host));

const queueFactory: ResourceFactory = {
  type: 'AWS::SQS::Queue',
  async create(resource, host) {
    const board = boardOf(host);
    const queue = queueOf(resource, host);
    await board.add(queue);
    return {
      ref: queue.url,
      attributes: { Arn: queue.arn, QueueName: queue.name, QueueUrl: queue.url },
      start: () => board.start(queue.arn),
      stop: () => board.stop(),
    };
  },
};

export const service: Service = {
  factories: [queueFactory],
  apis: [sqsApi(boardOf)],
  deliver: {
    arnService: 'sqs',
    async to(targetArn, payload, host) {
      const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
      await boardOf(host).send(targetArn, [{ body }]);
    },
  },
};

/** The queues of a runtime for those who consume them in process; no caller is checked. */
export function queuesOf(host: Host): Queues {
  const board = boardOf(host);
  return {
    receive: async (queueArn, max) => (await board.receive(queueArn, max)).map(eventMessage),
    remove: async (queueArn, receiptHandles) => void (await board.remove(queueArn, receiptHandles)),
    release: async (queueArn, receiptHandles) => void (await board.changeVisibility(queueArn, receiptHandles, 0)),
    takeBack: (queueArn) => board.takeBack(queueArn),
    onMessage: (queueArn, listener) => board.onMessage(queueArn, listener),
  };
}

/** A message as it looks in an event for a function. */
function eventMessage(message: Message): QueueMessage {
  const messageAttributes = Object.entries(message.attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    {
      dataType: DataType,
      stringValue: StringValue,
      binaryValue: BinaryValue,
      stringListValues: [],
      binaryListValues: [],
    },
  ]);
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    md5OfBody: message.bodyMd5,
    attributes: message.system,
    messageAttributes: Object.fromEntries(messageAttributes),
  };
}
