// One running execution in memory: its frames, its history numbers, and the only way it writes what is durable.
import type { DatabaseSync } from 'node:sqlite';
import type { Caller, Host, Timer } from '../../service.ts';
import { epochSeconds } from '../json-api.ts';
import type { Definition } from './definition.ts';
import { CalledOff, calledOff, HISTORY_EVENTS_MAX, historyFull } from './failure.ts';
import { insertHistory } from './history-rows.ts';
import { type ExecutionRow, type Frame, finishExecution, type Status } from './rows.ts';

export type HistoryEvent = {
  id: number;
  previousEventId: number;
  timestamp: number;
  type: string;
  [details: string]: unknown;
};
export type End = { status: Exclude<Status, 'RUNNING'>; output?: string; error?: string; cause?: string };

/** What a run needs of the service around it. */
export type Office = {
  host: Host;
  /** begins work that a graceful stop waits for; throws CalledOff when the stop has begun */
  keepBusy<T>(work: () => Promise<T>): Promise<T>;
  start(
    wanted: { stateMachineArn: string; name?: string; input: string },
    caller: Caller,
  ): Promise<{ executionArn: string; startedMs: number }>;
};

export class Run {
  readonly host: Host;
  readonly row: ExecutionRow;
  readonly definition: Definition;
  /** the execution's input, parsed */
  readonly input: unknown;
  readonly frames: Map<string, Frame>;
  /** resolves when the end is durable; stays open when the run is only parked */
  readonly ended: Promise<End>;
  readonly #office: Office;
  #resolveEnded: (end: End) => void;
  #lastEventId: number;
  #events: HistoryEvent[] = [];
  #controller = new AbortController();
  #end: End | undefined;
  #deadline: Timer | undefined;

  constructor(office: Office, row: ExecutionRow, definition: Definition, frames: Frame[], lastEventId: number) {
    const { host } = office;
    this.#office = office;
    this.host = host;
    this.row = row;
    this.definition = definition;
    this.input = JSON.parse(row.input);
    this.frames = new Map(frames.map((frame) => [frame.path, frame]));
    this.#lastEventId = lastEventId;
    const { promise, resolve } = Promise.withResolvers<End>();
    this.ended = promise;
    this.#resolveEnded = resolve;
    if (definition.timeoutSeconds !== undefined) {
      // A redriven execution has all its time again, as on AWS.
      const sinceMs = row.redrives > 0 ? host.clock.now() : row.started_ms;
      this.#deadline = host.clock.at(sinceMs + definition.timeoutSeconds * 1000, () =>
        this.callOff({ status: 'TIMED_OUT', error: 'States.Timeout' }),
      );
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Adds to the history; it becomes durable with the next write. Throws once the history is full. */
  event(frame: Frame | undefined, type: string, details: Record<string, unknown> = {}): void {
    if (this.#lastEventId >= HISTORY_EVENTS_MAX - 1) throw historyFull();
    this.#record(frame, type, details);
  }

  #record(frame: Frame | undefined, type: string, details: Record<string, unknown>): void {
    const id = ++this.#lastEventId;
    const previousEventId = frame?.detail.eventId ?? id - 1;
    if (frame) frame.detail.eventId = id;
    this.#events.push({ timestamp: epochSeconds(this.host.clock.now()), type, id, previousEventId, ...details });
  }

  /** Makes a change durable, with the history so far. Order is kept; a line that is called off writes nothing. */
  write(signal: AbortSignal, change: (db: DatabaseSync) => void): Promise<void> {
    if (signal.aborted) throw calledOff;
    return this.#durably(change);
  }

  /** A write that nobody waits for: losing it in a crash only means that the same step is made again. */
  writeLater(signal: AbortSignal, change: (db: DatabaseSync) => void): void {
    this.write(signal, change).catch(this.broken);
  }

  /** The store refused a write: nothing may go on that is not recorded. A new start resumes from what is. */
  broken = (error: Error): void => {
    if (error instanceof CalledOff) return;
    this.host.log({ level: 'error', service: 'states', execution: this.row.arn, message: error.message });
    this.park();
  };

  /** Makes the history so far durable, for a reader of the history. */
  flush(): Promise<void> {
    return this.#durably(() => undefined);
  }

  keepBusy<T>(work: () => Promise<T>): Promise<T> {
    return this.#office.keepBusy(work);
  }

  startOther(
    wanted: { stateMachineArn: string; name?: string; input: string },
    caller: Caller,
  ): Promise<{ executionArn: string; startedMs: number }> {
    return this.#office.start(wanted, caller);
  }

  #durably(change: (db: DatabaseSync) => void): Promise<void> {
    const events = this.#events.splice(0);
    return this.host.store.durably((db) => {
      insertHistory(db, this.row.arn, events);
      change(db);
    });
  }

  /** Ends the execution from outside: StopExecution, or its own time-out. */
  callOff(end: End): void {
    this.#end ??= end;
    this.#controller.abort(calledOff);
  }

  /** Stops walking and leaves everything as it is recorded; a new start goes on from there. */
  park(): void {
    this.#deadline?.cancel();
    this.#controller.abort(calledOff);
  }

  /** Records how the walk ended. What called it off from outside wins; a parked run records nothing. */
  async finish(walked: End | undefined): Promise<void> {
    const end = this.#end ?? walked;
    this.#deadline?.cancel();
    if (!end) return;
    this.#end = end;
    this.#controller.abort(calledOff);
    this.#record(undefined, EVENT[end.status], detailsOf(end));
    await this.#durably((db) => finishExecution(db, this.row.arn, { ...end, stoppedMs: this.host.clock.now() }));
    this.#resolveEnded(end);
  }
}

/** The first event of every history. */
export const startedEvent = ({ input, role, started_ms }: ExecutionRow): HistoryEvent => ({
  timestamp: epochSeconds(started_ms),
  type: 'ExecutionStarted',
  id: 1,
  previousEventId: 0,
  executionStartedEventDetails: { input, inputDetails: { truncated: false }, roleArn: role },
});

const EVENT: Record<End['status'], string> = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
};

function detailsOf(end: End): Record<string, unknown> {
  const type = EVENT[end.status];
  const name = `${type[0]?.toLowerCase()}${type.slice(1)}EventDetails`;
  const { output, error, cause } = end;
  return { [name]: end.status === 'SUCCEEDED' ? { output, outputDetails: { truncated: false } } : { error, cause } };
}
