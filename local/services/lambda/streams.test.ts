// Streams to functions: order per key, filters, retries, bisecting, partial failures, and checkpoints over a restart.
import { afterEach, describe, expect, it } from 'vitest';
import { functionResources, startApp, type TestApp, tableResource } from '../../test-assembly.ts';

// The consumer notes every batch it is given in the table `Seen`, and fails where the record's item says so.
const files = {
  'room/consume.mjs': `
    const tables = globalThis[Symbol.for('lazyark.tables')];
    let batch = 0;
    const value = (record) => record.dynamodb.NewImage ?? record.dynamodb.OldImage;
    const note = (records) => tables.write([{ table: 'Seen', put: { pk: 'batch', sk: String(Date.now()) + '#' + String(batch++).padStart(6, '0'), records: JSON.stringify(records) } }]);
    export const all = async ({ Records }) => { await note(Records); };
    export const poison = async ({ Records }) => {
      await note(Records);
      if (Records.some((record) => value(record).poison)) throw new Error('poison');
    };
    export const partial = async ({ Records }) => {
      await note(Records);
      return { batchItemFailures: Records.filter((record) => value(record).poison).map((record) => ({ itemIdentifier: record.dynamodb.SequenceNumber })) };
    };
    export const onceOnly = async ({ Records }) => { await note(Records); if (batch === 1) throw new Error('first time'); };`,
};

const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const streamArn = { 'Fn::GetAtt': ['Things', 'StreamArn'] };

function app(handler: string, mapping: Record<string, unknown> = {}): TestApp {
  const mayNote = [
    { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: arn('Seen') },
    { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' },
  ];
  return {
    files,
    resources: {
      Things: tableResource('Things', { TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiresAt' } }),
      Seen: tableResource('Seen'),
      Failed: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'failed' } },
      ...functionResources('consume', `room/consume.${handler}`, {}, mayNote),
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: streamArn,
          FunctionName: { Ref: 'consume' },
          StartingPosition: 'LATEST',
          ...mapping,
        },
      },
    },
  };
}

type App = Awaited<ReturnType<typeof startApp>>;
type Record_ = { eventID: string; eventName: string; dynamodb: Record<string, Record<string, Record<string, string>>> };
let running: App | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});
const start = async (...args: Parameters<typeof startApp>) => {
  running = await startApp(...args);
  return running;
};

async function batches(runtime: App): Promise<Record_[][]> {
  const { items } = await runtime.tables.query({ table: 'Seen', pk: 'batch', limit: 1_000 });
  return items.map(({ records }) => JSON.parse(String(records)));
}
const records = async (runtime: App) => (await batches(runtime)).flat();
const put = (runtime: App, pk: string, n: number, rest = {}) =>
  runtime.tables.write([{ table: 'Things', put: { pk, sk: 's', n, ...rest } }]);
const pkOf = (record: Record_) => record.dynamodb.Keys!.pk!.S!;
const numbersOf = (list: Record_[], pk: string) =>
  list.filter((record) => pkOf(record) === pk).map((record) => Number(record.dynamodb.NewImage!.n!.N));
const patience = { timeout: 10_000, interval: 20 };

