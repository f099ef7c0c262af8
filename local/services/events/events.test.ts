// PutEvents end to end: who may, what is refused per entry, which targets receive what, and what is kept to retry.
import { describe, expect, it } from 'vitest';
import { ApiError, type Caller } from '../../service.ts';
import { type TestHost, testHost, turns, until } from '../../test-host.ts';
import { service } from './service.ts';

type Json = Record<string, unknown>;
const operator: Caller = { kind: 'operator' };
const targetArn = 'arn:aws:lambda:eu-central-1:000000000000:function:listen';

async function create(host: TestHost, type: string, properties: Json, logicalId = 'R') {
  const factory = service.factories.find((one) => one.type === type)!;
  const made = await factory.create({ logicalId, type, properties, stackName: 's' }, host);
  await made.start?.();
  return made;
}
const rule = (host: TestHost, properties: Json) =>
  create(host, 'AWS::Events::Rule', { EventPattern: { source: ['lazyark.agents'] }, State: 'ENABLED', ...properties });
const target = (more: Json = {}) => ({ Targets: [{ Id: 'T', Arn: targetArn, ...more }] });

async function put(host: TestHost, Entries: Json[], caller = operator): Promise<Json> {
  const request = {
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    body: Buffer.from(JSON.stringify({ Entries })),
  };
  const headers = { 'x-amz-target': 'AWSEvents.PutEvents' };
  return JSON.parse(String((await service.apis![0]!.handle({ ...request, headers }, caller, host)).body));
}
const entry = (more: Json = {}) => ({
  Source: 'lazyark.agents',
  DetailType: 'AgentHeartbeat',
  Detail: JSON.stringify({ agentId: 'agt_noop', load: 3, words: 'say "hi"' }),
  ...more,
});

describe('PutEvents', () => {
  it('hands a matching event to the target in its envelope, before it answers', async () => {
    const host = testHost();
    await rule(host, target());
    const answer = await put(host, [entry(), entry({ Source: 'lazyark.other' })]);
    expect(answer).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }, {}] });
    expect(host.sent).toMatchObject([
      {
        targetArn,
        payload: {
          id: (answer.Entries as Json[])[0]?.EventId,
          source: 'lazyark.agents',
          'detail-type': 'AgentHeartbeat',
          time: '2026-01-01T00:00:00Z',
          resources: [],
          detail: { agentId: 'agt_noop', load: 3 },
        },
      },
    ]);
  });

  it('keeps buses apart', async () => {
    const host = testHost();
    const bus = await create(host, 'AWS::Events::EventBus', { Name: 'ark' });
    await rule(host, { ...target(), EventBusName: 'ark' });
    await put(host, [entry()]);
    expect(host.sent).toHaveLength(0);
    await put(host, [entry({ EventBusName: 'ark' }), entry({ EventBusName: bus.attributes?.Arn })]);
    expect(host.sent).toHaveLength(2);
  });

  it('does not listen with a disabled rule', async () => {
    const host = testHost();
    await rule(host, { ...target(), State: 'DISABLED' });
    await put(host, [entry()]);
    expect(host.sent).toHaveLength(0);
  });

  it.each<[string, Json, string]>([
    ['no source', { Source: undefined }, 'InvalidArgument'],
    ['no detail type', { DetailType: '' }, 'InvalidArgument'],
    ['a detail that is not JSON', { Detail: '{' }, 'MalformedDetail'],
    ['a detail that is a list', { Detail: '[]' }, 'MalformedDetail'],
    ['a source of AWS', { Source: 'aws.s3' }, 'NotAuthorizedForSourceException'],
    ['an unknown bus', { EventBusName: 'none' }, 'ResourceNotFoundException'],
  ])('refuses an entry with %s, and only that one', async (_words, more, ErrorCode) => {
    const host = testHost();
    await rule(host, target());
    const answer = await put(host, [entry(more), entry()]);
    expect(answer).toMatchObject({ FailedEntryCount: 1, Entries: [{ ErrorCode }, { EventId: expect.any(String) }] });
    expect(host.sent).toHaveLength(1);
  });

  it('refuses more than 10 entries, none, and 1 MB', async () => {
    const host = testHost();
    await expect(
      put(
        host,
        Array.from({ length: 11 }, () => entry()),
      ),
    ).rejects.toMatchObject({ code: 'ValidationException' });
    await expect(put(host, [])).rejects.toMatchObject({ code: 'ValidationException' });
    const big = entry({ Detail: JSON.stringify({ text: 'x'.repeat(1024 * 1024) }) });
    await expect(put(host, [big])).rejects.toMatchObject({ message: expect.stringContaining('Total size') });
  });

  it('is only for callers whose role allows it on that bus', async () => {
    const host = testHost();
    await rule(host, target());
    host.denied.add('events:PutEvents');
    const caller: Caller = { kind: 'function', roleArn: 'r', functionArn: 'f' };
    await expect(put(host, [entry()], caller)).rejects.toMatchObject({ code: 'AccessDeniedException' });
    expect(host.sent).toHaveLength(0);
  });
});

