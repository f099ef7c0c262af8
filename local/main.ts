// Starts a synthesized CDK assembly on this machine: reads the template, makes its resources, serves its APIs.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Tables } from '../functions/common/table.ts';
import type { SqliteStore } from '../functions/common/table-sqlite.ts';
import { type Assembly, readAssembly } from './assembly.ts';
import { parseChaos } from './chaos.ts';
import { openClock, type RuntimeClock } from './clock.ts';
import { openCredentials } from './credentials.ts';
import { type Endpoint, openEndpoint } from './endpoint.ts';
import { makeHost, usageOf } from './host.ts';
import type { ApiService, Host, InvokeResult, Made, Resource, Service } from './service.ts';
import { loadServices, refuseUnknownTypes, standIn } from './services/index.ts';
import type { FunctionUsage } from './services/lambda/pool.ts';
import { makeStack } from './template/stack.ts';

export type RuntimeOptions = {
  /** the cdk.out folder */
  assembly: string;
  /** everything the runtime keeps; made when missing */
  dataDir: string;
  /** of the HTTP API; 0 = any */
  port: number;
  clockSpeed?: number;
  /** as in LAZYARK_CHAOS */
  chaos?: string;
  log?: (line: object) => void;
};

export type Runtime = {
  /** of the HTTP API, e.g. http://127.0.0.1:4400; empty when the template has none */
  url: string;
  outputs: Record<string, string>;
  /** unrestricted, for tests and tools */
  tables: Tables;
  /** synchronous call of a function, by name or ARN; for tests and tools */
  invoke(functionName: string, payload: unknown): Promise<InvokeResult>;
  /** asynchronous call: durable when it resolves */
  invokeAsync(functionName: string, payload: unknown): Promise<void>;
  /** what each function has done since the start: invocations, cold starts, time */
  usage(): Record<string, FunctionUsage>;
  /** the current text of a secret, by name or ARN */
  secret(id: string): Promise<string>;
  stop(): Promise<void>;
};

const closeMostMs = 8_000;

type Closer = () => void | Promise<void>;

/** Starts the runtime; throws, with everything closed again, when the assembly cannot be run or the data is in use. */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const assembly = readAssembly(resolve(options.assembly));
  refuseUnknownTypes(assembly.stacks);
  const chaos = parseChaos(options.chaos);
  const dataDir = resolve(options.dataDir);
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  const closers: Closer[] = [];
  try {
    const clock = openClock(dataDir, options.clockSpeed);
    closers.push(() => clock.close());
    const store = await openStore(dataDir, clock);
    closers.push(() => store.close());
    const endpoint = await openEndpoint(rememberedPort(dataDir));
    closers.push(() => endpoint.stop());
    rememberPort(dataDir, endpoint.port);
    const services = await loadServices(typesOf(assembly));
    const host = makeHost(
      {
        store,
        clock,
        chaos,
        dataDir,
        httpPort: options.port,
        endpointUrl: `http://127.0.0.1:${endpoint.port}`,
        assets: assembly.assets,
        credentials: openCredentials(dataDir),
        log: options.log,
      },
      services,
    );
    return await runStacks(assembly, host, services, endpoint, closers);
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

async function runStacks(
  assembly: Assembly,
  host: Host,
  services: readonly Service[],
  endpoint: Endpoint,
  closers: Closer[],
): Promise<Runtime> {
  const apis = new Map(services.flatMap((service) => service.apis ?? []).map((api) => [api.name, api]));
  const { made, outputs } = await makeAll(assembly, host, services, closers);
  endpoint.serve(host, apis);
  for (const one of made) await one.start?.();
  return {
    url: made.find((one) => one.url !== undefined)?.url ?? '',
    outputs,
    tables: host.store,
    invoke: host.invoke,
    invokeAsync: host.invokeAsync,
    usage: () => usageOf(host),
    secret: (id) => readSecret(id, apis, host),
    stop: once(() => closeAll(closers)),
  };
}

/** Makes the resources of all stacks. Functions are closed last: what else stops may still need them to finish. */
async function makeAll(assembly: Assembly, host: Host, services: readonly Service[], closers: Closer[]) {
  const factories = new Map(services.flatMap((service) => service.factories).map((factory) => [factory.type, factory]));
  const imports = new Map<string, string>();
  const outputs: Record<string, string> = {};
  const made: Made[] = [];
  const functionClosers: Closer[] = [];
  closers.push(() => closeAll(functionClosers));
  const make = async (resource: Resource) => {
    const result = (await factories.get(resource.type)?.create(resource, host)) ?? standIn(resource);
    const kept = resource.type === 'AWS::Lambda::Function' ? functionClosers : closers;
    if (result.stop) kept.push(() => result.stop?.());
    return result;
  };
  for (const { name, template } of assembly.stacks) {
    const stack = await makeStack(name, template, make, imports);
    Object.assign(outputs, stack.outputs);
    made.push(...stack.made);
  }
  return { made, outputs };
}

async function openStore(dataDir: string, clock: RuntimeClock): Promise<SqliteStore> {
  const { openSqlite } = await import('../functions/common/table-sqlite.ts');
  return openSqlite(join(dataDir, 'store.sqlite'), { now: clock.now });
}

async function readSecret(id: string, apis: ReadonlyMap<string, ApiService>, host: Host): Promise<string> {
  const api = apis.get('secretsmanager');
  if (!api) throw new Error('the template has no secret');
  const headers = { 'x-amz-target': 'secretsmanager.GetSecretValue', 'content-type': 'application/x-amz-json-1.1' };
  const body = Buffer.from(JSON.stringify({ SecretId: id }));
  const request = { method: 'POST', path: '/', query: new URLSearchParams(), headers, body };
  const answer = await api.handle(request, { kind: 'operator' }, host);
  return (JSON.parse(answer.body.toString()) as { SecretString: string }).SecretString;
}

function typesOf(assembly: Assembly): Set<string> {
  return new Set(assembly.stacks.flatMap(({ template }) => Object.values(template.Resources).map(({ Type }) => Type)));
}

// The same port again after a restart, when it is free: presigned URLs in payloads that wait carry it.
function rememberedPort(dataDir: string): number {
  try {
    return Number(readFileSync(join(dataDir, 'endpoint-port'), 'utf8')) || 0;
  } catch {
    return 0;
  }
}

function rememberPort(dataDir: string, port: number): void {
  writeFileSync(join(dataDir, 'endpoint-port'), String(port));
}

// A part that cannot close, or takes too long for it, must not keep the others open.
async function closeAll(closers: Closer[]): Promise<void> {
  for (const close of closers.splice(0).reverse()) {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closeMostMs);
    });
    await Promise.race([
      Promise.resolve()
        .then(close)
        .catch(() => {}),
      late,
    ]);
    clearTimeout(timer);
  }
}

function once<T>(fn: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= fn();
    return result;
  };
}
