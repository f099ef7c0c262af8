// The loopback HTTP server of an API: takes requests apart, refuses strangers and bodies over 10 MB, ends gracefully.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpRequest } from './event.ts';
import { type HttpResponse, refusal } from './response.ts';

const BODY_BYTES_MAX = 10 * 1024 * 1024;
/** from here on the connection is cut */
const BODY_BYTES_READ_MAX = 128 * 1024 * 1024;
/** A page on the web could make a browser send requests here under its own name (DNS rebinding). */
const OWN_NAMES = new Set(['127.0.0.1', 'localhost']);

export interface Listener {
  readonly port: number;
  /** takes no more requests, resolves when those in flight are answered */
  stop(): Promise<void>;
}

/** Listens on loopback; `port` 0 means any. Throws a sentence when the port is taken. */
export async function listen(port: number, answer: (request: HttpRequest) => Promise<HttpResponse>): Promise<Listener> {
  let stopping: Promise<void> | undefined;
  const server = createServer((incoming, outgoing) => {
    respond(incoming, outgoing, answer, () => stopping !== undefined).catch(() => outgoing.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await bind(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      stopping ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      return stopping;
    },
  };
}

function bind(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(taken ? new Error(`Port ${port} is in use. Stop what uses it, or choose another port.`) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

async function respond(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: (request: HttpRequest) => Promise<HttpResponse>,
  isStopping: () => boolean,
): Promise<void> {
  const response = await answerTo(incoming, answer);
  if (isStopping()) outgoing.setHeader('connection', 'close');
  if (response.cookies.length > 0) outgoing.setHeader('set-cookie', response.cookies);
  const bodiless = response.status === 204 || response.status === 304;
  const length = bodiless ? {} : { 'content-length': response.body.length };
  outgoing.writeHead(response.status, { ...withoutFraming(response.headers), ...length });
  outgoing.end(incoming.method === 'HEAD' || bodiless ? undefined : response.body);
}

async function answerTo(incoming: IncomingMessage, answer: (request: HttpRequest) => Promise<HttpResponse>) {
  const hostName = incoming.headers.host?.replace(/:\d+$/, '').toLowerCase() ?? '';
  if (!OWN_NAMES.has(hostName)) return refusal(403, 'This address answers to 127.0.0.1 and localhost only');
  const body = await readBody(incoming);
  if (!body) return refusal(413, 'Request Entity Too Large');
  const [path = '/', rawQueryString = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
  return answer({
    method: incoming.method ?? 'GET',
    path,
    rawQueryString,
    headers: incoming.headers as Record<string, string>,
    body,
    sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
  });
}

/** The body, or undefined when it is too large; then it is read to its end all the same, or no answer would arrive. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  let chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
    else chunks = [];
    if (bytes > BODY_BYTES_READ_MAX) throw new Error('a body without end');
  }
  return bytes > BODY_BYTES_MAX ? undefined : Buffer.concat(chunks);
}

/** How the response is framed is this server's business. */
function withoutFraming(headers: Record<string, string>): Record<string, string> {
  const { 'content-length': _, 'transfer-encoding': __, connection: ___, ...rest } = headers;
  return rest;
}
