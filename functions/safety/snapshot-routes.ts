// HTTP of snapshots: take one, look at them, restore one.
import { createRoute } from '@hono/zod-openapi';
import { decodeTime } from 'ulid';
import { logsAccess } from '../common/access-log.ts';
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
import { saidWhy } from '../common/said.ts';
import type { Tables } from '../common/table.ts';
import { snapshotIdOf } from './snapshot.ts';
import type { SnapshotRuns } from './snapshot-runs.client.ts';
import type { SnapshotRecords } from './snapshots.store.ts';

const Reason = saidWhy(500);
const began = { beganAt: z.string(), by: z.string(), why: z.string(), error: z.string().optional() };
const Snapshot = z
  .object({
    snapshotId: z.string(),
    status: z.enum(['taking', 'complete', 'failed']),
    ...began,
    consistentAt: z.string().optional(),
    rooms: z
      .array(z.object({ room: z.string(), items: z.int(), digest: z.string(), manifestSha256: z.string() }))
      .optional(),
    configuration: z.record(z.string(), z.string()).optional(),
  })
  .openapi('Snapshot');
const Restore = z
  .object({
    restoreId: z.string(),
    snapshotId: z.string(),
    status: z.enum(['running', 'complete', 'failed']),
    ...began,
    endedAt: z.string().optional(),
    rooms: z
      .array(
        z.object({
          room: z.string(),
          equal: z.int(),
          changed: z.int(),
          stricter: z.array(z.string()),
          same: z.boolean(),
        }),
      )
      .optional(),
    configurationDiffers: z.array(z.string()).optional(),
  })
  .openapi('Restore');
const idIn = (name: 'snapshotId' | 'restoreId', prefix: string) =>
  z.object({ [name]: z.string().regex(new RegExp(`^${prefix}_[0-9A-Za-z-]{1,60}$`), `a ${prefix}_… id`) });

export type SnapshotDeps = {
  tables: Tables;
  table: string;
  records: SnapshotRecords;
  runs: SnapshotRuns;
  now: () => Date;
};

export function routes(deps: SnapshotDeps): HttpApp {
  const app = httpApp();
  app.use('/api/v1/*', honourIdempotencyKey(deps.tables, deps.table, deps.now));
  addReads(app, deps);
  const take = createRoute({
    method: 'post',
    path: '/api/v1/snapshots',
    summary: 'Take a snapshot of what all rooms keep',
    middleware: may('operator'),
    request: { body: jsonBody(z.strictObject({ reason: Reason })) },
    responses: {
      202: jsonAnswer(z.object({ snapshotId: z.string() }), 'It is being taken'),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(take, async (c) => {
    const snapshotId = newId('snp', c.get('requestUlid'), deps.now);
    await deps.runs.take(snapshotId, c.get('principal').principalId, c.req.valid('json').reason);
    return c.json({ snapshotId }, 202);
  });
  const restore = createRoute({
    method: 'post',
    path: '/api/v1/snapshots/{snapshotId}/restore',
    summary: 'Put all kept items back as they were in this snapshot; the swarm is stopped meanwhile',
    middleware: [logsAccess('snapshot restored', deps), may('captain')] as const,
    request: { params: idIn('snapshotId', 'snp'), body: jsonBody(z.strictObject({ reason: Reason })) },
    responses: {
      202: jsonAnswer(z.object({ restoreId: z.string() }), 'It is being restored'),
      ...problems(400, 401, 403, 404, 409),
    },
  });
  app.openapi(restore, async (c) => {
    const snapshotId = String(c.req.valid('param').snapshotId);
    const snapshot = await found(deps.records.get('snapshots', snapshotId), `There is no snapshot ${snapshotId}`);
    if (snapshot.status !== 'complete') {
      throw new HttpProblem(409, 'snapshot_not_complete', `${snapshotId} is ${snapshot.status}`);
    }
    const restoreId = newId('rst', c.get('requestUlid'), deps.now);
    await deps.runs.restore(restoreId, snapshotId, c.get('principal').principalId, c.req.valid('json').reason);
    return c.json({ restoreId }, 202);
  });
  return app;
}

function addReads(app: HttpApp, { records }: SnapshotDeps): void {
  const list = createRoute({
    method: 'get',
    path: '/api/v1/snapshots',
    summary: 'Snapshots, newest first',
    middleware: may('viewer'),
    request: { query: PageQuery },
    responses: {
      200: pageAnswer(Snapshot),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(list, async (c) => c.json(await records.list('snapshots', c.req.valid('query')), 200));
  const one = createRoute({
    method: 'get',
    path: '/api/v1/snapshots/{snapshotId}',
    summary: 'One snapshot with what is in it',
    middleware: may('viewer'),
    request: { params: idIn('snapshotId', 'snp') },
    responses: { 200: jsonAnswer(Snapshot, 'The snapshot'), ...problems(400, 401, 403, 404) },
  });
  app.openapi(one, async (c) => {
    const id = String(c.req.valid('param').snapshotId);
    return c.json(await found(records.get('snapshots', id), `There is no snapshot ${id}`), 200);
  });
  const restores = createRoute({
    method: 'get',
    path: '/api/v1/restores',
    summary: 'Restores, newest first',
    middleware: may('viewer'),
    request: { query: PageQuery },
    responses: {
      200: pageAnswer(Restore),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(restores, async (c) => c.json(await records.list('restores', c.req.valid('query')), 200));
  const restore = createRoute({
    method: 'get',
    path: '/api/v1/restores/{restoreId}',
    summary: 'How a restore goes or went',
    middleware: may('viewer'),
    request: { params: idIn('restoreId', 'rst') },
    responses: { 200: jsonAnswer(Restore, 'The restore'), ...problems(400, 401, 403, 404) },
  });
  app.openapi(restore, async (c) => {
    const id = String(c.req.valid('param').restoreId);
    return c.json(await found(records.get('restores', id), `There is no restore ${id}`), 200);
  });
}

async function found<Kind>(record: Promise<Kind | undefined>, detail: string): Promise<Kind> {
  const there = await record;
  if (there) return there;
  throw new HttpProblem(404, 'no_such_snapshot', detail);
}

/** With an Idempotency-Key the same request names the same run. */
const newId = (prefix: 'snp' | 'rst', requestUlid: string | undefined, now: () => Date): string =>
  requestUlid
    ? snapshotIdOf(prefix, new Date(decodeTime(requestUlid)), requestUlid.slice(-8))
    : snapshotIdOf(prefix, now());
