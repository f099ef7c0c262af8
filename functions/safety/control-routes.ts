// HTTP of the control flags: whether the swarm may act, kill and resume.
import { createRoute } from '@hono/zod-openapi';
import { type HttpApp, httpApp, jsonAnswer, jsonBody, may, problems, z } from '../common/http.ts';
import { type ControlDeps, controlNow, killSwarm, resumeSwarm } from './control-swarm.ts';

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
export function controlRoutes(deps: ControlDeps): HttpApp {
  const app = httpApp();
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
  return app;
}
