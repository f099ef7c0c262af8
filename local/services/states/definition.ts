// A state machine's definition: what it holds, and that the runtime covers all of it. That it is in the States language
// is checked when it is built.
import { createHash } from 'node:crypto';
import type { Catcher, Retrier } from './failure.ts';

export type TaskTarget =
  | { kind: 'function'; functionArn: string }
  | { kind: 'service'; service: 'lambda' | 'sqs' | 'events' | 'states'; action: string; callback: boolean };

export type StateNode = {
  name: string;
  type: 'Task' | 'Pass' | 'Choice' | 'Wait' | 'Succeed' | 'Fail' | 'Map' | 'Parallel';
  /** the state as written */
  fields: Record<string, unknown>;
  retriers: Retrier[];
  catchers: Catcher[];
  next?: string;
  target?: TaskTarget;
  /** a Parallel's branches, or a Map's one item processor */
  scopes: Scope[];
};
export type Scope = { startAt: string; states: Record<string, StateNode> };
export type Definition = { hash: string; text: string; timeoutSeconds?: number; root: Scope };

/** The definition is wrong, or uses something that the embedded runtime does not cover; the message names it. */
export class UnusableDefinition extends Error {
  override name = 'UnusableDefinition';
}

const compiled = new Map<string, Definition>();

/** Reads a definition (JSON of the States language); a text seen before costs nothing. Throws UnusableDefinition. */
export function readDefinition(text: string): Definition {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 32);
  const known = compiled.get(hash);
  if (known) return known;
  const definition = compile(text, hash);
  compiled.set(hash, definition);
  return definition;
}

function compile(text: string, hash: string): Definition {
  let json: RawScope & { TimeoutSeconds?: number };
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UnusableDefinition(`the definition is not JSON: ${(error as Error).message}`);
  }
  return { hash, text, timeoutSeconds: json.TimeoutSeconds, root: readScope(json) };
}

type RawScope = { StartAt: string; States: Record<string, Record<string, unknown>>; QueryLanguage?: string };

function readScope(raw: RawScope): Scope {
  if (raw.QueryLanguage === 'JSONata') throw new UnusableDefinition('QueryLanguage JSONata is not covered');
  for (const [name, fields] of Object.entries(raw.States)) {
    const choices = (fields.Choices ?? []) as { Next?: string }[];
    const following = [fields.Next, fields.Default, ...choices.map(({ Next }) => Next)] as (string | undefined)[];
    const missing = following.find((next) => next !== undefined && !Object.hasOwn(raw.States, next));
    if (missing !== undefined) throw new UnusableDefinition(`state ${name}: there is no state ${missing}`);
  }
  const states = Object.entries(raw.States).map(([name, fields]) => [name, readState(name, fields)] as const);
  return { startAt: raw.StartAt, states: Object.fromEntries(states) };
}

const NOT_COVERED = ['Arguments', 'Assign', 'Credentials', 'ItemReader', 'ItemBatcher', 'ResultWriter', 'Output'];

function readState(name: string, fields: Record<string, unknown>): StateNode {
  const processor = (fields.ItemProcessor ?? fields.Iterator) as (RawScope & { ProcessorConfig?: object }) | undefined;
  const strange = NOT_COVERED.find((field) => field in fields);
  if (strange) throw new UnusableDefinition(`state ${name}: ${strange} is not covered`);
  if (fields.QueryLanguage === 'JSONata') throw new UnusableDefinition(`state ${name}: JSONata is not covered`);
  if ((processor?.ProcessorConfig as { Mode?: string } | undefined)?.Mode === 'DISTRIBUTED') {
    throw new UnusableDefinition(`state ${name}: a distributed Map is not covered`);
  }
  return {
    name,
    type: fields.Type as StateNode['type'],
    fields,
    retriers: (fields.Retry as Retrier[] | undefined) ?? [],
    catchers: (fields.Catch as Catcher[] | undefined) ?? [],
    next: fields.Next as string | undefined,
    target: fields.Type === 'Task' ? readTarget(name, String(fields.Resource)) : undefined,
    scopes: [...((fields.Branches as RawScope[] | undefined) ?? []), ...(processor ? [processor] : [])].map(readScope),
  };
}

/** Integrations by resource ARN, and whether a task token is theirs to give. */
const INTEGRATION =
  /^arn:aws:states:::(lambda:invoke|sqs:sendMessage|events:putEvents|states:startExecution)(\.waitForTaskToken)?$/;

function readTarget(name: string, resource: string): TaskTarget {
  if (/^arn:aws:lambda:[^:]+:\d+:function:/.test(resource)) return { kind: 'function', functionArn: resource };
  const [, integration, token] = INTEGRATION.exec(resource) ?? [];
  if (!integration) throw new UnusableDefinition(`state ${name}: the task resource ${resource} is not covered`);
  const [service, action] = integration.split(':') as ['lambda', string];
  return { kind: 'service', service, action, callback: token !== undefined };
}
