// What the Lambda service of one runtime consists of, and the two calls that everybody else makes to it.
import type { LambdaCalls } from '../../host.ts';
import type { Host, InvokeResult } from '../../service.ts';
import { AsyncInvocations } from './async.ts';
import type { Outcome } from './environment.ts';
import { type Functions, makeFunctions } from './functions.ts';

export type Lambda = {
  functions: Functions;
  invocations: AsyncInvocations;
  start(): Promise<void>;
  stop(): Promise<void>;
};

export function lambdaOf(host: Host): Lambda {
  return host.shared('lambda', () => makeLambda(host));
}

function makeLambda(host: Host): Lambda {
  const functions = makeFunctions(host);
  const invocations = new AsyncInvocations(host, functions);
  let started: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    invocations.pause();
    await functions.stop();
    await invocations.stop();
  };
  host.shared<LambdaCalls>('lambda-calls', () => ({
    async invoke(functionArn, payload, { timeoutMs } = {}) {
      const running = functions.runNow(functions.find(functionArn), JSON.stringify(payload ?? {}));
      return resultOf(timeoutMs === undefined ? await running : await within(timeoutMs, running));
    },
    async invokeAsync(functionArn, payload) {
      await invocations.enqueue(functions.find(functionArn), JSON.stringify(payload ?? {}));
    },
    usage: () => Object.fromEntries([...functions.all()].map(({ name, pool }) => [name, { ...pool.usage }])),
  }));
  // Every function resource starts and stops with its runtime; once is enough for all.
  return {
    functions,
    invocations,
    start: () => {
      started ??= invocations.start();
      return started;
    },
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

function resultOf({ json, failed, lines }: Outcome): InvokeResult {
  const payload: unknown = JSON.parse(json);
  return {
    payload,
    ...(failed ? { functionError: 'Unhandled' as const } : {}),
    logTail: lines.join('\n').slice(-4096),
  };
}

// The function itself goes on until its own time-out: a caller that stops waiting does not stop it, as on AWS.
function within(timeoutMs: number, running: Promise<Outcome>): Promise<Outcome> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      const errorMessage = `The caller's time-out of ${(timeoutMs / 1000).toFixed(2)} seconds passed`;
      resolve({
        json: JSON.stringify({ errorType: 'Sandbox.Timedout', errorMessage, trace: [] }),
        failed: true,
        lines: [],
      });
    }, timeoutMs);
    void running.then((outcome) => {
      clearTimeout(timer);
      resolve(outcome);
    });
  });
}
