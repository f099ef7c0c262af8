// Map and Parallel: lines that run side by side, each resumed from its own frame; finished ones are never run again.
import type { Scope, StateNode } from './definition.ts';
import { type Context, itemInput, valueAt } from './evaluate.ts';
import { calledOff, StateFailure } from './failure.ts';
import type { Line } from './line.ts';
import type { Frame } from './rows.ts';

/** AWS starts at most 40 iterations of an inline Map at once. */
const MAP_CONCURRENCY_MAX = 40;

type Member = (signal: AbortSignal) => Promise<unknown>;

export function visitParallel(line: Line, node: StateNode, frame: Frame, input: unknown): Promise<unknown[]> {
  line.run.event(frame, 'ParallelStateStarted');
  const branches = node.scopes.map(
    (scope, n): Member =>
      (signal) =>
        line.walk({ ...line, scope, path: `${line.path}/${n}`, signal }, input, frame),
  );
  return together(line, frame, branches, { limit: branches.length, kind: 'Parallel' });
}

export async function visitMap(
  line: Line,
  node: StateNode,
  frame: Frame,
  input: unknown,
  context: Context,
): Promise<unknown[]> {
  const { fields } = node;
  const said = (field: string) =>
    `${field}Path` in fields ? valueAt(fields, `${field}Path`, input, context) : fields[field];
  const items = 'ItemsPath' in fields ? await valueAt(fields, 'ItemsPath', input, context) : input;
  if (!Array.isArray(items)) {
    throw new StateFailure('States.Runtime', `The items of the Map ${node.name} are not an array`);
  }
  const limit = Number(await said('MaxConcurrency')) || MAP_CONCURRENCY_MAX;
  line.run.event(frame, 'MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
  const iterations = items.map(
    (Value, Index): Member =>
      (signal) =>
        iterate({ ...line, signal, item: { Index, Value } }, node, frame, { input, context }),
  );
  return together(line, frame, iterations, { limit, kind: 'Map' });
}

/** One iteration; `line` is the Map's own, with the item. */
async function iterate(
  line: Line,
  node: StateNode,
  frame: Frame,
  { input, context }: { input: unknown; context: Context },
): Promise<unknown> {
  const { run, item } = line;
  const path = `${line.path}/${item?.Index}`;
  const begun = { ...frame, detail: { eventId: frame.detail.eventId } };
  const say = (kind: string) =>
    run.event(run.frames.get(path) ?? begun, `MapIteration${kind}`, {
      [`mapIteration${kind}EventDetails`]: { name: node.name, index: item?.Index },
    });
  const known = run.frames.get(path);
  if (known?.done) return known.output;
  const own = known ? undefined : await itemInput(node.fields, input, item?.Value, { ...context, Map: { Item: item } });
  if (!known) say('Started');
  try {
    const result = await line.walk({ ...line, scope: node.scopes[0] as Scope, path }, own, begun);
    say('Succeeded');
    run.writeLater(line.signal, () => undefined);
    return result;
  } catch (error) {
    if (!line.signal.aborted && error instanceof StateFailure) say('Failed');
    throw error;
  }
}

/** Runs members side by side, at most `limit` at once; the first failure calls the others off. */
async function together(
  line: Line,
  frame: Frame,
  members: Member[],
  { limit, kind }: { limit: number; kind: 'Map' | 'Parallel' },
): Promise<unknown[]> {
  const siblings = new AbortController();
  const signal = AbortSignal.any([line.signal, siblings.signal]);
  const results: unknown[] = new Array(members.length);
  let taken = 0;
  const worker = async () => {
    for (let n = taken++; n < members.length; n = taken++) {
      if (signal.aborted) throw calledOff;
      results[n] = await members[n]?.(signal);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(limit, members.length) }, worker));
  } catch (error) {
    siblings.abort(calledOff);
    if (!line.signal.aborted) line.run.event(frame, `${kind}StateFailed`);
    throw error;
  }
  line.run.event(frame, `${kind}StateSucceeded`);
  return results;
}
