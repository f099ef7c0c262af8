// The two performers that reach outside of the tables: files in a bucket, and requests to listed hosts.
import type { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { FetchAnswer, FetchRequest } from '../common/safe-fetch.client.ts';
import { callApiBy } from './call-api.client.ts';
import type { Deed } from './performer.ts';
import { readFileIn, writeObjectIn } from './write-object.client.ts';

function aBucket() {
  const objects = new Map<string, string>();
  const send = async ({ input }: { input: { Key: string; Body?: string } }) => {
    if (input.Body !== undefined) return void objects.set(input.Key, input.Body);
    const found = objects.get(input.Key);
    if (found === undefined) throw Object.assign(new Error('no such key'), { name: 'NoSuchKey' });
    return { Body: { transformToString: async () => found } };
  };
  const client = { send } as unknown as S3Client;
  const performer = writeObjectIn('bucket', client);
  const write = async (parameters: object, effectId: string) => {
    const given = performer.schema.parse(parameters);
    const plan = await performer.plan(given, effectId);
    if (typeof plan === 'string') return plan;
    await performer.perform(given, effectId, plan);
    return plan;
  };
  const undoOf = (plan: Awaited<ReturnType<typeof write>>) => {
    if (typeof plan === 'string' || !plan.undo) throw new Error('there is no way back');
    return (plan.undo as Deed).parameters as object;
  };
  return { performer, write, undoOf, read: readFileIn('bucket', client) };
}

describe('object.write', () => {
  it('writes, and its undo brings back the file before, or takes it away', async () => {
    const { write, undoOf, read } = aBucket();
    const first = await write({ name: 'a/b.txt', content: 'one' }, 'eff_1');
    const second = await write({ name: 'a/b.txt', content: 'two' }, 'eff_2');
    expect(await read('a/b.txt')).toBe('two');
    await write(undoOf(second), 'eff_3');
    expect(await read('a/b.txt')).toBe('one');
    await write(undoOf(first), 'eff_4');
    expect(await read('a/b.txt')).toBeNull();
  });

  it('is not undone over what somebody wrote since', async () => {
    const { write, undoOf, read } = aBucket();
    const first = await write({ name: 'a', content: 'one' }, 'eff_1');
    await write({ name: 'a', content: 'two' }, 'eff_2');
    expect(await write(undoOf(first), 'eff_3')).toContain('written since, by eff_2');
    expect(await read('a')).toBe('two');
  });

  it('looks up whether it happened by who wrote the file last', async () => {
    const { performer, write } = aBucket();
    const given = performer.schema.parse({ name: 'a', content: 'one' });
    const plan = await performer.plan(given, 'eff_1');
    if (typeof plan === 'string') throw new Error(plan);
    expect(await performer.lookUp(given, 'eff_1', plan)).toMatchObject({ kind: 'did_not_happen' });
    await performer.perform(given, 'eff_1', plan);
    expect(await performer.lookUp(given, 'eff_1', plan)).toMatchObject({ kind: 'happened' });
    await write({ name: 'a', content: 'two' }, 'eff_2');
    expect(await performer.lookUp(given, 'eff_1', plan)).toMatchObject({ kind: 'unknown' });
  });

  it.each(['../up', '/root', 'a//b', 'a/../b', '.hidden', ''])('refuses the name %j', (name) => {
    expect(aBucket().performer.schema.safeParse({ name, content: 'x' }).success).toBe(false);
  });

  it('does nothing without content', async () => {
    const { performer } = aBucket();
    const plan = { before: {} };
    const done = await performer.perform(performer.schema.parse({ name: 'a', asBefore: 'eff_9' }), 'eff_1', plan);
    expect(done).toMatchObject({ kind: 'did_not_happen' });
  });
});

const answered = (status: number): FetchAnswer => ({
  kind: 'answered',
  status,
  headers: {},
  body: new Uint8Array(),
  url: 'https://api.example.org/',
  hops: 0,
});

function anApi(answer: FetchAnswer) {
  const sent: FetchRequest[] = [];
  const performer = callApiBy(
    async (request) => {
      sent.push(request);
      return answer;
    },
    [{ host: 'api.example.org' }],
  );
  const call = (parameters: object) => performer.schema.parse({ url: 'https://api.example.org/x', ...parameters });
  const perform = (parameters: object) => performer.perform(call(parameters), 'eff_1', { before: {} });
  return { performer, call, perform, sent };
}

describe('api.call', () => {
  it('gives the other side the id of the effect, and sends a change without following a redirect', async () => {
    const { perform, sent } = anApi(answered(201));
    expect(await perform({ method: 'POST', body: '{}' })).toMatchObject({ kind: 'happened' });
    expect(sent[0]).toMatchObject({ headers: { 'idempotency-key': 'eff_1' }, limits: { redirectsMax: 0 } });
  });

  it.each([
    [answered(404), 'POST', 'did_not_happen'],
    [answered(503), 'POST', 'unknown'],
    [answered(503), 'GET', 'did_not_happen'],
    [{ kind: 'failed', reason: 'timeout', detail: 'no answer', url: '' }, 'POST', 'unknown'],
    [{ kind: 'failed', reason: 'timeout', detail: 'no answer', url: '' }, 'GET', 'did_not_happen'],
    [{ kind: 'refused', reason: 'host_not_listed', detail: 'x', url: '' }, 'POST', 'did_not_happen'],
    [{ kind: 'refused', reason: 'too_many_redirects', detail: 'x', url: '' }, 'POST', 'unknown'],
  ] as [FetchAnswer, string, string][])('%j to a %s is: %s', async (answer, method, kind) => {
    expect(await anApi(answer).perform({ method })).toMatchObject({ kind });
  });

  it('is undone by the request that its proposer named, and without one says that it cannot be', async () => {
    const { performer, call } = anApi(answered(200));
    const undo = { method: 'DELETE', url: 'https://api.example.org/x/1' };
    const withUndo = call({ method: 'POST', undo });
    expect(performer.undoOf(withUndo)).toMatchObject({ reversible: 'yes' });
    expect(await performer.plan(withUndo, 'eff_1')).toMatchObject({ undo: { action: 'api.call', parameters: undo } });
    expect(performer.undoOf(call({ method: 'POST' }))).toEqual({ reversible: 'no' });
    expect(performer.undoOf(call({ method: 'GET' }))).toEqual({ reversible: 'nothing_to_undo' });
  });

  it.each([
    [answered(200), 'happened'],
    [answered(404), 'did_not_happen'],
    [{ kind: 'failed', reason: 'unreachable', detail: 'x', url: '' }, 'unknown'],
  ] as [FetchAnswer, string][])('looks up by the address that was named: %j', async (answer, kind) => {
    const { performer, call } = anApi(answer);
    const lookUp = { url: 'https://api.example.org/x/1', happenedStatus: 200 };
    expect(await performer.lookUp(call({ method: 'POST', lookUp }), 'eff_1', { before: {} })).toMatchObject({ kind });
    expect(await performer.lookUp(call({ method: 'POST' }), 'eff_1', { before: {} })).toMatchObject({
      kind: 'unknown',
    });
  });

  it.each(['Authorization', 'cookie', 'X-Api-Key', 'Idempotency-Key'])('takes no header %s', (name) => {
    const { performer } = anApi(answered(200));
    const given = { method: 'GET', url: 'https://api.example.org/', headers: { [name]: 'x' } };
    expect(performer.schema.safeParse(given).success).toBe(false);
  });
});
