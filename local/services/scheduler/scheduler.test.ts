// Schedules in time: what ticks when, what a downtime does to it, and the API for schedules made at run time.
import { describe, expect, it } from 'vitest';
import type { Caller } from '../../service.ts';
import { type TestHost, testHost, turns } from '../../test-host.ts';
import { service } from './service.ts';

type Json = Record<string, unknown>;
const operator: Caller = { kind: 'operator' };
const Target = {
  Arn: 'arn:aws:lambda:eu-central-1:000000000000:function:f',
  RoleArn: 'arn:role',
  Input: '{"at":"<aws.scheduler.scheduled-time>"}',
};
const FlexibleTimeWindow = { Mode: 'OFF' };

async function schedule(host: TestHost, ScheduleExpression: string, more: Json = {}) {
  const properties = { Name: 'tick', ScheduleExpression, FlexibleTimeWindow, Target, ...more };
  const resource = { logicalId: 'S', type: 'AWS::Scheduler::Schedule', properties, stackName: 's' };
  const made = await service.factories[0]!.create(resource, host);
  await made.start?.();
  return made;
}
async function call(host: TestHost, method: string, path: string, body: Json = {}, caller = operator): Promise<Json> {
  const [route = '', query] = path.split('?');
  const request = {
    method,
    path: route,
    query: new URLSearchParams(query),
    headers: {},
    body: Buffer.from(JSON.stringify(body)),
  };
  return JSON.parse(String((await service.apis![0]!.handle(request, caller, host)).body));
}
const times = (host: TestHost) => host.sent.map(({ payload }) => String((payload as Json).at).slice(11, 16));
const reborn = (host: TestHost, downMs: number) => {
  host.crash();
  const next = testHost(host);
  void next.clock.advance(downMs);
  return next;
};

