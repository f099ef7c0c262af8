// What a target of a rule receives: the event, a part of it, a constant, or a template filled from it.
import type { BusEvent } from './entries.ts';

export type InputFields = {
  Input?: string;
  InputPath?: string;
  InputTransformer?: { InputPathsMap?: Record<string, string>; InputTemplate: string };
};
export type RuleNames = { ruleArn: string; ruleName: string };

/** The payload (a JSON value) that EventBridge would send to the target. */
export function targetInput(fields: InputFields, event: BusEvent, rule: RuleNames, nowMs: number): unknown {
  if (fields.Input !== undefined) return parsedOrText(fields.Input);
  if (fields.InputPath !== undefined) return valueAtPath(event, fields.InputPath) ?? null;
  if (fields.InputTransformer) return transformed(fields.InputTransformer, event, rule, nowMs);
  return event;
}

/** Follows `$.detail.items[0]['a b']`; undefined where it leads nowhere. Throws on what is not such a path. */
export function valueAtPath(value: unknown, path: string): unknown {
  if (!/^\$(\.[^.[\]]+|\[\d+\]|\['[^']*'\])*$/.test(path)) throw new Error(`not a path that targets can use: ${path}`);
  const steps = path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']*)'\]/g);
  let at = value;
  for (const [, name, index, quoted] of steps) {
    const key = name ?? quoted ?? Number(index);
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}

function transformed(
  { InputPathsMap = {}, InputTemplate }: NonNullable<InputFields['InputTransformer']>,
  event: BusEvent,
  rule: RuleNames,
  nowMs: number,
): unknown {
  const { detail: _, ...withoutDetail } = event;
  const values = new Map<string, unknown>([
    ...Object.entries(InputPathsMap).map(([name, path]) => [name, valueAtPath(event, path)] as const),
    ['aws.events.rule-arn', rule.ruleArn],
    ['aws.events.rule-name', rule.ruleName],
    ['aws.events.event.ingestion-time', new Date(nowMs).toISOString()],
    ['aws.events.event', withoutDetail],
    ['aws.events.event.json', event],
  ]);
  return parsedOrText(fillTemplate(InputTemplate, values));
}

/** `<name>` inside quotes becomes text within that string; outside it becomes the JSON of the value. */
function fillTemplate(template: string, values: ReadonlyMap<string, unknown>): string {
  let quoted = false;
  return template.replace(/\\.|"|<([^<>\s]+)>/gs, (token, name?: string) => {
    if (token === '"') quoted = !quoted;
    if (name === undefined || !values.has(name)) return token;
    const value = values.get(name);
    if (!quoted) return JSON.stringify(value ?? null);
    const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
    return JSON.stringify(text).slice(1, -1);
  });
}

/** A template need not be JSON: EventBridge then sends the text. */
function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
