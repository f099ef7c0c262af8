// Which route of an HTTP API a request takes: the most specific path that fits, then the method before ANY.
import type { Resource } from '../../service.ts';

export type Route = {
  /** as in the template: 'GET /objectives/{id}', 'ANY /{proxy+}', '$default' */
  key: string;
  integrationId: string;
  authorizerId?: string;
};
export type Found = { route: Route; pathParameters: Record<string, string> };

type Compiled = { route: Route; method: string; segments: string[] };

/** Reads an AWS::ApiGatewayV2::Route. */
export function routeOf({ properties, logicalId }: Resource): Route {
  const {
    RouteKey,
    Target,
    AuthorizationType = 'NONE',
    AuthorizerId,
  } = properties as Record<string, string | undefined>;
  if (AuthorizationType !== 'NONE' && AuthorizationType !== 'CUSTOM') {
    throw new Error(`${logicalId}: the embedded runtime does not cover the authorization type ${AuthorizationType}`);
  }
  return {
    key: String(RouteKey),
    integrationId: String(Target).replace('integrations/', ''),
    ...(AuthorizationType === 'CUSTOM' ? { authorizerId: String(AuthorizerId) } : {}),
  };
}

/** Finds routes by method and path; the path is as sent, still percent-encoded. */
export class Router {
  #compiled: Compiled[] = [];
  #fallback: Route | undefined;

  add(route: Route): void {
    if (route.key === '$default') {
      this.#fallback = route;
      return;
    }
    const [method = '', path = ''] = route.key.split(' ');
    this.#compiled.push({ route, method, segments: path.split('/').slice(1) });
    this.#compiled.sort(bySpecificity);
  }

  find(method: string, path: string): Found | undefined {
    const sent = path.split('/').slice(1);
    for (const compiled of this.#compiled) {
      if (compiled.method !== 'ANY' && compiled.method !== method) continue;
      const pathParameters = match(compiled.segments, sent);
      if (pathParameters) return { route: compiled.route, pathParameters };
    }
    return this.#fallback && { route: this.#fallback, pathParameters: {} };
  }
}

const isGreedy = (segment: string | undefined) => segment?.endsWith('+}') ?? false;
const isVariable = (segment: string | undefined) => segment?.startsWith('{') ?? false;

function match(segments: readonly string[], sent: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  if (isGreedy(segments.at(-1)) ? sent.length < segments.length : sent.length !== segments.length) return undefined;
  for (const [i, segment] of segments.entries()) {
    if (isGreedy(segment)) parameters[segment.slice(1, -2)] = decode(sent.slice(i).join('/'));
    else if (!isVariable(segment) && segment !== sent[i]) return undefined;
    else if (isVariable(segment)) parameters[segment.slice(1, -1)] = decode(sent[i] ?? '');
  }
  return Object.values(parameters).includes('') ? undefined : parameters;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Literal before {variable} before {greedy+}, segment by segment; longer before shorter; a method before ANY. */
function bySpecificity(a: Compiled, b: Compiled): number {
  const longest = Math.max(a.segments.length, b.segments.length);
  for (let i = 0; i < longest; i++) {
    const difference = rank(a.segments[i]) - rank(b.segments[i]);
    if (difference !== 0) return difference;
  }
  return Number(a.method === 'ANY') - Number(b.method === 'ANY');
}

function rank(segment: string | undefined): number {
  if (segment === undefined) return 3;
  if (isGreedy(segment)) return 2;
  return isVariable(segment) ? 1 : 0;
}
