// The event of an HTTP API in payload format 2.0, for functions and for authorizers.
import { randomBytes, randomUUID } from 'node:crypto';
import { account } from '../../service.ts';
import type { Found } from './routes.ts';

export type HttpRequest = {
  method: string;
  /** as sent, percent-encoded, without the query */
  path: string;
  rawQueryString: string;
  headers: Record<string, string>;
  body: Buffer;
  sourceIp: string;
};
export type HttpEvent = {
  version: '2.0';
  routeKey: string;
  rawPath: string;
  rawQueryString: string;
  cookies?: string[];
  headers: Record<string, string>;
  queryStringParameters?: Record<string, string>;
  requestContext: Record<string, unknown> & { requestId: string; authorizer?: { lambda: unknown } };
  pathParameters?: Record<string, string>;
  stageVariables?: Record<string, string>;
  body?: string;
  isBase64Encoded: boolean;
};
export type ApiFacts = { apiId: string; stageVariables: Record<string, string>; nowMs: number };

/** Media types whose bodies AWS hands over as text; everything else comes in base64. */
const TEXT_TYPES = /^(text\/.*|application\/((.*\+)?json|(.*\+)?xml|javascript))$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The event that a function gets for a request on the route found. */
export function eventOf(request: HttpRequest, { route, pathParameters }: Found, api: ApiFacts): HttpEvent {
  const { cookie, ...headers } = request.headers;
  const query = queryParameters(request.rawQueryString);
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath: request.path,
    rawQueryString: request.rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers: { ...headers, ...forwarded(request) },
    ...(Object.keys(query).length > 0 ? { queryStringParameters: query } : {}),
    requestContext: contextOf(request, route.key, api),
    ...(Object.keys(pathParameters).length > 0 ? { pathParameters } : {}),
    ...(Object.keys(api.stageVariables).length > 0 ? { stageVariables: api.stageVariables } : {}),
    ...bodyOf(request),
  };
}

function contextOf(request: HttpRequest, routeKey: string, { apiId, nowMs }: ApiFacts): HttpEvent['requestContext'] {
  const domainName = request.headers.host ?? '';
  return {
    accountId: account,
    apiId,
    domainName,
    domainPrefix: domainName.split('.')[0],
    http: {
      method: request.method,
      path: request.path,
      protocol: 'HTTP/1.1',
      sourceIp: request.sourceIp,
      userAgent: request.headers['user-agent'] ?? '',
    },
    requestId: randomUUID(),
    routeKey,
    stage: '$default',
    time: clfTime(new Date(nowMs)),
    timeEpoch: nowMs,
  };
}

function forwarded({ sourceIp, headers }: HttpRequest): Record<string, string> {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return {
    'x-amzn-trace-id': `Root=1-${seconds}-${randomBytes(12).toString('hex')}`,
    'x-forwarded-for': sourceIp,
    'x-forwarded-port': headers.host?.split(':')[1] ?? '80',
    'x-forwarded-proto': 'http',
  };
}

/** Values of one name are joined by commas, as AWS does. */
function queryParameters(rawQueryString: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    parameters[name] = Object.hasOwn(parameters, name) ? `${parameters[name]},${value}` : value;
  }
  return parameters;
}

/** Text that is not valid UTF-8 goes in base64 too, so that no byte is lost. */
function bodyOf({ headers, body }: HttpRequest): Pick<HttpEvent, 'body' | 'isBase64Encoded'> {
  if (body.length === 0) return { isBase64Encoded: false };
  const mediaType = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? 'text/plain';
  const text = TEXT_TYPES.test(mediaType) ? utf8(body) : undefined;
  if (text !== undefined) return { body: text, isBase64Encoded: false };
  return { body: body.toString('base64'), isBase64Encoded: true };
}

function utf8(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

/** 12/Mar/2020:19:03:58 +0000 */
function clfTime(at: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${two(at.getUTCDate())}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}`;
  return `${day}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`;
}
