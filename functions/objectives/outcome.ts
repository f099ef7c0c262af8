// What comes back from an agent: its own report, or the platform's record of a crash or a time-out. Pure.
import * as z from 'zod';
import { AttemptRef } from '../common/agent-call.ts';
import { masked } from '../common/mask.ts';
import type { TaskError } from './failure.ts';

export type Outcome = AttemptRef & ({ kind: 'done'; result: unknown } | { kind: 'failed'; error: TaskError });

const Report = AttemptRef.extend({
  result: z.unknown().optional(),
  error: z.object({ name: z.string(), message: z.string(), stack: z.array(z.string()).optional() }).optional(),
});

/** Lambda's record of an asynchronous invocation: what a destination is sent. */
const Answered = z.object({
  requestContext: z.object({ condition: z.literal('Success') }),
  responsePayload: z.unknown(),
});
const LambdaRecord = z.object({
  requestContext: z.object({ condition: z.string() }),
  requestPayload: AttemptRef,
  responsePayload: z
    .object({
      errorType: z.string().optional(),
      errorMessage: z.string().optional(),
      trace: z.array(z.string()).optional(),
    })
    .nullish(),
});

const MESSAGE_CHARACTERS_MAX = 2_000;
const STACK_LINES_MAX = 30;

/** The outcome in a message of the outcome queue, or nothing when it is neither of the two. */
export function outcomeIn(body: unknown): Outcome | undefined {
  const answered = Answered.safeParse(body);
  if (answered.success) return reported(answered.data.responsePayload);
  const record = LambdaRecord.safeParse(body);
  if (record.success) {
    const { requestPayload, requestContext, responsePayload } = record.data;
    const name = responsePayload?.errorType ?? 'AgentLost';
    const message = responsePayload?.errorMessage ?? `The agent gave no answer (${requestContext.condition})`;
    return { kind: 'failed', ...requestPayload, error: clipped({ name, message, stack: responsePayload?.trace }) };
  }
  return reported(body);
}

function reported(body: unknown): Outcome | undefined {
  const report = Report.safeParse(body);
  if (!report.success) return undefined;
  const { error, result, ...attempt } = report.data;
  return error ? { kind: 'failed', ...attempt, error: clipped(error) } : { kind: 'done', ...attempt, result };
}

/** Ours have masked what they say; an agent from outside may not have. */
const clipped = ({ name, message, stack }: TaskError): TaskError => ({
  name: masked(name).slice(0, 100),
  message: masked(message).slice(0, MESSAGE_CHARACTERS_MAX),
  ...(stack ? { stack: stack.slice(0, STACK_LINES_MAX).map((line) => masked(line).slice(0, 500)) } : {}),
});
