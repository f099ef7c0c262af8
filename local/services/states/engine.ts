// The state machines of a runtime and their executions: start, resume after a crash, stop, redrive.
import { randomUUID } from 'node:crypto';
import { ApiError, arnOf, type Caller, type Host } from '../../service.ts';
import { readDefinition } from './definition.ts';
import { CalledOff, calledOff, StateFailure } from './failure.ts';
import { insertHistory, lastEventId } from './history-rows.ts';
import { checkInput, type Machine, newRow, type Started, type Wanted } from './new-execution.ts';
import {
  definitionText,
  type ExecutionRow,
  executionByArn,
  forgetExecutions,
  framesOf,
  insertExecution,
  reopenExecution,
  runningExecutions,
} from './rows.ts';
import { type Office, Run, startedEvent } from './run.ts';
import { createTables } from './schema.ts';
import { TaskDesk } from './task-desk.ts';
import { walkLine } from './walk.ts';

const DAY_MS = 24 * 3600 * 1000;
/** AWS keeps a closed execution, and its name, for 90 days. */
const CLOSED_KEPT_MS = 90 * DAY_MS;

export class Engine implements Office {
  readonly host: Host;
  readonly desk: TaskDesk;
  readonly machines = new Map<string, Machine>();
  readonly #runs = new Map<string, Run>();
  readonly #busy = new Set<Promise<unknown>>();
  #resumed: Promise<void> | undefined;
  #stopping = false;
  #sweep: { cancel(): void } | undefined;

  constructor(host: Host) {
    this.host = host;
    this.desk = new TaskDesk(host);
  }

  /** Creates the tables; to be awaited before anything else. */
  open = (): Promise<void> => this.host.store.durably(createTables);

  add(machine: Machine): void {
    this.machines.set(machine.arn, machine);
  }

  machine(arn: string): Machine {
    const machine = this.machines.get(arn);
    if (!machine) throw new ApiError(400, 'StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return machine;
  }

  /** StartExecution: durable before it resolves. The same name and input, while that runs, is the same execution. */
  async start(wanted: Wanted, caller: Caller): Promise<Started> {
    const machine = this.machine(wanted.stateMachineArn);
    this.host.authorize(caller, 'states:StartExecution', machine.arn);
    checkInput(wanted.input);
    const name = wanted.name ?? randomUUID();
    const arn = arnOf('states', `execution:${machine.name}:${name}`);
    const row = newRow(machine, { arn, name, input: wanted.input, startedMs: this.host.clock.now() });
    const known = await this.host.store.durably((db) => {
      const before = executionByArn(db, arn);
      if (before) return before;
      insertExecution(db, row, machine.definition.text);
      insertHistory(db, arn, [startedEvent(row)]);
      return undefined;
    });
    if (!known) this.#launch(new Run(this, row, machine.definition, [], 1));
    else if (known.status !== 'RUNNING' || known.input !== wanted.input) {
      throw new ApiError(400, 'ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    return { executionArn: arn, startedMs: known?.started_ms ?? row.started_ms };
  }

  /** Goes on with what ran when the runtime ended; once per runtime. */
  resume(): Promise<void> {
    this.#resumed ??= this.#resumeAll();
    return this.#resumed;
  }

  async #resumeAll(): Promise<void> {
    const rows = await this.host.store.durably(runningExecutions);
    for (const row of rows) if (!this.#runs.has(row.arn)) await this.#reopen(row);
    await this.#forgetOld();
  }

  async #reopen(row: ExecutionRow, redriven = false): Promise<void> {
    const { text, frames, eventId } = await this.host.store.durably((db) => ({
      text: definitionText(db, row.definition),
      frames: framesOf(db, row.arn),
      eventId: lastEventId(db, row.arn),
    }));
    const run = new Run(this, row, readDefinition(text), frames, eventId);
    if (redriven)
      run.event(undefined, 'ExecutionRedriven', { executionRedrivenEventDetails: { redriveCount: row.redrives } });
    this.#launch(run);
  }

  #forgetOld = async (): Promise<void> => {
    const beforeMs = this.host.clock.now() - CLOSED_KEPT_MS;
    await this.host.store.durably((db) => forgetExecutions(db, beforeMs));
    this.#sweep = this.host.clock.after(DAY_MS, () => void this.#forgetOld());
  };

  #launch(run: Run): void {
    if (this.#stopping) return;
    this.#runs.set(run.row.arn, run);
    void this.#walk(run)
      .catch(run.broken)
      .finally(() => this.#runs.delete(run.row.arn));
  }

  async #walk(run: Run): Promise<void> {
    const { desk } = this;
    const line = { run, desk, scope: run.definition.root, path: '', signal: run.signal, walk: walkLine };
    try {
      const output = await walkLine(line, run.input);
      await run.finish({ status: 'SUCCEEDED', output: JSON.stringify(output ?? null) });
    } catch (error) {
      if (error instanceof StateFailure) {
        await run.finish({ status: 'FAILED', error: error.error, cause: error.message });
      } else if (error instanceof CalledOff) await run.finish(undefined);
      else run.broken(error as Error);
    }
  }

  /** The execution if it runs now. */
  running = (arn: string): Run | undefined => this.#runs.get(arn);

  /** StopExecution; resolves with when it stopped, once that is durable. */
  async stop(arn: string, why: { error?: string; cause?: string }): Promise<number> {
    await this.resume();
    const run = this.#runs.get(arn);
    if (run) {
      run.callOff({ status: 'ABORTED', ...why });
      await run.ended;
    }
    const row = await this.host.store.durably((db) => executionByArn(db, arn));
    return row?.stopped_ms ?? this.host.clock.now();
  }

  /** RedriveExecution: a failed, stopped or timed-out execution goes on at the state where it ended. */
  async redrive(arn: string): Promise<number> {
    const nowMs = this.host.clock.now();
    const row = await this.host.store.durably((db) => {
      const before = executionByArn(db, arn);
      if (!before || before.status === 'RUNNING' || before.status === 'SUCCEEDED') {
        throw new ApiError(400, 'ExecutionNotRedrivable', `Execution '${arn}' is not redrivable`);
      }
      reopenExecution(db, arn, nowMs);
      return executionByArn(db, arn);
    });
    await this.#reopen(row as ExecutionRow, true);
    return nowMs;
  }

  keepBusy<T>(begin: () => Promise<T>): Promise<T> {
    if (this.#stopping) throw calledOff;
    const work = begin();
    this.#busy.add(work);
    const done = () => void this.#busy.delete(work);
    work.then(done, done);
    return work;
  }

  /** Starts nothing new, lets tasks in flight come to their recorded end, and leaves the rest to the next start. */
  async close(): Promise<void> {
    this.#stopping = true;
    this.#sweep?.cancel();
    await Promise.allSettled(this.#busy);
    // What the tasks brought back is written in this turn; the write after it is durable when theirs are.
    await new Promise((resolve) => setImmediate(resolve));
    await this.host.store.durably(() => undefined);
    for (const run of this.#runs.values()) run.park();
  }
}
