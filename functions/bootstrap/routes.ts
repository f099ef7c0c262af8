// HTTP of the room bootstrap: bring the swarm up, and see how that went.
import { createRoute } from '@hono/zod-openapi';
import { type HttpApp, httpApp, jsonAnswer, jsonBody, may, problems, z } from '../common/http.ts';
import type { Bootstraps } from './bootstrap-run.ts';

const Request = z.strictObject({
  mode: z.enum(['autonomous']).default('autonomous'),
  constraints: z.strictObject({ maxSpendUsd: z.number().min(0).max(1_000_000).optional() }).default({}),
});
const Run = z
  .object({
    status: z.enum(['never', 'running', 'succeeded', 'failed']),
    startedAt: z.string().nullable(),
    detail: z.string().nullable(),
  })
  .openapi('BootstrapRun');

export function routes({ bootstraps }: { bootstraps: Bootstraps }): HttpApp {
  const app = httpApp();
  const start = createRoute({
    method: 'post',
    path: '/api/v1/bootstrap',
    summary: 'Register and greet the agents, check every part, and let the swarm act; again changes nothing',
    middleware: may('operator', 'captain'),
    request: { body: jsonBody(Request) },
    responses: { 202: jsonAnswer(Run, 'It runs'), ...problems(400, 401, 403) },
  });
  app.openapi(start, async (c) => {
    await bootstraps.start({ ...c.req.valid('json'), by: c.get('principal').principalId });
    return c.json(await bootstraps.last(), 202);
  });
  const look = createRoute({
    method: 'get',
    path: '/api/v1/bootstrap',
    summary: 'How the last bootstrap went',
    middleware: may('viewer'),
    responses: { 200: jsonAnswer(Run, 'The last run'), ...problems(401, 403) },
  });
  app.openapi(look, async (c) => c.json(await bootstraps.last(), 200));
  return app;
}
