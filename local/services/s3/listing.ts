// ListObjectsV2: pages of keys in order of their bytes. Delimiters are not covered.
import { ApiError } from '../../service.ts';
import type { BucketStore } from './bucket-store.ts';
import { xmlDocument } from './xml.ts';

const KEYS_MAX = 1000;

/** The XML answer to a listing; the continuation token is the last key of the page before. */
export async function listObjects(store: BucketStore, bucket: string, query: URLSearchParams): Promise<string> {
  const prefix = query.get('prefix') ?? '';
  const maxKeys = Math.min(Number(query.get('max-keys') ?? KEYS_MAX), KEYS_MAX);
  if (!Number.isInteger(maxKeys) || maxKeys < 0)
    throw new ApiError(400, 'InvalidArgument', 'max-keys must be a number');
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const { objects, more } = await store.list(bucket, prefix, after, maxKeys);
  const last = objects.at(-1)?.key;
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (text: string) => text;
  return xmlDocument('ListBucketResult', {
    Name: bucket,
    Prefix: encode(prefix),
    MaxKeys: maxKeys,
    KeyCount: objects.length,
    IsTruncated: more && last !== undefined,
    NextContinuationToken: more && last !== undefined ? Buffer.from(last).toString('base64url') : undefined,
    Contents: objects.map((facts) => ({
      Key: encode(facts.key),
      LastModified: new Date(facts.modifiedMs).toISOString(),
      ETag: `"${facts.etag}"`,
      Size: facts.sizeBytes,
      StorageClass: 'STANDARD',
    })),
  });
}
