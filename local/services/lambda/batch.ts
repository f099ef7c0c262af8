// Delivers one batch of stream records to a function until it is settled: retries, bisecting, partial failures, age,
// and at the end the failure destination.
import { randomUUID } from 'node:crypto';
import type { Host } from '../../service.ts';
import type { Outcome } from './environment.ts';
import type { Functions, LambdaFunction } from './functions.ts';
import { type StreamRecord, sequenceNumber } from './stream-record.ts';

const backoffFirstMs = 100;
const backoffMostMs = 60_000;

export type BatchRules = {
  fn: LambdaFunction;
  streamArn: string;
  /** -1 = without end */
  maximumRetryAttempts: number;
  /** -1 = any age */
  maximumRecordAgeMs: number;
  bisect: boolean;
  reportsItemFailures: boolean;
  onFailure?: string;
};

/** The runtime is stopping; what was in flight is delivered again at the next start. */
export class Stopped extends Error {
  override name = 'Stopped';
}

export type Deliver = (records: readonly StreamRecord[]) => Promise<void>;

/** A function that resolves once every record of a batch is dealt with; rejects with Stopped alone. */
export function batchDelivery(rules: BatchRules, host: Host, functions: Functions, isStopped: () => boolean): Deliver {
  const { chaos, clock } = host;

  async function invoke(records: readonly StreamRecord[], requestId: string): Promise<Outcome> {
    if (chaos.strikes('lateRecord')) await new Promise((resolve) => setTimeout(resolve, chaos.pick(500)));
    const json = `{"Records":[${records.map((record) => record.json()).join(',')}]}`;
    const outcome = await functions.run(rules.fn, json, requestId);
    if (isStopped()) throw new Stopped();
    return chaos.strikes('duplicateRecord') ? functions.run(rules.fn, json, requestId) : outcome;
  }

  async function giveUp(records: readonly StreamRecord[], condition: string, attempts: number, requestId: string) {
    const from = sequenceNumber(records[0]!.seq);
    const to = sequenceNumber(records.at(-1)!.seq);
    const fields = { function: rules.fn.name, condition, from, to, attempts };
    host.log({ level: 'error', message: 'stream records given up', ...fields });
    if (!rules.onFailure) return;
    const record = failureRecord(rules, records, { condition, attempts, requestId, at: clock.date() });
    const report = (error: unknown) =>
      host.log({ level: 'error', message: 'failure destination refused', ...fields, error: String(error) });
    await host.sendTo(rules.onFailure, record, { roleArn: rules.fn.roleArn }).catch(report);
  }

  async function dropExpired(records: readonly StreamRecord[], attempts: number, requestId: string) {
    if (rules.maximumRecordAgeMs < 0) return records;
    const oldestMs = clock.now() - rules.maximumRecordAgeMs;
    const expired = records.findLastIndex(({ atMs }) => atMs < oldestMs) + 1;
    if (expired > 0) await giveUp(records.slice(0, expired), 'RecordAgeExceeded', attempts, requestId);
    return records.slice(expired);
  }

  const isSpent = (attempts: number) => rules.maximumRetryAttempts >= 0 && attempts > rules.maximumRetryAttempts;

  async function deliver(records: readonly StreamRecord[]): Promise<void> {
    let rest = records;
    let attempts = 0;
    for (;;) {
      if (isStopped()) throw new Stopped();
      const requestId = randomUUID();
      rest = await dropExpired(rest, attempts, requestId);
      const settled = rest.length && settledCount(rest, await invoke(rest, requestId), rules.reportsItemFailures);
      if (settled === rest.length) return;
      rest = rest.slice(settled);
      if (rules.bisect && rest.length > 1) return deliverHalves(rest);
      attempts = settled > 0 ? 1 : attempts + 1;
      if (isSpent(attempts)) return giveUp(rest, 'RetryAttemptsExhausted', attempts, requestId);
      await clock.sleep(backoffMs(attempts));
    }
  }

  // Splitting spends no retry; a single record that fails is then retried by itself.
  async function deliverHalves(records: readonly StreamRecord[]): Promise<void> {
    const middle = Math.ceil(records.length / 2);
    await deliver(records.slice(0, middle));
    await deliver(records.slice(middle));
  }

  return deliver;
}

function backoffMs(attempts: number): number {
  return Math.min(backoffFirstMs * 2 ** Math.min(attempts - 1, 20), backoffMostMs);
}

/** How many records from the front are done. An answer that names no known record fails the whole batch, as on AWS. */
export function settledCount(records: readonly StreamRecord[], outcome: Outcome, reportsItemFailures: boolean): number {
  if (outcome.failed) return 0;
  if (!reportsItemFailures) return records.length;
  const answer = JSON.parse(outcome.json) as { batchItemFailures?: { itemIdentifier?: unknown }[] | null } | null;
  const failures = answer?.batchItemFailures ?? [];
  if (failures.length === 0) return records.length;
  const places = failures.map(({ itemIdentifier }) =>
    records.findIndex(({ seq }) => sequenceNumber(seq) === itemIdentifier),
  );
  return Math.max(0, Math.min(...places));
}

type GivenUp = { condition: string; attempts: number; requestId: string; at: Date };

function failureRecord(
  { fn, streamArn }: BatchRules,
  records: readonly StreamRecord[],
  { condition, attempts, requestId, at }: GivenUp,
): Record<string, unknown> {
  const [first, last] = [records[0]!, records.at(-1)!];
  return {
    requestContext: { requestId, functionArn: `${fn.arn}:$LATEST`, condition, approximateInvokeCount: attempts },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: at.toISOString(),
    DDBStreamBatchInfo: {
      shardId: 'shardId-00000000000000000000-00000000',
      startSequenceNumber: sequenceNumber(first.seq),
      endSequenceNumber: sequenceNumber(last.seq),
      approximateArrivalOfFirstRecord: new Date(first.atMs).toISOString(),
      approximateArrivalOfLastRecord: new Date(last.atMs).toISOString(),
      batchSize: records.length,
      streamArn,
    },
  };
}
