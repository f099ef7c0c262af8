// The context object that a handler gets as its second argument.
import type { ToWorker, WorkerSetup } from './protocol.ts';

// Taken before Date may be made virtual: time-outs are enforced on the real clock.
const realNowMs = Date.now;

export function makeContext(setup: WorkerSetup, call: Extract<ToWorker, { kind: 'invoke' }>) {
  return {
    awsRequestId: call.requestId,
    functionName: setup.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: setup.functionArn,
    memoryLimitInMB: String(setup.memoryMb),
    logGroupName: `/aws/lambda/${setup.functionName}`,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(call.deadlineMs - realNowMs())),
  };
}
