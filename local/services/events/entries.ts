// From an entry of PutEvents to an event: what EventBridge refuses, per entry and per call.
import { randomUUID } from 'node:crypto';
import { ApiError, account, arnOf, region } from '../../service.ts';

export type PutEventsEntry = {
  Time?: number | string;
  Source?: string;
  Resources?: string[];
  DetailType?: string;
  Detail?: string;
  EventBusName?: string;
};
export type BusEvent = {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: unknown;
};
export type EntryError = { ErrorCode: string; ErrorMessage: string };

const ENTRIES_MAX = 10;
const BYTES_MAX = 1024 * 1024;
/** what EventBridge counts for the time stamp of an entry that has one */
const TIME_BYTES = 14;

/** Checks what fails a whole call: the number of entries and their size together. */
export function checkCall(entries: readonly PutEventsEntry[]): void {
  if (entries.length < 1 || entries.length > ENTRIES_MAX) {
    const reason = `Value at 'entries' failed to satisfy constraint: Member must have length from 1 to ${ENTRIES_MAX}`;
    throw new ApiError(400, 'ValidationException', `1 validation error detected: ${reason}`);
  }
  const bytes = entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
  if (bytes > BYTES_MAX) {
    throw new ApiError(400, 'ValidationException', 'Total size of the entries in the request is over the limit.');
  }
}

function entryBytes({ Time, Source = '', DetailType = '', Detail = '', Resources = [] }: PutEventsEntry): number {
  const text = [Source, DetailType, Detail, ...Resources];
  return text.reduce((sum, one) => sum + Buffer.byteLength(one), Time === undefined ? 0 : TIME_BYTES);
}

/** The event of one entry, or the reason why EventBridge refuses this entry. */
export function eventOf(entry: PutEventsEntry, nowMs: number): BusEvent | EntryError {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[name]) return invalid(name, `${name} is a required argument.`);
  }
  if (entry.Source?.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  const detail = objectOf(entry.Detail as string);
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const timeMs = typeof entry.Time === 'number' ? entry.Time * 1000 : Date.parse(entry.Time ?? '');
  return busEvent({
    source: entry.Source as string,
    detailType: entry.DetailType as string,
    resources: entry.Resources,
    detail,
    timeMs: Number.isNaN(timeMs) ? nowMs : timeMs,
  });
}

const invalid = (name: string, reason: string): EntryError => ({
  ErrorCode: 'InvalidArgument',
  ErrorMessage: `Parameter ${name} is not valid. Reason: ${reason}`,
});

function objectOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** An event in EventBridge's envelope. */
export function busEvent(of: {
  source: string;
  detailType: string;
  resources?: string[];
  detail: unknown;
  timeMs: number;
}): BusEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': of.detailType,
    source: of.source,
    account,
    time: `${new Date(of.timeMs).toISOString().slice(0, 19)}Z`,
    region,
    resources: of.resources ?? [],
    detail: of.detail,
  };
}

/** The ARN of a bus given by name or ARN; none means the default bus. */
export const busArnOf = (nameOrArn = 'default'): string =>
  nameOrArn.startsWith('arn:') ? nameOrArn : arnOf('events', `event-bus/${nameOrArn}`);
