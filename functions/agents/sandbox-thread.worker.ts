// The thread of one program: it is given the call, answers once, and is ended by whoever started it.
import { parentPort, workerData } from 'node:worker_threads';
import type { SandboxCall } from './sandbox-call.ts';
import { runProgram } from './sandbox-engine.client.ts';

const { call, wasm } = workerData as { call: SandboxCall; wasm: WebAssembly.Module };
const cpuMs = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

parentPort?.postMessage(await runProgram(call, wasm, cpuMs));
