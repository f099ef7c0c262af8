// A change of a table as the record that DynamoDB Streams would hand to a function.
import { hash } from 'node:crypto';
import type { Item, Value } from '../../../functions/common/table.ts';
import type { Change } from '../../../functions/common/table-sqlite.ts';
import { region } from '../../service.ts';

export type StreamRecord = {
  seq: number;
  pk: string;
  atMs: number;
  /** the record itself, for filters */
  body: Record<string, unknown>;
  /** the record as JSON text; made once, however many mappings and retries use it */
  json(): string;
};

/** DynamoDB's way to write down a value: { S: 'text' }, { N: '1' } … */
export function marshal(value: Value): Record<string, unknown> {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (value instanceof Set) return { SS: [...value] };
  if (Array.isArray(value)) return { L: value.map(marshal) };
  return { M: marshalMembers(value) };
}

function marshalMembers(item: { [attribute: string]: Value | undefined }): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(item)) if (value !== undefined) members[name] = marshal(value);
  return members;
}

export function toRecord(change: Change, streamArn: string): StreamRecord {
  const { seq, pk, sk, kind, before, after, atMs, byTtl } = change;
  const image = (name: string, item: Item | undefined) => (item ? { [name]: marshalMembers(item) } : {});
  const body = {
    // The same for the same change, however often it is delivered.
    eventID: hash('md5', `${streamArn} ${seq}`),
    eventName: kind,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(atMs / 1000),
      Keys: { pk: { S: pk }, sk: { S: sk } },
      ...image('NewImage', after),
      ...image('OldImage', before),
      SequenceNumber: sequenceNumber(seq),
      SizeBytes: pk.length + sk.length,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    ...(byTtl ? { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } } : {}),
    eventSourceARN: streamArn,
  };
  let json: string | undefined;
  const toJson = () => {
    json ??= JSON.stringify(body);
    return json;
  };
  return { seq, pk, atMs, body, json: toJson };
}

/** Digits of one length, so that they order as text and as numbers. */
export function sequenceNumber(seq: number): string {
  return `1${String(seq).padStart(20, '0')}`;
}
