// Who may come in: the bearer token is the operator's (current, or the one before a rotation), or a principal's.
import { timingSafeEqual } from 'node:crypto';
import { contextOf, OPERATOR, type PrincipalContext } from '../common/roles.ts';
import { digestOf, type Entry, type Holder, isNewsOfUse, mayEnter, tokenIn } from './principal.ts';

export type Authorization = { isAuthorized: boolean; context?: PrincipalContext };
export type AuthorizeDeps = {
  /** all that are valid now */
  operatorTokens(): Promise<readonly string[]>;
  /** by the digest of the token */
  find(digest: string): Promise<Holder | undefined>;
  used(principalId: string, at: string): Promise<void>;
  /** a refusal with its reason, never with the token */
  refused(reason: string): void;
  /** last use could not be written: no reason to keep somebody out */
  failed(error: Error): void;
  now: () => Date;
};

/** The operator's token asks no table, so the operator comes in when the table does not answer. */
export async function authorize(header: string | undefined, deps: AuthorizeDeps): Promise<Authorization> {
  const entry = await enter(header, deps);
  if (entry.kind === 'allowed') return { isAuthorized: true, context: contextOf(entry.principal) };
  deps.refused(entry.reason);
  return { isAuthorized: false };
}

/**
 * The operator's tokens are compared by digest, in constant time. A principal is found by the digest of its token as a
 * key: what the time of that tells is about digests that nobody can aim at.
 */
async function enter(header: string | undefined, deps: AuthorizeDeps): Promise<Entry> {
  const token = tokenIn(header);
  if (token === undefined) return { kind: 'refused', reason: 'malformed' };
  const digest = digestOf(token);
  const same = (await deps.operatorTokens()).map((valid) => equal(digestOf(valid), digest));
  if (same.includes(true)) return { kind: 'allowed', principal: OPERATOR };
  const now = deps.now();
  const holder = await deps.find(digest);
  const entry = mayEnter(holder, now.getTime());
  if (entry.kind === 'allowed' && holder && isNewsOfUse(holder, now.getTime()))
    await deps.used(holder.principalId, now.toISOString()).catch(deps.failed);
  return entry;
}

const equal = (one: string, other: string): boolean => timingSafeEqual(Buffer.from(one), Buffer.from(other));
