// Makes, renews and ends principals. A token is made here, handed back once, and kept as its digest.
import { DAY_MS, digestOf, type PrincipalRecord, type PrincipalRequest, type RotateRequest } from './principal.ts';
import type { Principals } from './principals.store.ts';

export type ManageDeps = { principals: Principals; newToken: () => string; now: () => Date };
export type Issued = { record: PrincipalRecord; token: string };

/** The same id again (a repeat whose first answer was lost) gives the same principal a new token. */
export async function createPrincipal(
  principalId: string,
  { title, roles, expiresInDays }: PrincipalRequest,
  by: string,
  deps: ManageDeps,
): Promise<Issued | undefined> {
  const token = deps.newToken();
  const createdAt = deps.now().toISOString();
  const expiresAt = inDays(createdAt, expiresInDays);
  const record = { principalId, title, roles, digest: digestOf(token), expiresAt, createdAt, createdBy: by };
  if (await deps.principals.create(record, by)) return { record, token };
  const renewed = await rotatePrincipal(principalId, { expiresInDays, graceMinutes: 0 }, by, deps);
  return renewed.kind === 'rotated' ? renewed.issued : undefined;
}

export type Rotation =
  | { kind: 'rotated'; issued: Issued; oldUntil: string }
  | { kind: 'not_found' | 'revoked' | 'changed_meanwhile' };

/** A principal whose token has expired may be given a new one; one that was revoked stays out for good. */
export async function rotatePrincipal(
  principalId: string,
  { expiresInDays, graceMinutes }: RotateRequest,
  by: string,
  { principals, newToken, now }: ManageDeps,
): Promise<Rotation> {
  const old = await principals.get(principalId);
  if (!old) return { kind: 'not_found' };
  if (old.revokedAt) return { kind: 'revoked' };
  const token = newToken();
  const at = now().toISOString();
  const oldUntilMs = Math.min(Date.parse(at) + graceMinutes * 60_000, Date.parse(old.expiresAt));
  const oldUntil = new Date(oldUntilMs).toISOString();
  const record = { ...old, digest: digestOf(token), expiresAt: inDays(at, expiresInDays) };
  if (!(await principals.replaceToken(old, record, oldUntil, by))) return { kind: 'changed_meanwhile' };
  return { kind: 'rotated', issued: { record, token }, oldUntil };
}

const inDays = (at: string, days: number): string => new Date(Date.parse(at) + days * DAY_MS).toISOString();
