// The HTTP side of every room: an OpenAPI app whose errors are problem+json, behind one Lambda entry.
import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { APIGatewayProxyEventV2WithLambdaAuthorizer } from 'aws-lambda';
import type { Context, MiddlewareHandler } from 'hono';
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import { logger } from './lambda.ts';
import { type FieldProblem, problemsOf, shown } from './problem.ts';
import { ANONYMOUS, type Principal, principalIn, type Role, rolesThatMay } from './roles.ts';

export type { Principal, Role };
export { z };

export type HttpEnv = { Variables: { principal: Principal; requestUlid?: string } };
export type HttpApp = OpenAPIHono<HttpEnv>;

/** The body of every error (RFC 9457) with a stable `code` and the offending paths. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    errors: z.array(z.object({ path: z.string(), expected: z.string(), got: z.string().optional() })).optional(),
  })
  .openapi('Problem');

const TITLES: Record<number, string> = {
  400: 'The request is not as expected',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  409: 'In conflict with what is stored',
  413: 'Too large',
  415: 'Not in a format that is taken here',
  422: 'Understood, but cannot be done',
  500: 'Something broke on our side',
  503: 'Busy, try again',
};

/** Thrown anywhere below a route; becomes the problem+json answer. */
export class HttpProblem extends Error {
  override name = 'HttpProblem';
  readonly status: number;
  readonly code: string;
  readonly errors?: FieldProblem[];
  constructor(status: number, code: string, detail: string, errors?: FieldProblem[]) {
    super(detail);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }
}

function answer(c: Context, problem: HttpProblem): Response {
  const { status, code, message, errors } = problem;
  const body = { type: 'about:blank', title: TITLES[status] ?? 'Error', status, code, detail: message, errors };
  return c.body(JSON.stringify(body), status as 400, { 'content-type': 'application/problem+json' });
}

const TRANSIENT = new Set(['TableBusy', 'TableOutcomeUnknown', 'ThrottlingException', 'TooManyRequestsException']);

/** An empty app of a room: `basePath` is where its routes start, e.g. `/api/v1`. */
export function httpApp(): HttpApp {
  const app = new OpenAPIHono<HttpEnv>({
    defaultHook: (result, c) => {
      if (result.success) return undefined;
      const found = problemsOf(result.error.issues, (result as { data?: unknown }).data);
      const faults = found.map((fault) => ({ ...fault, path: fault.path || '(body)' }));
      const detail = `${faults.length === 1 ? 'One field is' : `${faults.length} fields are`} not as expected: ${faults.map((f) => f.path).join(', ')}`;
      return answer(c, new HttpProblem(400, 'invalid_request', detail, faults));
    },
  });
  const register = app.openapi;
  app.openapi = ((route: Route, ...rest: [never]) => register(withRoles(route), ...rest)) as never;
  app.use('*', async (c, next) => {
    const event = (c.env as { event?: APIGatewayProxyEventV2WithLambdaAuthorizer<unknown> } | undefined)?.event;
    c.set('principal', principalIn(event?.requestContext?.authorizer?.lambda));
    await next();
  });
  app.use('*', async (c, next) => {
    refuseForeignBody(c);
    await next();
  });
  app.notFound((c) => answer(c, new HttpProblem(404, 'no_such_route', `${c.req.method} ${c.req.path} is not served`)));
  app.onError((error, c) => answer(c, problemOf(error)));
  return app;
}

/** A middleware that knows which roles it lets pass; none of them when it lets everybody pass. */
type Gatekeeper = MiddlewareHandler<HttpEnv> & { roles: readonly Role[] };

/**
 * Who may use a route: `middleware: may('operator', 'captain')` in its `createRoute`. Any human role is a viewer too.
 * Runs before the request is validated, and is what `x-lazyark-roles` of the OpenAPI document says.
 */
