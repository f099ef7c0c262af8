// A principal: somebody or something that may come in with a token of its own, of which only the digest is kept. Pure.
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type Principal, Role } from '../common/roles.ts';

export const TOKEN_DAYS_DEFAULT = 90;
const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export type PrincipalRecord = {
  principalId: string;
  title: string;
  roles: readonly Role[];
  /** SHA-256 of the current token, in hex */
  digest: string;
  expiresAt: string;
  createdAt: string;
  createdBy: string;
  revokedAt?: string;
  /** to the hour */
  lastUsedAt?: string;
};
/** What decides over a token: the record, with the moment at which this very token ends. */
export type Holder = Pick<PrincipalRecord, 'principalId' | 'roles' | 'expiresAt' | 'revokedAt' | 'lastUsedAt'>;

/** Agents get their tokens where they register; people get theirs here. */
export const PrincipalRequest = z.strictObject({
  title: z.string().trim().min(1).max(80),
  roles: z
    .array(
      Role.exclude(['agent'], { error: 'viewer, operator, approver, captain or auditor; agents join at POST /agents' }),
    )
    .min(1)
    .max(5)
    .transform((roles) => [...new Set(roles)]),
  expiresInDays: z.int().min(1).max(365).default(TOKEN_DAYS_DEFAULT),
});
export type PrincipalRequest = z.infer<typeof PrincipalRequest>;

export const RotateRequest = z.strictObject({
  expiresInDays: z.int().min(1).max(365).default(TOKEN_DAYS_DEFAULT),
  /** how long the old token still works; 0 when it may have leaked */
  graceMinutes: z.int().min(0).max(1_440).default(0),
});
export type RotateRequest = z.infer<typeof RotateRequest>;

export type Entry =
  | { kind: 'allowed'; principal: Principal }
  | { kind: 'refused'; reason: 'malformed' | 'unknown' | 'expired' | 'revoked' };

/** Tokens are random and long, so a plain digest keeps them as well as a slow one would. */
export const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** The token of `Authorization: Bearer …`, or undefined when there is none that could be one. */
export const tokenIn = (header: string | undefined): string | undefined =>
  /^Bearer ([\x21-\x7e]{16,500})$/.exec(header ?? '')?.[1];

/** Whether the holder of a token may come in at this moment. */
export function mayEnter(holder: Holder | undefined, nowMs: number): Entry {
  if (!holder) return { kind: 'refused', reason: 'unknown' };
  if (holder.revokedAt !== undefined) return { kind: 'refused', reason: 'revoked' };
  // Written so that a time that is none refuses.
  if (!(Date.parse(holder.expiresAt) > nowMs)) return { kind: 'refused', reason: 'expired' };
  return { kind: 'allowed', principal: { principalId: holder.principalId, roles: holder.roles } };
}

/** Last use is written once an hour at most: a write for each request would cost more than the request. */
export const isNewsOfUse = ({ lastUsedAt }: Holder, nowMs: number): boolean =>
  lastUsedAt === undefined || nowMs - Date.parse(lastUsedAt) >= HOUR_MS;

export type PrincipalStatus = 'active' | 'expired' | 'revoked';

/** What people see: never the digest. */
export function principalView({ digest: _, ...record }: PrincipalRecord, nowMs: number) {
  const expired = Date.parse(record.expiresAt) <= nowMs;
  const status: PrincipalStatus = record.revokedAt ? 'revoked' : expired ? 'expired' : 'active';
  const { revokedAt = null, lastUsedAt = null } = record;
  return { ...record, roles: [...record.roles], revokedAt, lastUsedAt, status };
}
