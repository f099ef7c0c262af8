// What a destination of an asynchronous invocation is sent, in AWS's form.
import type { Outcome } from './environment.ts';
import type { LambdaFunction } from './functions.ts';

/** A record above this is not delivered (AWS counts it as DestinationDeliveryFailures); it is never cut. */
export const recordMostBytes = 1024 * 1024;

export type InvokeConfig = {
  maximumRetryAttempts?: number;
  maximumEventAgeMs?: number;
  onSuccess?: string;
  onFailure?: string;
};

export type Attempted = {
  fn: LambdaFunction;
  requestId: string;
  requestJson: string;
  attempts: number;
  condition: 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';
  outcome: Outcome;
};

/** The record as JSON text; the two payloads go in as they are, without being read. */
export function destinationRecord({ fn, requestId, requestJson, attempts, condition, outcome }: Attempted, at: Date) {
  const head = {
    version: '1.0',
    timestamp: at.toISOString(),
    requestContext: { requestId, functionArn: `${fn.arn}:$LATEST`, condition, approximateInvokeCount: attempts },
  };
  const responseContext = {
    statusCode: 200,
    executedVersion: '$LATEST',
    ...(outcome.failed ? { functionError: 'Unhandled' } : {}),
  };
  const open = JSON.stringify(head).slice(0, -1);
  return `${open},"requestPayload":${requestJson},"responseContext":${JSON.stringify(responseContext)},"responsePayload":${outcome.json}}`;
}
