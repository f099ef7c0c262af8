// A personal datum as the rest of the house may keep it: unreadable without the key of the person it is about. Pure.
import { createCipheriv, createDecipheriv } from 'node:crypto';
import * as z from 'zod';

/** A name that says nothing about the person; who it is stands in the values. */
export const SubjectId = z
  .string()
  .regex(/^sub_[a-z0-9][a-z0-9-]{7,59}$/, 'sub_ and 8 to 60 letters, digits or hyphens in lower case that name nobody');
export type SubjectId = z.infer<typeof SubjectId>;

const CIPHER = 'aes-256-gcm';
export const KEY_BYTES = 32;
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const TOKEN = /^pii:v1:(sub_[a-z0-9-]+):([A-Za-z0-9_-]+)$/;

/** Nonce, ciphertext and tag as one text; `about` is bound to it, so that it opens nowhere else. */
export function seal(text: string, key: Uint8Array, about: string, nonce: Uint8Array): string {
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(about));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url');
}

/** The text again; nothing when the key is another one, or anything was changed. */
export function unseal(sealed: string, key: Uint8Array, about: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** `pii:v1:<subject>:<sealed>`: what stands wherever the datum would stand. */
export const tokenFor = (subjectId: SubjectId, value: string, key: Uint8Array, nonce: Uint8Array): string =>
  `pii:v1:${subjectId}:${seal(value, key, `pii:v1:${subjectId}`, nonce)}`;

/** What a token stands for; nothing for what is no token of this subject. */
export function valueBehind(token: string, subjectId: SubjectId, key: Uint8Array): string | undefined {
  const [, subject, sealed = ''] = TOKEN.exec(token) ?? [];
  return subject === subjectId ? unseal(sealed, key, `pii:v1:${subjectId}`) : undefined;
}
