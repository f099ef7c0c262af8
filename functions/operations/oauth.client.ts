// Asks an OAuth 2 provider for an access token (RFC 6749), and whether one works. What it says is never passed on as it is.
import * as z from 'zod';
import type { OutsideHost } from '../common/outside-address.ts';
import type { FetchAnswer, SafeFetch } from '../common/safe-fetch.client.ts';
import type { Credential } from './credential.ts';

type OAuth2 = NonNullable<Credential['oauth2']>;
/** What a provider knows us by, and what it gave last. */
export const OAuthSecret = z.object({
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  refreshToken: z.string().min(1).optional(),
  accessToken: z.string().min(1).optional(),
  issuedAt: z.iso.datetime().optional(),
  expiresAt: z.iso.datetime().optional(),
});
export type OAuthSecret = z.infer<typeof OAuthSecret>;

/** `again`: nobody knows whether the provider did something; the same question may be asked again. */
export type Grant =
  | { kind: 'granted'; accessToken: string; lifeSeconds: number; refreshToken?: string }
  | { kind: 'refused' | 'again'; reason: string };
export type Provider = {
  ask(oauth2: OAuth2, secret: OAuthSecret): Promise<Grant>;
  works(oauth2: OAuth2, accessToken: string): Promise<'works' | 'refused' | 'again'>;
};

const TIMEOUT_MS = 10_000;
const LIMITS = { bytesMax: 64_000, redirectsMax: 0 };
const LIFE_SECONDS_DEFAULT = 3_600;
const Granted = z.object({
  access_token: z.string().min(1),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.coerce
    .number()
    .int()
    .min(1)
    .max(400 * 86_400)
    .default(LIFE_SECONDS_DEFAULT),
  refresh_token: z.string().min(1).optional(),
});

export function providerVia(send: SafeFetch, timeoutMs = TIMEOUT_MS): Provider {
  const limits = { ...LIMITS, timeoutMs };
  return {
    ask: async (oauth2, secret) => grantIn(await send({ ...question(oauth2, secret), limits })),
    works: async ({ testUrl, network }, accessToken) => {
      if (!testUrl) return 'works';
      const headers = { authorization: `Bearer ${accessToken}` };
      const answer = await send({ url: testUrl, allow: [hostOf(testUrl, network)], headers, limits });
      if (answer.kind !== 'answered') return 'again';
      if (answer.status >= 200 && answer.status < 300) return 'works';
      return answer.status === 401 || answer.status === 403 ? 'refused' : 'again';
    },
  };
}

function question({ tokenUrl, grant, scope, clientAuth, network }: OAuth2, secret: OAuthSecret) {
  const form = new URLSearchParams({ grant_type: grant });
  if (grant === 'refresh_token') form.set('refresh_token', secret.refreshToken ?? '');
  if (scope) form.set('scope', scope);
  const headers: Record<string, string> = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  };
  if (clientAuth === 'form') {
    form.set('client_id', secret.clientId);
    form.set('client_secret', secret.clientSecret);
  } else {
    const pair = [secret.clientId, secret.clientSecret].map(encodeURIComponent).join(':');
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  const allow = [hostOf(tokenUrl, network)];
  return { url: tokenUrl, allow, method: 'POST' as const, headers, body: form.toString() };
}

/** The catalogue is the operator's word: the host of its address is listed, and nothing else. */
function hostOf(address: string, network: OAuth2['network']): OutsideHost {
  const { hostname, port, protocol } = new URL(address);
  const own = network === 'own';
  const ports = port ? [Number(port)] : undefined;
  return {
    host: hostname,
    ...(ports && { ports }),
    ...(own && { addresses: 'any', schemes: [protocol === 'http:' ? 'http' : 'https'] }),
  };
}

/** Of an error only its code is told, and only when it looks like one: the rest might repeat what was sent. */
function grantIn(answer: FetchAnswer): Grant {
  if (answer.kind === 'refused') return { kind: 'refused', reason: `address: ${answer.reason}` };
  if (answer.kind === 'failed') return { kind: 'again', reason: answer.reason };
  const body = parsed(answer.body);
  if (answer.status === 200) {
    const granted = Granted.safeParse(body);
    if (!granted.success) return { kind: 'again', reason: 'the answer is no token' };
    const { access_token: accessToken, expires_in: lifeSeconds, refresh_token: refreshToken } = granted.data;
    return { kind: 'granted', accessToken, lifeSeconds, ...(refreshToken && { refreshToken }) };
  }
  const code = z.object({ error: z.string().regex(/^[a-z_]{1,40}$/) }).safeParse(body).data?.error;
  const busy = answer.status === 408 || answer.status === 429 || answer.status >= 500 || answer.status < 400;
  if (busy || code === 'temporarily_unavailable' || code === 'server_error')
    return { kind: 'again', reason: `status ${answer.status}` };
  return { kind: 'refused', reason: code ?? `status ${answer.status}` };
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
