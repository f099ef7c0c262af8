// Looks after all credentials: renews what is due, and tells people in time of what no machine can renew.
import type { Announce } from '../common/announce.ts';
import { type Credential, endWarning, type Warning, warningOf } from './credential.ts';
import { CredentialExpiring, CredentialRenewed } from './events.ts';
import type { Principals } from './principals.store.ts';
import { type RefreshDeps, type Refreshed, refreshCredential } from './refresh-credential.ts';

export type TendDeps = RefreshDeps & {
  catalogue: readonly Credential[];
  principals: Pick<Principals, 'list'>;
  announce: Announce;
  /** one credential that cannot be looked after keeps no other from it */
  failed(name: string, error: Error): void;
};

export async function tendCredentials(deps: TendDeps): Promise<{ name: string; outcome: Refreshed | 'failed' }[]> {
  const outcomes = [];
  for (const credential of deps.catalogue) {
    const { name } = credential;
    const outcome = await tend(credential, deps).catch((error: Error) => {
      deps.failed(name, error);
      return 'failed' as const;
    });
    outcomes.push({ name, outcome });
  }
  await tellOfPrincipals(deps);
  return outcomes;
}

async function tend(credential: Credential, deps: TendDeps): Promise<Refreshed> {
  const { name } = credential;
  const before = warningOf(credential, await deps.credentials.get(name), deps.now().getTime());
  const outcome = await refreshCredential(credential, deps);
  if (credential.kind !== 'oauth2') await noteRotation(name, deps);
  const state = await deps.credentials.get(name);
  const warning = warningOf(credential, state, deps.now().getTime());
  await tell(name, warning, deps);
  if (before && !warning) await deps.announce(CredentialRenewed, { name, at: deps.now().toISOString() });
  return outcome;
}

async function noteRotation(name: string, { secrets, secretIdOf, credentials }: TendDeps): Promise<void> {
  const rotatedAt = await secrets.rotatedAt(secretIdOf(name));
  if (!rotatedAt || (await credentials.get(name))?.rotatedAt === rotatedAt) return;
  await credentials.note(name, { rotatedAt, status: 'ok' }, 'operations', 'rotated');
}

const PAGES_MAX = 50;

/** People's and agents' tokens end by themselves; who holds one is told a week before. All are looked at once a day. */
async function tellOfPrincipals(deps: TendDeps): Promise<void> {
  const today = deps.now().toISOString().slice(0, 10);
  if (await deps.credentials.wasTold('principals', today)) return;
  await lookAtPrincipals(deps);
  await deps.credentials.told('principals', today, deps.now().getTime());
}

async function lookAtPrincipals(deps: TendDeps): Promise<void> {
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const found = await deps.principals.list({ limit: 200, cursor });
    for (const { principalId, expiresAt, revokedAt } of found.items) {
      const warning = endWarning(expiresAt, deps.now().getTime(), 'the token ends');
      if (!revokedAt && warning?.urgency === 'expiring') await tell(`principal:${principalId}`, warning, deps);
    }
    cursor = found.cursor;
    if (!cursor) return;
  }
}

/** Announced first and noted after: told twice is better than not at all. */
async function tell(name: string, warning: Warning | undefined, deps: TendDeps): Promise<void> {
  if (!warning) return;
  const at = deps.now().toISOString();
  const what = `${at.slice(0, 10)}#${warning.urgency}`;
  if (await deps.credentials.wasTold(name, what)) return;
  await deps.announce(CredentialExpiring, { name, ...warning, at });
  await deps.credentials.told(name, what, deps.now().getTime());
}
