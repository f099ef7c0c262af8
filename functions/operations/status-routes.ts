// HTTP for everybody and of the status: how everything is, the API's own documentation, and the console.
import { createRoute } from '@hono/zod-openapi';
import { type HttpApp, HttpProblem, httpApp, jsonAnswer, may, problems, z } from '../common/http.ts';
import { referencePage } from './api-reference.ts';
import type { PackageFiles } from './console-files.store.ts';
import { type Ask, type Place, statusOf } from './status.ts';

export type OperationsDeps = { ask: Ask; place: () => Place; files: PackageFiles };

const Status = z.looseObject({ mode: z.string(), version: z.string(), silent: z.array(z.string()) }).openapi('Status');

export function statusRoutes({ ask, place, files }: OperationsDeps): HttpApp {
  const app = httpApp();
  const status = createRoute({
    method: 'get',
    path: '/api/v1/status',
    summary: 'How everything is',
    middleware: may('viewer'),
    responses: { 200: jsonAnswer(Status, 'The status'), ...problems(401, 403) },
  });
  app.openapi(status, async (c) => c.json((await statusOf(ask, place(), c.get('principal'))) as never, 200));
  app.get('/api/v1/openapi.json', async (c) =>
    c.body(await files.openApi(), 200, { 'content-type': 'application/json' }),
  );
  app.get('/api/v1/docs', async (c) => c.html(referencePage(JSON.parse(await files.openApi()))));
  app.get('*', async (c) => {
    const path = new URL(c.req.url).pathname;
    const file = path.startsWith('/api/') ? undefined : await files.console(path);
    if (!file) throw new HttpProblem(404, 'no_such_route', `GET ${path} is not served`);
    return c.body(file.body as never, 200, file.headers);
  });
  return app;
}
