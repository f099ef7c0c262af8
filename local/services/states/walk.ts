// Walks one line of states (the machine itself, a branch, an iteration) from where its frame stands to its end.
import type { StateNode } from './definition.ts';
import { caughtOutput } from './evaluate.ts';
import { CalledOff, calledOff, catcherFor, jsonWithinLimit, retryFor, StateFailure } from './failure.ts';
import type { Line, Step } from './line.ts';
import { dropFramesBelow, type Frame, frameCopy, saveFrame } from './rows.ts';
import type { Run } from './run.ts';
import { VISITS } from './visits.ts';
import { pauseUntil } from './waiting.ts';

/** Steps that are only computed are not waited for, but so many at once must not hold up everything else. */
const STEPS_WITHOUT_PAUSE_MAX = 20;

/** Goes on from the line's recorded frame, or enters it with `input`; returns the line's output. */
export async function walkLine(line: Line, input: unknown, cause?: Frame): Promise<unknown> {
  const frame = line.run.frames.get(line.path) ?? enterLine(line, input, cause);
  for (let steps = 1; !frame.done; steps++) {
    const node = line.scope.states[frame.state] as StateNode;
    const step = await visit(line, node, frame);
    const saved = leaveState(line, node, frame, step);
    // A task's result is durable before the next state acts on it; what is only computed may be computed again.
    if (node.type === 'Task' || node.scopes.length > 0 || steps % STEPS_WITHOUT_PAUSE_MAX === 0) await saved;
    else saved.catch(line.run.broken);
  }
  return frame.output;
}

function enterLine(line: Line, input: unknown, cause: Frame | undefined): Frame {
  const { run, path, scope, signal } = line;
  const detail = { eventId: cause?.detail.eventId };
  const enteredMs = run.host.clock.now();
  const frame: Frame = { path, state: scope.startAt, input, enteredMs, detail, done: false };
  run.frames.set(path, frame);
  enteredEvent(line, frame);
  const copy = frameCopy(frame);
  run.writeLater(signal, (db) => saveFrame(db, run.row.arn, copy));
  return frame;
}

function enteredEvent(line: Line, frame: Frame): void {
  const { type } = line.scope.states[frame.state] as StateNode;
  const input = JSON.stringify(frame.input ?? null);
  line.run.event(frame, `${type}StateEntered`, {
    stateEnteredEventDetails: { name: frame.state, input, inputDetails: { truncated: false } },
  });
}

/** Moves the frame to the next state, or ends it, and records so. */
function leaveState(line: Line, node: StateNode, frame: Frame, step: Step): Promise<void> {
  const { token } = frame.detail;
  const output = JSON.stringify(step.output ?? null);
  line.run.event(frame, `${node.type}StateExited`, {
    stateExitedEventDetails: { name: node.name, output, outputDetails: { truncated: false } },
  });
  const { eventId } = frame.detail;
  if (step.next === undefined) Object.assign(frame, { done: true, output: step.output, detail: { eventId } });
  else {
    const enteredMs = line.run.host.clock.now();
    Object.assign(frame, { state: step.next, input: step.output, enteredMs, detail: { eventId } });
    enteredEvent(line, frame);
  }
  return saveMove(line, node, frame, token);
}

/** Records a frame that left its state or tries it again; what stood below it and its token are over. */
function saveMove(line: Line, node: StateNode, frame: Frame, token: string | undefined): Promise<void> {
  const { run, path, signal, desk } = line;
  const isGroup = node.scopes.length > 0;
  if (isGroup) forgetBelow(run, path);
  const copy = frameCopy(frame);
  return run.write(signal, (db) => {
    saveFrame(db, run.row.arn, copy);
    if (isGroup) dropFramesBelow(db, run.row.arn, path);
    desk.end(db, token);
  });
}

function forgetBelow(run: Run, path: string): void {
  for (const known of run.frames.keys()) if (known.startsWith(`${path}/`)) run.frames.delete(known);
}

/** One state with its retries and catches. */
async function visit(line: Line, node: StateNode, frame: Frame): Promise<Step> {
  for (;;) {
    try {
      if (frame.detail.retryMs !== undefined) await pauseUntil(line.run.host.clock, frame.detail.retryMs, line.signal);
      const step = await VISITS[node.type](line, node, frame);
      jsonWithinLimit(step.output, `output of the state ${node.name}`);
      if (line.signal.aborted) throw calledOff;
      return step;
    } catch (error) {
      if (line.signal.aborted || error instanceof CalledOff) throw calledOff;
      const failure = error instanceof StateFailure ? error : new StateFailure('States.Runtime', String(error));
      const caught = await handleFailure(line, node, frame, failure);
      if (caught) return caught;
    }
  }
}

/** After a failure: nothing = try again, a step = caught; else the failure goes on. */
async function handleFailure(
  line: Line,
  node: StateNode,
  frame: Frame,
  failure: StateFailure,
): Promise<Step | undefined> {
  const { retries = [], token, eventId } = frame.detail;
  const retry = retryFor(node.retriers, failure.error, retries, Math.random);
  if (retry) {
    const counted = node.retriers.map((_, index) => (retries[index] ?? 0) + (index === retry.index ? 1 : 0));
    frame.detail = { eventId, retries: counted, retryMs: line.run.host.clock.now() + retry.delayMs };
    await saveMove(line, node, frame, token);
    return undefined;
  }
  const catcher = catcherFor(node.catchers, failure.error);
  if (!catcher) throw failure;
  return { next: catcher.Next, output: await caughtOutput(catcher, frame.input, failure) };
}