describe('a record', () => {
  it('looks as on AWS', async () => {
    const runtime = await start(app('all'));
    await runtime.tables.write([
      { table: 'Things', put: { pk: 'a', sk: 's', n: 1, tags: new Set(['x']), deep: { list: [true, null] } } },
    ]);
    await runtime.tables.write([{ table: 'Things', update: { pk: 'a', sk: 's' }, changes: { set: [['n', 2]] } }]);
    await runtime.tables.write([{ table: 'Things', delete: { pk: 'a', sk: 's' } }]);
    await expect.poll(async () => (await records(runtime)).length, patience).toBe(3);
    const [insert, modify, remove] = await records(runtime);
    expect(insert).toMatchObject({
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-central-1',
      eventSourceARN: expect.stringContaining(':table/Things/stream/'),
      dynamodb: {
        Keys: { pk: { S: 'a' }, sk: { S: 's' } },
        NewImage: {
          n: { N: '1' },
          tags: { SS: ['x'] },
          deep: { M: { list: { L: [{ BOOL: true }, { NULL: true }] } } },
        },
        StreamViewType: 'NEW_AND_OLD_IMAGES',
        SequenceNumber: expect.stringMatching(/^\d{21}$/),
        ApproximateCreationDateTime: expect.any(Number),
      },
    });
    expect(modify).toMatchObject({
      eventName: 'MODIFY',
      dynamodb: { OldImage: { n: { N: '1' } }, NewImage: { n: { N: '2' } } },
    });
    expect(remove).toMatchObject({ eventName: 'REMOVE', dynamodb: { OldImage: { n: { N: '2' } } } });
    expect(remove!.dynamodb).not.toHaveProperty('NewImage');
  });

  it('of an expired item says that the service removed it', async () => {
    const runtime = await start(app('all'), { clockSpeed: 1_000 });
    await put(runtime, 'a', 1, { expiresAt: Math.floor(Date.now() / 1000) });
    const removed = async () => (await records(runtime)).find(({ eventName }) => eventName === 'REMOVE');
    await expect
      .poll(removed, patience)
      .toMatchObject({ userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } });
  });
});

describe('delivery', () => {
  it('keeps the order of each key, in several lanes, with batches of limited size', async () => {
    const runtime = await start(app('all', { ParallelizationFactor: 4, BatchSize: 7 }));
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    const writes: Promise<unknown>[] = [];
    for (let n = 0; n < 40; n++) for (const key of keys) writes.push(put(runtime, key, n));
    await Promise.all(writes);
    await expect.poll(async () => (await records(runtime)).length, patience).toBe(240);
    const seen = await batches(runtime);
    for (const key of keys) expect(numbersOf(seen.flat(), key)).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(Math.max(...seen.map((batch) => batch.length))).toBeLessThanOrEqual(7);
  });

  it('passes only what a filter matches', async () => {
    const Pattern = JSON.stringify({ eventName: ['INSERT'], dynamodb: { NewImage: { kind: { S: ['task'] } } } });
    const runtime = await start(app('all', { FilterCriteria: { Filters: [{ Pattern }] } }));
    await put(runtime, 'a', 1, { kind: 'objective' });
    await put(runtime, 'b', 2, { kind: 'task' });
    await put(runtime, 'b', 3, { kind: 'task' });
    await put(runtime, 'c', 4, { kind: 'task' });
    await expect.poll(async () => (await records(runtime)).map(pkOf), patience).toEqual(['b', 'c']);
  });

  it('waits for a batching window', async () => {
    const runtime = await start(app('all', { MaximumBatchingWindowInSeconds: 60, BatchSize: 5 }), { clockSpeed: 100 });
    for (let n = 0; n < 7; n++) await put(runtime, 'a', n);
    await expect.poll(async () => (await batches(runtime)).map((batch) => batch.length), patience).toEqual([5, 2]);
  });
});

