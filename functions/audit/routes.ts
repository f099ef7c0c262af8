// HTTP of the room audit: entries and one entry; what proves them and what is taken home have files of their own.
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
import type { Lanes } from './lanes.store.ts';
import { type ProofRouteDeps, proofRoutes } from './proof-routes.ts';
import { type ReportRouteDeps, reportRoutes } from './report-routes.ts';
import { LANES, readEntry, readTrail } from './trail.ts';

const Entry = z
  .looseObject({
    entryId: z.string(),
    lane: z.string(),
    seq: z.int(),
    at: z.string(),
    kind: z.string(),
    by: z.string(),
    why: z.string(),
    hash: z.string(),
  })
  .openapi('AuditEntry');

/** The paths of one entry come last: `roots` and `export` are no entries. */
export function routes(deps: ProofRouteDeps & ReportRouteDeps): HttpApp {
  const app = httpApp();
  app.route('/', proofRoutes(deps));
  app.route('/', reportRoutes(deps));
  app.route('/', entryRoutes(deps));
  return app;
}

function entryRoutes({ lanes }: { lanes: Lanes }): HttpApp {
  const app = httpApp();
  const list = createRoute({
    method: 'get',
    path: '/api/v1/audit',
    summary: 'Entries of the audit, newest first',
    middleware: may('auditor', 'operator', 'captain'),
    request: {
      query: PageQuery.extend({
        lane: z.enum(LANES).optional(),
        q: z.string().max(200).optional(),
        objectiveId: z.string().max(60).optional(),
      }),
    },
    responses: {
      200: pageAnswer(Entry),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(list, async (c) => c.json((await readTrail(c.req.valid('query'), lanes)) as never, 200));
  const one = createRoute({
    method: 'get',
    path: '/api/v1/audit/{entryId}',
    summary: 'One entry of the audit',
    middleware: may('auditor', 'operator', 'captain'),
    request: { params: z.object({ entryId: z.string().openapi({ param: { name: 'entryId', in: 'path' } }) }) },
    responses: { 200: jsonAnswer(Entry, 'The entry'), ...problems(401, 403, 404) },
  });
  app.openapi(one, async (c) => {
    const { entryId } = c.req.valid('param');
    const entry = await readEntry(entryId, lanes);
    if (!entry) throw new HttpProblem(404, 'no_such_entry', `There is no audit entry ${entryId}`);
    return c.json(entry as never, 200);
  });
  return app;
}
