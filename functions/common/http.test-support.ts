// Requests to a room's app in tests: as the authorizer of the HTTP API would pass them on, for a principal with roles.
import { contextOf, type Role } from './roles.ts';

/** The third argument of `app.request(path, init, actingAs('operator'))`. */
export const actingAs = (...roles: Role[]) => actingAsPrincipal(roles[0] ?? 'nobody', ...roles);

export const actingAsPrincipal = (principalId: string, ...roles: Role[]) => ({
  event: { requestContext: { authorizer: { lambda: contextOf({ principalId, roles }) } } },
});
