// The archive: a bucket with Object Lock, where roots and entries are written once and by nobody changed or deleted.
import { gunzipSync, gzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

export type Archive = {
  /** The first text under a name stays. A name that ends in .gz is compressed. */
  writeOnce(name: string, text: string): Promise<'written' | 'there already' | 'another is there'>;
  /** names that begin with `prefix` and come after `after`, in order */
  names(prefix: string, after: string, limit: number): Promise<string[]>;
  read(name: string): Promise<string>;
};

export const archiveIn = (Bucket: string, client = new S3Client({ forcePathStyle: true })): Archive => {
  const read = async (name: string): Promise<string> => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: name }));
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  };
  return {
    read,
    writeOnce: async (name, text) => {
      const Body = name.endsWith('.gz') ? gzipSync(text, { level: 1 }) : Buffer.from(text);
      try {
        await client.send(new PutObjectCommand({ Bucket, Key: name, Body, IfNoneMatch: '*' }));
        return 'written';
      } catch (error) {
        if ((error as Error).name !== 'PreconditionFailed') throw error;
        return (await read(name)) === text ? 'there already' : 'another is there';
      }
    },
    names: async (Prefix, after, MaxKeys) => {
      const listed = await client.send(new ListObjectsV2Command({ Bucket, Prefix, StartAfter: after, MaxKeys }));
      return (listed.Contents ?? []).map(({ Key }) => String(Key));
    },
  };
};
