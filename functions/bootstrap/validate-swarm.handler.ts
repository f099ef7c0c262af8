// A state of bootstrap-swarm: looks at every table and the timer queue.
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda, logger } from '../common/lambda.ts';
import { openTables } from '../common/table-open.ts';
import { ValidateSwarmEnv } from './env.ts';
import { queuePart, tablePart } from './swarm-parts.client.ts';
import { validateSwarm } from './validate-swarm.ts';

const env = readEnv(ValidateSwarmEnv);
const tables = openTables();
const parts = [
  tablePart(tables, 'objectives table', env.OBJECTIVES_TABLE),
  tablePart(tables, 'agents table', env.AGENTS_TABLE),
  tablePart(tables, 'safety table', env.SAFETY_TABLE),
  tablePart(tables, 'audit table', env.AUDIT_TABLE),
  queuePart(new SQSClient({ useQueueUrlAsEndpoint: false }), 'timer queue', env.TIMER_QUEUE_URL),
];

export const handler = lambda(z.unknown(), async () => {
  const report = await validateSwarm(parts);
  if (!report.valid) logger.error('the swarm is not complete', { report });
  return report;
});
