// HTTP of the room safety, topic by topic; the API reference is made from it.
import { type HttpApp, httpApp } from '../common/http.ts';
import { honourIdempotencyKey } from '../common/idempotency.ts';
import { behaviourRoutes } from './behaviour-routes.ts';
import type { PolicyDeps } from './change-policies.ts';
import { controlRoutes } from './control-routes.ts';
import type { ControlDeps } from './control-swarm.ts';
import { decisionRoutes } from './decision-routes.ts';
import type { DecisionDeps } from './decision-work.ts';
import { effectRoutes } from './effect-routes.ts';
import type { GateDeps } from './gate.ts';
import { limitRoutes } from './limit-routes.ts';
import type { StageDeps } from './move-stage.ts';
import { type NoticeRoutesDeps, noticeRoutes } from './notice-routes.ts';
import { policyRoutes } from './policy-routes.ts';
import { proposeRoutes } from './propose-routes.ts';
import { type RequestRoutesDeps, requestRoutes } from './request-routes.ts';
import { stageRoutes } from './stage-routes.ts';

export type RoutesDeps = ControlDeps &
  PolicyDeps &
  GateDeps &
  StageDeps &
  NoticeRoutesDeps &
  RequestRoutesDeps & { voting: DecisionDeps };

export function routes(deps: RoutesDeps): HttpApp {
  const app = httpApp();
  app.use('/api/v1/*', honourIdempotencyKey(deps.tables, deps.table, deps.now));
  const topics = [
    // one line each, so that two who add a topic do not meet
    controlRoutes(deps),
    effectRoutes(deps),
    requestRoutes(deps),
    decisionRoutes(deps.voting, deps),
    noticeRoutes(deps),
    policyRoutes(deps),
    proposeRoutes(deps),
    limitRoutes(deps),
    stageRoutes(deps),
    behaviourRoutes(deps),
  ];
  for (const topic of topics) app.route('/', topic);
  return app;
}
