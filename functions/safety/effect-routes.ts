// HTTP of effects: everything that passed the gate or was stopped there.
import { createRoute } from '@hono/zod-openapi';
import {
  type HttpApp,
  HttpProblem,
  httpApp,
  jsonAnswer,
  may,
  PageQuery,
  pageAnswer,
  problems,
  z,
} from '../common/http.ts';
import type { EffectDeps } from './clear-effects.ts';
import { listEffects, readEffect } from './effects.ts';

const Effect = z
  .looseObject({
    effectId: z.string(),
    status: z.string(),
    action: z.string(),
    target: z.string(),
    rationale: z.string(),
  })
  .openapi('Effect');

export function effectRoutes(deps: EffectDeps): HttpApp {
  const app = httpApp();
  const effects = createRoute({
    method: 'get',
    path: '/api/v1/effects',
    summary: 'Effects, newest first',
    middleware: may('viewer'),
    request: { query: PageQuery },
    responses: {
      200: pageAnswer(Effect),
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
