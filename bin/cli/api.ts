// The command line's side of the HTTP API: one client, one way to word a refusal, an Idempotency-Key on every POST.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { ApiRefused, CommandFailed, type Problem } from './failure.ts';

type QueryValues = Record<string, string | number | undefined>;
export type Api = {
  readonly endpoint: string;
  get<T>(path: string, query?: QueryValues): Promise<T>;
  /** The answer as it came, for what is no JSON document. */
  raw(path: string, query?: QueryValues): Promise<Response>;
  post<T>(path: string, body?: unknown, options?: { idempotencyKey?: string }): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
};
/** `pausesMs` come before the same request is sent again, after an answer that may pass. */
export type ApiOptions = { endpoint: string; token?: string; fetch?: typeof fetch; pausesMs?: readonly number[] };

/** Busy, or a function died: every request is a GET or carries its key, so it can be sent again. */
const PASSING = new Set([429, 500, 502, 503, 504]);

/**
 * `path` is below /api/v1. Throws ApiRefused for every answer that is not 2xx and CommandFailed when nothing answered.
 */
export function openApi({ endpoint, token, fetch: send = fetch, pausesMs = [100, 400] }: ApiOptions): Api {
  const call = async (method: string, path: string, query: QueryValues, init: RequestInit): Promise<Response> => {
    const headers = { accept: 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const url = urlOf(endpoint, path, query);
    const ask = () =>
      send(url, { ...init, method, headers: { ...headers, ...init.headers } }).catch((error) => {
        throw new CommandFailed(`Nothing answered at ${endpoint} (${reasonOf(error)}). Is it running? \`npm start\``);
      });
    let response = await ask();
    for (const pauseMs of pausesMs) {
      if (!PASSING.has(response.status)) break;
      await wait(pauseMs);
      response = await ask();
    }
    if (!response.ok) throw new ApiRefused(response.status, await problemOf(response));
    return response;
  };
  return {
    endpoint,
    raw: (path, query = {}) => call('GET', path, query, {}),
    get: async <T>(path: string, query: QueryValues = {}) => bodyOf<T>(await call('GET', path, query, {}), endpoint),
    post: async <T>(path: string, body: unknown = {}, options: { idempotencyKey?: string } = {}) => {
      const headers = {
        'content-type': 'application/json',
        'idempotency-key': options.idempotencyKey ?? randomUUID(),
      };
      return bodyOf<T>(await call('POST', path, {}, { headers, body: JSON.stringify(body) }), endpoint);
    },
    put: async <T>(path: string, body: unknown) => {
      const headers = { 'content-type': 'application/json' };
      return bodyOf<T>(await call('PUT', path, {}, { headers, body: JSON.stringify(body) }), endpoint);
    },
  };
}

function urlOf(endpoint: string, path: string, query: QueryValues): string {
  const url = new URL(`${endpoint.replace(/\/+$/, '')}/api/v1${path}`);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, `${value}`);
  return url.href;
}

async function bodyOf<T>(response: Response, endpoint: string): Promise<T> {
  const text = await response.text();
  try {
    return (text === '' ? undefined : JSON.parse(text)) as T;
  } catch {
    throw new CommandFailed(`${endpoint} answered ${response.status}, but not with JSON: is it a LazyArk API?`);
  }
}

// What stands between us and the API (a gateway, a proxy) words its own errors differently.
async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text().catch(() => '');
  try {
    const body = JSON.parse(text) as Partial<Problem> & { message?: string };
    return { ...body, code: body.code ?? `http_${response.status}`, detail: body.detail ?? body.message };
  } catch {
    return { code: `http_${response.status}`, detail: text.slice(0, 300) || response.statusText };
  }
}

function reasonOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  return cause?.code ?? cause?.message ?? (error as Error).message;
}
