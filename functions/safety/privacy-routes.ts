// HTTP of privacy: keep what is personal as tokens, show a person what is kept, erase it; and may this page be read at all?
import { createRoute } from '@hono/zod-openapi';
import { type AccessLog, logsAccess } from '../common/access-log.ts';
import { decideCompliance, type Terms } from '../common/compliance.ts';
import { type HttpApp, HttpProblem, httpApp, jsonAnswer, jsonBody, may, problems, z } from '../common/http.ts';
import { honourIdempotencyKey } from '../common/idempotency.ts';
import { saidWhy } from '../common/said.ts';
import { SubjectId } from './personal-token.ts';
import { access, erase, type PrivacyDeps, tokenise } from './privacy.ts';

export type PrivacyRoutesDeps = AccessLog & { privacy: PrivacyDeps; terms: Terms };

const BySubject = z.object({ subjectId: SubjectId.openapi({ param: { name: 'subjectId', in: 'path' } }) });
const Named = z.object({ field: z.string().trim().min(1).max(60), purpose: z.string().trim().min(1).max(200) });
const Values = z.strictObject({
  values: z
    .array(Named.extend({ value: z.string().min(1).max(2_000) }).strict())
    .min(1)
    .max(50),
});
const Tokens = z.object({ subjectId: z.string(), items: z.array(z.object({ field: z.string(), token: z.string() })) });
const Kept = Named.extend({ value: z.string(), token: z.string(), at: z.string() });
const Subject = z
  .object({
    subjectId: z.string(),
    status: z.enum(['known', 'erased']),
    createdAt: z.string(),
    erasedAt: z.string().optional(),
    values: z.array(Kept).optional(),
  })
  .openapi('Subject');
const Erased = z.object({ subjectId: z.string(), erasedAt: z.string(), valuesErased: z.int() }).openapi('Erasure');
const Wish = z.strictObject({
  url: z.string().min(1).max(2_000),
  purpose: z.enum(['read', 'republish']).default('read'),
  dataClass: z.enum(['public', 'personal', 'special']).default('public'),
  lawfulBasis: z.string().max(200).optional(),
});
const Decision = z.looseObject({ kind: z.enum(['comply', 'read_robots', 'refuse']) }).openapi('Compliance');

const noSuchSubject = (subjectId: string) => new HttpProblem(404, 'no_such_subject', `Nothing is kept of ${subjectId}`);

export function routes(deps: PrivacyRoutesDeps): HttpApp {
  const app = httpApp();
  // Only here: what is remembered with a key would outlive an erasure.
  app.use('/api/v1/privacy/subjects/:subjectId/erasure', honourIdempotencyKey(deps.tables, deps.table, deps.now));
  keeping(app, deps);
  requests(app, deps);
  compliance(app, deps);
  return app;
}

function keeping(app: HttpApp, deps: PrivacyRoutesDeps): void {
  const keep = createRoute({
    method: 'post',
    path: '/api/v1/privacy/subjects/{subjectId}/values',
    summary: 'Keep personal data; the tokens in the answer stand for it everywhere else',
    middleware: may('operator', 'captain'),
    request: { params: BySubject, body: jsonBody(Values) },
    responses: { 201: jsonAnswer(Tokens, 'The tokens, in the order of the values'), ...problems(400, 401, 403, 409) },
  });
  app.openapi(keep, async (c) => {
    const { subjectId } = c.req.valid('param');
    const { values } = c.req.valid('json');
    const kept = await tokenise(subjectId, values, deps.privacy);
    if (kept.kind === 'erased')
      throw new HttpProblem(409, 'subject_erased', `${subjectId} was erased; nothing is kept of it again`);
    const items = values.map(({ field }, index) => ({ field, token: kept.tokens[index] ?? '' }));
    return c.json({ subjectId, items }, 201);
  });
}

function requests(app: HttpApp, deps: PrivacyRoutesDeps): void {
  const show = createRoute({
    method: 'get',
    path: '/api/v1/privacy/subjects/{subjectId}',
    summary: 'All that is kept of a person, readable',
    middleware: [logsAccess('personal data of a subject', deps), may('captain')] as const,
    request: { params: BySubject },
    responses: { 200: jsonAnswer(Subject, 'What is kept, or that it was erased'), ...problems(400, 401, 403, 404) },
  });
  app.openapi(show, async (c) => {
    const { subjectId } = c.req.valid('param');
    const found = await access(subjectId, deps.privacy);
    if (!found) throw noSuchSubject(subjectId);
    return c.json({ subjectId, ...found }, 200);
  });
  const erasure = createRoute({
    method: 'post',
    path: '/api/v1/privacy/subjects/{subjectId}/erasure',
    summary: 'Erase a person: the key is destroyed at once, and with it the meaning of every token',
    middleware: [logsAccess('erasure of a subject', deps), may('captain')] as const,
    request: { params: BySubject, body: jsonBody(z.strictObject({ reason: saidWhy(500) })) },
    responses: { 200: jsonAnswer(Erased, 'Erased, now or before'), ...problems(400, 401, 403, 404) },
  });
  app.openapi(erasure, async (c) => {
    const { subjectId } = c.req.valid('param');
    const by = c.get('principal').principalId;
    const erased = await erase({ subjectId, by, reason: c.req.valid('json').reason }, deps.privacy);
    if (!erased) throw noSuchSubject(subjectId);
    return c.json(erased, 200);
  });
}

function compliance(app: HttpApp, { terms, now }: PrivacyRoutesDeps): void {
  const check = createRoute({
    method: 'post',
    path: '/api/v1/compliance/checks',
    summary: 'Whether a page of the outside may be read, and why; nothing is asked outside',
    middleware: may('viewer'),
    request: { body: jsonBody(Wish) },
    responses: {
      200: jsonAnswer(Decision, 'The decision; `read_robots` when only robots.txt is left to look at'),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(check, async (c) => {
    const at = now();
    return c.json(
      decideCompliance(c.req.valid('json'), { terms, today: at.toISOString(), nowMs: at.getTime() }) as never,
      200,
    );
  });
}
