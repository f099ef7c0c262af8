// Who may come in: the bearer token is the operator's (current, or the one before a rotation), or a principal's.
import { timingSafeEqual } from 'node:crypto';
import { contextOf, OPERATOR, type PrincipalContext } from '../common/roles.ts';
import { digestOf, type Entry, mayEnter, type PrincipalRecord, tokenIn } from './principal.ts';

export type Authorization = { isAuthorized: boolean; context?: PrincipalContext };
export type AuthorizeDeps = {
  /** all that are valid now */
  operatorTokens(): Promise<readonly string[]>;
  /** by the digest of the token */
  find(digest: string): Promise<PrincipalRecord | undefined>;
  now: () => Date;
};

export async function authorize(header: string | undefined, deps: AuthorizeDeps): Promise<Authorization> {
  const entry = await enter(header, deps);
  return entry.kind === 'allowed'
    ? { isAuthorized: true, context: contextOf(entry.principal) }
    : { isAuthorized: false };
}

/** The operator's tokens are compared by digest, in constant time; a principal is found by the digest of its token. */
async function enter(header: string | undefined, deps: AuthorizeDeps): Promise<Entry> {
  const token = tokenIn(header);
  if (token === undefined) return { kind: 'refused', reason: 'malformed' };
  const digest = digestOf(token);
  const same = (await deps.operatorTokens()).map((valid) => equal(digestOf(valid), digest));
  if (same.includes(true)) return { kind: 'allowed', principal: OPERATOR };
  return mayEnter(await deps.find(digest), deps.now().getTime());
}

const equal = (one: string, other: string): boolean => timingSafeEqual(Buffer.from(one), Buffer.from(other));
