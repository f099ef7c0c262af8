// The HTTP API in small: the real authorizer's decision in front of the real apps of all rooms, whose work is cut off.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type HttpApp, HttpProblem, openApiOf, serve } from '../../functions/common/http.ts';
import { ROLES, type Role } from '../../functions/common/roles.ts';
import type { Write } from '../../functions/common/table.ts';
import { authorize } from '../../functions/operations/authorize-request.ts';
import { digestOf, type Holder } from '../../functions/operations/principal.ts';

const ROOT = join(import.meta.dirname, '../..');
const NOW = new Date('2026-11-20T12:00:00Z');

export type Caller = Role | 'nobody' | 'a wrong token' | 'an expired token' | 'a revoked token' | 'the operator token';
export const REFUSED: Caller[] = ['nobody', 'a wrong token', 'an expired token', 'a revoked token'];
export const CALLERS: Caller[] = [...REFUSED, ...ROLES, 'the operator token'];

const tokenOf = (caller: Caller): string => `lzk_${caller.replaceAll(' ', '-')}-0123456789abcdef`;

const record = (caller: Caller, roles: readonly Role[], more: Partial<Holder> = {}) => ({
  principalId: `prn_${caller}`,
  roles,
  digest: digestOf(tokenOf(caller)),
  expiresAt: '2026-12-01T00:00:00Z',
  ...more,
});
const PRINCIPALS = [
  ...ROLES.map((role) => record(role, [role])),
  record('an expired token', ROLES, { expiresAt: '2026-11-20T12:00:00Z' }),
  record('a revoked token', ROLES, { revokedAt: '2026-11-20T11:59:59Z' }),
];

const decide = (caller: Caller) =>
  authorize(caller === 'nobody' ? undefined : `Bearer ${tokenOf(caller)}`, {
    operatorTokens: async () => [tokenOf('the operator token')],
    find: async (digest) => PRINCIPALS.find((principal) => principal.digest === digest),
    used: async () => {},
    refused: () => {},
    failed: () => {},
    now: () => NOW,
  });

/** What a route was let through to: whatever it would do first, it meets this. */
const REACHED = 422;
const reached = () => {
  throw new HttpProblem(REACHED, 'reached', 'The work of the route begins here');
};
const cutOff: never = new Proxy(reached, {
  get: (_target, name) => (name === 'then' ? undefined : cutOff),
}) as never;

/** All that works is the access log, which is written whatever becomes of the request. */
const tables = {
  get: reached,
  query: reached,
  write: async ([write]: readonly Write[]) =>
    write && 'put' in write && write.put.pk.startsWith('access#') ? { written: true, items: [] } : reached(),
};
const deps = new Proxy({ tables, now: () => NOW, catalogue: [] } as Record<PropertyKey, unknown>, {
  get: (known, name) => known[name] ?? cutOff,
});

export async function roomApps(): Promise<HttpApp[]> {
  const files = globSync('functions/*/{routes,*-routes}.ts', { cwd: ROOT }).sort();
  const modules = await Promise.all(files.map((file) => import(pathToFileURL(join(ROOT, file)).href)));
  return modules.flatMap(({ routes }) => (routes ? [routes(deps)] : []));
}

type Operation = { 'x-lazyark-roles'?: Role[]; 'x-lazyark-access-log'?: string };
export type Route = { name: string; method: string; path: string; declared: Role[] | undefined; logged: boolean };

/** Every route of the OpenAPI document that is served. */
export function routesOf(apps: readonly HttpApp[]): Route[] {
  const { paths } = openApiOf(apps, '0') as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method} ${path.replace('/api/v1', '')}`,
      method: method.toUpperCase(),
      path,
      declared: operation['x-lazyark-roles'],
      logged: operation['x-lazyark-access-log'] !== undefined,
    })),
  );
}

export type Outcome = { status: number; code?: string };

/** As API Gateway does it: no header 401, not authorized 403, else the function with what the authorizer said. */
export async function ask(apps: readonly HttpApp[], { method, path }: Route, caller: Caller): Promise<Outcome> {
  if (caller === 'nobody') return { status: 401 };
  const { isAuthorized, context } = await decide(caller);
  if (!isAuthorized) return { status: 403 };
  const rawPath = path.replace(/\{\w+\}/g, 'x');
  const event = {
    version: '2.0',
    rawPath,
    rawQueryString: '',
    headers: { host: 'x', 'content-type': 'application/json' },
    requestContext: {
      domainName: 'x',
      http: { method, path: rawPath },
      authorizer: { lambda: JSON.parse(JSON.stringify(context)) },
    },
    isBase64Encoded: false,
  };
  for (const app of apps) {
    const answer = (await serve(app)(event, {})) as { statusCode: number; body: string };
    const code = codeIn(answer.body);
    if (code !== 'no_such_route') return { status: answer.statusCode, code };
  }
  return { status: 404, code: 'no_such_route' };
}

function codeIn(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { code?: string }).code;
  } catch {
    return undefined;
  }
}
