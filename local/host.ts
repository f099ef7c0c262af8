// What the core offers to the services (see service.ts), put together.
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SqliteStore } from '../functions/common/table-sqlite.ts';
import type { Credentials } from './credentials.ts';
import { rolesOf } from './iam/service.ts';
import { account, type Caller, type Chaos, type Clock, type Host, region, type Service } from './service.ts';
import type { FunctionUsage } from './services/lambda/pool.ts';

export type Parts = {
  store: SqliteStore;
  clock: Clock;
  chaos: Chaos;
  dataDir: string;
  httpPort: number;
  endpointUrl: string;
  assets: ReadonlyMap<string, string>;
  credentials: Credentials;
  log?: (record: Record<string, unknown>) => void;
};

/** What the Lambda service does for everybody else; it puts itself at `shared('lambda-calls')`. */
export type LambdaCalls = Pick<Host, 'invoke' | 'invokeAsync'> & { usage(): Record<string, FunctionUsage> };

const deliverActions: Record<string, string> = {
  lambda: 'lambda:InvokeFunction',
  sqs: 'sqs:SendMessage',
  states: 'states:StartExecution',
  events: 'events:PutEvents',
};

/** What the functions of this runtime have done so far, by name. */
export function usageOf(host: Host): Record<string, FunctionUsage> {
  return host.shared<Partial<LambdaCalls>>('lambda-calls', () => ({})).usage?.() ?? {};
}

/** `services` may still be empty at this time; deliveries look at it when they happen. */
export function makeHost(parts: Parts, services: readonly Service[]): Host {
  const shared = new Map<string, unknown>();
  const calls = () => {
    const found = shared.get('lambda-calls') as LambdaCalls | undefined;
    if (!found) throw new Error('the template has no Lambda function');
    return found;
  };
  const host: Host = {
    ...parts,
    region,
    account,
    assetPath: (key) => {
      const path = parts.assets.get(key);
      if (path === undefined) throw new Error(`the assembly has no asset ${key}`);
      return path;
    },
    log: parts.log ?? fileLog(parts.dataDir, parts.clock),
    invoke: (functionArn, payload, options) => calls().invoke(functionArn, payload, options),
    invokeAsync: (functionArn, payload) => calls().invokeAsync(functionArn, payload),
    sendTo: (targetArn, payload, from) => sendTo(host, services, targetArn, payload, from),
    authorize: (caller, action, resource, context) => rolesOf(host).authorize(caller, action, resource, context),
    issueCredential: (name, caller) => parts.credentials.issue(name, caller),
    credential: (accessKeyId) => parts.credentials.find(accessKeyId),
    shared: <T>(name: string, make: () => T): T => {
      if (!shared.has(name)) shared.set(name, make());
      return shared.get(name) as T;
    },
  };
  return host;
}

async function sendTo(
  host: Host,
  services: readonly Service[],
  targetArn: string,
  payload: unknown,
  { roleArn }: { roleArn?: string },
): Promise<void> {
  const arnService = targetArn.split(':')[2] ?? '';
  const delivery = services.find(({ deliver }) => deliver?.arnService === arnService)?.deliver;
  if (!delivery) throw new Error(`nothing in the template takes a delivery to ${targetArn}`);
  if (roleArn) {
    const caller: Caller = { kind: 'role', roleArn, sessionName: 'delivery' };
    host.authorize(caller, deliverActions[arnService] ?? `${arnService}:Send`, targetArn);
  }
  await delivery.to(targetArn, payload, host);
}

function fileLog(dataDir: string, clock: Clock): Host['log'] {
  const file = join(dataDir, 'runtime.log');
  let lines: string[] = [];
  const flush = () => {
    const text = lines.join('');
    lines = [];
    appendFile(file, text).catch(() => {});
  };
  return (record) => {
    lines.push(`${JSON.stringify({ time: clock.date().toISOString(), ...record })}\n`);
    if (lines.length === 1) setImmediate(flush);
  };
}
