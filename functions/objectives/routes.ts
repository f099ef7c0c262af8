// HTTP of the room objectives: hand in, list, look, pause, resume, cancel, reorder; artifacts.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import {
  type HttpApp,
  type HttpEnv,
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
import { newId } from '../common/ids.ts';
import { isStorableNumber, STORABLE } from '../common/storable.ts';
import { ARTIFACT_BYTES_MAX, type Artifacts } from './artifact.ts';
import {
  type ControlAnswer,
  cancelObjective,
  pauseObjective,
  reorderObjective,
  resumeObjective,
} from './control-objective.ts';
import { ObjectiveRequest, ObjectiveStatus } from './objective.ts';
import { artifactKey } from './objective-items.ts';
import { listObjectives, lookAtObjective, waitForEnd } from './objective-lists.ts';
import type { Reads } from './objective-reads.ts';
import { type ReceiveDeps, receiveObjective } from './receive-objective.ts';
import { serveTasks, Task } from './task-routes.ts';

export type ObjectiveRoutesDeps = ReceiveDeps & {
  reads: Reads;
  artifacts: Pick<Artifacts, 'uploadUrl'>;
  pause(ms: number): Promise<void>;
};

const Priority = z.object({ score: z.number(), reasons: z.array(z.string()) });
const Progress = z.object({ percent: z.int(), done: z.int(), total: z.int(), etaAt: z.string().nullable() });
const Summary = z
  .object({
    objectiveId: z.string(),
    text: z.string(),
    status: ObjectiveStatus,
    priority: Priority,
    progress: z.looseObject(Progress.shape),
    problem: z.string().nullable(),
    createdAt: z.string(),
    finishedAt: z.string().nullable(),
  })
  .openapi('ObjectiveSummary');
const Objective = z.looseObject({ ...Summary.shape, tasks: z.array(Task), result: z.unknown() }).openapi('Objective');
const Received = z.object({ objectiveId: z.string(), status: ObjectiveStatus, priority: Priority });
const Moved = z.object({ objectiveId: z.string(), status: ObjectiveStatus });
const ById = z.object({ objectiveId: z.string().openapi({ param: { name: 'objectiveId', in: 'path' } }) });
const Artifact = z.strictObject({
  name: z.string().min(1).max(200),
  mediaType: z.string().regex(/^[a-z]+\/[a-z0-9.+-]+$/, 'a media type such as text/csv'),
  bytes: z.int().min(1).max(ARTIFACT_BYTES_MAX),
});

const noSuchObjective = (id: string) => new HttpProblem(404, 'no_such_objective', `There is no objective ${id}`);

export function routes(deps: ObjectiveRoutesDeps): HttpApp {
  const app = httpApp();
  app.use('/api/v1/*', honourIdempotencyKey(deps.tables, deps.table, deps.now));
  intake(app, deps);
  looking(app, deps);
  controlling(app, deps);
  serveTasks(app, deps);
  return app;
}

function intake(app: OpenAPIHono<HttpEnv>, deps: ObjectiveRoutesDeps): void {
  const submit = createRoute({
    method: 'post',
    path: '/api/v1/objectives',
    summary: 'Hand in an objective',
    middleware: may('operator'),
    request: { body: jsonBody(ObjectiveRequest) },
    responses: {
      201: jsonAnswer(Received, 'Stored; it is planned and run by priority'),
      ...problems(400, 401, 403, 409, 413),
    },
  });
  app.openapi(submit, async (c) => {
    const objectiveId = c.get('requestUlid') ? `obj_${c.get('requestUlid')}` : newId('obj', deps.now().getTime());
    const received = await receiveObjective(c.req.valid('json'), objectiveId, c.get('principal').principalId, deps);
    if (received.kind === 'refused') {
      throw new HttpProblem(
        400,
        'invalid_request',
        `The objective cannot be taken: ${received.problems[0]?.path}`,
        received.problems,
      );
    }
    const { status, priority } = received;
    return c.json({ objectiveId, status, priority }, 201);
  });
  const artifact = createRoute({
    method: 'post',
    path: '/api/v1/artifacts',
    summary: 'Announce a file of up to 100 MB and learn where to PUT it',
    middleware: may('operator'),
    request: { body: jsonBody(Artifact) },
    responses: {
      201: jsonAnswer(
        z.object({
          artifactId: z.string(),
          uploadUrl: z.string(),
          method: z.literal('PUT'),
          headers: z.record(z.string(), z.string()),
        }),
        'Where to PUT the content',
      ),
      ...problems(400, 401, 403, 409),
    },
  });
  app.openapi(artifact, async (c) => {
    const { name, mediaType, bytes } = c.req.valid('json');
    const nowMs = deps.now().getTime();
    const artifactId = c.get('requestUlid') ? `art_${c.get('requestUlid')}` : newId('art', nowMs);
    const put = {
      ...artifactKey(artifactId),
      name,
      mediaType,
      bytes,
      createdAtMs: nowMs,
      by: c.get('principal').principalId,
      why: 'announced',
    };
    await deps.tables.write([{ table: deps.table, put }]);
    const uploadUrl = await deps.artifacts.uploadUrl(artifactId, mediaType, bytes);
    return c.json({ artifactId, uploadUrl, method: 'PUT' as const, headers: { 'content-type': mediaType } }, 201);
  });
}

