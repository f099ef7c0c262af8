// One question to the outside: over a connection to an address that was judged, with an answer that has its limits.
import type { Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { buildConnector } from 'undici';
import { plainAddress, portOf, type UrlRefusal } from './outside-address.ts';

export type FetchLimits = {
  bytesMax: number;
  /** for everything together: names, redirects, body */
  timeoutMs: number;
  redirectsMax: number;
  /** beginnings of media types; empty = any */
  contentTypes: readonly string[];
};
export type FetchRefusal =
  | UrlRefusal
  | 'name_not_found'
  | 'address_not_public'
  | 'header_not_allowed'
  | 'too_many_redirects'
  | 'too_large'
  | 'media_type_not_allowed'
  | 'encoded_body';
/** a connection to an address that was judged; nothing else opens one */
export type Dial = (address: string, port: number) => Socket;

export class Refused extends Error {
  override name = 'Refused';
  readonly reason: FetchRefusal;
  constructor(reason: FetchRefusal, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

export type Hop = {
  url: URL;
  addresses: readonly string[];
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: string | Uint8Array;
  headers: Record<string, string>;
  limits: FetchLimits;
  signal: AbortSignal;
  dial: Dial;
};
export type Answered = { status: number; headers: Record<string, string>; body: Uint8Array };

/** Asks one address of the outside once. Throws Refused for an answer that is not taken, any other error for no answer. */
export async function ask({ url, addresses, method, headers, body, limits, signal, dial }: Hop): Promise<Answered> {
  // In the bundle this module has nothing but its default export.
  const { Client } = (await import('undici')).default;
  const client = new Client(url.origin, { connect: pinned(url, addresses, dial, signal) });
  try {
    const path = `${url.pathname}${url.search}`;
    const answer = await client.request({ path, method, headers, body: body as string, signal, blocking: true });
    const got = plainHeaders(answer.headers);
    const redirect = answer.statusCode >= 300 && answer.statusCode < 400;
    if (!redirect) refuseBody(got, limits);
    const bytes = redirect ? new Uint8Array() : await collect(answer.body, limits.bytesMax);
    return { status: answer.statusCode, headers: got, body: bytes };
  } finally {
    void client.destroy().catch(() => {});
  }
}

const plainHeaders = (headers: Record<string, string | string[] | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, [value].flat().join(', ')]],
    ),
  );

function refuseBody(headers: Record<string, string>, { bytesMax, contentTypes }: FetchLimits): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new Refused('encoded_body', encoding);
  const type = (headers['content-type'] ?? '').toLowerCase();
  if (contentTypes.length > 0 && !contentTypes.some((allowed) => type.startsWith(allowed)))
    throw new Refused('media_type_not_allowed', type || 'none said');
  if (Number(headers['content-length'] ?? 0) > bytesMax) throw new Refused('too_large', `more than ${bytesMax} bytes`);
}

async function collect(body: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.byteLength;
    if (bytes > bytesMax) throw new Refused('too_large', `more than ${bytesMax} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Connects to one of the judged addresses and to no name; TLS asks for the certificate of the name. */
function pinned(url: URL, addresses: readonly string[], dial: Dial, signal: AbortSignal): buildConnector.connector {
  return (_, callback) => {
    const attempt = (index: number): void => {
      const address = addresses[index] ?? '';
      const plain = dial(address, portOf(url));
      const socket = url.protocol === 'https:' ? secured(plain, url.hostname) : plain;
      const give = (error: Error): void => {
        socket.destroy();
        plain.destroy();
        if (index + 1 < addresses.length && !signal.aborted) attempt(index + 1);
        else callback(error, null);
      };
      socket.once('error', give);
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        socket.off('error', give);
        if (plainAddress(plain.remoteAddress ?? '') !== plainAddress(address))
          return give(new Error(`connected to ${plain.remoteAddress} instead of ${address}`));
        return callback(null, socket as never);
      });
      signal.addEventListener('abort', () => plain.destroy(), { once: true });
    };
    attempt(0);
  };
}

const secured = (socket: Socket, hostname: string) =>
  tlsConnect({
    socket,
    servername: /^[\d.[]/.test(hostname) ? '' : hostname,
    host: hostname,
    ALPNProtocols: ['http/1.1'],
  });
