// A DynamoDB stream record in plain terms.
import type { DynamoDBRecord } from 'aws-lambda';
import { unmarshalItem } from '../common/table-marshal.ts';
import type { StreamChange } from './change-facts.ts';
import { LANES } from './trail.ts';

/** Each table has a lane of its own, named by the room: `…table/LazyArk-ObjectivesTable…/stream/…` → `objectives`. */
export function laneOf(streamArn: string): string {
  const table = streamArn.split('table/')[1]?.split('/')[0] ?? streamArn;
  const room = LANES.find((name) => table.toLowerCase().includes(name));
  return room ?? table.toLowerCase().replace(/[^a-z0-9-]/g, '-');
}

export function streamChangeOf({
  eventID = '',
  eventName,
  eventSourceARN = '',
  dynamodb,
  userIdentity,
}: DynamoDBRecord): StreamChange {
  return {
    eventId: eventID,
    table: laneOf(eventSourceARN),
    kind: eventName ?? 'MODIFY',
    atMs: (dynamodb?.ApproximateCreationDateTime ?? 0) * 1_000,
    byTtl: userIdentity?.type === 'Service',
    ...(dynamodb?.OldImage ? { before: unmarshalItem(dynamodb.OldImage as never) } : {}),
    ...(dynamodb?.NewImage ? { after: unmarshalItem(dynamodb.NewImage as never) } : {}),
  };
}
