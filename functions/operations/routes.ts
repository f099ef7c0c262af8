// All HTTP of the room operations in one, for the API's description; each function serves its own part of it.
import { type HttpApp, httpApp } from '../common/http.ts';
import { identityRoutes } from './identity-routes.ts';
import { type OperationsDeps, statusRoutes } from './status-routes.ts';

/** The console answers every path that nobody else does, so it comes last. */
export function routes(deps: OperationsDeps & Parameters<typeof identityRoutes>[0]): HttpApp {
  const app = httpApp();
  app.route('/', identityRoutes(deps));
  app.route('/', statusRoutes(deps));
  return app;
}