describe('what a target receives', () => {
  const transformer = (InputTemplate: string) => ({
    InputTransformer: {
      InputPathsMap: { agent: '$.detail.agentId', load: '$.detail.load', words: '$.detail.words', gone: '$.detail.x' },
      InputTemplate,
    },
  });
  it.each<[string, Json, unknown]>([
    ['Input', { Input: '{"a":1}' }, { a: 1 }],
    ['InputPath', { InputPath: '$.detail.agentId' }, 'agt_noop'],
    [
      'a template with values',
      transformer('{"agent":<agent>,"load":<load>,"gone":<gone>}'),
      { agent: 'agt_noop', load: 3, gone: null },
    ],
    ['a template with text', transformer('{"say":"<agent>: <words> at <load>"}'), { say: 'agt_noop: say "hi" at 3' }],
    ['a template that is a text', transformer('"<agent> is busy"'), 'agt_noop is busy'],
    ['a template with the rule', transformer('{"rule":<aws.events.rule-name>}'), { rule: 's-R' }],
    ['an unknown name stays', transformer('"<who>"'), '<who>'],
  ])('%s', async (_words, more, payload) => {
    const host = testHost();
    await rule(host, target(more));
    await put(host, [entry()]);
    expect(host.sent.map((one) => one.payload)).toEqual([payload]);
  });
});

describe('a target that refuses', () => {
  const failing = (host: TestHost, times: number, error: Error = new Error('busy')) => {
    let left = times;
    host.onSend = (arn) => {
      if (arn === targetArn && left-- > 0) throw error;
    };
  };

  it('is tried again with growing pauses', async () => {
    const host = testHost();
    failing(host, 3);
    await rule(host, target());
    expect(await put(host, [entry()])).toMatchObject({ FailedEntryCount: 0 });
    await host.clock.advance(1_000 + 2_000);
    expect(host.sent).toHaveLength(0);
    await host.clock.advance(4_000);
    expect(host.sent).toHaveLength(1);
    await host.clock.advance(3_600_000);
    expect(host.sent).toHaveLength(1);
  });

  it('is tried again after kill -9', async () => {
    const host = testHost();
    failing(host, 99);
    await rule(host, target());
    await put(host, [entry()]);
    host.crash();
    const next = testHost(host);
    await rule(next, target());
    await next.clock.advance(1_000);
    await until(() => next.sent.length === 1);
    expect(next.sent[0]).toMatchObject({ payload: { detail: { agentId: 'agt_noop' } } });
    await turns(5);
    expect(next.db.prepare('SELECT count(*) AS n FROM rt_events_deliveries').get()).toEqual({ n: 0 });
  });

  it.each<[string, number, Json, Error]>([
    ['after its retries', 99, { RetryPolicy: { MaximumRetryAttempts: 2 } }, new Error('busy')],
    ['after its age', 99, { RetryPolicy: { MaximumEventAgeInSeconds: 60 } }, new Error('busy')],
    ['at once when it is forbidden', 99, {}, new ApiError(403, 'AccessDeniedException', 'no')],
  ])('ends in the dead-letter queue %s', async (_words, times, more, error) => {
    const host = testHost();
    failing(host, times, error);
    await rule(host, target({ DeadLetterConfig: { Arn: 'arn:dlq' }, ...more }));
    await put(host, [entry()]);
    await host.clock.advance(120_000);
    expect(host.sent).toMatchObject([{ targetArn: 'arn:dlq', payload: { detail: { agentId: 'agt_noop' } } }]);
  });
});

describe('a bus as a target', () => {
  it('takes an event as it is and wraps the record of a Lambda destination', async () => {
    const host = testHost();
    await rule(host, { ...target(), EventPattern: { source: ['lambda', 'lazyark.agents'] } });
    const bus = 'arn:aws:events:eu-central-1:000000000000:event-bus/default';
    await service.deliver!.to(bus, { requestContext: { functionArn: 'arn:f', condition: 'RetriesExhausted' } }, host);
    await service.deliver!.to(bus, { source: 'lazyark.agents', 'detail-type': 'X', detail: {} }, host);
    expect(host.sent.map((one) => (one.payload as Json)['detail-type'])).toEqual([
      'Lambda Function Invocation Result - Failure',
      'X',
    ]);
  });
});

describe('a rule', () => {
  it('names itself when its pattern is wrong', async () => {
    await expect(rule(testHost(), { EventPattern: { source: 'x' } })).rejects.toThrow(/Rule R: .* at source/);
  });

  it('ticks on its schedule with the event that AWS sends', async () => {
    const host = testHost();
    await rule(host, { ...target(), EventPattern: undefined, ScheduleExpression: 'rate(1 minute)' });
    await host.clock.advance(120_000);
    expect(host.sent).toMatchObject([
      { payload: { 'detail-type': 'Scheduled Event', source: 'aws.events', time: '2026-01-01T00:01:00Z', detail: {} } },
      { payload: { time: '2026-01-01T00:02:00Z' } },
    ]);
  });
});
