// Once a minute, and when a killed swarm is resumed: moves what no event will move any more.
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda, logger } from '../common/lambda.ts';
import { DispatchTasksEnv } from './env.ts';
import { dispatchDeps } from './execution-deps.ts';
import { planningOn } from './planning-runs.client.ts';
import { sweepObjectives } from './sweep-objectives.ts';

const env = readEnv(DispatchTasksEnv);
const deps = { ...dispatchDeps(env), startPlanning: planningOn(env.DECOMPOSE_MACHINE_ARN, new SFNClient()) };

export const handler = lambda(z.unknown(), async (_event, { awsRequestId }) => {
  const report = await sweepObjectives(`sweep#${awsRequestId}`, deps);
  if (report.looked > 0) logger.info('swept', { report });
  return report;
});
