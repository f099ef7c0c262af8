// HTTP of the room audit: entries, one entry, and the export that anybody can verify.
import { createRoute } from '@hono/zod-openapi';
import { type HttpApp, HttpProblem, httpApp, jsonAnswer, may, PageQuery, problems, z } from '../common/http.ts';
import type { Lanes } from './lanes.store.ts';
import { exportTrail, LANES, readEntry, readTrail } from './trail.ts';

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
const Lane = z.enum(LANES);

export function routes({ lanes }: { lanes: Lanes }): HttpApp {
  const app = httpApp();
  const list = createRoute({
    method: 'get',
    path: '/api/v1/audit',
    summary: 'Entries of the audit, newest first',
    middleware: may('auditor', 'operator', 'captain'),
    request: {
      query: PageQuery.extend({
        lane: Lane.optional(),
        q: z.string().max(200).optional(),
        objectiveId: z.string().max(60).optional(),
      }),
    },
    responses: {
      200: jsonAnswer(z.object({ items: z.array(Entry), cursor: z.string().optional() }), 'A page'),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(list, async (c) => c.json((await readTrail(c.req.valid('query'), lanes)) as never, 200));
  const exported = createRoute({
    method: 'get',
    path: '/api/v1/audit/export',
    summary: 'The whole trail as JSON lines, for `lazyark audit verify`',
    middleware: may('auditor', 'operator', 'captain'),
    request: { query: z.object({ lane: Lane.optional(), cursor: z.string().max(2_000).optional() }) },
    responses: {
      200: {
        description: 'JSON lines; a last line with a cursor says that there is more',
        content: { 'application/jsonl': { schema: z.string() } },
      },
      ...problems(400, 401, 403),
    },
  });
  app.openapi(
    exported,
    async (c) =>
      c.body(await exportTrail(c.req.valid('query'), lanes), 200, { 'content-type': 'application/jsonl' }) as never,
  );
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