export function may(...named: readonly [Role, ...Role[]]): Gatekeeper {
  const roles = rolesThatMay(named);
  const pass: MiddlewareHandler<HttpEnv> = async (c, next) => {
    const { principalId, roles: held } = c.get('principal');
    if (principalId === ANONYMOUS.principalId) throw new HttpProblem(401, 'not_authenticated', 'Nobody is signed in');
    if (!held.some((role) => roles.includes(role)))
      throw new HttpProblem(
        403,
        'role_missing',
        `${principalId} is ${held.join(', ') || 'without a role'}; this is for: ${roles.join(', ')}`,
      );
    await next();
  };
  return Object.assign(pass, { roles });
}

/** Instead of `may` where the caller proves itself in another way, such as a signature over the body. */
export const mayAnybody = (): Gatekeeper =>
  Object.assign<MiddlewareHandler<HttpEnv>, object>((_c, next) => next(), { roles: [] }) as Gatekeeper;

type Route = { method: string; path: string; middleware?: unknown };
/** `logs`: what a middleware of the access log writes down. */
type Gate = Partial<Gatekeeper> & { logs?: string };

/** A route that does not say who may use it does not exist: the room fails to start. */
function withRoles(route: Route): never {
  const gates = [route.middleware].flat() as (Gate | undefined)[];
  const roles = gates.find((gate) => gate?.roles)?.roles;
  if (!roles) throw new Error(`${route.method} ${route.path} does not say who may: middleware: may(...)`);
  const logs = gates.find((gate) => gate?.logs)?.logs;
  const told = { 'x-lazyark-roles': roles, ...(logs && { 'x-lazyark-access-log': logs }) };
  return { ...route, ...told, ...(roles.length === 0 && { security: [] }) } as never;
}

/** Left alone, a body under another name would look like no body at all. */
function refuseForeignBody({ req }: Context): void {
  const type = req.header('content-type') ?? 'application/json';
  if (!req.raw.body || /^application\/([a-z.-]+\+)?json\s*(;|$)/i.test(type)) return;
  throw new HttpProblem(415, 'not_json', 'The body is to be JSON, and to say so', [
    { path: 'content-type', expected: 'application/json', got: shown(type) },
  ]);
}

function problemOf(error: Error): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error.name === 'InvalidCursor') {
    const expected = 'the cursor that a page of this list ended with';
    return new HttpProblem(400, 'invalid_request', error.message, [{ path: 'cursor', expected }]);
  }
  if (error.message.includes('Malformed JSON')) {
    return new HttpProblem(400, 'malformed_json', 'The body is not JSON', [{ path: '(body)', expected: 'JSON' }]);
  }
  if (TRANSIENT.has(error.name))
    return new HttpProblem(503, 'busy', 'The store is busy; the same request may work now');
  logger.error('request failed', { errorName: error.name, errorMessage: error.message, stack: error.stack });
  return new HttpProblem(500, 'internal', 'The request failed on our side; the log has it under this time');
}

/** A Lambda entry for an app, behind an HTTP API with payload format 2.0. */
export const serve = (app: HttpApp) => {
  const answerEvent = handle(app);
  return (event: unknown, context: unknown): Promise<unknown> => answerEvent(event as LambdaEvent, context as never);
};

/** `limit` and `cursor` of every list. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(2_000).optional(),
});

export const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
});
export const jsonAnswer = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});
/** A page of a list; its cursor, when there is more, is what the next request hands back. */
export const pageAnswer = <Item extends z.ZodType>(item: Item) =>
  jsonAnswer(z.object({ items: z.array(item), cursor: z.string().optional() }), 'A page');
/** The error answers a route may give, for its OpenAPI entry. */
export const problems = (...statuses: number[]) =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: TITLES[status] ?? 'Error', content: { 'application/problem+json': { schema: Problem } } },
    ]),
  );

/** One OpenAPI 3.1 document of several rooms' apps. */
export function openApiOf(apps: readonly HttpApp[], version: string): object {
  const merged = new OpenAPIHono();
  merged.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  for (const app of apps) merged.route('/', app as never);
  return merged.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'LazyArk',
      version,
      description: 'Objectives in, governed autonomous work, results and a full audit out.',
    },
    security: [{ bearer: [] }],
  });
}
