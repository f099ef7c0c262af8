// Every route × every kind of caller: who is let through is what the rows say, and nothing else.
import { describe, expect, it } from 'vitest';
import { httpApp, may, mayAnybody } from '../../functions/common/http.ts';
import { OPERATOR, type Role } from '../../functions/common/roles.ts';
import { ask, CALLERS, type Caller, REFUSED, roomApps, routesOf } from './gateway.ts';
import { LOGGED, ROWS } from './rows.ts';

const apps = await roomApps();
const routes = routesOf(apps);

const holds = (caller: Caller): readonly Role[] =>
  REFUSED.includes(caller) ? [] : caller === 'the operator token' ? OPERATOR.roles : [caller as Role];

/** In words, so that a difference reads as what is wrong. */
function expected(name: string, caller: Caller): string {
  const row = ROWS[name] ?? [];
  if (row === 'anybody') return 'passes';
  if (caller === 'nobody') return '401';
  if (REFUSED.includes(caller)) return '403';
  return holds(caller).some((role) => row.includes(role)) ? 'passes' : '403 role_missing';
}

describe('the rows of the matrix', () => {
  it('are there for exactly the routes that there are', () => {
    expect(Object.keys(ROWS).sort()).toEqual(routes.map(({ name }) => name).sort());
  });

  it('say what the OpenAPI document says', () => {
    const documented = Object.fromEntries(routes.map(({ name, declared }) => [name, declared?.toSorted()]));
    const rows = Object.entries(ROWS).map(([name, roles]) => [name, roles === 'anybody' ? [] : roles.toSorted()]);
    expect(documented).toEqual(Object.fromEntries(rows));
  });
});

describe('the access log', () => {
  it('is kept of whatever only a captain may do', () => {
    const captains = Object.entries(ROWS).filter(([, roles]) => roles.length === 1 && roles[0] === 'captain');
    expect(captains.map(([name]) => name).filter((name) => !LOGGED.includes(name))).toEqual([]);
  });

  it('is kept of exactly the routes that are written down as sensitive', () => {
    const logged = routes.filter(({ logged }) => logged).map(({ name }) => name);
    expect(logged.sort()).toEqual([...LOGGED].sort());
  });
});

describe.each(routes)('$name', (route) => {
  it.each(CALLERS)('asked by %s', async (caller) => {
    const open = ROWS[route.name] === 'anybody';
    const { status, code } = open ? { status: 200 } : await ask(apps, route, caller);
    const told = status === 401 || status === 403 ? [status, code].filter(Boolean).join(' ') : 'passes';
    expect(told).toBe(expected(route.name, caller));
    expect(code).not.toBe('no_such_route');
    expect(status, 'the work of a route is cut off here, it cannot fail').toBeLessThan(500);
  });
});

describe('an agent that names another one', () => {
  const own = routes.filter(({ name, path }) => path.includes('{agentId}') && ROWS[name]?.includes('agent'));

  it.each(own)('hears that there is none: $name', async (route) => {
    expect(await ask(apps, route, 'agent')).toEqual({ status: 404, code: 'no_such_agent' });
  });

  it('is asked of at least one route', () => {
    expect(own).not.toEqual([]);
  });
});

describe('the matrix itself', () => {
  it('would see a route that nobody declared', () => {
    const route = { method: 'get' as const, path: '/api/v1/new', responses: {} };
    expect(() => httpApp().openapi(route, (c) => c.text('') as never)).toThrow('does not say who may');
  });

  it('lets a route that proves its caller itself say so', () => {
    const app = httpApp();
    const route = { method: 'post' as const, path: '/api/v1/signed', middleware: mayAnybody(), responses: {} };
    app.openapi(route, (c) => c.text('') as never);
    expect(routesOf([app])).toMatchObject([{ name: 'post /signed', declared: [] }]);
  });

  it('would see a role too many', async () => {
    const app = httpApp();
    const route = {
      method: 'get' as const,
      path: '/api/v1/new',
      middleware: may('captain', 'operator'),
      responses: {},
    };
    app.openapi(route, (c) => c.text('') as never);
    const [only] = routesOf([app]);
    expect(await ask([app], only!, 'operator')).toEqual({ status: 200, code: undefined });
    expect(await ask([app], only!, 'viewer')).toEqual({ status: 403, code: 'role_missing' });
  });
});
