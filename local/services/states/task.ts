// One attempt of a Task state: hand the work over, keep its time limits, write what happened into the history.
import type { StateNode, TaskTarget } from './definition.ts';
import { type Context, valueAt } from './evaluate.ts';
import { calledOff, jsonWithinLimit, StateFailure } from './failure.ts';
import { perform } from './integrations.ts';
import type { Line } from './line.ts';
import { type Frame, frameCopy, saveFrame } from './rows.ts';
import { insertToken } from './token-rows.ts';
import { beforeTime } from './waiting.ts';

/** Does the task with its effective input; returns its result. Throws StateFailure or CalledOff. */
export async function runTask(
  line: Line,
  node: StateNode,
  frame: Frame,
  input: unknown,
  context: Context,
): Promise<unknown> {
  const { run } = line;
  const parameters = jsonWithinLimit(input, `input of the task ${node.name}`);
  const seconds = (field: string) => secondsOf(node, field, frame.input, context);
  // A token keeps its deadline through a crash; work that died with the process is asked for again, with all its time.
  const sinceMs = frame.detail.tokenMs ?? run.host.clock.now();
  const atMs = sinceMs + (await seconds('TimeoutSeconds')) * 1000;
  const heartbeatMs = (await seconds('HeartbeatSeconds')) * 1000;
  const over = new AbortController();
  const signal = AbortSignal.any([line.signal, over.signal]);
  const say = reporter(line, node, frame);
  try {
    const work = attempt({ ...line, signal }, node, frame, { input, parameters, heartbeatMs });
    const late = () => new StateFailure('States.Timeout', '');
    const result = await beforeTime(work, { clock: run.host.clock, atMs, late, signal });
    say('Succeeded', { output: jsonWithinLimit(result, `result of the task ${node.name}`) });
    return result;
  } catch (error) {
    if (error instanceof StateFailure && !line.signal.aborted) {
      const kind = error.error.endsWith('Timeout') ? 'TimedOut' : 'Failed';
      say(kind, { error: error.error, cause: error.message });
    }
    throw error;
  } finally {
    over.abort(calledOff);
  }
}

type Attempt = { input: unknown; parameters: string; heartbeatMs: number };

async function attempt(line: Line, node: StateNode, frame: Frame, asked: Attempt): Promise<unknown> {
  const target = node.target as TaskTarget;
  const say = reporter(line, node, frame);
  const { token, submitted } = frame.detail;
  if (!submitted) {
    if (token) await giveOut(line, frame, token);
    say('Scheduled', { parameters: asked.parameters, input: asked.parameters, region: line.run.host.region });
    say('Started', {});
    const result = await line.run.keepBusy(() => perform(target, asked.input, line.run));
    if (!token) return result;
    if (line.signal.aborted) throw calledOff;
    frame.detail.submitted = true;
    say('Submitted', { output: JSON.stringify(result ?? null) });
    const copy = frameCopy(frame);
    line.run.writeLater(line.signal, (db) => saveFrame(db, line.run.row.arn, copy));
  }
  return line.desk.answer(token as string, asked.heartbeatMs, line.signal);
}

/** The token is durable before anybody can learn it, so that an answer after a crash finds its task. */
function giveOut({ run, signal, path }: Line, frame: Frame, token: string): Promise<void> {
  const copy = frameCopy(frame);
  return run.write(signal, (db) => {
    saveFrame(db, run.row.arn, copy);
    insertToken(db, token, run.row.arn, path, run.host.clock.now());
  });
}

/** Without the field there is no limit. */
async function secondsOf(node: StateNode, field: string, input: unknown, context: Context): Promise<number> {
  const path = `${field}Path`;
  const value = path in node.fields ? await valueAt(node.fields, path, input, context) : node.fields[field];
  if (value === undefined) return Number.POSITIVE_INFINITY;
  if (typeof value === 'number' && value > 0) return value;
  throw new StateFailure('States.Runtime', `${field} of the state ${node.name} is not a positive number`);
}

/** Writes LambdaFunction… events for a plain function ARN and Task… events for an integration, as AWS does. */
function reporter({ run }: Line, { target, fields }: StateNode, frame: Frame) {
  const isFunction = target?.kind === 'function';
  const [resourceType = '', resource = ''] = String(fields.Resource).split(':::').at(-1)?.split(':') ?? [];
  return (kind: string, details: Record<string, unknown>) => {
    if (isFunction) {
      const type = `LambdaFunction${kind}`;
      const { output, error, cause } = details;
      const shown =
        kind === 'Scheduled' ? { resource: fields.Resource, input: details.input } : { output, error, cause };
      run.event(frame, type, kind === 'Started' ? {} : { [`l${type.slice(1)}EventDetails`]: shown });
      return;
    }
    const { input: _, ...shown } = details;
    run.event(frame, `Task${kind}`, { [`task${kind}EventDetails`]: { resourceType, resource, ...shown } });
  };
}
