// The environments of one function: made when work waits for them, kept warm, let go when they are too many.
import { type Environment, type EnvironmentOptions, type Job, type Outcome, startEnvironment } from './environment.ts';

/**
 * How long work waits for a warm environment before a second one is made: about what making one costs. Twice as long
 * for each further one, for on few cores a crowd of cold environments is slower than a few warm ones.
 */
const patienceMs = 20;
/** With every core in use, a further environment waits until somebody has waited this long: it may be work that sleeps. */
const patienceMostMs = 1_000;
const idleMostMs = 30_000;
const lastIdleMostMs = 300_000;

/** `billedMs` is real time from hand-over to answer; `waitedMs` the time before that. */
export type FunctionUsage = {
  invocations: number;
  coldStarts: number;
  failures: number;
  billedMs: number;
  waitedMs: number;
};

type PoolJob = Job & { askedMs: number; handedOverMs?: number };

export type PoolOptions = Omit<EnvironmentOptions, 'onReady' | 'onIdle' | 'onBroken' | 'onEnd'> & {
  limit: number;
  isProcessorBusy(): boolean;
};

export class Pool {
  /** what has run since the start */
  readonly usage: FunctionUsage = { invocations: 0, coldStarts: 0, failures: 0, billedMs: 0, waitedMs: 0 };
  readonly #options: PoolOptions;
  readonly #waiting: PoolJob[] = [];
  readonly #idle: Environment[] = [];
  readonly #all = new Set<Environment>();
  #starting = 0;
  #running = 0;
  #stopped = false;
  #abandoned = false;
  #whenQuiet: (() => void) | undefined;
  #patience: NodeJS.Timeout | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** The handler's answer, or what went wrong; never rejects. */
  run(requestId: string, json: string): Promise<Outcome> {
    return new Promise((resolve) => {
      const settle = (outcome: Outcome) => {
        if (this.#abandoned) return;
        this.#account(job, outcome);
        if (outcome.lines.length > 0) this.#options.onLines(outcome.lines);
        resolve(outcome);
      };
      const job: PoolJob = { requestId, json, settle, askedMs: performance.now() };
      this.#waiting.push(job);
      this.#dispatch();
    });
  }

  /** Invocations running or waiting. */
  load(): number {
    return this.#running + this.#waiting.length;
  }

  /** Ends environments that have been idle for long; the last one may be so for longer. */
  retire(): void {
    const idleFor = ({ idleSinceMs }: Environment) => performance.now() - idleSinceMs;
    let left = this.#all.size;
    for (const environment of this.#idle.filter((one) => idleFor(one) > idleMostMs)) {
      if (left === 1 && idleFor(environment) < lastIdleMostMs) break;
      left -= 1;
      void this.#end(environment);
    }
  }

  // Off the list first: an environment that is ending must not be handed a job.
  async #end(environment: Environment): Promise<void> {
    this.#idle.splice(this.#idle.indexOf(environment), 1);
    await environment.end();
  }

  /** Lets what runs finish for at most `graceMs`, then ends everything; what did not finish stays unanswered. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#patience);
    if (this.#running > 0) await this.#quiet(graceMs);
    this.#abandoned = true;
    await Promise.all([...this.#all].map((environment) => environment.end()));
  }

  #dispatch(): void {
    while (!this.#stopped && this.#waiting.length > 0 && this.#idle.length > 0) this.#handOver();
    if (this.#stopped || this.#waiting.length === 0 || !this.#mayGrow()) return;
    if (this.#all.size === 0) this.#grow();
    else this.#patience ??= setTimeout(() => this.#losePatience(), patienceMs * 2 ** (this.#all.size - 1));
  }

  #handOver(): void {
    const job = this.#waiting.shift()!;
    job.handedOverMs = performance.now();
    this.#running += 1;
    this.#idle.pop()!.run(job);
  }

  #mayGrow(): boolean {
    return this.#starting === 0 && this.#all.size < this.#options.limit;
  }

  #losePatience(): void {
    this.#patience = undefined;
    const waitedMs = performance.now() - (this.#waiting[0]?.askedMs ?? Number.POSITIVE_INFINITY);
    const isWorthIt = !this.#options.isProcessorBusy() || waitedMs > patienceMostMs;
    if (!this.#stopped && isWorthIt && this.#waiting.length > 0 && this.#mayGrow()) this.#grow();
    else this.#dispatch();
  }

  #grow(): void {
    this.#starting += 1;
    this.usage.coldStarts += 1;
    let isStarting = true;
    const started = () => {
      if (isStarting) this.#starting -= 1;
      isStarting = false;
    };
    const freed = () => {
      this.#idle.push(environment);
      this.#dispatch();
    };
    const environment: Environment = startEnvironment({
      ...this.#options,
      onReady: () => {
        started();
        freed();
      },
      onIdle: freed,
      onBroken: (outcome) => this.#failNext(outcome),
      onEnd: () => {
        started();
        this.#forget(environment);
      },
    });
    this.#all.add(environment);
  }

  // No environment can load this module: one waiting call after the other is told so.
  #failNext(outcome: Outcome): void {
    const job = this.#waiting.shift();
    if (!job) return;
    this.#running += 1;
    job.settle(outcome);
  }

  #forget(environment: Environment): void {
    this.#all.delete(environment);
    const at = this.#idle.indexOf(environment);
    if (at >= 0) this.#idle.splice(at, 1);
    queueMicrotask(() => this.#dispatch());
  }

  #account({ askedMs, handedOverMs }: PoolJob, outcome: Outcome): void {
    const nowMs = performance.now();
    this.#running -= 1;
    if (this.#running === 0) this.#whenQuiet?.();
    this.usage.invocations += 1;
    if (outcome.failed) this.usage.failures += 1;
    this.usage.waitedMs += (handedOverMs ?? nowMs) - askedMs;
    this.usage.billedMs += handedOverMs === undefined ? 0 : nowMs - handedOverMs;
  }

  #quiet(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#whenQuiet = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
