// HTTP of stages: how far each staged subject has come, what it would have done, and a captain's promote and demote.
import { createRoute } from '@hono/zod-openapi';
import { logsAccess } from '../common/access-log.ts';
import { type HttpApp, HttpProblem, httpApp, jsonAnswer, jsonBody, may, problems, z } from '../common/http.ts';
import { saidWhy } from '../common/said.ts';
import { compareDecision } from './compare-decision.ts';
import {
  demoteStage,
  type PromotionAnswer,
  promoteStage,
  readStage,
  type StageDeps,
  stageHistory,
  startStage,
} from './move-stage.ts';
import { Step, SUBJECT, SUBJECT_MEANS, Subject } from './stage.ts';
import { listStages, reportOf } from './stage-report.ts';

const Reason = saidWhy(500);
const inPath = { param: { name: 'subject', in: 'path' as const } };
const params = z.object({ subject: z.string().regex(SUBJECT, SUBJECT_MEANS).max(64).openapi(inPath) });
const Stage = z
  .looseObject({
    subject: z.string(),
    step: Step,
    candidate: z.string().optional(),
    money: z.boolean(),
    since: z.string(),
    by: z.string(),
    why: z.string(),
    record: z.record(z.string(), z.number()),
  })
  .openapi('Stage');
const Report = Stage.extend({
  daysAtThisStep: z.number(),
  agreement: z.number().nullable(),
  disagreementAtMost: z.number().nullable(),
  promotion: z.looseObject({ kind: z.enum(['promote', 'not_yet', 'live']) }),
  history: z.array(
    z.looseObject({ from: z.string(), to: z.string(), by: z.string(), why: z.string(), at: z.string() }),
  ),
}).openapi('StageReport');

export function stageRoutes(deps: StageDeps): HttpApp {
  const app = httpApp();
  addReads(app, deps);
  addMoves(app, deps);
  addComparisons(app, deps);
  return app;
}

function addReads(app: HttpApp, deps: StageDeps): void {
  const list = createRoute({
    method: 'get',
    path: '/api/v1/stages',
    summary: 'What is under a stage, and what each has on record',
    middleware: may('viewer'),
    responses: {
      200: jsonAnswer(z.object({ items: z.array(Report.omit({ history: true })) }), 'All of them'),
      ...problems(401, 403),
    },
  });
  app.openapi(list, async (c) => {
    const stages = await listStages(deps);
    const items = stages.map((stage) => reportOf(stage, deps.now().getTime(), deps.stagesConfig));
    return c.json({ items } as never, 200);
  });
  const show = createRoute({
    method: 'get',
    path: '/api/v1/stages/{subject}',
    summary: 'The shadow report: what it would have done, how often that agreed, and what is missing for the next step',
    middleware: may('viewer'),
    request: { params },
    responses: { 200: jsonAnswer(Report, 'The report'), ...problems(400, 401, 403, 404) },
  });
  app.openapi(show, async (c) => c.json((await whole(c.req.valid('param').subject, deps)) as never, 200));
}

async function whole(subject: string, deps: StageDeps) {
  const stage = await readStage(subject, deps);
  if (!stage) throw noSuchStage(subject);
  return { ...reportOf(stage, deps.now().getTime(), deps.stagesConfig), history: await stageHistory(subject, deps) };
}

const noSuchStage = (subject: string) =>
  new HttpProblem(404, 'no_such_stage', `${subject} is under no stage; what is under none is live`);

