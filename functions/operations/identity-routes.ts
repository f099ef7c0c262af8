// HTTP of who may come in and of what opens doors outside, served by one function behind one set of rights.
import { type HttpApp, httpApp } from '../common/http.ts';
import { type CredentialRoutesDeps, credentialRoutes } from './credential-routes.ts';
import { type PrincipalRoutesDeps, principalRoutes } from './principal-routes.ts';

export function identityRoutes(deps: PrincipalRoutesDeps & CredentialRoutesDeps): HttpApp {
  const app = httpApp();
  app.route('/', principalRoutes(deps));
  app.route('/', credentialRoutes(deps));
  return app;
}
