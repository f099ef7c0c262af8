// Object Lock: what was written stays what it was until its time is over, whoever asks.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ApiRequest, Caller } from '../../service.ts';
import { type TestHost, testHost } from '../../test-host.ts';
import { service } from '../s3.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'lazyark-lock-'));
afterAll(() => rmSync(dataDir, { recursive: true }));
let made = 0;

async function lockedBucket(properties: object = {}, before?: TestHost) {
  const host = Object.assign(testHost(before), { dataDir: before?.dataDir ?? join(dataDir, `${made++}`) });
  const DefaultRetention = { Mode: 'COMPLIANCE', Days: 30 };
  const locked = { ObjectLockEnabled: true, ObjectLockConfiguration: { Rule: { DefaultRetention } }, ...properties };
  const resource = { logicalId: 'Archive', type: 'AWS::S3::Bucket', stackName: 's' };
  await service.factories[0]!.create({ ...resource, properties: { BucketName: 'archive', ...locked } }, host);
  const ask = async (method: string, path: string, more: Partial<ApiRequest> = {}, caller: Caller = operator) => {
    const [plain = '', query] = path.split('?');
    const request = { method, path: `/archive/${plain}`, query: new URLSearchParams(query), headers: {} };
    return service.apis![0]!.handle({ ...request, body: Buffer.from(''), ...more }, caller, host);
  };
  const put = async (key: string, text: string) =>
    String((await ask('PUT', key, { body: Buffer.from(text) })).headers?.['x-amz-version-id']);
  const text = async (path: string) => String((await ask('GET', path)).body);
  return { host, ask, put, text };
}
const operator: Caller = { kind: 'operator' };
const DAY_MS = 86_400_000;

describe('a version in a locked bucket', () => {
  it('cannot be deleted before its time, not even after a restart', async () => {
    const first = await lockedBucket();
    const version = await first.put('root', 'signed');
    const again = await lockedBucket({}, first.host);
    const del = `root?versionId=${version}`;
    await expect(again.ask('DELETE', del)).rejects.toMatchObject({ status: 403, code: 'AccessDenied' });
    const headers = { 'x-amz-bypass-governance-retention': 'true' };
    await expect(again.ask('DELETE', del, { headers })).rejects.toMatchObject({ code: 'AccessDenied' });
    await again.host.clock.advance(31 * DAY_MS);
    expect((await again.ask('DELETE', del)).status).toBe(204);
    await expect(again.text('root')).rejects.toMatchObject({ code: 'NoSuchKey' });
  });

  it('stays beside what is written over it, and behind what is deleted', async () => {
    const { put, ask, text } = await lockedBucket();
    const first = await put('root', 'signed');
    await put('root', 'forged');
    expect(await text('root')).toBe('forged');
    await ask('DELETE', 'root');
    await expect(text('root')).rejects.toMatchObject({ code: 'NoSuchKey' });
    expect(await text(`root?versionId=${first}`)).toBe('signed');
  });

  it('is not written over by who asks for that', async () => {
    const { put, ask, text } = await lockedBucket();
    await put('root', 'signed');
    const over = { headers: { 'if-none-match': '*' }, body: Buffer.from('forged') };
    await expect(ask('PUT', 'root', over)).rejects.toMatchObject({ code: 'PreconditionFailed' });
    expect(await text('root')).toBe('signed');
  });

  it('is a file that nobody writes to', async () => {
    const { host, put } = await lockedBucket();
    await put('root', 'signed');
    const folder = join(host.dataDir, 's3/archive');
    expect(readdirSync(folder).map((file) => statSync(join(folder, file)).mode & 0o777)).toEqual([0o444]);
  });

  it.each(['x-amz-object-lock-mode', 'x-amz-object-lock-legal-hold', 'x-amz-object-lock-retain-until-date'])(
    'takes no other retention: %s is refused',
    async (name) => {
      const { ask } = await lockedBucket();
      await expect(ask('PUT', 'root', { headers: { [name]: 'x' } })).rejects.toMatchObject({ code: 'NotImplemented' });
    },
  );

  it('needs the rights of versions', async () => {
    const { host, ask, put } = await lockedBucket();
    const version = await put('root', 'signed');
    host.denied.add('s3:DeleteObjectVersion').add('s3:GetObjectVersion');
    const caller: Caller = { kind: 'role', roleArn: 'arn:aws:iam::0:role/r', sessionName: 's' };
    for (const method of ['GET', 'DELETE'])
      await expect(ask(method, `root?versionId=${version}`, {}, caller)).rejects.toMatchObject({ status: 403 });
  });
});

describe('the embedded runtime refuses', () => {
  it('a lock that it does not cover, and versions where there is none', async () => {
    await expect(lockedBucket({ ObjectLockConfiguration: undefined })).rejects.toThrow('default retention');
    const { ask } = await lockedBucket({ ObjectLockEnabled: false });
    await expect(ask('GET', 'root?versionId=x')).rejects.toMatchObject({ code: 'NotImplemented' });
  });
});