function addMoves(app: HttpApp, deps: StageDeps): void {
  const start = createRoute({
    method: 'post',
    path: '/api/v1/stages',
    summary: 'Put a capability or an action under a stage: from now on it is in shadow',
    middleware: [logsAccess('stages changed', deps), may('captain')] as const,
    request: {
      body: jsonBody(
        z.strictObject({
          subject: Subject,
          candidate: z
            .string()
            .regex(/^agt_[a-z0-9_]+$/, 'the id of an agent')
            .optional(),
          money: z.boolean().default(false),
          reason: Reason,
        }),
      ),
    },
    responses: { 201: jsonAnswer(Report, 'The stage'), ...problems(400, 401, 403, 409) },
  });
  app.openapi(start, async (c) => {
    const { reason, ...wanted } = c.req.valid('json');
    const started = await startStage(wanted, c.get('principal').principalId, reason, deps);
    if (started === 'exists') throw new HttpProblem(409, 'stage_exists', `${wanted.subject} is under a stage already`);
    return c.json((await whole(wanted.subject, deps)) as never, 201);
  });
  const answers = { 200: jsonAnswer(Report, 'The stage now'), ...problems(400, 401, 403, 404, 409, 422) };
  const promote = createRoute({
    method: 'post',
    path: '/api/v1/stages/{subject}/promote',
    summary: 'One step on; refused with what is missing unless it is forced, which is kept in the audit',
    middleware: [logsAccess('stage promoted', deps), may('captain')] as const,
    request: { params, body: jsonBody(z.strictObject({ reason: Reason, force: z.boolean().default(false) })) },
    responses: answers,
  });
  app.openapi(promote, async (c) => {
    const { subject } = c.req.valid('param');
    const asked = { subject, by: c.get('principal').principalId, ...c.req.valid('json') };
    refuse(subject, await promoteStage(asked, deps));
    return c.json((await whole(subject, deps)) as never, 200);
  });
  const demote = createRoute({
    method: 'post',
    path: '/api/v1/stages/{subject}/demote',
    summary: 'Back to shadow, at once',
    middleware: [logsAccess('stage demoted', deps), may('captain')] as const,
    request: { params, body: jsonBody(z.strictObject({ reason: Reason })) },
    responses: answers,
  });
  app.openapi(demote, async (c) => {
    const { subject } = c.req.valid('param');
    const asked = { subject, by: c.get('principal').principalId, ...c.req.valid('json') };
    refuse(subject, await demoteStage(asked, deps));
    return c.json((await whole(subject, deps)) as never, 200);
  });
}

function refuse(subject: string, answer: PromotionAnswer): void {
  if (answer.kind === 'moved') return;
  if (answer.kind === 'no_such_stage') throw noSuchStage(subject);
  if (answer.kind === 'moved_meanwhile')
    throw new HttpProblem(409, 'moved_meanwhile', `${subject} was moved at the same moment; look again`);
  const { promotion } = answer;
  if (promotion.kind !== 'not_yet')
    throw new HttpProblem(422, 'already_live', `${subject} is live; there is no further step`);
  const missing = promotion.checks.filter(({ met }) => !met);
  const errors = missing.map(({ rule, needed, is }) => ({ path: rule, expected: needed, got: is }));
  throw new HttpProblem(
    422,
    'not_earned',
    `${subject} has not earned ${promotion.to}: ${promotion.missing.join('; ')}`,
    errors,
  );
}

const REFUSALS = {
  no_such_effect: [404, 'There is no such effect'],
  not_shadowed: [422, 'This effect was not shadowed: there is nothing to compare'],
  of_another_subject: [422, 'This effect belongs to another subject'],
  compared_before: [409, 'This decision was compared before'],
} as const;

function addComparisons(app: HttpApp, deps: StageDeps): void {
  const compare = createRoute({
    method: 'post',
    path: '/api/v1/stages/{subject}/comparisons',
    summary: 'Say what was really done where a decision was only recorded',
    middleware: may('operator', 'approver'),
    request: {
      params,
      body: jsonBody(
        z.strictObject({
          effectId: z.string().regex(/^eff_[0-9A-Za-z_]{1,80}$/, 'the id of a shadowed effect'),
          done: z.string().trim().min(1).max(500),
          critical: z.boolean().default(false),
          note: z.string().trim().min(1).max(500).optional(),
        }),
      ),
    },
    responses: {
      201: jsonAnswer(z.object({ agreed: z.boolean() }), 'Kept'),
      ...problems(400, 401, 403, 404, 409, 422),
    },
  });
  app.openapi(compare, async (c) => {
    const { subject } = c.req.valid('param');
    const answer = await compareDecision(subject, c.req.valid('json'), c.get('principal').principalId, deps);
    if (answer.kind === 'compared') return c.json({ agreed: answer.agreed }, 201);
    const [status, sentence] = REFUSALS[answer.kind];
    throw new HttpProblem(status, answer.kind, sentence);
  });
}