function looking(app: OpenAPIHono<HttpEnv>, deps: ObjectiveRoutesDeps): void {
  const list = createRoute({
    method: 'get',
    path: '/api/v1/objectives',
    summary: 'List objectives, newest first; with status=queued in the order they are served',
    middleware: may('viewer'),
    request: { query: PageQuery.extend({ status: ObjectiveStatus.optional() }) },
    responses: {
      200: pageAnswer(Summary),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(list, async (c) => c.json((await listObjectives(c.req.valid('query'), deps)) as never, 200));
  const get = createRoute({
    method: 'get',
    path: '/api/v1/objectives/{objectiveId}',
    summary: 'One objective with its tasks; waitSeconds answers earlier when it has ended',
    middleware: may('viewer'),
    request: { params: ById, query: z.object({ waitSeconds: z.coerce.number().int().min(0).max(20).default(0) }) },
    responses: { 200: jsonAnswer(Objective, 'The objective'), ...problems(400, 401, 403, 404) },
  });
  app.openapi(get, async (c) => {
    const { objectiveId } = c.req.valid('param');
    await waitForEnd(objectiveId, c.req.valid('query').waitSeconds, deps);
    const view = await lookAtObjective(objectiveId, deps);
    if (!view) throw noSuchObjective(objectiveId);
    return c.json(view as never, 200);
  });
}

function controlling(app: OpenAPIHono<HttpEnv>, deps: ObjectiveRoutesDeps): void {
  const moves = { pause: pauseObjective, resume: resumeObjective, cancel: cancelObjective };
  for (const [verb, move] of Object.entries(moves)) {
    const route = createRoute({
      method: 'post',
      path: `/api/v1/objectives/{objectiveId}/${verb}`,
      summary: `${verb.charAt(0).toUpperCase()}${verb.slice(1)} an objective`,
      middleware: may('operator'),
      request: { params: ById },
      responses: { 200: jsonAnswer(Moved, 'Its status now'), ...problems(401, 403, 404, 409) },
    });
    app.openapi(route, async (c) => {
      const { objectiveId } = c.req.valid('param');
      const answer = await move(objectiveId, c.get('principal').principalId, deps);
      return c.json({ objectiveId, status: statusOf(objectiveId, verb, answer) }, 200);
    });
  }
  const reorder = createRoute({
    method: 'post',
    path: '/api/v1/objectives/{objectiveId}/priority',
    summary: 'Put an objective earlier or later in the queue',
    middleware: may('operator'),
    request: {
      params: ById,
      body: jsonBody(z.strictObject({ score: z.number().min(0).max(100).refine(isStorableNumber, STORABLE) })),
    },
    responses: { 200: jsonAnswer(Moved, 'Its status now'), ...problems(400, 401, 403, 404, 409) },
  });
  app.openapi(reorder, async (c) => {
    const { objectiveId } = c.req.valid('param');
    const answer = await reorderObjective(objectiveId, c.req.valid('json').score, c.get('principal').principalId, deps);
    return c.json({ objectiveId, status: statusOf(objectiveId, 'reorder', answer) }, 200);
  });
}

function statusOf(objectiveId: string, verb: string, answer: ControlAnswer) {
  if (answer.kind === 'not_found') throw noSuchObjective(objectiveId);
  if (answer.kind === 'refused')
    throw new HttpProblem(409, 'move_not_allowed', `${objectiveId} is ${answer.status}; it cannot ${verb} from there`);
  return answer.status;
}
