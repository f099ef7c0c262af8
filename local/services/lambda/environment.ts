// One Lambda environment: a worker thread that serves one invocation at a time. Whatever happens inside (a throw, an
// endless loop, an exit, a leak) ends at most this thread, and the caller is told what AWS would tell.
import { Worker } from 'node:worker_threads';
import type { Tables } from '../../../functions/common/table.ts';
import { guardMemory, v8LimitMb } from './memory-guard.ts';
import type { ErrorShape, FromWorker, TableAnswer, TableCall, ToWorker, WorkerSetup } from './worker/protocol.ts';

export type Outcome = {
  /** what the handler returned, or the error as an object, as JSON text */
  json: string;
  failed: boolean;
  lines: string[];
};
export type Job = { requestId: string; json: string; settle(outcome: Outcome): void };

export type EnvironmentOptions = {
  entry: string;
  setup: WorkerSetup;
  env: Record<string, string>;
  memoryMb: number;
  timeoutMs: number;
  tables: Tables;
  /** chaos: after how many real milliseconds this invocation's environment dies; undefined = it lives */
  killAfterMs?(): number | undefined;
  onReady(): void;
  /** the environment is gone before it took a job: its module did not load */
  onBroken(outcome: Outcome): void;
  onIdle(): void;
  /** the thread is gone, for whatever reason */
  onEnd(): void;
  onLines(lines: string[]): void;
};

export interface Environment {
  /** real time since when it has had nothing to do */
  idleSinceMs: number;
  run(job: Job): void;
  end(): Promise<void>;
}

/** Loading the module may take so long, as on AWS. */
const initMostMs = 10_000;

/** Starts the thread; `onReady` says when it takes its first job. */
export function startEnvironment(options: EnvironmentOptions): Environment {
  const worker = newWorker(options);
  let job: Job | undefined;
  let timers: NodeJS.Timeout[] = [];
  let ended = false;
  let ready = false;
  let causeOfEnd: ErrorShape | undefined;
  const post = (message: ToWorker) => worker.postMessage(message);
  const answer = tableServer(options.tables, (answers) => !ended && post({ kind: 'answers', answers }));

  const loading = {};
  const currentJob = () => job ?? (ready ? undefined : loading);
  const unguard = guardMemory(worker, options.memoryMb, currentJob, () => void end(outOfMemory()));
  const initTimer = setTimeout(() => void end(timedOut(initMostMs)), initMostMs);

  function settle(outcome: Outcome): void {
    const settled = job;
    job = undefined;
    for (const timer of timers) clearTimeout(timer);
    timers = [];
    settled?.settle(outcome);
  }

  function finish(message: Extract<FromWorker, { kind: 'done' }>): void {
    if (causeOfEnd || message.requestId !== job?.requestId) return;
    const json = message.error ? JSON.stringify(message.error) : (message.json ?? 'null');
    environment.idleSinceMs = performance.now();
    settle({ json, failed: message.error !== undefined, lines: message.lines });
    options.onIdle();
  }

  function end(cause?: ErrorShape): Promise<unknown> {
    causeOfEnd ??= cause;
    return worker.terminate();
  }

  function buried(code: number): void {
    unguard();
    clearTimeout(initTimer);
    if (ended) return;
    ended = true;
    options.onEnd();
    const cause = causeOfEnd ?? exitError(code);
    const outcome = failure({ ...cause, errorMessage: cause.errorMessage.replace('$REQUEST', job?.requestId ?? '') });
    if (job) settle(outcome);
    else if (!ready) options.onBroken(outcome);
  }

  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'tables') answer(message.calls);
    else if (message.kind === 'done') finish(message);
    else if (message.kind === 'lines') options.onLines(message.lines);
    else if (message.kind === 'ready') {
      ready = true;
      clearTimeout(initTimer);
      options.onReady();
    } else {
      if (message.kind === 'fatal') options.onLines(message.lines);
      void end(message.error);
    }
  });
  worker.on('error', (error: Error & { code?: string }) => {
    causeOfEnd ??= error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? outOfMemory() : exitError(1);
  });
  worker.on('exit', buried);

  const environment: Environment = {
    idleSinceMs: performance.now(),
    run(next) {
      job = next;
      const { timeoutMs } = options;
      timers = [setTimeout(() => void end(timedOut(timeoutMs)), timeoutMs)];
      const killAfterMs = options.killAfterMs?.();
      if (killAfterMs !== undefined) timers.push(setTimeout(() => void end(exitError(137)), killAfterMs));
      const traceId = traceOf(next.requestId);
      post({ kind: 'invoke', requestId: next.requestId, json: next.json, deadlineMs: Date.now() + timeoutMs, traceId });
    },
    end: async () => {
      await end();
    },
  };
  return environment;
}

function newWorker({ entry, setup, env, memoryMb }: EnvironmentOptions): Worker {
  return new Worker(entry, {
    workerData: setup,
    env,
    execArgv: [],
    stdout: true,
    stderr: true,
    // A small young generation: dozens of threads are kept warm, and each would hold some 30 MB more of it.
    resourceLimits: { maxOldGenerationSizeMb: v8LimitMb(memoryMb), maxYoungGenerationSizeMb: 8 },
  });
}

/** Answers table calls; all that is settled in one turn goes back in one message. */
function tableServer(tables: Tables, post: (answers: TableAnswer[]) => void): (calls: TableCall[]) => void {
  let answers: TableAnswer[] = [];
  const flush = () => {
    const settled = answers;
    answers = [];
    post(settled);
  };
  const push = (answer: TableAnswer) => {
    if (answers.push(answer) === 1) queueMicrotask(flush);
  };
  return (calls) => {
    for (const [id, operation, args] of calls) {
      const asked = tables[operation] as (...args: unknown[]) => Promise<unknown>;
      asked(...args).then(
        (value) => push([id, value]),
        (error: Error) => push([id, undefined, { name: error.name, message: error.message }]),
      );
    }
  };
}

export function failure(error: ErrorShape): Outcome {
  return { json: JSON.stringify(error.trace.length > 0 ? error : { ...error, trace: [] }), failed: true, lines: [] };
}

function timedOut(timeoutMs: number): ErrorShape {
  const seconds = (timeoutMs / 1000).toFixed(2);
  const errorMessage = `RequestId: $REQUEST Error: Task timed out after ${seconds} seconds`;
  return { errorType: 'Sandbox.Timedout', errorMessage, trace: [] };
}

function exitError(code: number): ErrorShape {
  const how =
    code === 0
      ? 'Runtime exited without providing a reason'
      : code === 137
        ? 'Runtime exited with error: signal: killed'
        : `Runtime exited with error: exit status ${code}`;
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: $REQUEST Error: ${how}`, trace: [] };
}

function outOfMemory(): ErrorShape {
  const errorMessage = 'RequestId: $REQUEST Error: Runtime exited with error: signal: killed';
  return { errorType: 'Runtime.OutOfMemory', errorMessage, trace: [] };
}

// X-Ray's form, made from the request id so that it costs nothing.
function traceOf(requestId: string): string {
  const hex = requestId.replaceAll('-', '').padEnd(32, '0');
  return `Root=1-${hex.slice(0, 8)}-${hex.slice(8, 32)};Parent=${hex.slice(0, 16)};Sampled=0`;
}
