// The one way to the outside: only to listed hosts, only to public addresses, pinned to the connection, hop by hop.
import { lookup } from 'node:dns/promises';
import { connect as netConnect } from 'node:net';
import { addressFault, decideUrl, type OutsideHost } from './outside-address.ts';
import { ask, type Dial, type FetchLimits, type FetchRefusal, Refused } from './safe-fetch-hop.client.ts';

export type FetchRequest = {
  url: string;
  allow: readonly OutsideHost[];
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  limits?: Partial<FetchLimits>;
};
export type FetchAnswer =
  | { kind: 'answered'; status: number; headers: Record<string, string>; body: Uint8Array; url: string; hops: number }
  /** asking again will not help: the request is not allowed, or the answer is not one that is taken */
  | { kind: 'refused'; reason: FetchRefusal; detail: string; url: string }
  /** it may work another time */
  | { kind: 'failed'; reason: 'timeout' | 'unreachable'; detail: string; url: string };
export type SafeFetch = (request: FetchRequest) => Promise<FetchAnswer>;

export type SafeFetchDeps = {
  /** every address of a name */
  resolve: (host: string) => Promise<readonly string[]>;
  dial: Dial;
};

export const LIMITS: FetchLimits = { bytesMax: 5_000_000, timeoutMs: 15_000, redirectsMax: 3, contentTypes: [] };
const outside: SafeFetchDeps = {
  resolve: async (host) => (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address),
  dial: (host, port) => netConnect({ host, port, family: host.includes(':') ? 6 : 4 }),
};

/** Never throws: what may not be asked is `refused`, what did not work is `failed`. */
export function safeFetchWith(deps: SafeFetchDeps = outside): SafeFetch {
  return async (request) => {
    const limits = { ...LIMITS, ...request.limits };
    const place = { url: request.url };
    const signal = AbortSignal.timeout(limits.timeoutMs);
    try {
      return await within(signal, follow(request, limits, place, signal, deps));
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof Refused)
        return { kind: 'refused', reason: error.reason, detail: message, url: shortened(place.url) };
      const reason = signal.aborted ? 'timeout' : 'unreachable';
      return { kind: 'failed', reason, detail: message, url: shortened(place.url) };
    }
  };
}

const shortened = (url: string): string => url.slice(0, 200);

function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  return Promise.race([work, promise]);
}

async function follow(
  request: FetchRequest,
  limits: FetchLimits,
  place: { url: string },
  signal: AbortSignal,
  deps: SafeFetchDeps,
): Promise<FetchAnswer> {
  const method = request.method ?? 'GET';
  let headers = headersOf(request.headers ?? {});
  for (let hops = 0; ; hops += 1) {
    const { url, addresses } = await judged(place.url, request.allow, deps);
    const hop = { url, addresses, method, headers, body: request.body, limits, signal, dial: deps.dial };
    const answer = await ask(hop);
    const next = method === 'GET' || method === 'HEAD' ? redirectIn(answer, url) : undefined;
    if (!next) return { kind: 'answered', ...answer, url: url.href, hops };
    if (hops >= limits.redirectsMax) throw new Refused('too_many_redirects', `more than ${limits.redirectsMax}`);
    if (originOf(next) !== url.origin) headers = pick(headers, KEPT_ACROSS_ORIGINS);
    place.url = next;
  }
}

const originOf = (text: string): string => (URL.canParse(text) ? new URL(text).origin : '');

function redirectIn({ status, headers }: { status: number; headers: Record<string, string> }, from: URL) {
  const location = headers.location;
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  // An absolute one is judged as it was said, before any parser has made it look better.
  if (/^[a-z][a-z0-9+.-]*:/i.test(location)) return location;
  return location.startsWith('//') ? `${from.protocol}${location}` : new URL(location, from).href;
}

const KEPT_ACROSS_ORIGINS = ['accept', 'accept-language', 'user-agent'];
const OURS =
  /^(host|connection|keep-alive|transfer-encoding|content-length|te|trailer|upgrade|expect|proxy-.*|accept-encoding)$/;

function headersOf(said: Readonly<Record<string, string>>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(said)) {
    const plain = name.toLowerCase();
    if (!/^[a-z0-9-]{1,100}$/.test(plain) || OURS.test(plain) || !/^[\t\x20-\x7e]{0,8000}$/.test(value))
      throw new Refused('header_not_allowed', shortened(name).replace(/[^\x20-\x7e]/g, '?'));
    headers[plain] = value;
  }
  return { accept: '*/*', ...headers, 'accept-encoding': 'identity' };
}

const pick = (headers: Record<string, string>, names: readonly string[]): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name))),
  'accept-encoding': 'identity',
});

function noAddresses(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOTFOUND' || error.code === 'ENODATA') return [];
  throw error;
}

/** The URL, and the addresses that its connection is bound to: looked up once, all of them public. */
async function judged(text: string, allow: readonly OutsideHost[], { resolve }: SafeFetchDeps) {
  const decision = decideUrl(text, allow);
  if (decision.kind === 'refused') throw new Refused(decision.reason, decision.detail);
  const { url, rule } = decision;
  const literal = /^\[(.*)\]$/.exec(url.hostname)?.[1] ?? (/^[\d.]+$/.test(url.hostname) ? url.hostname : undefined);
  const found = literal ? [literal] : await resolve(url.hostname).catch(noAddresses);
  if (found.length === 0) throw new Refused('name_not_found', url.hostname);
  for (const address of found) {
    const fault = rule.addresses === 'any' ? undefined : addressFault(address);
    if (fault) throw new Refused('address_not_public', `${url.hostname} is at ${address}, ${fault}`);
  }
  return { url, addresses: found.slice(0, 3) };
}
