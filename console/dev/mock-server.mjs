// DEVELOPMENT ONLY, never shipped: serves dist/console and a made-up /api/v1, to look at the console without a runtime.
// node console/dev/mock-server.mjs [--empty] [--port 4490]; any token but "wrong" signs in.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { auditRoutes, entries } from './mock-audit.mjs';
import { agents, moved, objectives, status, ulid } from './mock-data.mjs';
import { safetyRoutes } from './mock-safety.mjs';
import { settingsRoutes } from './mock-settings.mjs';
import { pauses, stageRoutes } from './mock-stages.mjs';

const port = Number(process.argv[process.argv.indexOf('--port') + 1]) || 4490;
const root = join(import.meta.dirname, '../../dist/console');

const problem = (status, code, detail, errors) => ({
  status,
  body: {
    type: 'about:blank',
    title: { 400: 'Not valid', 401: 'Not authenticated', 404: 'Not found' }[status],
    status,
    code,
    detail,
    errors,
  },
});
const page = (items, url) => {
  const limit = Number(url.searchParams.get('limit') ?? 100);
  const from = Number(url.searchParams.get('cursor') ?? 0);
  return {
    body: { items: items.slice(from, from + limit), cursor: from + limit < items.length ? String(from + limit) : null },
  };
};
const refusal = problem(400, 'invalid_objective', 'The objective is not valid.', [
  { path: 'plan[0].dependsOn[0]', expected: 'the id of a task of this plan', got: '"ghost"' },
  { path: 'colour', expected: 'no field of this name', got: '"red"' },
]);
const created = {
  status: 201,
  body: { objectiveId: `obj_${ulid(3)}`, status: 'queued', priority: { score: 50, reasons: [] } },
};

function listObjectives({ url }) {
  const wanted = url.searchParams.get('status');
  const rows = objectives().filter((one) => !wanted || one.status === wanted);
  return page(
    rows.map(({ tasks: _, ...row }) => row),
    url,
  );
}

function listEntries({ url }) {
  const q = url.searchParams.get('q')?.toLowerCase() ?? '';
  const lane = url.searchParams.get('lane');
  return page(
    entries.filter((entry) => (!lane || entry.lane === lane) && JSON.stringify(entry).toLowerCase().includes(q)),
    url,
  );
}

function one({ id }) {
  const found = objectives().find((each) => each.objectiveId === id);
  return found ? { body: found } : problem(404, 'not_found', `There is no objective ${id}.`);
}

const move =
  (status) =>
  ({ id }) => {
    moved.set(id, status);
    return { body: {} };
  };
const safety = safetyRoutes(page, problem);
const ROUTES = {
  'GET status': () => ({ body: status() }),
  ...safety,
  'GET control': (asked) => {
    const { body } = safety['GET control'](asked);
    return { body: { ...body, kills: [...body.kills, ...pauses] } };
  },
  'POST resume': (asked) => {
    if (asked.body.scope?.agentId) pauses.length = 0;
    return safety['POST resume'](asked);
  },
  'GET agents': () => ({ body: { items: agents() } }),
  'GET audit': listEntries,
  'GET objectives': listObjectives,
  'POST objectives': ({ body }) => (body.text.includes('refuse') ? refusal : created),
  'GET objectives/:id': one,
  'POST objectives/:id/pause': move('paused'),
  'POST objectives/:id/resume': move('running'),
  'POST objectives/:id/cancel': move('cancelled'),
  'POST objectives/:id/priority': () => ({ body: {} }),
  'POST tasks/:id/redrive': () => ({ body: {} }),
  ...auditRoutes(problem),
  ...stageRoutes(problem),
  ...settingsRoutes,
};

function answer(method, url, body) {
  const [, , , noun, id, verb] = url.pathname.split('/');
  const named = ROUTES[`${method} ${noun}/${id}`];
  const route = named ?? ROUTES[`${method} ${noun}${id ? '/:id' : ''}${verb ? `/${verb}` : ''}`];
  return route ? route({ url, id, body, rest: verb }) : problem(404, 'not_found', `There is no ${url.pathname}.`);
}

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const csp =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'";

async function serveFile(path, response) {
  const file = join(root, extname(path) ? normalize(path) : 'index.html');
  const content = await readFile(file).catch(() => undefined);
  response.writeHead(content ? 200 : 404, {
    'content-type': types[extname(file)] ?? 'text/plain',
    'content-security-policy': csp,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  response.end(content ?? 'not found');
}

createServer(async (request, response) => {
  const url = new URL(request.url, 'http://127.0.0.1');
  if (!url.pathname.startsWith('/api/')) return serveFile(url.pathname, response);
  const chunks = await Array.fromAsync(request);
  const refused =
    !request.headers.authorization?.startsWith('Bearer ') || request.headers.authorization === 'Bearer wrong';
  const { status: code = 200, body } = refused
    ? problem(401, 'unauthenticated', 'The token is missing or not known.')
    : answer(request.method, url, chunks.length ? JSON.parse(Buffer.concat(chunks)) : {});
  response.writeHead(code, {
    'content-type': code < 400 ? 'application/json' : 'application/problem+json',
    'x-request-id': 'req-4711',
  });
  response.end(JSON.stringify(body));
}).listen(port, '127.0.0.1', () => console.log(`console with made-up data: http://127.0.0.1:${port}`));