describe('a failure', () => {
  const failed = (runtime: App) => runtime.logs.filter(({ message }) => message === 'stream records given up');

  it('is tried again with the same records', async () => {
    const runtime = await start(app('onceOnly'));
    await put(runtime, 'a', 1);
    await expect.poll(async () => (await batches(runtime)).length, patience).toBe(2);
    const [first, second] = await batches(runtime);
    expect(second).toEqual(first);
  });

  it('is bisected down to the bad record, which alone is given up', async () => {
    const runtime = await start(
      app('poison', {
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: 1,
        MaximumBatchingWindowInSeconds: 1,
        BatchSize: 8,
        DestinationConfig: { OnFailure: { Destination: arn('Failed') } },
      }),
    );
    await Promise.all(Array.from({ length: 8 }, (_, n) => put(runtime, `k${n}`, n, n === 5 ? { poison: true } : {})));
    await put(runtime, 'after', 99);
    await expect
      .poll(async () => (await records(runtime)).some((record) => pkOf(record) === 'after'), patience)
      .toBe(true);
    const seen = await batches(runtime);
    const alone = seen.filter((batch) => batch.some((record) => pkOf(record) === 'k5') && batch.length === 1);
    expect(alone).toHaveLength(2);
    const good = new Set(
      seen
        .filter((batch) => !batch.some((record) => pkOf(record) === 'k5'))
        .flat()
        .map(pkOf),
    );
    expect([...good].sort()).toEqual(['after', 'k0', 'k1', 'k2', 'k3', 'k4', 'k6', 'k7']);
    expect(failed(runtime)).toMatchObject([{ condition: 'RetryAttemptsExhausted', attempts: 2 }]);
  });

  it('of some records repeats from the first of them', async () => {
    const runtime = await start(
      app('partial', {
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MaximumRetryAttempts: 2,
        MaximumBatchingWindowInSeconds: 1,
        BatchSize: 4,
      }),
    );
    for (let n = 0; n < 4; n++) await put(runtime, 'a', n, n === 2 ? { poison: true } : {});
    await expect.poll(() => failed(runtime).length, patience).toBe(1);
    expect((await batches(runtime)).map((batch) => numbersOf(batch, 'a'))).toEqual([
      [0, 1, 2, 3],
      [2, 3],
      [2, 3],
    ]);
  });

  it('holds up its own lane only', async () => {
    const runtime = await start(app('poison', { ParallelizationFactor: 10, BatchSize: 1 }));
    await put(runtime, 'bad', 0, { poison: true });
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) await put(runtime, key, 1);
    const others = async () => new Set((await records(runtime)).map(pkOf).filter((pk) => pk !== 'bad')).size;
    await expect.poll(others, patience).toBeGreaterThanOrEqual(7);
  });

  it('of an old record ends at its age', async () => {
    const runtime = await start(app('poison', { MaximumRecordAgeInSeconds: 60 }), { clockSpeed: 200 });
    await put(runtime, 'a', 1, { poison: true });
    await expect.poll(() => failed(runtime), patience).toMatchObject([{ condition: 'RecordAgeExceeded' }]);
  });
});

describe('a restart', () => {
  it('goes on after what was done, with what was written meanwhile or left over', async () => {
    const first = await startApp(app('all'));
    await put(first, 'a', 1);
    await expect.poll(async () => (await records(first)).length, patience).toBe(1);
    await first.stop();
    const unread = app('all', { Enabled: false });
    const second = await startApp(unread, { folder: first.folder });
    await put(second, 'a', 2);
    await second.stop();
    const third = await start(app('all'), { folder: first.folder });
    await put(third, 'a', 3);
    await expect.poll(async () => numbersOf(await records(third), 'a'), patience).toEqual([1, 2, 3]);
  });

  it('delivers again what a function had not finished', async () => {
    const first = await startApp(app('poison'));
    await put(first, 'a', 1, { poison: true });
    await expect.poll(async () => (await records(first)).length, patience).toBeGreaterThan(0);
    const [before] = await records(first);
    await first.stop();
    const second = await start(app('all'), { folder: first.folder });
    const count = (await records(second)).length;
    await expect.poll(async () => (await records(second)).length, patience).toBe(count + 1);
    expect((await records(second)).at(-1)!.eventID).toBe(before!.eventID);
  });
});

describe('chaos', () => {
  it('duplicates and delays records, and keeps the order of first deliveries', async () => {
    const runtime = await start(app('all', { BatchSize: 1, ParallelizationFactor: 2 }), {
      chaos: 'seed=2,duplicateRecord=30%,lateRecord=10%',
    });
    for (let n = 0; n < 20; n++) await put(runtime, 'a', n);
    await expect
      .poll(async () => new Set((await records(runtime)).map(({ eventID }) => eventID)).size, patience)
      .toBe(20);
    const seen = await records(runtime);
    expect(seen.length).toBeGreaterThan(20);
    expect([...new Set(numbersOf(seen, 'a'))]).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });
});

describe('a mapping', () => {
  it('on a table without a stream is refused by name', async () => {
    const wrong = app('all');
    delete wrong.resources.Things!.Properties!.StreamSpecification;
    await expect(startApp(wrong)).rejects.toThrow(/App\.Mapping .*does the table declare one/);
  });
});
