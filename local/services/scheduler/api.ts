// The Scheduler API (REST JSON): create, read, change and delete one schedule.
import { ApiError, type ApiRequest, type ApiResponse, type ApiService, type Caller, type Host } from '../../service.ts';
import { epochSeconds, validationError } from '../json-api.ts';
import { ScheduleFields } from './schedule-input.ts';
import { type StoredSchedule, scheduleArn, scheduleStoreOf } from './store.ts';

type Asked = { group: string; name: string; body: Record<string, unknown>; caller: Caller; host: Host };
type Action = { operation: string; answer(asked: Asked): Promise<object> };

const ACTIONS: Record<string, Action> = {
  POST: {
    operation: 'CreateSchedule',
    answer: async (asked) => {
      const { group, name, host } = asked;
      const taken = await scheduleStoreOf(host)
        .find(group, name)
        .catch(() => undefined);
      if (taken) throw new ApiError(409, 'ConflictException', `Schedule ${name} already exists.`);
      return save(asked, host.clock.now());
    },
  },
  PUT: {
    operation: 'UpdateSchedule',
    answer: async (asked) => {
      const { createdMs } = await scheduleStoreOf(asked.host).find(asked.group, asked.name);
      return save(asked, createdMs);
    },
  },
  GET: {
    operation: 'GetSchedule',
    answer: async ({ group, name, host }) => described(await scheduleStoreOf(host).find(group, name)),
  },
  DELETE: {
    operation: 'DeleteSchedule',
    answer: async ({ group, name, host }) => {
      await scheduleStoreOf(host).remove(group, name);
      return {};
    },
  },
};

async function save({ group, name, body, caller, host }: Asked, createdMs: number): Promise<object> {
  const parsed = ScheduleFields.safeParse(body);
  if (!parsed.success) throw validationError(parsed.error);
  const context = { 'iam:PassedToService': 'scheduler.amazonaws.com' };
  host.authorize(caller, 'iam:PassRole', parsed.data.Target.RoleArn, context);
  await scheduleStoreOf(host).save({ group, name, fields: parsed.data, createdMs, modifiedMs: host.clock.now() });
  return { ScheduleArn: scheduleArn(group, name) };
}

function described({ group, name, fields, createdMs, modifiedMs }: StoredSchedule): object {
  const seconds = (atMs: number | undefined) => (atMs === undefined ? undefined : epochSeconds(atMs));
  return {
    Arn: scheduleArn(group, name),
    GroupName: group,
    Name: name,
    ...fields,
    StartDate: seconds(fields.StartDate),
    EndDate: seconds(fields.EndDate),
    CreationDate: seconds(createdMs),
    LastModificationDate: seconds(modifiedMs),
  };
}

async function handle(request: ApiRequest, caller: Caller, host: Host): Promise<ApiResponse> {
  const { method, path, query } = request;
  const [, name] = /^\/schedules\/([^/]+)\/?$/.exec(path) ?? [];
  const action = name === undefined ? undefined : ACTIONS[method];
  if (!name || !action) {
    throw new ApiError(
      400,
      'UnknownOperationException',
      `The embedded runtime does not cover scheduler ${method} ${path}`,
    );
  }
  const body = request.body.length > 0 ? JSON.parse(request.body.toString('utf8')) : {};
  const group = String(body.GroupName ?? query.get('groupName') ?? 'default');
  const asked: Asked = { group, name: decodeURIComponent(name), body, caller, host };
  host.authorize(caller, `scheduler:${action.operation}`, scheduleArn(group, asked.name));
  const answer = await action.answer(asked);
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
}

export const schedulerApi: ApiService = { name: 'scheduler', handle };
