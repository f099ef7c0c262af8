// A room of the house as a construct: its name, the platform below it, and the queue where its failed work lands.
import { Duration } from 'aws-cdk-lib';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { pascal } from './names.ts';
import type { Platform } from './platform.ts';
import { RoomAlarm } from './room-alarm.ts';

export class Room extends Construct {
  readonly room: string;
  readonly platform: Platform;
  #failures: Queue | undefined;

  /** `room` is the folder's name in functions/, e.g. `objectives`. */
  constructor(scope: Construct, room: string, platform: Platform) {
    super(scope, pascal(room));
    this.room = room;
    this.platform = platform;
  }

  /** Asynchronous work that failed for good, with its input: look at it, mend the cause, send it again. */
  get failures(): IQueue {
    this.#failures ??= this.#makeFailures();
    return this.#failures;
  }

  #makeFailures(): Queue {
    const queue = new Queue(this, 'Failures', { enforceSSL: true, retentionPeriod: Duration.days(14) });
    acknowledge(
      queue,
      'AwsSolutions-SQS3',
      'This queue is where failed work ends; a dead-letter queue behind it would hide that.',
    );
    new RoomAlarm(this, 'Failures', {
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) }),
      threshold: 1,
      impact: `Work of the room ${this.room} was given up after its retries and waits for a person.`,
      runbook: 'work-was-given-up',
    });
    return queue;
  }
}
