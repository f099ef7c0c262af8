// Runs one program in a QuickJS of its own, compiled to WebAssembly: no host function is in reach, data comes back as text.

import release from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSSyncVariant,
} from 'quickjs-emscripten-core';
import type { SandboxCall, SandboxEnd, SandboxFault } from './sandbox-call.ts';
import { PRELUDE } from './sandbox-prelude.ts';

/** The package's types do not say which kind its default export is. */
const variant = release as unknown as QuickJSSyncVariant;

const LINES_MAX = 200;
const LINE_CHARACTERS_MAX = 1_000;
const STACK_BYTES_MAX = 256 * 1024;
const JOBS_AT_ONCE = 500;
const SAYING_MS_MAX = 200;
const MB = 1024 * 1024;

class Stopped extends Error {
  override name = 'Stopped';
  readonly reason: SandboxFault;
  constructor(reason: SandboxFault, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** `cpuMs` is the computing time of this thread so far. Never throws, whatever the program does short of breaking wasm. */
export async function runProgram(
  call: SandboxCall,
  wasm: WebAssembly.Module,
  cpuMs: () => number,
): Promise<SandboxEnd> {
  const quickJs = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmModule: wasm }));
  const runtime = quickJs.newRuntime({
    memoryLimitBytes: call.limits.memoryMb * MB,
    maxStackSizeBytes: STACK_BYTES_MAX,
  });
  const startedMs = cpuMs();
  const used = () => Math.ceil(cpuMs() - startedMs);
  const overtime = () => used() > call.limits.cpuMs;
  runtime.setInterruptHandler(overtime);
  const vm = runtime.newContext();
  let lines: () => string[] = () => [];
  try {
    const [describe, finish, linesNow] = prepare(vm, call);
    lines = () => JSON.parse(textIn(vm, vm.unwrapResult(vm.callFunction(linesNow, vm.undefined)), call)) as string[];
    const settled = settle(vm, call, overtime, describe);
    const text = textIn(vm, orStop(vm, vm.callFunction(finish, vm.undefined, settled), describe), call);
    return {
      kind: 'done',
      ...(JSON.parse(text) as Pick<SandboxEnd & { kind: 'done' }, 'result' | 'files' | 'lines'>),
      cpuMs: used(),
    };
  } catch (error) {
    const stopped = error instanceof Stopped ? error : brokenBy(error as Error);
    const until = performance.now() + SAYING_MS_MAX;
    runtime.setInterruptHandler(() => performance.now() > until);
    return { kind: 'failed', reason: stopped.reason, message: stopped.message, lines: saidUntil(lines), cpuMs: used() };
  }
  // Nothing is disposed of: the module is this thread's alone and goes with it.
}

/** Below the program: WebAssembly itself gave up. */
const brokenBy = (error: Error): Stopped =>
  /call stack/.test(error.message)
    ? new Stopped('stack_limit', 'stack overflow')
    : new Stopped('broke', String(error).slice(0, 500));

type Outcome = ReturnType<QuickJSContext['callFunction']>;

function prepare(
  vm: QuickJSContext,
  { input, results, files }: SandboxCall,
): [QuickJSHandle, QuickJSHandle, QuickJSHandle] {
  const setup = JSON.stringify({ input, results, files, linesMax: LINES_MAX, lineCharactersMax: LINE_CHARACTERS_MAX });
  const prelude = vm.evalCode(PRELUDE, 'sandbox.js');
  if (prelude.error) throw new Stopped('memory_limit', 'the limit is too small to begin with');
  const made = vm.callFunction(prelude.value, vm.undefined, vm.newString(setup));
  if (made.error) throw new Stopped('memory_limit', 'the files and inputs do not fit into the memory limit');
  return [vm.getProp(made.value, 0), vm.getProp(made.value, 1), vm.getProp(made.value, 2)];
}

/** The value that the program's function came to, once nothing of it is left to do. */
function settle(
  vm: QuickJSContext,
  { code }: SandboxCall,
  overtime: () => boolean,
  describe: QuickJSHandle,
): QuickJSHandle {
  const program = vm.evalCode(`(async () => {${code}\n})`, 'program.js', { strict: true });
  if (program.error) throw faultOf(vm, program.error, describe, 'syntax');
  if (vm.typeof(program.value) !== 'function') throw new Stopped('syntax', 'the code is not the body of one function');
  const promise = orStop(vm, vm.callFunction(program.value, vm.undefined), describe);
  for (;;) {
    const done = vm.runtime.executePendingJobs(JOBS_AT_ONCE);
    if (done.error) throw faultOf(vm, done.error, describe, 'threw');
    if (overtime()) throw overtimeStop();
    if (done.value === 0) break;
  }
  const state = vm.getPromiseState(promise);
  if (state.type === 'pending') throw new Stopped('never_settled', 'it waits for something that never comes');
  if (state.type === 'rejected') throw faultOf(vm, state.error, describe, 'threw');
  return state.value;
}

function orStop(vm: QuickJSContext, outcome: Outcome, describe: QuickJSHandle): QuickJSHandle {
  if (outcome.error) throw faultOf(vm, outcome.error, describe, 'threw');
  return outcome.value;
}

/** What went wrong, as the program's own words say it; to say it takes a little more time than the limit. */
function faultOf(vm: QuickJSContext, error: QuickJSHandle, describe: QuickJSHandle, otherwise: SandboxFault): Stopped {
  const until = performance.now() + SAYING_MS_MAX;
  vm.runtime.setInterruptHandler(() => performance.now() > until);
  const said = vm.callFunction(describe, vm.undefined, error);
  if (said.error) return new Stopped('memory_limit', 'nothing was left to say what went wrong');
  const [name, message] = JSON.parse(vm.getString(said.value)) as [string, string];
  if (name === 'InternalError' && message === 'interrupted') return overtimeStop();
  if (name === 'InternalError' && message === 'out of memory') return new Stopped('memory_limit', message);
  if (/^(InternalError|RangeError)$/.test(name) && /stack/.test(message)) return new Stopped('stack_limit', message);
  return new Stopped(otherwise, `${name}: ${message}`);
}

const overtimeStop = () => new Stopped('cpu_limit', 'the computing time is used up');

/** A text that came to be inside, if it is one, and not larger than it may be. */
function textIn(vm: QuickJSContext, handle: QuickJSHandle, { limits }: SandboxCall): string {
  if (vm.typeof(handle) !== 'string') throw new Stopped('threw', 'the result cannot be written as JSON');
  if (vm.getNumber(vm.getProp(handle, 'length')) > limits.outputBytes) throw tooMuch(limits.outputBytes);
  const text = vm.getString(handle);
  if (Buffer.byteLength(text) > limits.outputBytes) throw tooMuch(limits.outputBytes);
  return text;
}

const tooMuch = (bytes: number) => new Stopped('output_limit', `result, files and lines are more than ${bytes} bytes`);

function saidUntil(lines: () => string[]): string[] {
  try {
    return lines();
  } catch {
    return [];
  }
}
