// HTTP of the room safety, topic by topic; the API reference is made from it.
import { type HttpApp, httpApp } from '../common/http.ts';
import { honourIdempotencyKey } from '../common/idempotency.ts';
import { controlRoutes } from './control-routes.ts';
import type { ControlDeps } from './control-swarm.ts';
import { decisionRoutes } from './decision-routes.ts';
import type { DecisionDeps } from './decision-work.ts';
import { effectRoutes } from './effect-routes.ts';
import { noticeRoutes } from './notice-routes.ts';

export type RoutesDeps = ControlDeps & { voting: DecisionDeps };

export function routes(deps: RoutesDeps): HttpApp {
  const app = httpApp();
  app.use('/api/v1/*', honourIdempotencyKey(deps.tables, deps.table, deps.now));
  for (const topic of [controlRoutes(deps), effectRoutes(deps), decisionRoutes(deps.voting), noticeRoutes(deps)])
    app.route('/', topic);
  return app;
}
