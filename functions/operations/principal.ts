// A principal: somebody or something that may come in with a token of its own, of which only the digest is kept. Pure.
import { createHash } from 'node:crypto';
import type { Principal, Role } from '../common/roles.ts';

export type PrincipalRecord = {
  principalId: string;
  roles: readonly Role[];
  /** SHA-256 of the token, in hex */
  digest: string;
  expiresAt: string;
  revokedAt?: string;
};

export type Entry =
  | { kind: 'allowed'; principal: Principal }
  | { kind: 'refused'; reason: 'malformed' | 'unknown' | 'expired' | 'revoked' };

/** Tokens are random and long, so a plain digest keeps them as well as a slow one would. */
export const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** The token of `Authorization: Bearer …`, or undefined when there is none that could be one. */
export const tokenIn = (header: string | undefined): string | undefined =>
  /^Bearer ([\x21-\x7e]{16,500})$/.exec(header ?? '')?.[1];

/** Whether the holder of a token that belongs to `record` may come in at this moment. */
export function mayEnter(record: PrincipalRecord | undefined, nowMs: number): Entry {
  if (!record) return { kind: 'refused', reason: 'unknown' };
  if (record.revokedAt !== undefined) return { kind: 'refused', reason: 'revoked' };
  if (Date.parse(record.expiresAt) <= nowMs) return { kind: 'refused', reason: 'expired' };
  return { kind: 'allowed', principal: { principalId: record.principalId, roles: record.roles } };
}
