// A table's change stream as a function's input: at least once, in order per item, nothing skipped silently.
import { Duration } from 'aws-cdk-lib';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { RoomFunction } from './room-function.ts';
import type { RoomTable } from './room-table.ts';

export type StreamProps = {
  /** EventBridge patterns over a stream record; a record that fits any of them is delivered */
  filters?: readonly Record<string, unknown>[];
  batchSizeMax: number;
  windowSeconds?: number;
  /**
   * `isolate`: halve a failing batch until the bad record stands alone, and give it up to the room's failures after
   * ten tries. The last resort: handlers put a record that they cannot use on a queue and go on.
   * `insist`: try the batch again until the stream forgets it (24 h), so that no record is ever passed over.
   */
  onFailure: 'isolate' | 'insist';
  /** batches at a time per shard; records of one partition key stay in order */
  parallelBatches?: number;
};

export function feed(fn: RoomFunction, table: RoomTable, props: StreamProps): void {
  const isolate = props.onFailure === 'isolate';
  fn.addEventSource(
    new DynamoEventSource(table, {
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: props.batchSizeMax,
      maxBatchingWindow: Duration.seconds(props.windowSeconds ?? 0),
      bisectBatchOnError: isolate,
      parallelizationFactor: props.parallelBatches ?? 1,
      ...(isolate && { retryAttempts: 10 }),
      onFailure: fn.failuresTo(fn.room.failures),
      filters: props.filters?.map((pattern) => ({ pattern: JSON.stringify(pattern) })),
    }),
  );
}
