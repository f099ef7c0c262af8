// S3: the AWS SDK's own client and presigned URLs against the endpoint, and what survives a crash.
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCredentials } from '../credentials.ts';
import { type Endpoint, openEndpoint } from '../endpoint.ts';
import type { Caller, Resource } from '../service.ts';
import { type TestHost, testHost } from '../test-host.ts';
import { service } from './s3.ts';

const Bucket = 'artifacts';
const resource = (name: string): Resource => ({
  logicalId: 'Artifacts',
  type: 'AWS::S3::Bucket',
  properties: { BucketName: name },
  stackName: 'Test',
});
const caller: Caller = { kind: 'function', roleArn: 'arn:aws:iam::000000000000:role/r', functionArn: 'fn' };

describe('S3', () => {
  let dataDir: string;
  let endpoint: Endpoint;
  let host: TestHost;
  let client: S3Client;
  let config: S3ClientConfig;

  async function withBucket(before?: TestHost): Promise<TestHost> {
    const credentials = openCredentials(dataDir);
    const made = Object.assign(testHost(before), { dataDir, credential: credentials.find });
    await service.factories[0]?.create(resource(Bucket), made);
    const { accessKeyId, secretAccessKey } = credentials.issue('fn', caller);
    config = {
      region: 'eu-central-1',
      endpoint: `http://127.0.0.1:${endpoint.port}`,
      credentials: { accessKeyId, secretAccessKey },
      forcePathStyle: true,
      maxAttempts: 1,
    };
    client = new S3Client(config);
    endpoint.serve(made, new Map(service.apis?.map((api) => [api.name, api])));
    return made;
  }

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 's3-'));
    endpoint = await openEndpoint(0);
    host = await withBucket();
    await host.clock.advance(Math.max(0, Date.now() - host.clock.now()));
  });
  afterEach(async () => {
    client.destroy();
    await endpoint.stop();
    rmSync(dataDir, { recursive: true });
  });

  const put = (Key: string, Body: PutObjectCommandInput['Body'], more = {}) =>
    client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  const text = async (Key: string, more = {}) =>
    (await client.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body?.transformToString();

  it.each(['plain.txt', 'a/b c/ü+&?#%.txt', '../../escape', '..', 'quote".txt'])(
    'keeps the object "%s" with its type and metadata',
    async (Key) => {
      const { ETag } = await put(Key, 'héllo', { ContentType: 'text/plain', Metadata: { kind: 'x' } });
      expect(ETag).toBe(`"${createHash('md5').update('héllo').digest('hex')}"`);
      const got = await client.send(new GetObjectCommand({ Bucket, Key }));
      expect(got).toMatchObject({ ContentType: 'text/plain', Metadata: { kind: 'x' }, ETag, ContentLength: 6 });
      expect(await got.Body?.transformToString()).toBe('héllo');
      expect(await client.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({ ContentLength: 6, ETag });
      expect(readdirSync(join(dataDir, 's3'))).toEqual([Bucket]);
    },
  );

  it('takes a stream, which the SDK sends in chunks', async () => {
    const parts = ['a'.repeat(70_000), 'b'.repeat(70_000)];
    await put('stream', Readable.from(parts.map((part) => Buffer.from(part))), { ContentLength: 140_000 });
    expect(await text('stream')).toBe(parts.join(''));
  });

  it('replaces and deletes, leaving no file behind', async () => {
    await put('k', 'one');
    await put('k', 'two');
    expect(await text('k')).toBe('two');
    expect(readdirSync(join(dataDir, 's3', Bucket))).toHaveLength(1);
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    await expect(text('k')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(readdirSync(join(dataDir, 's3', Bucket))).toEqual([]);
  });

  it('with If-None-Match: * an object that is there stays', async () => {
    await put('once', 'first', { IfNoneMatch: '*' });
    await expect(put('once', 'second', { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(await text('once')).toBe('first');
    expect(readdirSync(join(dataDir, 's3', Bucket))).toHaveLength(1);
  });

  it.each([
    ['bytes=1-3', 'bcd'],
    ['bytes=4-', 'ef'],
    ['bytes=-2', 'ef'],
    ['bytes=0-99', 'abcdef'],
    ['bytes=3-1', 'abcdef'],
  ])('gives the range %s', async (Range, expected) => {
    await put('range', 'abcdef');
    expect(await text('range', { Range })).toBe(expected);
  });

  it('refuses a range beyond the end', async () => {
    await put('range', 'abcdef');
    await expect(text('range', { Range: 'bytes=6-' })).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  it('lists keys by prefix, page by page', async () => {
    for (const Key of ['a/1', 'a/2', 'a/3', 'b/1', 'a&b<']) await put(Key, 'x');
    const all = await client.send(new ListObjectsV2Command({ Bucket }));
    expect(all.Contents?.map(({ Key }) => Key)).toEqual(['a&b<', 'a/1', 'a/2', 'a/3', 'b/1']);
    const first = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'a/', MaxKeys: 2 }));
    expect([first.KeyCount, first.IsTruncated]).toEqual([2, true]);
    const next = { Bucket, Prefix: 'a/', MaxKeys: 2, ContinuationToken: first.NextContinuationToken };
    const second = await client.send(new ListObjectsV2Command(next));
    expect(second.Contents).toMatchObject([{ Key: 'a/3', Size: 1 }]);
    expect(second.IsTruncated).toBe(false);
  });

  describe('presigned URLs', () => {
    const getUrl = (expiresIn = 60) =>
      getSignedUrl(client, new GetObjectCommand({ Bucket, Key: 'k y' }), { expiresIn });

    /** A URL for an upload, signed by a client that puts the digest of the (empty) body into it or does not. */
    function putUrlWith(requestChecksumCalculation: 'WHEN_REQUIRED' | 'WHEN_SUPPORTED') {
      const signer = new S3Client({ ...config, requestChecksumCalculation });
      const upload = new PutObjectCommand({ Bucket, Key: 'k y', ContentType: 'text/csv', ContentLength: 3 });
      return getSignedUrl(signer, upload, { expiresIn: 60 });
    }

    it('carry an upload and a download without any header of AWS', async () => {
      const putUrl = await putUrlWith('WHEN_REQUIRED');
      const stored = await fetch(putUrl, { method: 'PUT', body: 'a;b', headers: { 'content-type': 'text/csv' } });
      expect([stored.status, await stored.text()]).toEqual([200, '']);
      const got = await fetch(await getUrl());
      expect([got.status, got.headers.get('content-type'), await got.text()]).toEqual([200, 'text/csv', 'a;b']);
    });

    it('that carry the digest of another body refuse the upload', async () => {
      const answer = await fetch(await putUrlWith('WHEN_SUPPORTED'), {
        method: 'PUT',
        body: 'a;b',
        headers: { 'content-type': 'text/csv' },
      });
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('<Code>BadDigest')]);
    });

    it('end with their time', async () => {
      await put('k y', 'x');
      const url = await getUrl(60);
      await host.clock.advance(59_000);
      expect((await fetch(url)).status).toBe(200);
      await host.clock.advance(3_000);
      const late = await fetch(url);
      expect([late.status, await late.text()]).toEqual([
        403,
        expect.stringContaining('<Code>AccessDenied</Code><Message>Request has expired'),
      ]);
    });

    it.each([
      ['another object', (url: string) => url.replace('k%20y', 'other')],
      ['a longer time', (url: string) => url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600')],
      ['another signature', (url: string) => url.replace(/Signature=..../, 'Signature=0000')],
    ])('serve for nothing else: %s', async (_name, forge) => {
      await put('k y', 'x');
      const answer = await fetch(forge(await getUrl()));
      expect([answer.status, await answer.text()]).toEqual([
        403,
        expect.stringContaining('<Code>SignatureDoesNotMatch'),
      ]);
    });

    it('do no more than their signer may', async () => {
      await put('k y', 'x');
      const url = await getUrl();
      host.denied.add('s3:GetObject');
      const answer = await fetch(url);
      expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('<Code>AccessDenied')]);
    });
  });

  it.each([
    ['s3:PutObject', () => put('x', 'x')],
    ['s3:GetObject', () => text('x')],
    ['s3:DeleteObject', () => client.send(new DeleteObjectCommand({ Bucket, Key: 'x' }))],
    ['s3:ListBucket', () => client.send(new ListObjectsV2Command({ Bucket }))],
  ])('asks for the right to %s', async (action, work) => {
    host.denied.add(action);
    await expect(work()).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('tells only who may list that an object is not there', async () => {
    await expect(text('none')).rejects.toMatchObject({ name: 'NoSuchKey' });
    host.denied.add('s3:ListBucket');
    await expect(text('none')).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('refuses a wrong digest, more than 100 MB, a missing bucket, and what it does not cover', async () => {
    await expect(put('x', 'abc', { ContentMD5: 'kAFQmDzST7DWlj99KOF/cg=3' })).rejects.toMatchObject({
      name: 'BadDigest',
    });
    await expect(put('x', Buffer.alloc(100 * 1024 * 1024 + 1))).rejects.toMatchObject({ name: 'EntityTooLarge' });
    await expect(text('x', { Bucket: 'nowhere' })).rejects.toMatchObject({ name: 'NoSuchBucket' });
    const copy = new CopyObjectCommand({ Bucket, Key: 'y', CopySource: `${Bucket}/x` });
    await expect(client.send(copy)).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('CopyObject'),
    });
    expect(readdirSync(join(dataDir, 's3', Bucket))).toEqual([]);
  });

  it('a crash keeps what was acknowledged and leaves no half objects', async () => {
    await put('kept', 'kept');
    writeFileSync(join(dataDir, 's3', Bucket, 'left-by-a-crash'), 'half');
    host.crash();
    client.destroy();
    host = await withBucket(host);
    expect(await text('kept')).toBe('kept');
    expect(readdirSync(join(dataDir, 's3', Bucket))).toHaveLength(1);
  });

  it('refuses a bucket name that is no folder name', async () => {
    await expect(service.factories[0]?.create(resource('../x'), host)).rejects.toThrow('no bucket name');
  });
});
