// Starts what became ready, planning as well as tasks: from the table's stream, and from the timer queue.
import { SFNClient } from '@aws-sdk/client-sfn';
import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda } from '../common/lambda.ts';
import { dispatchChanges, dispatchReminders } from './dispatch-changes.ts';
import { DispatchTasksEnv } from './env.ts';
import { dispatchDeps } from './execution-deps.ts';
import { planningOn } from './planning-runs.client.ts';

const env = readEnv(DispatchTasksEnv);
const deps = { ...dispatchDeps(env), startPlanning: planningOn(env.DECOMPOSE_MACHINE_ARN, new SFNClient()) };

export const handler = lambda(z.custom<DynamoDBStreamEvent | SQSEvent>(), async (event) => {
  const [first] = event.Records;
  if (first && 'messageId' in first) return dispatchReminders(event as SQSEvent, deps);
  await dispatchChanges((event as DynamoDBStreamEvent).Records, deps);
  return undefined;
});
