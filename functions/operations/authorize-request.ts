// Who may come in: the bearer token is compared with the operator's, current or the one before a rotation.
import { createHash, timingSafeEqual } from 'node:crypto';

export type Authorization = { isAuthorized: boolean; context?: { principalId: string; role: string } };

const REFUSED: Authorization = { isAuthorized: false };

/** `tokens` are all that are valid now. Compared by digest, in constant time, so that timing tells nothing. */
export function authorize(header: string | undefined, tokens: readonly string[]): Authorization {
  const token = /^Bearer ([\x21-\x7e]{16,500})$/.exec(header ?? '')?.[1];
  if (token === undefined) return REFUSED;
  const matches = tokens.map((valid) => timingSafeEqual(digest(valid), digest(token)));
  return matches.includes(true)
    ? { isAuthorized: true, context: { principalId: 'operator', role: 'operator' } }
    : REFUSED;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
