// The action object.write: a text file of the swarm. Its undo is the content before, of which a copy is kept.
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { Performer } from './performer.ts';

const CONTENT_CHARACTERS_MAX = 256_000;
const FileName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*([./][A-Za-z0-9][A-Za-z0-9_-]*)*$/, 'a name such as canary/notes.txt');
const Parameters = z.strictObject({
  name: FileName,
  /** null takes the file away */
  content: z.string().max(CONTENT_CHARACTERS_MAX).nullable().optional(),
  /** instead of `content`: what the file was before this effect */
  asBefore: z.string().startsWith('eff_').optional(),
  /** only while the file is as this effect left it */
  after: z.string().optional(),
  /** of an undo: the effect whose state is brought back */
  standsFor: z.string().optional(),
});
type Parameters = z.infer<typeof Parameters>;

/**
 * A file as it lies in the bucket: with who wrote it, so that a look-up can tell, and with the effect whose state it is,
 * which after an undo is an earlier one. The content of a missing file is null.
 */
type Stored = { effectId: string; standsFor: string; content: string | null };
const NEVER_WRITTEN: Stored = { effectId: '-', standsFor: '-', content: null };

const fileKey = (name: string) => `files/${name}`;
const copyKey = (effectId: string) => `undo/${effectId}`;

export const writeObjectIn = (bucket: string, client: S3Client): Performer<Parameters> => {
  const get = (key: string) => readStored(bucket, client, key);
  const put = (key: string, stored: Stored) =>
    client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: JSON.stringify(stored),
        ContentType: 'application/json',
      }),
    );
  return {
    action: 'object.write',
    schema: Parameters,
    targetOf: ({ name }) => name,
    impactOf: () => ({ spendCents: 0, apiCalls: 0, files: 1, tokens: 0 }),
    undoOf: () => ({ reversible: 'yes', undo: 'The file gets the content that it had before, or is taken away.' }),
    plan: async ({ name, after, standsFor = '' }, effectId) => {
      const current = (await get(fileKey(name))) ?? NEVER_WRITTEN;
      if (after && current.standsFor !== after) {
        return `${name} has been written since, by ${current.effectId}: undo that first`;
      }
      await put(copyKey(effectId), current);
      const back = { asBefore: effectId, after: standsFor || effectId, standsFor: current.standsFor };
      return {
        before: { writtenBy: current.effectId },
        undo: { action: 'object.write', parameters: { name, ...back } },
      };
    },
    perform: async ({ name, content: given, asBefore, standsFor }, effectId) => {
      const content = asBefore ? (await get(copyKey(asBefore)))?.content : given;
      if (content === undefined) {
        return { kind: 'did_not_happen', detail: `there is neither content nor a copy from before ${asBefore}` };
      }
      await put(fileKey(name), { effectId, standsFor: standsFor ?? effectId, content });
      return {
        kind: 'happened',
        detail: `${name} ${content === null ? 'is gone' : `has ${content.length} characters`}`,
      };
    },
    lookUp: async ({ name }, effectId, { before }) => {
      const writtenBy = ((await get(fileKey(name))) ?? NEVER_WRITTEN).effectId;
      if (writtenBy === effectId) return { kind: 'happened', detail: `${name} was written by this effect` };
      return writtenBy === before.writtenBy
        ? { kind: 'did_not_happen', detail: `${name} is as it was before` }
        : { kind: 'unknown', detail: `${name} was written by ${writtenBy} since` };
    },
  };
};

/** A file's content, or null. */
export const readFileIn =
  (bucket: string, client: S3Client) =>
  async (name: string): Promise<string | null> =>
    (await readStored(bucket, client, fileKey(name)))?.content ?? null;

async function readStored(bucket: string, client: S3Client, key: string): Promise<Stored | undefined> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return JSON.parse((await Body?.transformToString()) ?? '') as Stored;
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') return undefined;
    throw error;
  }
}
