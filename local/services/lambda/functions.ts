// The Lambda functions of this runtime: where their code is, who they are, and how to run one.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { RuntimeClock } from '../../clock.ts';
import { rolesOf } from '../../iam/service.ts';
import { ApiError, arnOf, type Caller, type Host, physicalName, type Resource } from '../../service.ts';
import { tablesFor } from '../dynamodb/table-host.ts';
import type { Outcome } from './environment.ts';
import { type FunctionLogs, openLogs } from './logs.ts';
import { Pool } from './pool.ts';
import { type Processor, watchProcessor } from './processor.ts';
import { writeWorkerFiles } from './worker-files.ts';

const environmentsMost = 8;
const stopGraceMs = 5_000;

export type LambdaFunction = {
  name: string;
  arn: string;
  roleArn: string;
  memoryMb: number;
  timeoutMs: number;
  /** environments at most, when the template reserves some */
  reserved?: number;
  deadLetterArn?: string;
  pool: Pool;
};

export type FunctionProperties = {
  FunctionName?: string;
  Code: { S3Key?: string; ZipFile?: string };
  Handler: string;
  Role: string;
  Environment?: { Variables?: Record<string, string> };
  MemorySize?: number;
  Timeout?: number;
  ReservedConcurrentExecutions?: number;
  DeadLetterConfig?: { TargetArn?: string };
};

export interface Functions {
  add(resource: Resource): LambdaFunction;
  /** by name or ARN, qualified or not; throws ResourceNotFoundException */
  find(nameOrArn: string): LambdaFunction;
  has(name: string): boolean;
  all(): Iterable<LambdaFunction>;
  /** waits for a free environment as long as it takes */
  run(fn: LambdaFunction, json: string, requestId?: string): Promise<Outcome>;
  /** for synchronous callers: throws TooManyRequestsException where the reserved concurrency is spent */
  runNow(fn: LambdaFunction, json: string): Promise<Outcome>;
  stop(): Promise<void>;
}

export function makeFunctions(host: Host): Functions {
  const functions = new Map<string, LambdaFunction>();
  const logs = openLogs(host.dataDir);
  const processor = watchProcessor();
  const entry = writeWorkerFiles(join(host.dataDir, 'worker'));
  const retiring = setInterval(() => {
    for (const { pool } of functions.values()) pool.retire();
  }, 10_000).unref();
  return {
    add(resource) {
      const fn = makeFunction(resource, { host, logs, processor, entry });
      functions.set(fn.name, fn);
      return fn;
    },
    find(nameOrArn) {
      const parts = nameOrArn.split(':');
      const name = parts[0] === 'arn' ? parts[6] : parts[0];
      const found = functions.get(name ?? '');
      if (found) return found;
      const arn = parts[0] === 'arn' ? nameOrArn : arnOf('lambda', `function:${name}`);
      throw new ApiError(404, 'ResourceNotFoundException', `Function not found: ${arn}`, { Type: 'User' });
    },
    has: (name) => functions.has(name),
    all: () => functions.values(),
    run: (fn, json, requestId = randomUUID()) => fn.pool.run(requestId, json),
    async runNow(fn, json) {
      if (fn.reserved !== undefined && fn.pool.load() >= fn.reserved) {
        const Reason = 'ReservedFunctionConcurrentInvocationLimitExceeded';
        throw new ApiError(429, 'TooManyRequestsException', 'Rate Exceeded.', { Reason });
      }
      return fn.pool.run(randomUUID(), json);
    },
    async stop() {
      clearInterval(retiring);
      processor.stop();
      await Promise.all([...functions.values()].map(({ pool }) => pool.stop(stopGraceMs)));
      await logs.flush();
    },
  };
}

type Shared = { host: Host; logs: FunctionLogs; processor: Processor; entry: string };

function makeFunction(resource: Resource, shared: Shared): LambdaFunction {
  const { host, logs, entry } = shared;
  const properties = resource.properties as FunctionProperties;
  const name = String(properties.FunctionName ?? physicalName(resource));
  const arn = arnOf('lambda', `function:${name}`);
  const roleArn = properties.Role;
  if (!rolesOf(host).trusts(roleArn, 'lambda.amazonaws.com')) {
    throw new Error(`The role defined for the function cannot be assumed by Lambda: ${roleArn}`);
  }
  const caller: Extract<Caller, { kind: 'function' }> = { kind: 'function', roleArn, functionArn: arn };
  const memoryMb = Number(properties.MemorySize ?? 128);
  const timeoutMs = Number(properties.Timeout ?? 3) * 1000;
  const reserved = properties.ReservedConcurrentExecutions;
  const taskRoot = taskRootOf(properties, host);
  const modulePath = join(taskRoot, properties.Handler.slice(0, properties.Handler.lastIndexOf('.')));
  const pool = new Pool({
    entry,
    setup: {
      modulePath,
      exportName: properties.Handler.slice(properties.Handler.lastIndexOf('.') + 1),
      functionName: name,
      functionArn: arn,
      memoryMb,
      clock: workerClock(host),
      compileCacheDir: join(host.dataDir, 'compile-cache'),
    },
    env: environmentOf(name, properties, taskRoot, caller, host),
    memoryMb,
    timeoutMs,
    tables: tablesFor(caller, host),
    limit: reserved ?? environmentsMost,
    isProcessorBusy: shared.processor.isBusy,
    killAfterMs: () => (host.chaos.strikes('killFunction') ? host.chaos.pick(50) : undefined),
    onLines: (lines) => logs.write(name, lines),
  });
  return {
    name,
    arn,
    roleArn,
    memoryMb,
    timeoutMs,
    reserved,
    deadLetterArn: properties.DeadLetterConfig?.TargetArn,
    pool,
  };
}

function taskRootOf({ Code }: FunctionProperties, host: Host): string {
  if (Code.S3Key === undefined) throw new Error('inline code is not covered by the embedded runtime; use an asset');
  return host.assetPath(Code.S3Key);
}

/** All that a function finds in its environment: nothing of the host's own leaks in. */
function environmentOf(
  name: string,
  { Environment, MemorySize, Handler }: FunctionProperties,
  taskRoot: string,
  caller: Extract<Caller, { kind: 'function' }>,
  host: Host,
): Record<string, string> {
  const keys = host.issueCredential(caller.functionArn, caller);
  return {
    ...Environment?.Variables,
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    LAMBDA_TASK_ROOT: taskRoot,
    _HANDLER: Handler,
    AWS_REGION: host.region,
    AWS_DEFAULT_REGION: host.region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_ENDPOINT_URL: host.endpointUrl,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: 'local',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize ?? 128),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
  };
}

function workerClock(host: Host) {
  const { base } = host.clock as RuntimeClock;
  return base && (base.speed !== 1 || base.startVirtualMs !== base.startRealMs) ? base : undefined;
}
