// Renews the access token of one OAuth credential before it ends: one environment at a time, and never without a way back.
import { type Credential, type CredentialState, needsRefresh } from './credential.ts';
import type { CredentialSecrets, Version } from './credential-secrets.client.ts';
import type { Credentials } from './credentials.store.ts';
import type { Grant, OAuthSecret, Provider } from './oauth.client.ts';

export type RefreshDeps = {
  credentials: Credentials;
  secrets: CredentialSecrets;
  provider: Provider;
  secretIdOf(name: string): string;
  newId: () => string;
  now: () => Date;
};
export type Refreshed = 'not_due' | 'taken' | 'refreshed' | 'kept' | 'refused';

const LEASE_MS = 60_000;

/**
 * `kept`: it did not work this time, and the old token stays. The token that comes is kept before it is tried, because a
 * provider that replaces refresh tokens with each use has forgotten the old one by then.
 */
export async function refreshCredential(credential: Credential, deps: RefreshDeps): Promise<Refreshed> {
  const { oauth2, name } = credential;
  const state = await deps.credentials.get(name);
  if (!oauth2 || !needsRefresh(credential, state, deps.now().getTime())) return 'not_due';
  const lease = deps.newId();
  if (!(await deps.credentials.lease(name, lease, deps.now().getTime(), LEASE_MS, state?.generation ?? 0)))
    return 'taken';
  const outcome = await renewed(oauth2, deps.secretIdOf(name), deps).catch((error: Error) => ({
    kind: 'again' as const,
    reason: error.name,
  }));
  await deps.credentials.settle(name, lease, changesAfter(outcome, state));
  if (outcome.kind === 'renewed') return 'refreshed';
  return outcome.kind === 'again' ? 'kept' : 'refused';
}

type Outcome = { kind: 'renewed'; value: OAuthSecret } | Exclude<Grant, { kind: 'granted' }>;

async function renewed(
  oauth2: NonNullable<Credential['oauth2']>,
  secretId: string,
  deps: RefreshDeps,
): Promise<Outcome> {
  const { current, pending } = await deps.secrets.read(secretId);
  // One that was kept but never tried, because somebody stopped in between, is tried before a new one is asked for.
  const left = pending && isFresh(pending.value, deps.now().getTime()) ? pending : undefined;
  const tried = left && (await tryOut(oauth2, left, current, secretId, deps));
  if (tried && tried.kind !== 'refused') return tried;
  const base = (pending ?? current).value;
  const grant = await deps.provider.ask(oauth2, base);
  if (grant.kind !== 'granted') return grant;
  const next = { versionId: deps.newId(), value: withGrant(base, grant, deps.now()) };
  await deps.secrets.keep(secretId, next.versionId, next.value);
  const outcome = await tryOut(oauth2, next, current, secretId, deps);
  return outcome.kind === 'refused' ? { kind: 'again', reason: 'the new token does not work' } : outcome;
}

async function tryOut(
  oauth2: NonNullable<Credential['oauth2']>,
  { versionId, value }: Version,
  current: Version,
  secretId: string,
  { provider, secrets }: RefreshDeps,
): Promise<Outcome> {
  const verdict = await provider.works(oauth2, value.accessToken ?? '');
  if (verdict !== 'works') return { kind: verdict, reason: 'the new token could not be tried' };
  await secrets.makeCurrent(secretId, versionId, current.versionId);
  return { kind: 'renewed', value };
}

const isFresh = ({ accessToken, expiresAt }: OAuthSecret, nowMs: number): boolean =>
  accessToken !== undefined && expiresAt !== undefined && Date.parse(expiresAt) > nowMs;

function withGrant(base: OAuthSecret, grant: Extract<Grant, { kind: 'granted' }>, now: Date): OAuthSecret {
  const { accessToken, lifeSeconds, refreshToken = base.refreshToken } = grant;
  const expiresAt = new Date(now.getTime() + lifeSeconds * 1_000).toISOString();
  return { ...base, accessToken, issuedAt: now.toISOString(), expiresAt, ...(refreshToken && { refreshToken }) };
}

function changesAfter(outcome: Outcome, state: CredentialState | undefined): Partial<CredentialState> {
  if (outcome.kind !== 'renewed')
    return { ...(outcome.kind === 'refused' && { status: 'refused' as const }), reason: outcome.reason };
  const { issuedAt, expiresAt } = outcome.value;
  return { status: 'ok', issuedAt, expiresAt, reason: '', generation: (state?.generation ?? 0) + 1 };
}
