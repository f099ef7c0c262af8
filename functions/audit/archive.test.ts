// The archive keeps the first text under a name, and says when another is there.
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, type PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { archiveIn } from './archive.client.ts';

function bucket(failing?: Error) {
  const objects = new Map<string, Buffer>();
  const send = async (command: unknown) => {
    if (failing) throw failing;
    if (command instanceof ListObjectsV2Command) return { Contents: [...objects.keys()].map((Key) => ({ Key })) };
    const { Key = '', Body, IfNoneMatch } = (command as PutObjectCommand).input;
    if (command instanceof GetObjectCommand) return { Body: { transformToByteArray: async () => objects.get(Key) } };
    expect(IfNoneMatch).toBe('*');
    if (objects.has(Key)) throw Object.assign(new Error('412'), { name: 'PreconditionFailed' });
    objects.set(Key, Body as Buffer);
    return {};
  };
  return { objects, archive: archiveIn('archive', { send } as never) };
}

describe('the archive', () => {
  it.each(['roots/1.json', 'entries/a/1.jsonl.gz'])('writes %s once', async (name) => {
    const { archive } = bucket();
    expect(await archive.writeOnce(name, 'text')).toBe('written');
    expect(await archive.writeOnce(name, 'text')).toBe('there already');
    expect(await archive.writeOnce(name, 'other')).toBe('another is there');
    expect(await archive.read(name)).toBe('text');
    expect(await archive.names('', '', 5)).toEqual([name]);
  });

  it('compresses what is named so', async () => {
    const { archive, objects } = bucket();
    await archive.writeOnce('a.gz', 'text');
    expect(gunzipSync(objects.get('a.gz')!).toString()).toBe('text');
  });

  it('fails when it is away: that is no answer', async () => {
    await expect(bucket(new Error('away')).archive.writeOnce('a', 'text')).rejects.toThrow('away');
  });
});
