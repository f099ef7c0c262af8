// A state of bootstrap-swarm: looks at every table, the timer queue and what agents said.
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda, logger } from '../common/lambda.ts';
import { openTables } from '../common/table-open.ts';
import { ValidateSwarmEnv } from './env.ts';
import { type Part, validateSwarm } from './validate-swarm.ts';

const env = readEnv(ValidateSwarmEnv);
const tables = openTables();
const queues = new SQSClient({ useQueueUrlAsEndpoint: false });

const answers = (part: string, table: string): Part => ({
  part,
  check: async () =>
    `answers (${(await tables.get(table, { pk: 'probe', sk: 'probe' })) ? 'with' : 'without'} a probe item)`,
});
const parts: Part[] = [
  answers('objectives table', env.OBJECTIVES_TABLE),
  answers('agents table', env.AGENTS_TABLE),
  answers('safety table', env.SAFETY_TABLE),
  answers('audit table', env.AUDIT_TABLE),
  {
    part: 'timer queue',
    check: async () => {
      const { Attributes } = await queues.send(
        new GetQueueAttributesCommand({ QueueUrl: env.TIMER_QUEUE_URL, AttributeNames: ['QueueArn'] }),
      );
      return Attributes?.QueueArn ?? 'answers';
    },
  },
];

export const handler = lambda(z.unknown(), async () => {
  const report = await validateSwarm(parts);
  if (!report.valid) logger.error('the swarm is not complete', { report });
  return report;
});
