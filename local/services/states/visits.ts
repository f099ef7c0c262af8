// What each type of state does when a line stands in it.
import type { StateNode } from './definition.ts';
import { type Context, choose, effectiveInput, output, valueAt } from './evaluate.ts';
import { StateFailure } from './failure.ts';
import { visitMap, visitParallel } from './groups.ts';
import { contextOf, type Line, type Visit } from './line.ts';
import type { Frame } from './rows.ts';
import { runTask } from './task.ts';
import { pauseUntil } from './waiting.ts';

type Work = (line: Line, node: StateNode, frame: Frame, input: unknown, context: Context) => unknown;

/** Input fields, the work, output fields. */
const working =
  (work: Work): Visit =>
  async (line, node, frame) => {
    const context = contextOf(line, frame);
    const input = await effectiveInput(node.fields, frame.input, context);
    const result = await work(line, node, frame, input, context);
    return { next: node.next, output: await output(node.fields, frame.input, result, context) };
  };

const visitTask: Visit = (line, node, frame) => {
  if (node.target?.kind === 'service' && node.target.callback) {
    frame.detail.token ??= line.desk.newToken();
    frame.detail.tokenMs ??= line.run.host.clock.now();
  }
  return working(runTask)(line, node, frame);
};

const visitWait: Work = async (line, node, frame, input, context) => {
  await pauseUntil(line.run.host.clock, await wakeMs(node, frame, input, context), line.signal);
  return input;
};

/** When a Wait ends, counted from when the state was entered, so that a restart changes nothing. */
async function wakeMs(node: StateNode, frame: Frame, input: unknown, context: Context): Promise<number> {
  const { fields } = node;
  const said = (field: string) =>
    `${field}Path` in fields ? valueAt(fields, `${field}Path`, input, context) : fields[field];
  const seconds = await said('Seconds');
  if (typeof seconds === 'number' && seconds >= 0) return frame.enteredMs + seconds * 1000;
  const timestampMs = seconds === undefined ? Date.parse(String(await said('Timestamp'))) : Number.NaN;
  if (!Number.isNaN(timestampMs)) return timestampMs;
  throw new StateFailure('States.Runtime', `The state ${node.name} has no valid time to wait for`);
}

const visitChoice: Visit = async (line, node, frame) => {
  const context = contextOf(line, frame);
  const input = await effectiveInput(node.fields, frame.input, context);
  const next = await choose(node.fields, input, context);
  return { next, output: await output(node.fields, frame.input, input, context) };
};

const visitFail: Visit = async (line, node, frame) => {
  const said = async (field: string) => {
    if (!(`${field}Path` in node.fields)) return String(node.fields[field] ?? '');
    return String(await valueAt(node.fields, `${field}Path`, frame.input, contextOf(line, frame)));
  };
  throw new StateFailure(await said('Error'), await said('Cause'));
};

export const VISITS: Record<StateNode['type'], Visit> = {
  Pass: working((_line, node, _frame, input) => ('Result' in node.fields ? node.fields.Result : input)),
  Succeed: working((_line, _node, _frame, input) => input),
  Wait: working(visitWait),
  Task: visitTask,
  Choice: visitChoice,
  Fail: visitFail,
  Map: working(visitMap),
  Parallel: working(visitParallel),
};
