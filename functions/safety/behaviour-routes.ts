// HTTP of anomalies: who no longer behaved as always, and how an agent behaves now against its baseline.
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
import type { Item, Tables } from '../common/table.ts';
import { METRICS, SLOT_MS } from './behaviour.ts';
import { anomalyKey, readBehaviour } from './watch-behaviour.ts';

const Anomaly = z
  .looseObject({
    anomalyId: z.string(),
    agentId: z.string(),
    metric: z.enum(METRICS),
    expected: z.number(),
    deviation: z.number(),
    observed: z.number(),
    sigmas: z.number(),
    score: z.number(),
    threshold: z.number(),
    paused: z.boolean(),
    reason: z.string(),
    at: z.string(),
  })
  .openapi('Anomaly');
const Metric = z.object({ blocks: z.int(), mean: z.number(), deviation: z.number(), evidence: z.number() });
const Behaviour = z
  .object({
    agentId: z.string(),
    slotMs: z.int(),
    /** tasks of about the last minute */
    tasks: z.number(),
    alarmedAt: z.string().nullable(),
    /** counts per unit of exposure and slot */
    metrics: z.record(z.string(), Metric),
  })
  .openapi('Behaviour');

type Deps = { tables: Tables; table: string };

export function behaviourRoutes({ tables, table }: Deps): HttpApp {
  const app = httpApp();
  const list = createRoute({
    method: 'get',
    path: '/api/v1/anomalies',
    summary: 'Anomalies, newest first',
    middleware: may('viewer'),
    request: { query: PageQuery },
    responses: {
      200: pageAnswer(Anomaly),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(list, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    const page = await tables.query({ table, pk: 'anomalies', newestFirst: true, limit, cursor });
    return c.json({ items: page.items.map(shownAnomaly), cursor: page.cursor } as never, 200);
  });
  const show = createRoute({
    method: 'get',
    path: '/api/v1/anomalies/{anomalyId}',
    summary: 'One anomaly with its evidence',
    middleware: may('viewer'),
    request: { params: z.object({ anomalyId: z.string().openapi({ param: { name: 'anomalyId', in: 'path' } }) }) },
    responses: { 200: jsonAnswer(Anomaly, 'The anomaly'), ...problems(401, 403, 404) },
  });
  app.openapi(show, async (c) => {
    const { anomalyId } = c.req.valid('param');
    const item = await tables.get(table, anomalyKey(anomalyId));
    if (!item) throw new HttpProblem(404, 'no_such_anomaly', `There is no anomaly ${anomalyId}`);
    return c.json(shownAnomaly(item) as never, 200);
  });
  addBehaviour(app, { tables, table });
  return app;
}

const shownAnomaly = ({ pk, sk, by, why, ...anomaly }: Item) => anomaly;

function addBehaviour(app: HttpApp, deps: Deps): void {
  const show = createRoute({
    method: 'get',
    path: '/api/v1/behaviour/{agentId}',
    summary: 'How an agent behaves: its baseline by metric, and the evidence against it',
    middleware: may('viewer'),
    request: { params: z.object({ agentId: z.string().openapi({ param: { name: 'agentId', in: 'path' } }) }) },
    responses: { 200: jsonAnswer(Behaviour, 'The baseline'), ...problems(401, 403, 404) },
  });
  app.openapi(show, async (c) => {
    const { agentId } = c.req.valid('param');
    const { behaviour, alarmedAtMs } = await readBehaviour(agentId, deps);
    if (!behaviour) throw new HttpProblem(404, 'not_seen', `Nothing was seen of an agent ${agentId} yet`);
    const metrics = METRICS.map((metric) => {
      const { blocks, mean, variance, evidence } = behaviour.watches[metric];
      return [metric, { blocks, mean, deviation: Math.sqrt(variance), evidence }] as const;
    });
    const alarmedAt = alarmedAtMs === undefined ? null : new Date(alarmedAtMs).toISOString();
    const { tasks } = behaviour;
    return c.json({ agentId, slotMs: SLOT_MS, tasks, alarmedAt, metrics: Object.fromEntries(metrics) }, 200);
  });
}
