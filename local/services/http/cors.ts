// CORS as an HTTP API answers it: preflights without any function, the rest with headers that replace the function's.
import type { HttpResponse } from './response.ts';

export type CorsConfiguration = {
  AllowOrigins?: string[];
  AllowMethods?: string[];
  AllowHeaders?: string[];
  ExposeHeaders?: string[];
  AllowCredentials?: boolean;
  MaxAge?: number;
};

/** The answer to a preflight, or undefined when the request is none. */
export function preflight(
  cors: CorsConfiguration,
  method: string,
  headers: Record<string, string>,
): HttpResponse | undefined {
  if (method !== 'OPTIONS' || !headers.origin || !headers['access-control-request-method']) return undefined;
  const allowed = originHeaders(cors, headers.origin);
  const details = allowed && {
    'access-control-allow-methods': cors.AllowMethods?.join(','),
    'access-control-allow-headers': cors.AllowHeaders?.join(','),
    'access-control-max-age': cors.MaxAge?.toString(),
  };
  return { status: 204, headers: present({ ...allowed, ...details }), cookies: [], body: Buffer.alloc(0) };
}

/** The response with the API's CORS headers instead of the function's. */
export function withCors(response: HttpResponse, cors: CorsConfiguration, origin: string | undefined): HttpResponse {
  const own = Object.entries(response.headers).filter(([name]) => !name.startsWith('access-control-'));
  const added = origin === undefined ? {} : originHeaders(cors, origin);
  const exposed =
    added && origin !== undefined ? { 'access-control-expose-headers': cors.ExposeHeaders?.join(',') } : {};
  return { ...response, headers: { ...Object.fromEntries(own), ...present({ ...added, ...exposed }) } };
}

function originHeaders(cors: CorsConfiguration, origin: string): Record<string, string | undefined> | undefined {
  const any = cors.AllowOrigins?.includes('*');
  if (!any && !cors.AllowOrigins?.includes(origin)) return undefined;
  return {
    'access-control-allow-origin': any ? '*' : origin,
    'access-control-allow-credentials': cors.AllowCredentials ? 'true' : undefined,
    vary: any ? undefined : 'origin',
  };
}

function present(headers: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => !!entry[1]));
}
