// A credential: what opens a door for the swarm, of which only the name and the dates are known here. Pure.
import * as z from 'zod';
import { DAY_MS } from './principal.ts';

const WARN_BEFORE_MS = 7 * DAY_MS;
/** A rotation that runs by itself is late when it is a day late. */
const LATE_MS = DAY_MS;
const REFRESH_BEFORE_MS = 5 * 60_000;

const HttpsUrl = z.url({ protocol: /^https?$/, error: 'an address that begins with https://' }).max(500);
const OAuth2 = z.strictObject({
  tokenUrl: HttpsUrl,
  grant: z.enum(['client_credentials', 'refresh_token']),
  scope: z.string().max(500).optional(),
  /** how the client says who it is: in the header, or in the form */
  clientAuth: z.enum(['header', 'form']).default('header'),
  /** answers 2xx to a token that works; without it a new token is taken as it comes */
  testUrl: HttpsUrl.optional(),
  /** `own`: the provider runs in the operator's own network, where addresses are not public */
  network: z.enum(['public', 'own']).default('public'),
});

export const Credential = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'a name in lower case, such as paypal-live')
      .max(60),
    /** token: made and replaced by us · oauth2: refreshed at the provider · api-key: replaced by a person */
    kind: z.enum(['token', 'oauth2', 'api-key']),
    provider: z.string().trim().min(1).max(60),
    rotateEveryDays: z.union([z.literal(30), z.literal(60), z.literal(90)], { error: '30, 60 or 90' }),
    /** the day on which the provider ends it, if that is known */
    expiresAt: z.iso.datetime().optional(),
    /** credentials of one pool stand in for each other */
    pool: z.string().max(60).optional(),
    oauth2: OAuth2.optional(),
  })
  .superRefine(({ kind, oauth2 }, context) => {
    const say = (message: string) => context.addIssue({ code: 'custom', path: ['oauth2'], message });
    if (kind === 'oauth2' && !oauth2) say('where and how an oauth2 credential is refreshed');
    if (kind !== 'oauth2' && oauth2) say(`nothing: the kind is ${kind}`);
  });
export type Credential = z.infer<typeof Credential>;

export const Catalogue = z.array(Credential).superRefine((credentials, context) => {
  const names = credentials.map(({ name }) => name);
  names.forEach((name, index) => {
    if (names.indexOf(name) < index)
      context.addIssue({ code: 'custom', path: [index, 'name'], message: 'a name used only once' });
  });
});

/** ok: it works as far as we know · refused: the provider took it no more · wanted: somebody asked for a new one. */
export type CredentialStatus = 'new' | 'ok' | 'refused' | 'wanted';
export type CredentialState = {
  name: string;
  status: CredentialStatus;
  /** of an access token */
  issuedAt?: string;
  expiresAt?: string;
  /** when the secret itself was last replaced */
  rotatedAt?: string;
  reason?: string;
  uses?: number;
  /** counts refreshes, so that two environments see whether the other was first */
  generation?: number;
};

/** At 80 % of its life or five minutes before its end, whichever comes first; short lives know only the former. */
export function refreshDueMs(issuedMs: number, expiresMs: number): number {
  const lifeMs = Math.max(0, expiresMs - issuedMs);
  const most = issuedMs + 0.8 * lifeMs;
  return lifeMs > REFRESH_BEFORE_MS ? Math.min(most, expiresMs - REFRESH_BEFORE_MS) : most;
}

/** A refused one waits for a person; asking on would only have the account blocked. */
export function needsRefresh({ kind }: Credential, state: CredentialState | undefined, nowMs: number): boolean {
  if (kind !== 'oauth2' || state?.status === 'refused') return false;
  if (!state?.issuedAt || !state.expiresAt || state.status !== 'ok') return true;
  return nowMs >= refreshDueMs(Date.parse(state.issuedAt), Date.parse(state.expiresAt));
}

export type Urgency = 'expiring' | 'overdue' | 'expired' | 'refused';
export type Warning = { urgency: Urgency; endsAt: string | null; reason: string };

/** What people have to know of a credential at this moment, the worst first; nothing when all is well. */
export function warningOf(
  credential: Credential,
  state: CredentialState | undefined,
  nowMs: number,
): Warning | undefined {
  if (state?.status === 'refused')
    return { urgency: 'refused', endsAt: state.expiresAt ?? null, reason: state.reason ?? 'refused by the provider' };
  const access = credential.kind === 'oauth2' ? state?.expiresAt : undefined;
  if (access !== undefined && Date.parse(access) <= nowMs)
    return { urgency: 'expired', endsAt: access, reason: state?.reason ?? 'it could not be refreshed in time' };
  const fixed = endWarning(credential.expiresAt, nowMs, 'the provider ends it');
  const rotateAt = rotateBy(credential, state);
  const byHand = credential.kind === 'api-key';
  const rotation = byHand ? endWarning(rotateAt, nowMs, 'it is to be replaced by hand') : lateWarning(rotateAt, nowMs);
  return fixed?.urgency === 'expired' ? fixed : (rotation ?? fixed);
}

/** The day by which a credential is to be replaced, once it is known when it was the last time. */
export function rotateBy({ rotateEveryDays }: Credential, state: CredentialState | undefined): string | undefined {
  if (!state?.rotatedAt) return undefined;
  return new Date(Date.parse(state.rotatedAt) + rotateEveryDays * DAY_MS).toISOString();
}

/** Seven days before an end that no machine moves. */
export function endWarning(endsAt: string | undefined, nowMs: number, reason: string): Warning | undefined {
  if (endsAt === undefined || Date.parse(endsAt) - WARN_BEFORE_MS > nowMs) return undefined;
  return { urgency: Date.parse(endsAt) <= nowMs ? 'expired' : 'expiring', endsAt, reason };
}

function lateWarning(rotateAt: string | undefined, nowMs: number): Warning | undefined {
  if (rotateAt === undefined || Date.parse(rotateAt) + LATE_MS > nowMs) return undefined;
  return { urgency: 'overdue', endsAt: rotateAt, reason: 'its rotation did not run' };
}

export type Choice = { kind: 'chosen'; name: string } | { kind: 'none'; why: { name: string; reason: string }[] };

/** Which credential of a pool to use: one that works and has not ended, the least used first, then by name. */
export function chooseFromPool(states: readonly CredentialState[], nowMs: number): Choice {
  const unfit = ({ status, reason, expiresAt }: CredentialState): string | undefined => {
    if (status === 'refused') return reason ?? 'refused';
    if (status !== 'ok') return 'not there yet';
    return expiresAt !== undefined && Date.parse(expiresAt) <= nowMs ? 'expired' : undefined;
  };
  const fit = states.filter((state) => unfit(state) === undefined);
  const [best] = fit.toSorted((a, b) => (a.uses ?? 0) - (b.uses ?? 0) || a.name.localeCompare(b.name));
  if (best) return { kind: 'chosen', name: best.name };
  return { kind: 'none', why: states.map((state) => ({ name: state.name, reason: unfit(state) ?? '' })) };
}
