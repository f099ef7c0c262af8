// A line of states under way: what walking, visiting and tasks pass to each other, and the context object it gives.
import type { Scope, StateNode } from './definition.ts';
import type { Context } from './evaluate.ts';
import type { Frame } from './rows.ts';
import type { Run } from './run.ts';
import type { TaskDesk } from './task-desk.ts';

export type Line = {
  run: Run;
  desk: TaskDesk;
  scope: Scope;
  path: string;
  signal: AbortSignal;
  /** the Map item that this line, or one around it, works on */
  item?: { Index: number; Value: unknown };
  /** walks a line below this one: from its recorded frame, or from `input` */
  walk(line: Line, input: unknown, cause: Frame): Promise<unknown>;
};

/** What a state does; `next` is missing at the end of a line. */
export type Step = { next?: string; output: unknown };
export type Visit = (line: Line, node: StateNode, frame: Frame) => Promise<Step>;

/** The context object (`$$`) as a state sees it. */
export function contextOf({ run, item }: Line, frame: Frame): Context {
  const { row } = run;
  const iso = (epochMs: number) => new Date(epochMs).toISOString();
  return {
    Execution: {
      Id: row.arn,
      Input: run.input,
      Name: row.name,
      RoleArn: row.role,
      StartTime: iso(row.started_ms),
      RedriveCount: row.redrives,
    },
    StateMachine: { Id: row.machine, Name: row.machine.slice(row.machine.lastIndexOf(':') + 1) },
    State: {
      Name: frame.state,
      EnteredTime: iso(frame.enteredMs),
      RetryCount: (frame.detail.retries ?? []).reduce((sum, count) => sum + count, 0),
    },
    ...(frame.detail.token ? { Task: { Token: frame.detail.token } } : {}),
    ...(item ? { Map: { Item: item } } : {}),
  };
}
