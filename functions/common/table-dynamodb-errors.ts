// What DynamoDB's errors mean for the port, decided in one place.
import { InvalidTableCall, TableAccessDenied, TableBusy, TableOutcomeUnknown } from './table.ts';

/** `refused`: nothing was written, trying again may work. `unknown`: no answer came back. `final`: give it to the caller. */
export type Judgement = 'refused' | 'unknown' | 'final';

const BUSY = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'LimitExceededException',
  'TransactionConflictException',
  'ReplicatedWriteConflictException',
]);
const INVALID = new Set([
  'ValidationException',
  'ResourceNotFoundException',
  'ItemCollectionSizeLimitExceededException',
]);
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);
/** reasons for which a cancelled transaction may be tried again */
const BUSY_REASONS = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

type Failure = Error & {
  code?: string;
  $metadata?: { httpStatusCode?: number };
  CancellationReasons?: { Code?: string; Message?: string }[];
};

/** What to do about an error of one request. */
export function judgeFailure(error: unknown): Judgement {
  const failure = error as Failure;
  if (failure.name === 'TransactionCanceledException') {
    const codes = (failure.CancellationReasons ?? []).map((reason) => reason.Code ?? 'None');
    const others = codes.filter((code) => code !== 'None');
    return others.length > 0 && others.every((code) => BUSY_REASONS.has(code)) ? 'refused' : 'final';
  }
  if (failure.name === 'TransactionInProgressException') return 'unknown';
  if (BUSY.has(failure.name) || NEVER_SENT.has(failure.code ?? '')) return 'refused';
  const status = failure.$metadata?.httpStatusCode;
  if (status !== undefined) return status >= 500 ? 'unknown' : 'final';
  return isNetworkFailure(failure) ? 'unknown' : 'final';
}

/** The port's error for an error that is to be thrown; refused conditions and what is not known here stay as they are. */
export function portError(error: unknown, wrote: boolean): unknown {
  const failure = error as Failure;
  if (failure.CancellationReasons?.some(({ Code }) => Code === 'ConditionalCheckFailed')) return error;
  if (INVALID.has(failure.name)) return new InvalidTableCall(failure.message, { cause: error });
  if (/^AccessDenied/.test(failure.name)) return new TableAccessDenied(failure.message, { cause: error });
  if (
    failure.CancellationReasons?.some(
      ({ Code }) => Code === 'ValidationError' || Code === 'ItemCollectionSizeLimitExceeded',
    )
  ) {
    const reasons = failure.CancellationReasons.flatMap(({ Message }) => Message ?? []);
    return new InvalidTableCall(reasons.join('; '), { cause: error });
  }
  const judgement = judgeFailure(error);
  if (judgement === 'unknown' && wrote)
    return new TableOutcomeUnknown(`No answer: ${failure.message}`, { cause: error });
  return judgement === 'final' ? error : new TableBusy(failure.message, { cause: error });
}

function isNetworkFailure({ name, code }: Failure): boolean {
  return /Timeout|Abort|NetworkingError/.test(name) || /^(E[A-Z]+|UND_ERR.*)$/.test(code ?? '');
}
