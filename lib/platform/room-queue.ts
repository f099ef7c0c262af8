// A queue between a room's functions: what is tried too often ends in the room's failures, with its content.
import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Room } from './room.ts';
import type { RoomFunction } from './room-function.ts';

export type RoomQueueProps = {
  /** how long a received message stays hidden; at least as long as its consumer may take */
  hiddenSeconds: number;
  receivesMax: number;
};

export class RoomQueue extends Queue {
  constructor(room: Room, id: string, { hiddenSeconds, receivesMax }: RoomQueueProps) {
    super(room, id, {
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(hiddenSeconds),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: room.failures, maxReceiveCount: receivesMax },
    });
  }

  allowSend(...functions: readonly RoomFunction[]): void {
    for (const fn of functions) fn.may(['sqs:SendMessage'], [this.queueArn]);
  }

  /** Calls `consumer` with up to ten messages at once; it names the ones that failed, and only those come back. */
  feed(consumer: RoomFunction): void {
    consumer.addEventSource(new SqsEventSource(this, { batchSize: 10, reportBatchItemFailures: true }));
  }
}
