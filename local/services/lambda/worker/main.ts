// The inside of one Lambda environment: loads the handler once, then answers one invocation after the other.

import { existsSync, readlinkSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { setPriority } from 'node:os';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { followClock } from './clock.ts';
import { captureConsole, takeLines } from './console.ts';
import { makeContext } from './context.ts';
import type { ErrorShape, FromWorker, ToWorker, WorkerSetup } from './protocol.ts';
import { portTables } from './tables.ts';

type Handler = (event: unknown, context: unknown) => unknown;

const setup = workerData as WorkerSetup;
const port = parentPort!;
const current = { requestId: '' };
const send = (message: FromWorker) => port.postMessage(message);

yieldToMainThread();
enableCompileCache(setup.compileCacheDir);
if (setup.clock) followClock(setup.clock);
captureConsole(current, (lines) => send({ kind: 'lines', lines }));
const tables = portTables((calls) => send({ kind: 'tables', calls }));
Object.assign(globalThis, { [Symbol.for('lazyark.tables')]: tables.tables });
process.on('unhandledRejection', (reason) => {
  const { errorMessage, trace } = errorShape(reason);
  die({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage, trace });
});
process.on('uncaughtException', (error) => die(errorShape(error)));

const handler = await loadHandler().catch((error: unknown) => {
  send({ kind: 'broken', error: errorShape(error) });
  return undefined;
});
if (handler) {
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'answers') tables.settle(message.answers);
    else void run(handler, message);
  });
  send({ kind: 'ready' });
}

/**
 * The main thread holds the tables that every function waits for, so it goes first when cores are short: after a commit
 * it would else queue behind all workers. Linux takes a thread's id for a process's here; elsewhere nothing changes.
 */
function yieldToMainThread(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), 5);
  } catch {
    // no /proc, or not allowed: the order of threads is then the system's own
  }
}

async function run(handle: Handler, call: Extract<ToWorker, { kind: 'invoke' }>): Promise<void> {
  const { requestId } = call;
  current.requestId = requestId;
  process.env._X_AMZN_TRACE_ID = call.traceId;
  try {
    const result = await handle(JSON.parse(call.json), makeContext(setup, call));
    send({ kind: 'done', requestId, json: toJson(result), lines: takeLines() });
  } catch (error) {
    console.error(error);
    send({ kind: 'done', requestId, error: errorShape(error), lines: takeLines() });
  }
}

function toJson(result: unknown): string {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw named('Runtime.MarshalError', `Unable to stringify response body: ${reason}`);
  }
}

async function loadHandler(): Promise<Handler> {
  const path = ['.mjs', '.js', '.cjs']
    .map((extension) => setup.modulePath + extension)
    .find((file) => existsSync(file));
  if (!path) throw named('Runtime.ImportModuleError', `Error: Cannot find module '${setup.modulePath}'`);
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown> & { default?: unknown };
  const found = module[setup.exportName] ?? (module.default as Record<string, unknown> | undefined)?.[setup.exportName];
  if (typeof found === 'function') return found as Handler;
  throw named('Runtime.HandlerNotFound', `${setup.exportName} is undefined or not exported`);
}

function die(error: ErrorShape): void {
  send({ kind: 'fatal', error, lines: takeLines() });
  // The message leaves first; the main thread ends this worker when it has read it.
  setTimeout(() => process.exit(1), 1000);
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function errorShape(error: unknown): ErrorShape {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  const trace = error.stack?.split('\n').map((line) => line.trim()) ?? [];
  return { errorType: error.name || 'Error', errorMessage: error.message, trace };
}
