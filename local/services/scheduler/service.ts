// EventBridge Scheduler: schedules and groups of the template, and schedules made by the API.
import { arnOf, physicalName, type ResourceFactory, type Service } from '../../service.ts';
import { deliveriesOf } from '../events/deliveries.ts';
import { schedulerApi } from './api.ts';
import { readExpression } from './expression.ts';
import { ScheduleFields } from './schedule-input.ts';
import { schedulesOf } from './schedules.ts';
import { scheduleArn, scheduleStoreOf } from './store.ts';

const schedule: ResourceFactory = {
  type: 'AWS::Scheduler::Schedule',
  create: async (resource, host) => {
    const { properties, logicalId } = resource;
    const store = scheduleStoreOf(host);
    await store.open();
    const name = String(properties.Name ?? physicalName(resource));
    const group = String(properties.GroupName ?? 'default');
    const nowMs = host.clock.now();
    const parsed = ScheduleFields.safeParse(properties);
    if (!parsed.success) throw new Error(`Schedule ${logicalId}: ${parsed.error.message}`);
    readExpression(parsed.data.ScheduleExpression, nowMs, parsed.data.ScheduleExpressionTimezone);
    store.addOfTemplate({ group, name, fields: parsed.data, createdMs: nowMs, modifiedMs: nowMs });
    const stop = () => {
      schedulesOf(host).close();
      deliveriesOf(host).close();
    };
    return { ref: name, attributes: { Arn: scheduleArn(group, name) }, start: () => store.begin(), stop };
  },
};

const scheduleGroup: ResourceFactory = {
  type: 'AWS::Scheduler::ScheduleGroup',
  create: async (resource, host) => {
    const store = scheduleStoreOf(host);
    await store.open();
    const name = String(resource.properties.Name ?? physicalName(resource));
    store.groups.add(name);
    const attributes = { Arn: arnOf('scheduler', `schedule-group/${name}`), State: 'ACTIVE' };
    return { ref: name, attributes, start: () => store.begin() };
  },
};

export const service: Service = { factories: [schedule, scheduleGroup], apis: [schedulerApi] };
