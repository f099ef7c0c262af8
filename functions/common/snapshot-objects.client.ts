// Snapshots in their bucket, compressed.
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SnapshotDamaged, type SnapshotObjects } from './transfer-state.ts';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** The objects below `snapshots/` of a bucket. */
export const snapshotObjectsIn = (
  bucket: string,
  client = new S3Client({ forcePathStyle: true }),
): SnapshotObjects => ({
  put: async (key, text) => {
    const Body = await compress(text);
    await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: `${key}.gz`, Body, ContentType: 'application/gzip' }),
    );
  },
  get: async (key) => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `${key}.gz` }));
      return (await decompress((await Body?.transformToByteArray()) ?? new Uint8Array())).toString();
    } catch (error) {
      const isDamage = ['NoSuchKey', 'NotFound'].includes((error as Error).name) || 'errno' in (error as object);
      throw isDamage ? new SnapshotDamaged(`${key} cannot be read: ${(error as Error).message}`) : error;
    }
  },
});
