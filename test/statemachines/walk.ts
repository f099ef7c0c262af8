// Walks a workflow with fakes in place of its functions: which tasks it calls with what, and where it ends.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StateMachine } from 'aws-local-stepfunctions';

// biome-ignore lint/suspicious/noExplicitAny: what a state is given is JSON that each test describes
export type Json = any;
export type Fake = (input: Json) => Json;
export type Walk = {
  /** the tasks in the order of their calls, each retry included */
  calls: { state: string; input: Json }[];
  /** every state that was entered, those of a Parallel's branches left out */
  entered: string[];
  /** the last of them */
  end: string;
  failed: boolean;
};

const ROOT = join(import.meta.dirname, '../..');

/** The file as Step Functions gets it: with every substitution replaced by an ARN. */
export function definitionOf(file: string): Json {
  const asl = readFileSync(join(ROOT, file), 'utf8');
  return JSON.parse(asl.replaceAll(/\$\{(\w+)\}/g, 'arn:aws:lambda:eu-central-1:000000000000:function:$1'));
}

/** Fails as a Lambda does, whose error's name is what Retry and Catch match on; after so many times it answers. */
export function failing(name: string, times = Number.POSITIVE_INFINITY, answer: Json = {}): Fake {
  let failures = 0;
  return () => {
    if (failures++ >= times) return answer;
    throw Object.assign(new Error(`${name} happened`), { name });
  };
}

/** Runs the workflow; retries and waits wait for nothing. */
export async function walk(definition: Json, fakes: Record<string, Fake>, input: Json): Promise<Walk> {
  const calls: Walk['calls'] = [];
  const handlers = Object.entries(fakes).map(([state, fake]) => [
    state,
    async (given: Json) => {
      calls.push({ state, input: given });
      return fake(given);
    },
  ]);
  const overrides = {
    taskResourceLocalHandlers: Object.fromEntries(handlers),
    waitTimeOverrides: Object.fromEntries(waitsIn(definition).map((state) => [state, 0])),
    retryIntervalOverrides: Object.fromEntries(Object.keys(fakes).map((state) => [state, 0])),
  };
  const execution = new StateMachine(definition).run(input, { overrides });
  const failed = execution.result.then(
    () => false,
    () => true,
  );
  const entered: string[] = [];
  for await (const event of execution.eventLogs) if (event.type === 'StateEntered') entered.push(event.state.name);
  return { calls, entered, end: entered.at(-1) ?? '', failed: await failed };
}

const waitsIn = ({ States }: Json): string[] =>
  Object.entries<Json>(States).flatMap(([name, { Type }]) => (Type === 'Wait' ? [name] : []));

/** The names of the tasks that were called, in order. */
export const passed = ({ calls }: Walk): string[] => calls.map(({ state }) => state);
