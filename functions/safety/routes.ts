// HTTP of the room safety: the control flags, kill and resume, and the effects that passed the gate.
import { createRoute } from '@hono/zod-openapi';
import {
  type HttpApp,
  HttpProblem,
  httpApp,
  jsonAnswer,
  jsonBody,
  may,
  PageQuery,
  problems,
  z,
} from '../common/http.ts';
import { honourIdempotencyKey } from '../common/idempotency.ts';
import { type ControlDeps, controlNow, killSwarm, resumeSwarm } from './control-swarm.ts';
import { listEffects, readEffect } from './effects.ts';

const Reason = z.string().trim().min(1, 'a word on why').max(500);
const Control = z
  .object({
    mode: z.enum(['active', 'killed', 'not_bootstrapped']),
    killed: z.boolean(),
    stopped: z.array(z.string()).openapi({ description: 'parts that are stopped: room:…, agent:…, objective:…' }),
    swarm: z.enum(['inactive', 'active']),
    reason: z.string(),
    by: z.string(),
    at: z.string(),
  })
  .openapi('Control');
const Effect = z
  .looseObject({
    effectId: z.string(),
    status: z.string(),
    action: z.string(),
    target: z.string(),
    rationale: z.string(),
  })
  .openapi('Effect');

export function routes(deps: ControlDeps): HttpApp {
  const app = httpApp();
  app.use('/api/v1/*', honourIdempotencyKey(deps.tables, deps.table, deps.now));
  const control = createRoute({
    method: 'get',
    path: '/api/v1/control',
    summary: 'Whether the swarm may act',
    middleware: may('viewer'),
    responses: { 200: jsonAnswer(Control, 'The flags'), ...problems(401, 403) },
  });
  app.openapi(control, async (c) => c.json(await controlNow(deps), 200));
  const kill = createRoute({
    method: 'post',
    path: '/api/v1/kill',
    summary: 'Stop every autonomous action: the gate clears nothing from now on',
    middleware: may('operator', 'approver', 'captain'),
    request: {
      body: jsonBody(z.strictObject({ reason: Reason, scope: z.literal('everything').default('everything') })),
    },
    responses: { 200: jsonAnswer(Control, 'The flags now'), ...problems(400, 401, 403) },
  });
  app.openapi(kill, async (c) =>
    c.json(await killSwarm(c.req.valid('json').reason, c.get('principal').principalId, deps), 200),
  );
  const resume = createRoute({
    method: 'post',
    path: '/api/v1/resume',
    summary: 'Lift the kill',
    middleware: may('captain'),
    request: { body: jsonBody(z.strictObject({ reason: Reason })) },
    responses: { 200: jsonAnswer(Control, 'The flags now'), ...problems(400, 401, 403) },
  });
  app.openapi(resume, async (c) =>
    c.json(await resumeSwarm(c.req.valid('json').reason, c.get('principal').principalId, deps), 200),
  );
  const effects = createRoute({
    method: 'get',
    path: '/api/v1/effects',
    summary: 'Effects, newest first',
    middleware: may('viewer'),
    request: { query: PageQuery },
    responses: {
      200: jsonAnswer(z.object({ items: z.array(Effect), cursor: z.string().optional() }), 'A page'),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(effects, async (c) => c.json((await listEffects(c.req.valid('query'), deps)) as never, 200));
  const effect = createRoute({
    method: 'get',
    path: '/api/v1/effects/{effectId}',
    summary: 'One effect',
    middleware: may('viewer'),
    request: { params: z.object({ effectId: z.string().openapi({ param: { name: 'effectId', in: 'path' } }) }) },
    responses: { 200: jsonAnswer(Effect, 'The effect'), ...problems(401, 403, 404) },
  });
  app.openapi(effect, async (c) => {
    const { effectId } = c.req.valid('param');
    const found = await readEffect(effectId, deps);
    if (!found) throw new HttpProblem(404, 'no_such_effect', `There is no effect ${effectId}`);
    return c.json(found as never, 200);
  });
  return app;
}
