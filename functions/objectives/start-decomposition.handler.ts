// From the table's stream: objectives that have just been queued without a plan.
import { SFNClient } from '@aws-sdk/client-sfn';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda, logger } from '../common/lambda.ts';
import { StartDecompositionEnv } from './env.ts';
import { planningOn } from './planning-runs.client.ts';

const start = planningOn(readEnv(StartDecompositionEnv).DECOMPOSE_MACHINE_ARN, new SFNClient());

export const handler = lambda(z.custom<DynamoDBStreamEvent>(), async ({ Records }) => {
  const queued = Records.flatMap(({ dynamodb }) => dynamodb?.Keys?.pk?.S ?? []);
  const outcomes = await Promise.allSettled(queued.map((objectiveId) => start(objectiveId)));
  const failed = queued.filter((_, index) => outcomes[index]?.status === 'rejected');
  if (failed.length > 0) logger.warn('planning not started; the sweep starts it', { failed });
});
