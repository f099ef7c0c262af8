// Where a built-in agent sends its outcome: the one thing it has the right to do.
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { readEnv } from '../common/env.ts';
import { RunAgentEnv } from './env.ts';
import type { SendOutcome } from './report-outcome.ts';

/** The queue of this deployment. The client is made once, and without looking at the queue's address for a region. */
export function outcomeQueue(): SendOutcome {
  const { OUTCOME_QUEUE_URL } = readEnv(RunAgentEnv);
  const client = new SQSClient({ useQueueUrlAsEndpoint: false });
  return async (outcome) => {
    await client.send(new SendMessageCommand({ QueueUrl: OUTCOME_QUEUE_URL, MessageBody: JSON.stringify(outcome) }));
  };
}
