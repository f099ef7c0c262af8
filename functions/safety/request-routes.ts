// HTTP of acting through the gate: ask for an effect, undo one, settings, and the drills that prove that undoing works.
import { createRoute } from '@hono/zod-openapi';
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
import { saidWhy } from '../common/said.ts';
import type { Drills } from './drills.store.ts';
import { EffectBody } from './effect-request.ts';
import { DrillAsked, EffectRequested } from './events.ts';
import { type RequestDeps, requestEffect } from './request-effect.ts';
import { type ReverseDeps, reverseEffect } from './reverse-effect.ts';
import { snapshotIdOf } from './snapshot.ts';

export type RequestRoutesDeps = RequestDeps &
  ReverseDeps & {
    newKey: () => string;
    drills: Drills;
    setting(name: string): Promise<{ current: object | null; history: object[] }>;
  };

const Reason = saidWhy(500);
const Asked = z.object({ effectId: z.string() });
const Drill = z
  .object({
    drillId: z.string(),
    at: z.string(),
    result: z.enum(['passed', 'failed']),
    actions: z.array(
      z.object({
        action: z.string(),
        result: z.enum(['undone', 'failed']),
        detail: z.string(),
        durationMs: z.number(),
      }),
    ),
    notDrilled: z.array(z.object({ action: z.string(), reason: z.string() })),
  })
  .openapi('UndoDrill');

export function requestRoutes(deps: RequestRoutesDeps): HttpApp {
  const app = httpApp();
  addRequests(app, deps);
  addSettings(app, deps);
  addDrills(app, deps);
  return app;
}

function addRequests(app: HttpApp, deps: RequestRoutesDeps): void {
  const request = createRoute({
    method: 'post',
    path: '/api/v1/effects',
    summary: 'Ask for an action of the catalogue: it is proposed to the gate, and done when the gate clears it',
    middleware: may('operator', 'agent'),
    request: { body: jsonBody(EffectBody) },
    responses: { 202: jsonAnswer(Asked, 'It goes to the gate'), ...problems(400, 401, 403, 409) },
  });
  app.openapi(request, async (c) => {
    const by = c.get('principal').principalId;
    const intentKey = `request#${by}#${c.get('requestUlid') ?? deps.newKey()}`;
    const asked = await requestEffect(c.req.valid('json'), { by, intentKey }, deps);
    if (asked.kind === 'requested') return c.json({ effectId: asked.effectId }, 202);
    throw new HttpProblem(400, 'invalid_request', 'The request is not one that can be performed', asked.problems);
  });
  const reverse = createRoute({
    method: 'post',
    path: '/api/v1/effects/{effectId}/reverse',
    summary: 'Undo an effect by the way back that was noted before it was done; again asks for the same undo',
    middleware: may('operator', 'captain'),
    request: {
      params: z.object({ effectId: z.string().openapi({ param: { name: 'effectId', in: 'path' } }) }),
      body: jsonBody(z.strictObject({ reason: Reason })),
    },
    responses: { 202: jsonAnswer(Asked, 'The undo goes to the gate'), ...problems(400, 401, 403, 404, 409) },
  });
  app.openapi(reverse, async (c) => {
    const { effectId } = c.req.valid('param');
    const said = { by: c.get('principal').principalId, reason: c.req.valid('json').reason };
    const answer = await reverseEffect(effectId, said, deps);
    if (answer.kind === 'no_such_effect') {
      throw new HttpProblem(404, 'no_such_effect', `There is no effect ${effectId}`);
    }
    if (answer.kind === 'not_confirmed') {
      throw new HttpProblem(
        409,
        'effect_not_confirmed',
        `${effectId} is ${answer.status}: only what happened is undone`,
      );
    }
    if (answer.kind === 'no_way_back') throw new HttpProblem(409, 'no_way_back', answer.reason);
    await deps.announce(EffectRequested, { effectId: answer.undoEffectId });
    return c.json({ effectId: answer.undoEffectId }, 202);
  });
}

function addSettings(app: HttpApp, { setting }: RequestRoutesDeps): void {
  const Setting = z
    .object({ name: z.string(), value: z.unknown(), version: z.int(), effectId: z.string(), at: z.string() })
    .openapi('Setting');
  const read = createRoute({
    method: 'get',
    path: '/api/v1/settings',
    summary: 'A setting as it is now, and its history, newest first',
    middleware: may('viewer'),
    request: { query: z.object({ name: z.string().min(1).max(100) }) },
    responses: {
      200: jsonAnswer(z.object({ current: Setting.nullable(), history: z.array(Setting) }), 'The setting'),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(read, async (c) => c.json((await setting(c.req.valid('query').name)) as never, 200));
}

function addDrills(app: HttpApp, { drills, announce, now }: RequestRoutesDeps): void {
  const list = createRoute({
    method: 'get',
    path: '/api/v1/drills',
    summary: 'Drills of undoing, newest first',
    middleware: may('viewer'),
    request: { query: PageQuery },
    responses: {
      200: pageAnswer(Drill),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(list, async (c) => c.json((await drills.list(c.req.valid('query'))) as never, 200));
  const run = createRoute({
    method: 'post',
    path: '/api/v1/drills',
    summary: 'Drill now: do and undo each action on a scope of its own, and compare',
    middleware: may('operator'),
    responses: { 202: jsonAnswer(z.object({ drillId: z.string() }), 'It runs'), ...problems(401, 403) },
  });
  app.openapi(run, async (c) => {
    const drillId = snapshotIdOf('drl', now(), (c.get('requestUlid') ?? '').slice(-8));
    await announce(DrillAsked, { drillId });
    return c.json({ drillId }, 202);
  });
}
