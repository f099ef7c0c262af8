// What of a value gets into an entry, which nobody can take out again: no secrets, no persons. Pure.
import { hash } from 'node:crypto';
import { isSecretName, quicklyMasked } from '../common/mask.ts';

/** As everywhere, and what ends in secret or password. */
const isSecret = (name: string): boolean => /(?:secret|password|passphrase)$/i.test(name) || isSecretName(name);

/** The member that holds what people hand in, which may be about persons whom no rule would find. */
const GIVEN = 'content';
/** A digest of less could be found by trying. */
const DIGESTED_CHARS_MIN = 16;

/**
 * One member of what is stored: for JSON.stringify, or by itself. A secret by its name becomes its digest, so that it
 * can be shown which one it was and that it changed; one by its looks, and a person, become the word for it.
 */
export function keptMember(name: string, value: unknown): unknown {
  if (value instanceof Set) return [...value].sort();
  if (typeof value !== 'string') return value;
  if (!isSecret(name) && name !== GIVEN) return quicklyMasked(value);
  if (value.length < DIGESTED_CHARS_MIN) return '[secret]';
  return { sha256: hash('sha256', value, 'hex'), bytes: Buffer.byteLength(value) };
}

export const keptText = (text: string): string => String(keptMember('', text));
