// Looks at the parts of a swarm: its tables and its timer queue.
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Tables } from '../common/table.ts';
import type { Part } from './validate-swarm.ts';

/** A table is there when it answers; that it has no such item is an answer. */
export const tablePart = (tables: Tables, part: string, table: string): Part => ({
  part,
  check: async () => {
    await tables.get(table, { pk: 'probe', sk: 'probe' });
    return 'answers';
  },
});

export const queuePart = (client: SQSClient, part: string, queueUrl: string): Part => ({
  part,
  check: async () => {
    const asked = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] });
    return (await client.send(asked)).Attributes?.QueueArn ?? 'answers';
  },
});
