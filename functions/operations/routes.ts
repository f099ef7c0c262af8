// All HTTP of the room operations in one, for the API's description; each function serves its own part of it.
import { type HttpApp, httpApp } from '../common/http.ts';
import { type PrincipalRoutesDeps, principalRoutes } from './principal-routes.ts';
import { type OperationsDeps, statusRoutes } from './status-routes.ts';

/** The console answers every path that nobody else does, so it comes last. */
export function routes(deps: OperationsDeps & PrincipalRoutesDeps): HttpApp {
  const app = httpApp();
  app.route('/', principalRoutes(deps));
  app.route('/', statusRoutes(deps));
  return app;
}
