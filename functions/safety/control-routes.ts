// HTTP of the control flags and the kill switch: stop, resume, and what a kill has contained so far.
import { createRoute } from '@hono/zod-openapi';
import { SensitiveRead } from '../audit/events.ts';
import { logsAccess } from '../common/access-log.ts';
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
import { saidWhy } from '../common/said.ts';
import { type ControlDeps, controlNow, resumeScope, stopScope } from './control-swarm.ts';
import { KillScope } from './events.ts';
import { readCertificate } from './issue-certificate.ts';
import { listKills, readKill } from './kill-items.ts';
import { killView } from './kill-view.ts';

const Reason = saidWhy(500);
const Holding = z.object({ scope: z.string(), killId: z.string(), by: z.string(), reason: z.string(), at: z.string() });
const Control = z
  .object({
    mode: z.enum(['active', 'killed', 'not_bootstrapped']),
    killed: z.boolean(),
    stopped: z.array(z.string()).openapi({ description: 'parts that are stopped: room:…, agent:…, objective:…' }),
    kills: z.array(Holding).openapi({ description: 'the kills that hold now; `scope` may be everything' }),
    swarm: z.enum(['inactive', 'active']),
    reason: z.string(),
    by: z.string(),
    at: z.string(),
  })
  .openapi('Control');
const Stopped = Control.extend({
  killId: z.string().openapi({ description: 'its containment is under /kills/{killId}' }),
}).openapi('ControlAfterKill');
const Effects = z
  .object({ inFlight: z.int(), finished: z.int(), stopped: z.int(), unknown: z.int(), open: z.int() })
  .openapi('FateCounts');
const Kill = z
  .looseObject({
    killId: z.string(),
    scope: z.string(),
    by: z.string(),
    reason: z.string(),
    at: z.string(),
    status: z.enum(['containing', 'contained', 'lifted']),
    effects: Effects,
  })
  .openapi('Kill');
const Point = z.object({
  point: z.string(),
  room: z.string(),
  title: z.string(),
  state: z.enum(['waiting', 'confirmed']),
  at: z.string().nullable(),
  afterMs: z.int().nullable(),
  counts: z.record(z.string(), z.int()),
  detail: z.string().nullable(),
});
const KillView = Kill.extend({ points: z.array(Point) }).openapi('KillView');
const CertificateView = z
  .looseObject({
    certificate: z.looseObject({ killId: z.string(), sequence: z.int(), effectsDigest: z.string() }),
    effects: z.array(z.looseObject({ effectId: z.string(), fate: z.string() })),
    signature: z.object({ keyId: z.string(), algorithm: z.string(), signature: z.string() }),
    publicKeyPem: z.string(),
  })
  .openapi('ContainmentCertificate');
const scope = KillScope.default('everything');
const ById = z.object({ killId: z.string().openapi({ param: { name: 'killId', in: 'path' } }) });

export function controlRoutes(deps: ControlDeps): HttpApp {
  const app = httpApp();
  const control = createRoute({
    method: 'get',
    path: '/api/v1/control',
    summary: 'Whether the swarm may act, and which kills hold',
    middleware: may('viewer'),
    responses: { 200: jsonAnswer(Control, 'The flags'), ...problems(401, 403) },
  });
  app.openapi(control, async (c) => c.json(await controlNow(deps), 200));
  const kill = createRoute({
    method: 'post',
    path: '/api/v1/kill',
    summary: 'Stop every autonomous action, or those of a room, an agent or an objective',
    middleware: may('operator', 'approver', 'captain'),
    request: { body: jsonBody(z.strictObject({ reason: Reason, scope })) },
    responses: { 200: jsonAnswer(Stopped, 'The flags now'), ...problems(400, 401, 403) },
  });
  app.openapi(kill, async (c) => {
    const wanted = c.req.valid('json');
    return c.json(await stopScope(wanted.scope, wanted.reason, c.get('principal').principalId, deps), 200);
  });
  const resume = createRoute({
    method: 'post',
    path: '/api/v1/resume',
    summary: 'Lift one kill; others that hold stay',
    middleware: [logsAccess('swarm resumed', deps), may('captain')] as const,
    request: { body: jsonBody(z.strictObject({ reason: Reason, scope })) },
    responses: { 200: jsonAnswer(Control, 'The flags now'), ...problems(400, 401, 403) },
  });
  app.openapi(resume, async (c) => {
    const wanted = c.req.valid('json');
    return c.json(await resumeScope(wanted.scope, wanted.reason, c.get('principal').principalId, deps), 200);
  });
  killRoutes(app, deps);
  return app;
}

function killRoutes(app: HttpApp, deps: ControlDeps): void {
  const list = createRoute({
    method: 'get',
    path: '/api/v1/kills',
    summary: 'Kills, newest first',
    middleware: may('viewer'),
    request: { query: PageQuery },
    responses: {
      200: pageAnswer(Kill),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(list, async (c) => c.json((await listKills(c.req.valid('query'), deps)) as never, 200));
  const one = createRoute({
    method: 'get',
    path: '/api/v1/kills/{killId}',
    summary: 'One kill: what has confirmed, what is waited for, what became of the effects in flight',
    middleware: may('viewer'),
    request: { params: ById },
    responses: { 200: jsonAnswer(KillView, 'The kill'), ...problems(401, 403, 404) },
  });
  app.openapi(one, async (c) => {
    const { killId } = c.req.valid('param');
    const found = await killView(killId, deps);
    if (!found) throw noSuchKill(killId);
    return c.json(found as never, 200);
  });
  certificateRoute(app, deps);
}

function certificateRoute(app: HttpApp, deps: ControlDeps): void {
  const certificate = createRoute({
    method: 'get',
    path: '/api/v1/kills/{killId}/certificate',
    summary: 'The signed certificate of a kill, to keep and to check without us: lazyark kill verify FILE',
    middleware: may('viewer'),
    request: { params: ById },
    responses: {
      200: jsonAnswer(CertificateView, 'The newest certificate'),
      ...problems(401, 403, 404),
    },
  });
  app.openapi(certificate, async (c) => {
    const { killId } = c.req.valid('param');
    const kill = await readKill(killId, deps);
    if (!kill) throw noSuchKill(killId);
    const found = await readCertificate(kill, deps);
    if (!found)
      throw new HttpProblem(
        404,
        'no_certificate_yet',
        `${killId} is ${kill.status}: it is certified when it is contained`,
      );
    const { principalId } = c.get('principal');
    await deps.announce(SensitiveRead, {
      what: 'certificate',
      subject: killId,
      by: principalId,
      at: deps.now().toISOString(),
    });
    c.header('content-disposition', `attachment; filename="${killId}-certificate-${found.certificate.sequence}.json"`);
    return c.json(found as never, 200);
  });
}

const noSuchKill = (killId: string) => new HttpProblem(404, 'no_such_kill', `There is no kill ${killId}`);
