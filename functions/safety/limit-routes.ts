// HTTP of the limits: each with what is taken and left of it.
import { createRoute } from '@hono/zod-openapi';
import { type HttpApp, httpApp, may, PageQuery, pageAnswer, problems, z } from '../common/http.ts';
import { type LimitsDeps, listLimits } from './limits.ts';

const Last = z.looseObject({ by: z.string(), effectId: z.string(), at: z.string() }).nullable();
const LimitNow = z
  .object({
    name: z.string(),
    subject: z.string(),
    unit: z.string(),
    per: z.string(),
    most: z.int(),
    window: z.string(),
    seconds: z.int(),
    reserved: z.int().openapi({ description: 'taken by effects that have not ended' }),
    used: z.int().openapi({ description: 'taken by effects that have' }),
    left: z.int(),
    refused: z.int(),
    lastTaken: Last,
    lastRefused: Last,
    renewsAt: z.string().nullable(),
  })
  .openapi('Limit');

export function limitRoutes(deps: LimitsDeps): HttpApp {
  const app = httpApp();
  const list = createRoute({
    method: 'get',
    path: '/api/v1/limits',
    summary: 'The limits of the gate: what is taken and left of each, who took last, what was refused',
    middleware: may('viewer'),
    request: { query: PageQuery },
    responses: {
      200: pageAnswer(LimitNow),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(list, async (c) => c.json(await listLimits(c.req.valid('query'), deps), 200));
  return app;
}
