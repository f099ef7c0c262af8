// The environments of one function: made when work waits for them, kept warm, let go when they are too many.
import { type Environment, type EnvironmentOptions, type Job, type Outcome, startEnvironment } from './environment.ts';

/** How long work waits for a warm environment to come free before another one is made: about what making one costs. */
const patienceMs = 20;
const idleMostMs = 30_000;

export interface Pool {
  /** the handler's answer, or what went wrong; never rejects */
  run(requestId: string, json: string): Promise<Outcome>;
  /** invocations running or waiting */
  load(): number;
  /** ends all environments but one that have been idle for long */
  retire(): void;
  /** lets what runs finish for at most `graceMs`, then ends everything; what waits or did not finish stays unanswered */
  stop(graceMs: number): Promise<void>;
}

export type PoolOptions = Omit<EnvironmentOptions, 'onReady' | 'onIdle' | 'onBroken' | 'onEnd'> & { limit: number };

export function makePool(options: PoolOptions): Pool {
  const waiting: Job[] = [];
  const idle: Environment[] = [];
  const all = new Set<Environment>();
  let starting = 0;
  let running = 0;
  let stopped = false;
  let abandoned = false;
  let whenQuiet: (() => void) | undefined;
  let patience: NodeJS.Timeout | undefined;

  function dispatch(): void {
    while (!stopped && waiting.length > 0 && idle.length > 0) {
      running += 1;
      idle.pop()!.run(waiting.shift()!);
    }
    if (stopped || waiting.length === 0 || all.size >= options.limit || starting > 0) return;
    if (all.size === 0) grow();
    else patience ??= setTimeout(lostPatience, patienceMs);
  }

  function lostPatience(): void {
    patience = undefined;
    if (!stopped && waiting.length > 0 && starting === 0 && all.size < options.limit) grow();
  }

  function grow(): void {
    starting += 1;
    let ready = false;
    const started = () => {
      if (!ready) starting -= 1;
      ready = true;
    };
    const environment: Environment = startEnvironment({
      ...options,
      onReady: () => {
        started();
        idle.push(environment);
        dispatch();
      },
      onIdle: () => {
        idle.push(environment);
        dispatch();
      },
      onBroken: (outcome) => {
        const hit = waiting.shift();
        if (hit) running += 1;
        hit?.settle(outcome);
      },
      onEnd: () => {
        started();
        all.delete(environment);
        const at = idle.indexOf(environment);
        if (at >= 0) idle.splice(at, 1);
        queueMicrotask(dispatch);
      },
    });
    all.add(environment);
  }

  function run(requestId: string, json: string): Promise<Outcome> {
    return new Promise((resolve) => {
      const settle = (outcome: Outcome) => {
        if (abandoned) return;
        running -= 1;
        if (running === 0) whenQuiet?.();
        if (outcome.lines.length > 0) options.onLines(outcome.lines);
        resolve(outcome);
      };
      waiting.push({ requestId, json, settle });
      dispatch();
    });
  }

  return {
    run,
    load: () => running + waiting.length,
    retire: () => {
      const before = performance.now() - idleMostMs;
      const old = idle.filter(({ idleSinceMs }) => idleSinceMs < before);
      for (const environment of old.slice(0, all.size - 1)) void environment.end();
    },
    stop: async (graceMs) => {
      stopped = true;
      clearTimeout(patience);
      if (running > 0) await quiet(graceMs, (callback) => (whenQuiet = callback));
      abandoned = true;
      await Promise.all([...all].map((environment) => environment.end()));
    },
  };
}

function quiet(graceMs: number, listen: (callback: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, graceMs);
    listen(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
