// What of a value gets into an entry, which nobody can take out again: no secrets, no persons. Pure.
import { hash } from 'node:crypto';
import { isSecretName, masked } from '../common/mask.ts';

/** As secrets begin, whatever follows. */
const DOOR =
  /eyJ|AKIA|ASIA|AROA|AIDA|AIza|\bgh[pousr]_|github_pat|glpat|xox|xapp|\b[srp]k[-_]|whsec|\bnpm_|dop_v1|shpat|\bhf_|\blzk|\b(?:bearer|basic|bot)\b/i;
/** Ids, states, times, names of fields: most texts are, and looking through them would be most of the work. */
const WORD = /^(?![\d-]+$)(?![A-Z]{2}\d{2})(?![MNO][\w-]{23,27}\.)[\w#.:-]{0,80}$/;
/** Words between spaces and slashes with hardly a digit. */
const PHRASE = /^(?!(?:\D*\d){5})[A-Za-z0-9 ,.'/-]*$/;
const isHarmless = (text: string): boolean => (WORD.test(text) || PHRASE.test(text)) && !DOOR.test(text);

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
  if (!isSecret(name) && name !== GIVEN) return isHarmless(value) ? value : masked(value);
  if (value.length < DIGESTED_CHARS_MIN) return '[secret]';
  return { sha256: hash('sha256', value, 'hex'), bytes: Buffer.byteLength(value) };
}

export const keptText = (text: string): string => String(keptMember('', text));
