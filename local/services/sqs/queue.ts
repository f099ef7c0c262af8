// A queue as the template describes it.
import * as z from 'zod';
import { arnOf, type Host, physicalName, type Resource } from '../../service.ts';

export type Queue = {
  arn: string;
  name: string;
  url: string;
  delaySeconds: number;
  visibilitySeconds: number;
  retentionSeconds: number;
  redrive?: { deadLetterTargetArn: string; maxReceiveCount: number };
};

const Redrive = z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number().int().min(1) });
const Properties = z.object({
  QueueName: z.string().optional(),
  DelaySeconds: z.coerce.number().default(0),
  VisibilityTimeout: z.coerce.number().default(30),
  MessageRetentionPeriod: z.coerce.number().default(4 * 24 * 3600),
  RedrivePolicy: z.union([Redrive, z.string().transform((text) => Redrive.parse(JSON.parse(text)))]).optional(),
  FifoQueue: z.literal(false, 'the embedded runtime does not cover FIFO queues').optional(),
});

/** Reads an AWS::SQS::Queue; throws, naming the resource, for what this runtime does not cover. */
export function queueOf(resource: Resource, host: Host): Queue {
  const parsed = Properties.safeParse(resource.properties);
  if (!parsed.success) throw new Error(`${resource.stackName}.${resource.logicalId}: ${z.prettifyError(parsed.error)}`);
  const { QueueName, DelaySeconds, VisibilityTimeout, MessageRetentionPeriod, RedrivePolicy } = parsed.data;
  const name = QueueName ?? physicalName(resource, 80);
  return {
    arn: arnOf('sqs', name),
    name,
    url: `${host.endpointUrl}/${host.account}/${name}`,
    delaySeconds: DelaySeconds,
    visibilitySeconds: VisibilityTimeout,
    retentionSeconds: MessageRetentionPeriod,
    redrive: RedrivePolicy,
  };
}
