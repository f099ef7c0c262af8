// A batch of the outcome queue: each message on its own; what fails comes back, what is no outcome is logged and dropped.
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { logger } from '../common/lambda.ts';
import { NoSuchTask } from './objective-reads.ts';
import { outcomeIn } from './outcome.ts';
import { persist } from './persist.ts';
import { type SettleDeps, settleTask } from './settle-task.ts';

export async function settleOutcomes(event: SQSEvent, deps: SettleDeps): Promise<SQSBatchResponse> {
  const settled = await Promise.all(
    event.Records.map(async ({ messageId, body }) => ({ messageId, ok: await settleOne(body, deps) })),
  );
  return { batchItemFailures: settled.filter(({ ok }) => !ok).map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

async function settleOne(body: string, deps: SettleDeps): Promise<boolean> {
  const outcome = outcomeIn(parsed(body));
  if (!outcome) {
    logger.error('a message of the outcome queue is no outcome', { body: body.slice(0, 500) });
    return true;
  }
  try {
    const answer = await persist(() => settleTask(outcome, deps));
    if (answer !== 'succeeded') logger.info('settled', { taskId: outcome.taskId, answer });
    return true;
  } catch (error) {
    if (error instanceof NoSuchTask) {
      logger.error('an outcome of a task that nobody planned', { taskId: outcome.taskId });
      return true;
    }
    logger.warn('settling failed, the message comes back', { taskId: outcome.taskId, error: error as Error });
    return false;
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
