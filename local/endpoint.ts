// The one loopback AWS API endpoint. The signature says who calls which service; the service does the rest.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError, type ApiRequest, type ApiResponse, type ApiService, type Host } from './service.ts';
import { type Claim, readClaim, verifySignature } from './sigv4.ts';

const bodyMostBytes = 128 * 1024 * 1024;

export interface Endpoint {
  readonly port: number;
  /** From now on requests reach the services; before, they are told to come again. */
  serve(host: Host, apis: ReadonlyMap<string, ApiService>): void;
  stop(): Promise<void>;
}

type Backend = { host: Host; apis: ReadonlyMap<string, ApiService> };

/** Listens on loopback, on `preferredPort` when it is free, else on any. */
export async function openEndpoint(preferredPort: number): Promise<Endpoint> {
  let backend: Backend | undefined;
  const server = createServer((incoming, response) => {
    respond(incoming, response, () => backend).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await listen(server, preferredPort).catch(() => listen(server, 0));
  return {
    port: (server.address() as AddressInfo).port,
    serve: (host, apis) => {
      backend = { host, apis };
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function respond(incoming: IncomingMessage, response: ServerResponse, backend: () => Backend | undefined) {
  const request = await readRequest(incoming);
  const at = backend();
  const answer = at
    ? await answerOf(request, at)
    : renderJson(new ApiError(503, 'ServiceUnavailable', 'The runtime is still starting'));
  if (!answer) return response.destroy();
  const length = Buffer.byteLength(answer.body);
  response.writeHead(answer.status, { 'content-length': length, ...answer.headers });
  response.end(incoming.method === 'HEAD' ? undefined : answer.body);
}

/** The answer to a request; undefined means that chaos lost it after the work was done. */
async function answerOf(request: ApiRequest, { host, apis }: Backend): Promise<ApiResponse | undefined> {
  const claim = readClaim(request);
  const api = claim && apis.get(claim.service);
  try {
    if (!claim) throw new ApiError(403, 'MissingAuthenticationTokenException', 'The request is not signed');
    if (request.method === 'OPTIONS' && api?.preflight) return api.preflight(request, host);
    const caller = identify(request, claim, host);
    if (!api) throw unknownOperation(claim.service, operationOf(request));
    await misfortune(host);
    const answer = await api.handle(request, caller, host);
    return host.chaos.strikes('lostResponse') ? undefined : answer;
  } catch (error) {
    const apiError = error instanceof ApiError ? error : internal(error, request, claim, host);
    return api?.renderError?.(apiError) ?? renderJson(apiError);
  }
}

function identify(request: ApiRequest, claim: Claim, host: Host) {
  const credential = host.credential(claim.accessKeyId);
  if (!credential) {
    throw new ApiError(403, 'UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  verifySignature(request, claim, credential.secretAccessKey, host.clock.now());
  return credential.caller;
}

async function misfortune({ chaos }: Host): Promise<void> {
  if (!chaos.active) return;
  const delayMs = chaos.delayMs();
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  if (chaos.strikes('throttle')) throw new ApiError(400, 'ThrottlingException', 'Rate exceeded');
  if (chaos.strikes('error500')) throw new ApiError(500, 'InternalServerError', 'Internal server error');
}

/** The error for an operation that this runtime does not have; it names itself. */
export function unknownOperation(service: string, operation: string): ApiError {
  const message = `The embedded runtime does not cover the operation ${operation} of ${service || 'an unnamed service'}`;
  return new ApiError(400, 'UnknownOperationException', message);
}

function operationOf({ headers, method, path }: ApiRequest): string {
  return headers['x-amz-target']?.split('.').at(-1) ?? `${method} ${path}`;
}

function internal(error: unknown, request: ApiRequest, claim: Claim | undefined, host: Host): ApiError {
  const stack = error instanceof Error ? error.stack : String(error);
  host.log({
    level: 'error',
    message: 'AWS API call failed',
    service: claim?.service,
    operation: operationOf(request),
    stack,
  });
  return new ApiError(500, 'InternalFailure', 'The embedded runtime failed; its log says why');
}

function renderJson({ status, code, message, details }: ApiError): ApiResponse {
  const body = JSON.stringify({ __type: code, message, Message: message, ...details });
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': code }, body };
}

async function readRequest(incoming: IncomingMessage): Promise<ApiRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyMostBytes) throw new Error('body too large');
    chunks.push(chunk);
  }
  const [path = '/', search = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(search),
    headers: incoming.headers as Record<string, string>,
    body: Buffer.concat(chunks),
  };
}
