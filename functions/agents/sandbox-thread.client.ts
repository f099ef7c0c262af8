// Starts a thread for each program and ends it, whatever it does: nothing is left of a program but its answer.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type SandboxCall, SandboxEnd, type SandboxFault, wallMsOf } from './sandbox-call.ts';

/** Memory of the thread outside of the program's own: texts that go in and come out. */
const THREAD_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 };

let compiled: WebAssembly.Module | undefined;

/** Compiled once a function; each program gets an instance of its own. In the package the file lies beside this one. */
function wasmModule(): WebAssembly.Module {
  const beside = fileURLToPath(new URL('./quickjs.wasm', import.meta.url));
  const file = existsSync(beside)
    ? beside
    : createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
  compiled ??= new WebAssembly.Module(readFileSync(file));
  return compiled;
}

const threadFile = (): URL => {
  const packaged = new URL('./sandbox-thread.worker.mjs', import.meta.url);
  return existsSync(packaged) ? packaged : new URL('./sandbox-thread.worker.ts', import.meta.url);
};

export function runInThread(call: SandboxCall): Promise<SandboxEnd> {
  const { promise, resolve } = Promise.withResolvers<SandboxEnd>();
  const worker = new Worker(threadFile(), {
    workerData: { call, wasm: wasmModule() },
    // Nothing of ours is in the thread: no variables, no arguments, nowhere to write to.
    ...{ env: {}, argv: [], execArgv: [], stdin: false, stdout: true, stderr: true },
    resourceLimits: THREAD_LIMITS,
  });
  const fail = (reason: SandboxFault, message: string) =>
    resolve({ kind: 'failed', reason, message, lines: [], cpuMs: 0 });
  const wallMs = wallMsOf(call.limits);
  const timer = setTimeout(() => fail('wall_limit', `it was not done after ${wallMs} ms`), wallMs);
  worker.on('message', (end) => {
    const parsed = SandboxEnd.safeParse(end);
    if (parsed.success) resolve(parsed.data);
    else fail('broke', 'it answered something else than an answer');
  });
  worker.on('error', (error: Error & { code?: string }) =>
    fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory_limit' : 'broke', error.message.slice(0, 500)),
  );
  worker.on('exit', () => fail('broke', 'the thread ended without an answer'));
  return promise.finally(() => {
    clearTimeout(timer);
    return worker.terminate();
  });
}
