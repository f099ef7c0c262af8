// HTTP of what is taken home: the export that anybody can verify, and the reports. Each reading is on the trail itself.
import { createRoute } from '@hono/zod-openapi';
import type { Announce } from '../common/announce.ts';
import { type HttpApp, httpApp, may, PageQuery, problems, z } from '../common/http.ts';
import { SensitiveRead } from './events.ts';
import { exportTrail } from './export-trail.ts';
import type { Lanes } from './lanes.store.ts';
import { readReport } from './read-report.ts';
import { csvOf, REPORTS } from './report.ts';
import type { Roots } from './roots.store.ts';
import { LANES } from './trail.ts';

export type ReportRouteDeps = { lanes: Lanes; roots: Roots; announce: Announce; now: () => Date };

const Report = z.enum(Object.keys(REPORTS) as [keyof typeof REPORTS]);
const Time = z.iso.datetime().optional();

export function reportRoutes(deps: ReportRouteDeps): HttpApp {
  const app = httpApp();
  /** Before the answer: what cannot be written down is not read. */
  const recordRead = (by: string, what: string, subject: string) =>
    deps.announce(SensitiveRead, { what, subject, by, at: deps.now().toISOString() });
  addExport(app, deps, recordRead);
  addReports(app, deps, recordRead);
  return app;
}

type RecordRead = (by: string, what: string, subject: string) => Promise<void>;

function addExport(app: HttpApp, deps: ReportRouteDeps, recordRead: RecordRead): void {
  const exported = createRoute({
    method: 'get',
    path: '/api/v1/audit/export',
    summary: 'The whole trail as JSON lines, for `lazyark audit verify` or the verifier script',
    middleware: may('auditor', 'operator', 'captain'),
    request: { query: z.object({ lane: z.enum(LANES).optional(), cursor: z.string().max(2_000).optional() }) },
    responses: {
      200: {
        description: 'JSON lines; a last line with a cursor says that there is more',
        content: { 'application/jsonl': { schema: z.string() } },
      },
      ...problems(400, 401, 403),
    },
  });
  app.openapi(exported, async (c) => {
    const query = c.req.valid('query');
    const page = await exportTrail(query, deps);
    const subject = `${query.lane ?? 'all lanes'}${query.cursor ? ', a further page' : ''}`;
    await recordRead(c.get('principal').principalId, 'audit.export', subject);
    return c.body(page, 200, { 'content-type': 'application/jsonl' }) as never;
  });
}

function addReports(app: HttpApp, { lanes }: ReportRouteDeps, recordRead: RecordRead): void {
  const report = createRoute({
    method: 'get',
    path: '/api/v1/audit/reports/{report}',
    summary: 'Who read what is sensitive (access), or every step of every effect (effects), newest first',
    middleware: may('auditor', 'operator', 'captain'),
    request: {
      params: z.object({ report: Report.openapi({ param: { name: 'report', in: 'path' } }) }),
      query: PageQuery.extend({ from: Time, to: Time, format: z.enum(['json', 'csv']).default('json') }),
    },
    responses: {
      200: {
        description: 'Rows; as CSV the cursor of the next page is in the header x-next-cursor',
        content: {
          'application/json': {
            schema: z.object({
              columns: z.array(z.string()),
              items: z.array(z.record(z.string(), z.union([z.string(), z.number()]))),
              cursor: z.string().optional(),
            }),
          },
          'text/csv': { schema: z.string() },
        },
      },
      ...problems(400, 401, 403),
    },
  });
  app.openapi(report, async (c) => {
    const { report: name } = c.req.valid('param');
    const { format, ...query } = c.req.valid('query');
    const { rows, cursor } = await readReport(name, query, lanes);
    await recordRead(c.get('principal').principalId, 'audit.report', name);
    const { columns } = REPORTS[name];
    if (format === 'json') return c.json({ columns: [...columns], items: rows, cursor }, 200);
    const headers = { 'content-type': 'text/csv; charset=utf-8', ...(cursor && { 'x-next-cursor': cursor }) };
    return c.body(csvOf(columns, rows), 200, headers) as never;
  });
}
