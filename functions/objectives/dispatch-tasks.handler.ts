// Starts tasks that became ready: from the table's stream, and from the timer queue.
import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda } from '../common/lambda.ts';
import { dispatchChanges, dispatchReminders } from './dispatch-changes.ts';
import { DispatchTasksEnv } from './env.ts';
import { dispatchDeps } from './execution-deps.ts';

const deps = dispatchDeps(readEnv(DispatchTasksEnv));

export const handler = lambda(z.custom<DynamoDBStreamEvent | SQSEvent>(), async (event) => {
  const [first] = event.Records;
  if (first && 'messageId' in first) return dispatchReminders(event as SQSEvent, deps);
  await dispatchChanges((event as DynamoDBStreamEvent).Records, deps);
  return undefined;
});
