// Where a built-in agent sends its outcome on a platform whose Lambda has no success destinations; elsewhere unused.
import { readEnv } from '../common/env.ts';
import { RunAgentEnv } from './env.ts';
import type { SendOutcome } from './report-outcome.ts';

/** Nothing where Lambda delivers the answer itself. The SDK is only loaded where it is needed. */
export function outcomeQueue(): SendOutcome | undefined {
  const { OUTCOME_QUEUE_URL } = readEnv(RunAgentEnv);
  if (!OUTCOME_QUEUE_URL) return undefined;
  return async (outcome) => {
    const { SendMessageCommand, SQSClient } = await import('@aws-sdk/client-sqs');
    const client = new SQSClient({ useQueueUrlAsEndpoint: false });
    await client.send(new SendMessageCommand({ QueueUrl: OUTCOME_QUEUE_URL, MessageBody: JSON.stringify(outcome) }));
  };
}