describe('a schedule', () => {
  it('ticks with its time in the input, as its role', async () => {
    const host = testHost();
    await schedule(host, 'rate(5 minutes)');
    await host.clock.advance(11 * 60_000);
    expect(times(host)).toEqual(['00:05', '00:10']);
    expect(host.sent[0]).toMatchObject({ targetArn: Target.Arn, roleArn: 'arn:role' });
  });

  it('follows its time zone', async () => {
    const host = testHost();
    await schedule(host, 'cron(0 3 * * ? *)', { ScheduleExpressionTimezone: 'Europe/Berlin' });
    await host.clock.advance(3 * 3600_000);
    expect(times(host)).toEqual(['02:00']);
  });

  it('keeps within StartDate and EndDate, a rate counting from the start', async () => {
    const host = testHost();
    await schedule(host, 'rate(10 minutes)', { StartDate: '2026-01-01T00:07:00Z', EndDate: '2026-01-01T00:30:00Z' });
    await host.clock.advance(3600_000);
    expect(times(host)).toEqual(['00:07', '00:17', '00:27']);
  });

  it('is quiet when disabled', async () => {
    const host = testHost();
    await schedule(host, 'rate(1 minute)', { State: 'DISABLED' });
    await host.clock.advance(3600_000);
    expect(host.sent).toHaveLength(0);
  });

  it('sends Scheduler’s own event without an Input', async () => {
    const host = testHost();
    await schedule(host, 'rate(1 minute)', { Target: { ...Target, Input: undefined } });
    await host.clock.advance(60_000);
    expect(host.sent[0]?.payload).toMatchObject({
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      time: '2026-01-01T00:01:00Z',
    });
  });

  it.each<[string, string, Json, string]>([
    ['an expression', 'rate(0 minutes)', {}, 'rate(0 minutes)'],
    [
      'a universal target',
      'rate(1 minute)',
      { Target: { ...Target, Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage' } },
      'universal',
    ],
  ])('refuses %s by name', async (_words, expression, more, names) => {
    await expect(schedule(testHost(), expression, more)).rejects.toThrow(names);
  });
});

describe('after a downtime', () => {
  it.each<[string, string, number, string[]]>([
    ['a rate runs once for all that was missed, then in its old rhythm', 'rate(5 minutes)', 62, ['01:05', '01:10']],
    ['a cron runs once for all that was missed', 'cron(0/15 * * * ? *)', 62, ['01:00', '01:15']],
    ['nothing was missed: nothing runs early', 'rate(5 minutes)', 1, ['00:10']],
  ])('%s', async (_words, expression, downMinutes, expected) => {
    const host = testHost();
    await schedule(host, expression);
    await host.clock.advance(5 * 60_000);
    await turns(5);
    const next = reborn(host, downMinutes * 60_000);
    await turns(50);
    await schedule(next, expression);
    await next.clock.advance(6 * 60_000 + (expression.startsWith('cron') ? 3 * 60_000 : 0));
    expect(times(next)).toEqual(expected);
  });

  it('a missed at() runs once, and not again', async () => {
    const host = testHost();
    await schedule(host, 'at(2026-01-01T00:30:00)');
    const next = reborn(host, 3600_000);
    await turns(50);
    await schedule(next, 'at(2026-01-01T00:30:00)');
    await next.clock.advance(1);
    expect(times(next)).toEqual(['00:30']);
    const third = reborn(next, 3600_000);
    await turns(50);
    await schedule(third, 'at(2026-01-01T00:30:00)');
    await third.clock.advance(3600_000);
    expect(third.sent).toHaveLength(0);
  });

  it('a crash between the run and its note runs it again, never not at all', async () => {
    const host = testHost();
    host.onSend = () => new Promise(() => {});
    await schedule(host, 'rate(5 minutes)');
    await host.clock.advance(5 * 60_000);
    const next = reborn(host, 0);
    await schedule(next, 'rate(5 minutes)');
    await next.clock.advance(1);
    expect(times(next)).toEqual(['00:05']);
  });
});

describe('the API', () => {
  const once = { ScheduleExpression: 'at(2026-01-01T01:00:00)', FlexibleTimeWindow, Target };

  it('makes a one-time schedule that survives kill -9 and deletes itself', async () => {
    const host = testHost();
    await schedule(host, 'cron(0 0 1 1 ? 2030)');
    const made = await call(host, 'POST', '/schedules/once', { ...once, ActionAfterCompletion: 'DELETE' });
    expect(made.ScheduleArn).toBe('arn:aws:scheduler:eu-central-1:000000000000:schedule/default/once');
    const next = reborn(host, 1_000);
    await turns(50);
    await schedule(next, 'cron(0 0 1 1 ? 2030)');
    expect(await call(next, 'GET', '/schedules/once')).toMatchObject({ Name: 'once', State: 'ENABLED' });
    await next.clock.advance(3600_000);
    expect(times(next)).toEqual(['01:00']);
    await expect(call(next, 'GET', '/schedules/once')).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });

  it('changes and deletes', async () => {
    const host = testHost();
    await schedule(host, 'cron(0 0 1 1 ? 2030)');
    await call(host, 'POST', '/schedules/once', once);
    await call(host, 'PUT', '/schedules/once', { ...once, ScheduleExpression: 'at(2026-01-01T02:00:00)' });
    await call(host, 'POST', '/schedules/gone', once);
    await call(host, 'DELETE', '/schedules/gone?groupName=default');
    await host.clock.advance(3 * 3600_000);
    expect(times(host)).toEqual(['02:00']);
  });

  it.each<[string, string, string, Json, string]>([
    ['a name that is taken', 'POST', '/schedules/tick', once, 'ConflictException'],
    ['an unknown schedule', 'GET', '/schedules/none', {}, 'ResourceNotFoundException'],
    ['an unknown group', 'POST', '/schedules/x', { ...once, GroupName: 'none' }, 'ResourceNotFoundException'],
    [
      'a wrong expression',
      'POST',
      '/schedules/x',
      { ...once, ScheduleExpression: 'at(tomorrow)' },
      'ValidationException',
    ],
    ['a missing target', 'POST', '/schedules/x', { ...once, Target: undefined }, 'ValidationException'],
    ['an operation that is not covered', 'GET', '/schedules', {}, 'UnknownOperationException'],
  ])('refuses %s', async (_words, method, path, body, code) => {
    const host = testHost();
    await schedule(host, 'cron(0 0 1 1 ? 2030)');
    await expect(call(host, method, path, body)).rejects.toMatchObject({ code });
  });

  it.each(['scheduler:CreateSchedule', 'iam:PassRole'])('needs %s', async (action) => {
    const host = testHost();
    await schedule(host, 'cron(0 0 1 1 ? 2030)');
    host.denied.add(action);
    const caller: Caller = { kind: 'function', roleArn: 'r', functionArn: 'f' };
    await expect(call(host, 'POST', '/schedules/x', once, caller)).rejects.toMatchObject({
      code: 'AccessDeniedException',
    });
  });
});
