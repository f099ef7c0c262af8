// EventBridge: buses, rules with patterns or schedules, and PutEvents.
import * as z from 'zod';
import { arnOf, type Host, physicalName, type Resource, type ResourceFactory, type Service } from '../../service.ts';
import { jsonApi, operation } from '../json-api.ts';
import { schedulesOf } from '../scheduler/schedules.ts';
import { deliveriesOf } from './deliveries.ts';
import { busArnOf, busEvent } from './entries.ts';
import { compilePattern } from './pattern.ts';
import { busesOf, deliverToBus, putEvents, type Rule, type RuleTarget, triggerRule } from './put-events.ts';

const eventBus: ResourceFactory = {
  type: 'AWS::Events::EventBus',
  create: async ({ properties }, host) => {
    const name = String(properties.Name);
    const arn = busArnOf(name);
    busesOf(host).set(arn, busesOf(host).get(arn) ?? []);
    return { ref: name, attributes: { Arn: arn, Name: name } };
  },
};

const RULE_TARGETS_MAX = 5;

const rule: ResourceFactory = {
  type: 'AWS::Events::Rule',
  create: async (resource, host) => {
    const { properties } = resource;
    const name = String(properties.Name ?? physicalName(resource));
    const bus = busArnOf(properties.EventBusName as string | undefined);
    const busName = bus.slice(bus.indexOf('/') + 1);
    const arn = arnOf('events', `rule/${busName === 'default' ? '' : `${busName}/`}${name}`);
    await deliveriesOf(host).open();
    await schedulesOf(host).open();
    const made = readRule(resource, { arn, name });
    const enabled = properties.State !== 'DISABLED';
    // At once, not at start: what other resources publish while they start must find its rules.
    if (enabled && properties.EventPattern) listen(made, bus, host);
    const start = async () => {
      await deliveriesOf(host).resume();
      if (enabled && properties.ScheduleExpression) await tick(made, String(properties.ScheduleExpression), host);
    };
    return { ref: name, attributes: { Arn: arn }, start, stop: () => deliveriesOf(host).close() };
  },
};

function listen(made: Rule, busArn: string, host: Host): void {
  const rules = busesOf(host).get(busArn);
  if (!rules) throw new Error(`Rule ${made.name}: the event bus ${busArn} does not exist`);
  rules.push(made);
}

function tick(made: Rule, expression: string, host: Host): Promise<void> {
  const what = { source: 'aws.events', detailType: 'Scheduled Event', resources: [made.arn], detail: {} };
  const fire = (scheduledMs: number) => triggerRule(made, busEvent({ ...what, timeMs: scheduledMs }), host);
  return schedulesOf(host).follow({ key: made.arn, expression, fire });
}

function readRule({ logicalId, properties }: Resource, names: { arn: string; name: string }): Rule {
  const { EventPattern, Targets = [] } = properties;
  const targets = Targets as RuleTarget[];
  if (targets.length > RULE_TARGETS_MAX) throw new Error(`Rule ${logicalId}: more than ${RULE_TARGETS_MAX} targets`);
  try {
    const pattern = typeof EventPattern === 'string' ? JSON.parse(EventPattern) : EventPattern;
    return { ...names, targets, matches: pattern ? compilePattern(pattern) : () => false };
  } catch (error) {
    throw new Error(`Rule ${logicalId}: ${(error as Error).message}`, { cause: error });
  }
}

/** Nothing to enforce: who may put events is decided by the callers' roles. */
const eventBusPolicy: ResourceFactory = {
  type: 'AWS::Events::EventBusPolicy',
  create: async (resource) => ({ ref: physicalName(resource) }),
};

const Entry = z.object({
  Time: z.union([z.number(), z.string()]).optional(),
  Source: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().optional(),
});

export const service: Service = {
  factories: [eventBus, rule, eventBusPolicy],
  apis: [
    jsonApi('events', '1.1', {
      PutEvents: operation(z.object({ Entries: z.array(Entry) }), ({ Entries }, { caller, host }) =>
        putEvents(Entries, caller, host),
      ),
    }),
  ],
  deliver: { arnService: 'events', to: deliverToBus },
};
