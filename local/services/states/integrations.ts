// What a task hands its work to: a function, a queue, an event bus, another machine; always as the machine's role.
import { createHash } from 'node:crypto';
import { ApiError, arnOf, type Caller } from '../../service.ts';
import { type PutEventsEntry, putEvents } from '../events/put-events.ts';
import type { TaskTarget } from './definition.ts';
import { StateFailure } from './failure.ts';
import type { Run } from './run.ts';

type Input = Record<string, unknown>;
type Integration = (input: Input, run: Run, caller: Caller) => Promise<unknown>;

/** Does the work of a task once; returns its result as AWS shapes it. Throws StateFailure. */
export async function perform(target: TaskTarget, input: unknown, run: Run): Promise<unknown> {
  const caller: Caller = { kind: 'role', roleArn: run.row.role, sessionName: run.row.name };
  if (target.kind === 'function') return callFunction(target.functionArn, input, run, caller);
  const { work, prefix } = INTEGRATIONS[target.service];
  try {
    return await work((input ?? {}) as Input, run, caller);
  } catch (error) {
    throw asFailure(error, prefix);
  }
}

/** An API error as the error name that Retry and Catch see: `Lambda.TooManyRequestsException`. */
function asFailure(error: unknown, prefix: string): StateFailure {
  if (error instanceof StateFailure) return error;
  if (!(error instanceof ApiError)) return new StateFailure(`${prefix}.SdkClientException`, String(error));
  const code = prefix === 'Lambda' && error.code === 'AccessDeniedException' ? 'AWSLambdaException' : error.code;
  return new StateFailure(`${prefix}.${code}`, error.message);
}

async function callFunction(functionArn: string, input: unknown, run: Run, caller: Caller): Promise<unknown> {
  try {
    run.host.authorize(caller, 'lambda:InvokeFunction', functionArn);
    const { payload, functionError } = await run.host.invoke(functionArn, input);
    if (!functionError) return payload;
    const { errorType } = (payload ?? {}) as { errorType?: string };
    throw new StateFailure(errorType || 'Lambda.Unknown', JSON.stringify(payload));
  } catch (error) {
    throw asFailure(error, 'Lambda');
  }
}

const invokeLambda: Integration = async (input, run, caller) => {
  const name = String(input.FunctionName ?? '');
  const functionArn = name.startsWith('arn:') ? name : arnOf('lambda', `function:${name}`);
  if (input.InvocationType === 'Event') {
    run.host.authorize(caller, 'lambda:InvokeFunction', functionArn);
    await run.host.invokeAsync(functionArn, input.Payload);
    return { StatusCode: 202 };
  }
  const Payload = await callFunction(functionArn, input.Payload, run, caller);
  return { ExecutedVersion: '$LATEST', Payload, StatusCode: 200 };
};

const sendMessage: Integration = async (input, run) => {
  const queueArn = arnOf(
    'sqs',
    String(input.QueueUrl ?? '')
      .split('/')
      .at(-1) ?? '',
  );
  const body = typeof input.MessageBody === 'string' ? input.MessageBody : JSON.stringify(input.MessageBody);
  await run.host.sendTo(queueArn, body, { roleArn: run.row.role });
  return { MD5OfMessageBody: createHash('md5').update(body).digest('hex') };
};

const putEntries: Integration = async (input, run, caller) => {
  const entries = (input.Entries as Input[]).map((entry) => ({
    ...entry,
    Detail: typeof entry.Detail === 'string' ? entry.Detail : JSON.stringify(entry.Detail),
  }));
  const answer = await putEvents(entries as PutEventsEntry[], caller, run.host);
  if (answer.FailedEntryCount > 0) throw new StateFailure('EventBridge.FailedEntry', JSON.stringify(answer));
  return answer;
};

const startExecution: Integration = async (input, run, caller) => {
  const Input = typeof input.Input === 'string' ? input.Input : JSON.stringify(input.Input ?? {});
  const started = await run.startOther(
    { stateMachineArn: String(input.StateMachineArn), name: input.Name as string | undefined, input: Input },
    caller,
  );
  return { ExecutionArn: started.executionArn, StartDate: new Date(started.startedMs).toISOString() };
};

const INTEGRATIONS = {
  lambda: { work: invokeLambda, prefix: 'Lambda' },
  sqs: { work: sendMessage, prefix: 'SQS' },
  events: { work: putEntries, prefix: 'EventBridge' },
  states: { work: startExecution, prefix: 'StepFunctions' },
} satisfies Record<string, { work: Integration; prefix: string }>;
