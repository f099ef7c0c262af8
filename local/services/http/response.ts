// What a function returned, as an HTTP response (payload format 2.0), and the responses that AWS itself words.
export type HttpResponse = { status: number; headers: Record<string, string>; cookies: string[]; body: Buffer };

type Returned = {
  statusCode?: unknown;
  headers?: unknown;
  cookies?: unknown;
  body?: unknown;
  isBase64Encoded?: unknown;
};

/** A response in the words of API Gateway: {"message": …}. */
export function refusal(status: number, message: string): HttpResponse {
  const body = Buffer.from(JSON.stringify({ message }));
  return { status, headers: { 'content-type': 'application/json' }, cookies: [], body };
}

/** The response that a function's return value means; a malformed one is a 500 in AWS's words. */
export function responseOf(returned: unknown): HttpResponse {
  if (typeof returned !== 'object' || returned === null || !('statusCode' in returned)) return bare(returned);
  const { statusCode, headers = {}, cookies = [], body, isBase64Encoded } = returned as Returned;
  const status = Number(statusCode);
  const usable = Number.isInteger(status) && status >= 100 && status <= 599;
  if (!usable || typeof headers !== 'object' || !Array.isArray(cookies)) return refusal(500, 'Internal Server Error');
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', ...plainHeaders(headers ?? {}) },
    cookies: cookies.map(String),
    body: bodyOf(body, isBase64Encoded === true),
  };
}

/** Without a status code, whatever came back is the body. */
function bare(returned: unknown): HttpResponse {
  const text = typeof returned === 'string' ? returned : (JSON.stringify(returned) ?? 'null');
  return { status: 200, headers: { 'content-type': 'application/json' }, cookies: [], body: Buffer.from(text) };
}

function bodyOf(body: unknown, isBase64: boolean): Buffer {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body !== 'string') return Buffer.from(JSON.stringify(body));
  return Buffer.from(body, isBase64 ? 'base64' : 'utf8');
}

function plainHeaders(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
