// AWS::Lambda::EventSourceMapping: from a table's stream or from a queue to a function.
import type { Host, Made, Resource } from '../../service.ts';
import { compilePattern } from '../events/pattern.ts';
import { batchDelivery } from './batch.ts';
import { checkpointOf } from './checkpoints.ts';
import { makeQueueMapping } from './queue-mapping.ts';
import { lambdaOf } from './runtime.ts';
import { feedOf } from './stream-feed.ts';
import { StreamMapping } from './stream-mapping.ts';

type MappingProperties = {
  EventSourceArn: string;
  FunctionName: string;
  Enabled?: boolean;
  BatchSize?: number;
  MaximumBatchingWindowInSeconds?: number;
  ParallelizationFactor?: number;
  MaximumRetryAttempts?: number;
  MaximumRecordAgeInSeconds?: number;
  BisectBatchOnFunctionError?: boolean;
  FunctionResponseTypes?: string[];
  StartingPosition?: string;
  TumblingWindowInSeconds?: number;
  FilterCriteria?: { Filters?: { Pattern: string }[] };
  DestinationConfig?: { OnFailure?: { Destination?: string } };
  ScalingConfig?: { MaximumConcurrency?: number };
};

const queueConcurrency = 4;

export async function makeMapping(resource: Resource, host: Host): Promise<Made> {
  const properties = resource.properties as MappingProperties;
  const id = `${resource.stackName}.${resource.logicalId}`;
  const source = properties.EventSourceArn.split(':')[2];
  if (properties.TumblingWindowInSeconds) throw new Error('TumblingWindowInSeconds is not covered');
  if (source !== 'dynamodb' && source !== 'sqs')
    throw new Error(`event source ${properties.EventSourceArn} is not covered`);
  const mapping = source === 'dynamodb' ? fromStream(id, properties, host) : await fromQueue(properties, host);
  return { ref: id, attributes: { Id: id }, ...(properties.Enabled === false ? {} : mapping) };
}

function fromStream(id: string, properties: MappingProperties, host: Host): Pick<Made, 'start' | 'stop'> {
  const { functions } = lambdaOf(host);
  const fn = functions.find(properties.FunctionName);
  const number = (value: number | undefined, otherwise: number) => Number(value ?? otherwise);
  const age = number(properties.MaximumRecordAgeInSeconds, -1);
  let stopped = false;
  const rules = {
    fn,
    streamArn: properties.EventSourceArn,
    maximumRetryAttempts: number(properties.MaximumRetryAttempts, -1),
    maximumRecordAgeMs: age < 0 ? -1 : age * 1000,
    bisect: properties.BisectBatchOnFunctionError === true,
    reportsItemFailures: reportsItemFailures(properties),
    onFailure: properties.DestinationConfig?.OnFailure?.Destination,
  };
  const mapping = new StreamMapping({
    feed: feedOf(properties.EventSourceArn, host),
    checkpoint: checkpointOf(id, host),
    deliver: batchDelivery(rules, host, functions, () => stopped),
    matches: filterOf(properties),
    lanes: number(properties.ParallelizationFactor, 1),
    batchSize: number(properties.BatchSize, 100),
    windowMs: number(properties.MaximumBatchingWindowInSeconds, 0) * 1000,
    fromLatest: properties.StartingPosition === 'LATEST',
    clock: host.clock,
    onError: (error) =>
      host.log({ level: 'error', message: 'stream mapping failed', mapping: id, error: String(error) }),
  });
  const stop = () => {
    stopped = true;
    return mapping.stop();
  };
  return { start: () => mapping.start(), stop };
}

async function fromQueue(properties: MappingProperties, host: Host): Promise<Pick<Made, 'start' | 'stop'>> {
  const { queuesOf } = await import('../sqs.ts');
  const { functions } = lambdaOf(host);
  const fn = functions.find(properties.FunctionName);
  return makeQueueMapping({
    queueArn: properties.EventSourceArn,
    queues: queuesOf(host),
    fn,
    functions,
    batchSize: Number(properties.BatchSize ?? 10),
    windowMs: Number(properties.MaximumBatchingWindowInSeconds ?? 0) * 1000,
    concurrency: Number(properties.ScalingConfig?.MaximumConcurrency ?? queueConcurrency),
    reportsItemFailures: reportsItemFailures(properties),
    matches: filterOf(properties),
    clock: host.clock,
    onError: (error) =>
      host.log({ level: 'error', message: 'queue mapping failed', function: fn.name, error: String(error) }),
  });
}

function reportsItemFailures({ FunctionResponseTypes }: MappingProperties): boolean {
  return FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false;
}

/** A record passes when one of the patterns matches; without patterns all pass. */
function filterOf({ FilterCriteria }: MappingProperties): (body: Record<string, unknown>) => boolean {
  const tests = (FilterCriteria?.Filters ?? []).map(({ Pattern }) => compilePattern(JSON.parse(Pattern)));
  return tests.length === 0 ? () => true : (body) => tests.some((test) => test(body));
}
