// A Lambda authorizer with simple responses: asks a function whether a request may pass, and remembers the answer.
import type { Host, Resource } from '../../service.ts';
import type { HttpEvent } from './event.ts';

export type Authorizer = {
  id: string;
  functionArn: string;
  /** '$request.header.Authorization' … */
  identitySources: string[];
  ttlMs: number;
};
export type Verdict =
  | { allowed: true; context: unknown }
  | { allowed: false; status: 401 | 403 | 500; message: string };

const REMEMBERED_MAX = 10_000;
const UNAUTHORIZED: Verdict = { allowed: false, status: 401, message: 'Unauthorized' };
const FORBIDDEN: Verdict = { allowed: false, status: 403, message: 'Forbidden' };
const BROKEN: Verdict = { allowed: false, status: 500, message: 'Internal Server Error' };

/** Reads an AWS::ApiGatewayV2::Authorizer. */
export function authorizerOf({ properties, logicalId }: Resource, id: string): Authorizer {
  const covered = properties.AuthorizerType === 'REQUEST' && properties.EnableSimpleResponses !== false;
  if (!covered || properties.AuthorizerPayloadFormatVersion === '1.0') {
    throw new Error(`${logicalId}: the embedded runtime covers REQUEST authorizers with simple responses only`);
  }
  return {
    id,
    functionArn: functionIn(String(properties.AuthorizerUri)),
    identitySources: (properties.IdentitySource as string[] | undefined) ?? [],
    ttlMs: Number(properties.AuthorizerResultTtlInSeconds ?? 0) * 1000,
  };
}

/** The function's ARN, also out of arn:aws:apigateway:…:path/…/functions/<ARN>/invocations. */
export function functionIn(uri: string): string {
  return /\/functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? uri;
}

/** Judges requests; verdicts are kept per identity for the authorizer's time to live. */
export class Gatekeeper {
  readonly #host: Host;
  readonly #remembered = new Map<string, { untilMs: number; verdict: Promise<Verdict> }>();

  constructor(host: Host) {
    this.#host = host;
  }

  async judge(authorizer: Authorizer, event: HttpEvent): Promise<Verdict> {
    const identity = authorizer.identitySources.map((source) => identityIn(source, event));
    if (identity.some((value) => value === undefined || value === '')) return UNAUTHORIZED;
    if (authorizer.ttlMs === 0 || identity.length === 0) return this.#ask(authorizer, identity, event);
    const key = JSON.stringify([authorizer.id, ...identity]);
    const known = this.#remembered.get(key);
    if (known && known.untilMs > this.#host.clock.now()) return known.verdict;
    const verdict = this.#ask(authorizer, identity, event);
    this.#remember(key, verdict, authorizer.ttlMs);
    return verdict;
  }

  /** A function that failed is asked again next time. */
  #remember(key: string, verdict: Promise<Verdict>, ttlMs: number): void {
    if (this.#remembered.size >= REMEMBERED_MAX) this.#remembered.clear();
    this.#remembered.set(key, { untilMs: this.#host.clock.now() + ttlMs, verdict });
    void verdict.then((known) => known === BROKEN && this.#remembered.delete(key));
  }

  async #ask(authorizer: Authorizer, identity: unknown[], event: HttpEvent): Promise<Verdict> {
    const { body: _, isBase64Encoded: __, ...rest } = event;
    const host = this.#host;
    const { http, apiId } = event.requestContext as { http?: { method: string; path: string }; apiId?: string };
    const routeArn = `arn:aws:execute-api:${host.region}:${host.account}:${apiId}/$default/${http?.method}${http?.path}`;
    try {
      const question = { ...rest, type: 'REQUEST', routeArn, identitySource: identity };
      const { payload, functionError } = await host.invoke(authorizer.functionArn, question);
      const answer = payload as { isAuthorized?: unknown; context?: unknown } | null;
      if (functionError || typeof answer?.isAuthorized !== 'boolean') return BROKEN;
      return answer.isAuthorized ? { allowed: true, context: answer.context ?? null } : FORBIDDEN;
    } catch (error) {
      host.log({
        level: 'error',
        message: 'authorizer failed',
        function: authorizer.functionArn,
        error: String(error),
      });
      return BROKEN;
    }
  }
}

function identityIn(source: string, event: HttpEvent): string | undefined {
  const [, place = '', name = ''] =
    /^\$(request\.header|request\.querystring|stageVariables|context)\.(.+)$/.exec(source) ?? [];
  if (place === 'request.header') return event.headers[name.toLowerCase()];
  if (place === 'request.querystring') return event.queryStringParameters?.[name];
  if (place === 'stageVariables') return event.stageVariables?.[name];
  const value = event.requestContext[name];
  return typeof value === 'string' ? value : undefined;
}
