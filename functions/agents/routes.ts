// HTTP of the room agents: who there is, joining and leaving, and the heartbeat of those from outside.
import { createRoute } from '@hono/zod-openapi';
import { logsAccess } from '../common/access-log.ts';
import type { Announce } from '../common/announce.ts';
import {
  type HttpApp,
  HttpProblem,
  httpApp,
  jsonAnswer,
  jsonBody,
  may,
  PageQuery,
  pageAnswer,
  problems,
  z,
} from '../common/http.ts';
import { honourIdempotencyKey } from '../common/idempotency.ts';
import { mayActAs } from '../common/roles.ts';
import type { Tables } from '../common/table.ts';
import { type ControlFlags, whyNot } from '../safety/control-flags.ts';
import type { AgentRecord, Agents } from './agents.store.ts';
import { AgentDeclaration } from './declaration.ts';
import { AgentDeregistered } from './events.ts';
import { registerFromOutside } from './register-agents.ts';

export type AgentRoutesDeps = {
  tables: Tables;
  table: string;
  agents: Agents;
  announce: Announce;
  newCredential: () => string;
  /** as they are now */
  flags(): Promise<ControlFlags>;
  now: () => Date;
};

const Agent = z
  .looseObject({
    agentId: z.string(),
    title: z.string(),
    role: z.string(),
    department: z.string(),
    capabilities: z.array(z.string()),
    transport: z.string(),
    status: z.string(),
    lastSeenAt: z.string().nullable(),
  })
  .openapi('Agent');
const ById = z.object({ agentId: z.string().openapi({ param: { name: 'agentId', in: 'path' } }) });

/** What people see of an agent: never its credential, not even the digest. */
function agentView({ credentialDigest: _, id: __, ...agent }: AgentRecord) {
  return { ...agent, lastSeenAt: agent.lastSeenAt ?? null, concurrency: agent.concurrency ?? null };
}

const noSuchAgent = (agentId: string) => new HttpProblem(404, 'no_such_agent', `There is no agent ${agentId}`);

export function routes(deps: AgentRoutesDeps): HttpApp {
  const app = httpApp();
  app.use('/api/v1/*', honourIdempotencyKey(deps.tables, deps.table, deps.now));
  looking(app, deps);
  joining(app, deps);
  return app;
}

function looking(app: HttpApp, { agents }: AgentRoutesDeps): void {
  const list = createRoute({
    method: 'get',
    path: '/api/v1/agents',
    summary: 'All agents',
    middleware: may('viewer'),
    request: { query: PageQuery },
    responses: {
      200: pageAnswer(Agent),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(list, async (c) => {
    const { items, cursor } = await agents.list(c.req.valid('query'));
    return c.json({ items: items.map(agentView), ...(cursor ? { cursor } : {}) } as never, 200);
  });
  const one = createRoute({
    method: 'get',
    path: '/api/v1/agents/{agentId}',
    summary: 'One agent',
    middleware: may('viewer'),
    request: { params: ById },
    responses: { 200: jsonAnswer(Agent, 'The agent'), ...problems(401, 403, 404) },
  });
  app.openapi(one, async (c) => {
    const { agentId } = c.req.valid('param');
    const agent = await agents.get(agentId);
    if (!agent) throw noSuchAgent(agentId);
    return c.json(agentView(agent) as never, 200);
  });
}

function joining(app: HttpApp, deps: AgentRoutesDeps): void {
  const { agents, announce, now } = deps;
  const join = createRoute({
    method: 'post',
    path: '/api/v1/agents',
    summary: 'Register an agent from outside; its credential is shown this once',
    middleware: [logsAccess('agent credentials', deps), may('captain')],
    request: { body: jsonBody(AgentDeclaration) },
    responses: {
      201: jsonAnswer(z.looseObject({ agentId: z.string(), credential: z.string() }), 'Registered'),
      ...problems(400, 401, 403, 409),
    },
  });
  app.openapi(join, async (c) => {
    const declaration = c.req.valid('json');
    const joined = await registerFromOutside(declaration, c.get('principal').principalId, deps);
    c.header('cache-control', 'no-store');
    if (!joined) throw new HttpProblem(409, 'agent_exists', `${declaration.id} is registered already, or is built in`);
    return c.json({ ...agentView(joined.record), credential: joined.credential } as never, 201);
  });
  const beat = createRoute({
    method: 'post',
    path: '/api/v1/agents/{agentId}/heartbeat',
    summary: 'An agent from outside says that it is there, and hears whether a kill stops it',
    middleware: may('agent'),
    request: { params: ById },
    responses: {
      200: jsonAnswer(
        Agent.extend({ mayAct: z.boolean(), whyNot: z.string().nullable() }),
        'The agent, and whether it may act',
      ),
      ...problems(401, 403, 404, 409),
    },
  });
  app.openapi(beat, async (c) => {
    const { agentId } = c.req.valid('param');
    const known = mayActAs(c.get('principal'), agentId) ? await agents.get(agentId) : undefined;
    if (!known) throw noSuchAgent(agentId);
    if (known.transport === 'builtin')
      throw new HttpProblem(409, 'agent_is_built_in', `${agentId} is built in and sends no heartbeats`);
    const agent = await agents.seen(agentId, 'ready', now().toISOString(), undefined, 'heartbeat');
    if (!agent) throw noSuchAgent(agentId);
    const refusal = whyNot(await deps.flags(), { room: 'agents', agentId }) ?? null;
    return c.json({ ...agentView(agent), mayAct: refusal === null, whyNot: refusal } as never, 200);
  });
  const leave = createRoute({
    method: 'delete',
    path: '/api/v1/agents/{agentId}',
    summary: 'Deregister an agent',
    middleware: [logsAccess('agent credentials', deps), may('captain')],
    request: { params: ById },
    responses: { 204: { description: 'It is gone' }, ...problems(401, 403, 404) },
  });
  app.openapi(leave, async (c) => {
    const { agentId } = c.req.valid('param');
    if (!(await agents.remove(agentId))) throw noSuchAgent(agentId);
    await announce(AgentDeregistered, { agentId, at: now().toISOString() });
    return c.body(null, 204);
  });
}
