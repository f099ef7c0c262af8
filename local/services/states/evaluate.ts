// What one state does to data: paths, templates, intrinsic functions and choice rules, evaluated by the npm package
// aws-local-stepfunctions as machines of a single state. Time, tasks and durability are not its business here.
import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { StateFailure } from './failure.ts';

type Json = Parameters<StateMachine['run']>[0];
type Fragment = Record<string, unknown>;
export type Context = Record<string, unknown>;

/**
 * The package always sets `$$.Execution` from the fragment's own input, so that fragments read the whole context from
 * one level below: `$$.X` becomes `$$.All.X`.
 */
const lowerContext = (text: string) => text.replace(/\$\$(?![A-Za-z0-9_])/g, '$$$$.All');
const isPathKey = (key: string) => key.endsWith('.$') || key.endsWith('Path') || key === 'Variable';

function lowered(value: unknown, isPath = false): unknown {
  if (typeof value === 'string') return isPath ? lowerContext(value) : value;
  if (Array.isArray(value)) return value.map((one) => lowered(one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, lowered(one, isPathKey(key))]));
}

const machines = new WeakMap<object, Map<string, StateMachine>>();

/** The one-state machine for a part of a state; made once per state definition and part. */
function machineFor(owner: object, part: string, states: () => Record<string, Fragment>): StateMachine {
  const parts = machines.get(owner) ?? new Map<string, StateMachine>();
  machines.set(owner, parts);
  const known = parts.get(part);
  if (known) return known;
  const definition = { StartAt: 'Only', States: lowered(states()) } as StateMachineDefinition;
  const machine = new StateMachine(definition, { validationOptions: { noValidate: true } });
  parts.set(part, machine);
  return machine;
}

async function run(machine: StateMachine, input: unknown, context: Context, handlers = {}): Promise<unknown> {
  try {
    const options = { context: { ...context, All: context }, overrides: { taskResourceLocalHandlers: handlers } };
    return await machine.run(input as Json, options).result;
  } catch (error) {
    const reason = (error as Error).cause instanceof Error ? ((error as Error).cause as Error) : (error as Error);
    throw new StateFailure(reason.name.startsWith('States.') ? reason.name : 'States.Runtime', reason.message);
  }
}

const given = (state: Fragment, names: string[]): Fragment =>
  Object.fromEntries(names.filter((name) => name in state).map((name) => [name, state[name]]));

/** InputPath and (but for Map, whose template is per item) Parameters. */
export async function effectiveInput(state: Fragment, input: unknown, context: Context): Promise<unknown> {
  const fields = given(state, state.Type === 'Map' ? ['InputPath'] : ['InputPath', 'Parameters']);
  if (Object.keys(fields).length === 0) return input;
  const machine = machineFor(state, 'input', () => ({ Only: { Type: 'Pass', ...fields, End: true } }));
  return run(machine, input, context);
}

/** ResultSelector, ResultPath and OutputPath: the state's output from its raw input and its result. */
export async function output(state: Fragment, input: unknown, result: unknown, context: Context): Promise<unknown> {
  const fields = given(state, ['ResultSelector', 'ResultPath', 'OutputPath']);
  if (fields.ResultPath === '$') delete fields.ResultPath;
  if (Object.keys(fields).length === 0) return result;
  const machine = machineFor(state, 'output', () => ({
    Only: { Type: 'Task', Resource: 'result', ...fields, End: true },
  }));
  return run(machine, input, context, { Only: () => result });
}

/** The input of a Map's item: its template (`ItemSelector`, formerly `Parameters`), or the item itself. */
export async function itemInput(state: Fragment, input: unknown, item: unknown, context: Context): Promise<unknown> {
  const Parameters = state.ItemSelector ?? state.Parameters;
  if (Parameters === undefined) return item;
  const machine = machineFor(state, 'item', () => ({ Only: { Type: 'Pass', Parameters, End: true } }));
  return run(machine, input, context);
}

/** The value of a path or an intrinsic function that the state names in one of its fields, e.g. `SecondsPath`. */
export async function valueAt(state: Fragment, field: string, input: unknown, context: Context): Promise<unknown> {
  const Parameters = { 'value.$': state[field] };
  const machine = machineFor(state, field, () => ({ Only: { Type: 'Pass', Parameters, End: true } }));
  return ((await run(machine, input, context)) as { value: unknown }).value;
}

/** A caught failure's output: `{ Error, Cause }` placed into the state's raw input. */
export async function caughtOutput(
  catcher: { ResultPath?: string | null },
  input: unknown,
  failure: StateFailure,
): Promise<unknown> {
  return output(catcher, input, { Error: failure.error, Cause: failure.message }, {});
}

/** The state that a Choice goes to; States.NoChoiceMatched when none does. */
export async function choose(state: Fragment, input: unknown, context: Context): Promise<string> {
  const landing = (target: string) => `to ${target}`;
  const targets = [...(state.Choices as { Next: string }[]).map((rule) => rule.Next), state.Default].filter(Boolean);
  const machine = machineFor(state, 'choose', () => ({
    Only: {
      Type: 'Choice',
      Choices: (state.Choices as { Next: string }[]).map((rule) => ({ ...rule, Next: landing(rule.Next) })),
      ...(state.Default ? { Default: landing(state.Default as string) } : {}),
    },
    ...Object.fromEntries(targets.map((to) => [landing(to as string), { Type: 'Pass', Result: [to], End: true }])),
  }));
  return ((await run(machine, input, context)) as [string])[0];
}
