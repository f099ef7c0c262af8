// HTTP of principals: who may come in, with a token shown once; and who is asking.
import { createRoute } from '@hono/zod-openapi';
import { type AccessLog, logsAccess } from '../common/access-log.ts';
import {
  type HttpApp,
  HttpProblem,
  httpApp,
  jsonAnswer,
  jsonBody,
  may,
  PageQuery,
  pageAnswer,
  problems,
  z,
} from '../common/http.ts';
import { honourIdempotencyKey } from '../common/idempotency.ts';
import { newId } from '../common/ids.ts';
import { ROLES, Role } from '../common/roles.ts';
import { saidWhy } from '../common/said.ts';
import { createPrincipal, type Issued, type ManageDeps, rotatePrincipal } from './manage-principals.ts';
import { type PrincipalRecord, PrincipalRequest, principalView, RotateRequest } from './principal.ts';

export type PrincipalRoutesDeps = ManageDeps & AccessLog;

const Principal = z
  .object({
    principalId: z.string(),
    title: z.string(),
    roles: z.array(Role),
    status: z.enum(['active', 'expired', 'revoked']),
    createdAt: z.string(),
    createdBy: z.string(),
    expiresAt: z.string(),
    lastUsedAt: z.string().nullable(),
    revokedAt: z.string().nullable(),
  })
  .openapi('Principal');
const WithToken = z.object({ ...Principal.shape, token: z.string(), oldTokenUntil: z.string().optional() });
const Me = z.object({ principalId: z.string(), roles: z.array(Role), expiresAt: z.string().nullable() }).openapi('Me');
const ById = z.object({
  principalId: z
    .string()
    .max(80)
    .openapi({ param: { name: 'principalId', in: 'path' } }),
});

const noSuchPrincipal = (id: string) => new HttpProblem(404, 'no_such_principal', `There is no principal ${id}`);

export function principalRoutes(deps: PrincipalRoutesDeps): HttpApp {
  const app = httpApp();
  app.use('/api/v1/*', honourIdempotencyKey(deps.tables, deps.table, deps.now));
  looking(app, deps);
  issuing(app, deps);
  revoking(app, deps);
  return app;
}

const viewer = ({ now }: ManageDeps) => {
  const view = (record: PrincipalRecord) => principalView(record, now().getTime());
  return { view, issued: ({ record, token }: Issued) => ({ ...view(record), token }) };
};

function looking(app: HttpApp, deps: PrincipalRoutesDeps): void {
  const list = createRoute({
    method: 'get',
    path: '/api/v1/principals',
    summary: 'Everybody who has or had a token, newest first; never a token',
    middleware: [logsAccess('principals read', deps), may('captain', 'auditor')] as const,
    request: { query: PageQuery },
    responses: {
      200: pageAnswer(Principal),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(list, async (c) => {
    const { items, cursor } = await deps.principals.list(c.req.valid('query'));
    return c.json({ items: items.map(viewer(deps).view), ...(cursor && { cursor }) } as never, 200);
  });
  const me = createRoute({
    method: 'get',
    path: '/api/v1/me',
    summary: 'Who is asking, and as what',
    middleware: may(...ROLES),
    responses: { 200: jsonAnswer(Me, 'The principal of the token that came with the request'), ...problems(401, 403) },
  });
  app.openapi(me, async (c) => {
    const { principalId, roles } = c.get('principal');
    const record = await deps.principals.get(principalId);
    return c.json({ principalId, roles: [...roles], expiresAt: record?.expiresAt ?? null }, 200);
  });
}

function issuing(app: HttpApp, deps: PrincipalRoutesDeps): void {
  const create = createRoute({
    method: 'post',
    path: '/api/v1/principals',
    summary: 'Let somebody in: the token is in this answer and never shown again',
    middleware: [logsAccess('principal created', deps), may('captain')] as const,
    request: { body: jsonBody(PrincipalRequest) },
    responses: { 201: jsonAnswer(WithToken, 'The principal with its token'), ...problems(400, 401, 403, 409) },
  });
  app.openapi(create, async (c) => {
    const principalId = c.get('requestUlid') ? `prn_${c.get('requestUlid')}` : newId('prn', deps.now().getTime());
    const issued = await createPrincipal(principalId, c.req.valid('json'), c.get('principal').principalId, deps);
    if (!issued) throw new HttpProblem(409, 'principal_revoked', `${principalId} was revoked meanwhile`);
    c.header('cache-control', 'no-store');
    return c.json(viewer(deps).issued(issued), 201);
  });
  const rotate = createRoute({
    method: 'post',
    path: '/api/v1/principals/{principalId}/rotate',
    summary: 'A new token in place of the old one, which works on for graceMinutes',
    middleware: [logsAccess('principal rotated', deps), may('captain')] as const,
    request: { params: ById, body: jsonBody(RotateRequest) },
    responses: { 200: jsonAnswer(WithToken, 'The principal with its new token'), ...problems(400, 401, 403, 404, 409) },
  });
  app.openapi(rotate, async (c) => {
    const { principalId } = c.req.valid('param');
    const answer = await rotatePrincipal(principalId, c.req.valid('json'), c.get('principal').principalId, deps);
    if (answer.kind === 'not_found') throw noSuchPrincipal(principalId);
    if (answer.kind !== 'rotated')
      throw new HttpProblem(409, `principal_${answer.kind}`, `${principalId} was ${answer.kind.replaceAll('_', ' ')}`);
    c.header('cache-control', 'no-store');
    return c.json({ ...viewer(deps).issued(answer.issued), oldTokenUntil: answer.oldUntil }, 200);
  });
}

function revoking(app: HttpApp, deps: PrincipalRoutesDeps): void {
  const revoke = createRoute({
    method: 'post',
    path: '/api/v1/principals/{principalId}/revoke',
    summary: 'Keep somebody out for good; answers that were remembered end within 60 seconds',
    middleware: [logsAccess('principal revoked', deps), may('captain')] as const,
    request: { params: ById, body: jsonBody(z.strictObject({ reason: saidWhy(500) })) },
    responses: { 200: jsonAnswer(Principal, 'The principal'), ...problems(400, 401, 403, 404) },
  });
  app.openapi(revoke, async (c) => {
    const { principalId } = c.req.valid('param');
    const by = c.get('principal').principalId;
    const record = await deps.principals.revoke(principalId, deps.now().toISOString(), by, c.req.valid('json').reason);
    if (!record) throw noSuchPrincipal(principalId);
    return c.json(viewer(deps).view(record), 200);
  });
}
