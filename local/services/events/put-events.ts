// Event buses and what happens on them: an event is judged by the bus's rules and handed over to their targets.
import { ApiError, type Caller, type Host } from '../../service.ts';
import { deliveriesOf, type RetryPolicy } from './deliveries.ts';
import {
  type BusEvent,
  busArnOf,
  busEvent,
  checkCall,
  type EntryError,
  eventOf,
  type PutEventsEntry,
} from './entries.ts';
import type { EventPredicate } from './pattern.ts';
import { type InputFields, targetInput } from './target-input.ts';

export type { PutEventsEntry } from './entries.ts';
export type RuleTarget = InputFields & {
  Id: string;
  Arn: string;
  RoleArn?: string;
  RetryPolicy?: RetryPolicy;
  DeadLetterConfig?: { Arn?: string };
};
export type Rule = { arn: string; name: string; matches: EventPredicate; targets: RuleTarget[] };

/** The buses of a runtime by ARN, each with its rules; the default bus is always there. */
export const busesOf = (host: Host): Map<string, Rule[]> =>
  host.shared('event-buses', () => new Map([[busArnOf('default'), []]]));

type Answer = { FailedEntryCount: number; Entries: ({ EventId: string } | EntryError)[] };

/**
 * PutEvents: 1 to 10 entries, 1 MB; refusals are per entry. An accepted event is durable for each matching target
 * before this resolves. Throws AccessDenied when the caller may not put events on one of the buses.
 */
export async function putEvents(entries: readonly PutEventsEntry[], caller: Caller, host: Host): Promise<Answer> {
  checkCall(entries);
  for (const busArn of new Set(entries.map((entry) => busArnOf(entry.EventBusName)))) {
    host.authorize(caller, 'events:PutEvents', busArn);
  }
  const Entries = await Promise.all(entries.map((entry) => putOne(entry, host)));
  return { FailedEntryCount: Entries.filter((entry) => 'ErrorCode' in entry).length, Entries };
}

async function putOne(entry: PutEventsEntry, host: Host): Promise<{ EventId: string } | EntryError> {
  const event = eventOf(entry, host.clock.now());
  if ('ErrorCode' in event) return event;
  const busArn = busArnOf(entry.EventBusName);
  if (!busesOf(host).has(busArn)) {
    return { ErrorCode: 'ResourceNotFoundException', ErrorMessage: `Event bus ${busArn} does not exist.` };
  }
  await publish(busArn, event, host);
  return { EventId: event.id };
}

async function publish(busArn: string, event: BusEvent, host: Host): Promise<void> {
  const rules = busesOf(host).get(busArn);
  if (!rules) throw new ApiError(400, 'ResourceNotFoundException', `Event bus ${busArn} does not exist.`);
  await Promise.all(rules.filter((rule) => rule.matches(event)).map((rule) => triggerRule(rule, event, host)));
}

/** Hands an event over to all targets of a rule, each with its own input. */
export async function triggerRule({ arn, name, targets }: Rule, event: BusEvent, host: Host): Promise<void> {
  const names = { ruleArn: arn, ruleName: name };
  const deliveries = targets.map((target) =>
    deliveriesOf(host).handOver({
      from: arn,
      targetArn: target.Arn,
      payload: targetInput(target, event, names, host.clock.now()),
      roleArn: target.RoleArn,
      retry: target.RetryPolicy,
      deadLetterArn: target.DeadLetterConfig?.Arn,
    }),
  );
  await Promise.all(deliveries);
}

/** A delivery to a bus: an event from another bus as it is, anything else (a Lambda destination) as a new event. */
export async function deliverToBus(busArn: string, payload: unknown, host: Host): Promise<void> {
  const event = (payload ?? {}) as Partial<BusEvent> & {
    requestContext?: { functionArn?: string; condition?: string };
  };
  if (event.source && event['detail-type']) return publish(busArn, event as BusEvent, host);
  const { functionArn, condition } = event.requestContext ?? {};
  const wrapped = busEvent({
    source: 'lambda',
    detailType: `Lambda Function Invocation Result - ${condition === 'Success' ? 'Success' : 'Failure'}`,
    resources: functionArn ? [functionArn] : [],
    detail: payload,
    timeMs: host.clock.now(),
  });
  return publish(busArn, wrapped, host);
}
