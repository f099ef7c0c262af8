// Tables as functions reach them: the port in the worker, the role in front of it, chaos behind it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionResources, startApp, tableResource } from '../../test-assembly.ts';

const files = {
  'room/tables.mjs': `
    const tables = globalThis[Symbol.for('lazyark.tables')];
    const tell = (work) => work.then((value) => ({ value }), ({ name, message }) => ({ name, message }));
    export const put = (event) => tell(tables.write([{ table: 'Things', put: { pk: event.pk, sk: 's', n: 1 } }]));
    export const get = (event) => tell(tables.get('Things', { pk: event.pk, sk: 's' }));
    export const byName = () => tell(tables.query({ table: 'Things', index: 'byName', pk: 'x' }));
    export const many = async () => {
      await Promise.all(Array.from({ length: 50 }, (_, n) => tables.write([{ table: 'Things', put: { pk: 'many', sk: 's' + n, tags: new Set(['a']) } }])));
      const { items } = await tables.query({ table: 'Things', pk: 'many' });
      return { count: items.length, tags: [...items[0].tags] };
    };
    export const wrong = () => tell(tables.write([]));
    export const untransferable = () => tell(tables.write([{ table: 'Things', put: { pk: 'a', sk: 'b', fn: () => {} } }]));
    export const ghost = () => tell(tables.get('Ghosts', { pk: 'a', sk: 'b' }));`,
};

const things = { 'Fn::GetAtt': ['Things', 'Arn'] };
const allow = (Action: unknown, Resource: unknown = things, Condition?: unknown) => ({
  Effect: 'Allow',
  Action,
  Resource,
  Condition,
});
const ownKeys = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['own#*'] } };
const resources = {
  Things: tableResource('Things'),
  ...functionResources('writer', 'room/tables.put', {}, [allow(['dynamodb:PutItem', 'dynamodb:GetItem'])]),
  ...functionResources('reader', 'room/tables.get', {}, [allow('dynamodb:GetItem')]),
  ...functionResources('nobody', 'room/tables.put'),
  ...functionResources('readerThatWrites', 'room/tables.put', {}, [allow('dynamodb:GetItem')]),
  ...functionResources('noIndex', 'room/tables.byName', {}, [allow('dynamodb:Query')]),
  ...functionResources('index', 'room/tables.byName', {}, [
    allow('dynamodb:Query', { 'Fn::Join': ['/', [things, 'index/byName']] }),
  ]),
  ...functionResources('own', 'room/tables.put', {}, [allow('dynamodb:PutItem', things, ownKeys)]),
  ...functionResources('many', 'room/tables.many', {}, [allow('dynamodb:*')]),
  ...functionResources('wrong', 'room/tables.wrong', {}, [allow('dynamodb:*')]),
  ...functionResources('untransferable', 'room/tables.untransferable', {}, [allow('dynamodb:*')]),
  ...functionResources('ghost', 'room/tables.ghost', {}, [allow('dynamodb:*', '*')]),
};

let runtime: Awaited<ReturnType<typeof startApp>>;
beforeAll(async () => {
  runtime = await startApp({ resources, files });
});
afterAll(() => runtime.stop());

const call = async (name: string, event: unknown = {}) => (await runtime.invoke(name, event)).payload;

describe('the port', () => {
  it('writes and reads through the store', async () => {
    expect(await call('writer', { pk: 'one' })).toMatchObject({
      value: { written: true, items: [{ pk: 'one', n: 1 }] },
    });
    expect(await call('reader', { pk: 'one' })).toEqual({ value: { pk: 'one', sk: 's', n: 1 } });
    expect(await runtime.tables.get('Things', { pk: 'one', sk: 's' })).toMatchObject({ n: 1 });
  });

  it('carries sets and many calls at once', async () => {
    expect(await call('many')).toEqual({ count: 50, tags: ['a'] });
  });

  it.each([
    ['wrong', /./],
    ['untransferable', /could not be cloned/],
    ['ghost', /no table Ghosts/],
  ])('keeps the name of an error: %s', async (name, message) => {
    expect(await call(name)).toEqual({ name: 'InvalidTableCall', message: expect.stringMatching(message) });
  });
});

describe('the role', () => {
  it('that lacks a permission is denied, in the words of AWS', async () => {
    expect(await call('nobody', { pk: 'secret' })).toEqual({
      name: 'TableAccessDenied',
      message:
        'User: arn:aws:sts::000000000000:assumed-role/App-nobodyRole/nobody is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:eu-central-1:000000000000:table/Things because no identity-based policy allows the dynamodb:PutItem action',
    });
    expect(await call('readerThatWrites', { pk: 'secret' })).toMatchObject({ name: 'TableAccessDenied' });
    expect(await runtime.tables.get('Things', { pk: 'secret', sk: 's' })).toBeUndefined();
  });

  it('needs the index itself to query it', async () => {
    expect(await call('noIndex')).toMatchObject({
      name: 'TableAccessDenied',
      message: expect.stringContaining('table/Things/index/byName'),
    });
    expect(await call('index')).toEqual({ value: { items: [] } });
  });

  it('may be held to some keys', async () => {
    expect(await call('own', { pk: 'own#1' })).toMatchObject({ value: { written: true } });
    expect(await call('own', { pk: 'other#1' })).toMatchObject({ name: 'TableAccessDenied' });
  });
});

describe('chaos', () => {
  it('loses answers after the commit, as often as it is told', async () => {
    const chaotic = await startApp({ resources, files }, { chaos: 'seed=5,lostResponse=50%' });
    const answers: unknown[] = [];
    for (let n = 0; n < 20; n++) answers.push((await chaotic.invoke('writer', { pk: `k${n}` })).payload);
    const lost = answers.flatMap((answer, n) =>
      (answer as { name?: string }).name === 'TableOutcomeUnknown' ? [n] : [],
    );
    expect(lost.length).toBeGreaterThan(3);
    expect(lost.length).toBeLessThan(17);
    for (const n of lost) expect(await chaotic.tables.get('Things', { pk: `k${n}`, sk: 's' })).toMatchObject({ n: 1 });
    await chaotic.stop();
  });

  it('kills functions', async () => {
    const chaotic = await startApp({ resources, files }, { chaos: 'killFunction=100%' });
    const { functionError, payload } = await chaotic.invoke('many', {});
    const survived = functionError === undefined;
    if (!survived) expect(payload).toMatchObject({ errorType: 'Runtime.ExitError' });
    await chaotic.stop();
  });
});

describe('a table', () => {
  it.each([
    ['other keys', { KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] }, 'must be pk and sk, not id'],
    ['a stream of keys alone', { StreamSpecification: { StreamViewType: 'KEYS_ONLY' } }, 'both images'],
    [
      'an index with other keys',
      { GlobalSecondaryIndexes: [{ IndexName: 'x', KeySchema: [] }] },
      'must be xPk and xSk',
    ],
    ['a number as key', { AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'N' }] }, 'must be a string'],
  ])('with %s is refused by name', async (_, properties, message) => {
    await expect(startApp({ resources: { Odd: tableResource('Odd', properties) } })).rejects.toThrow(
      new RegExp(`App\\.Odd \\(AWS::DynamoDB::GlobalTable\\): .*${message}`),
    );
  });
});
