// HTTP for those who act: asking the gate, settling what was cleared, and asking what it would say.
import { createRoute } from '@hono/zod-openapi';
import { type HttpApp, HttpProblem, httpApp, jsonAnswer, jsonBody, may, problems, z } from '../common/http.ts';
import { problemsOf } from '../common/problem.ts';
import { saidWhy } from '../common/said.ts';
import { dryRun } from './dry-run.ts';
import { Impact, Proposal } from './effect.ts';
import { readEffect } from './effects.ts';
import { type GateDeps, gateOf } from './gate.ts';
import { resolveEffect } from './resolve-effect.ts';

const Verdict = z.looseObject({ kind: z.string(), effectId: z.string() }).openapi('Verdict');
const DryVerdict = z
  .looseObject({
    verdict: z.enum(['cleared', 'held', 'denied', 'shadowed', 'incomplete']),
    reasons: z.array(z.string()),
  })
  .openapi('DryVerdict');
const ById = z.object({ effectId: z.string().openapi({ param: { name: 'effectId', in: 'path' } }) });
const Reason = saidWhy(400);
const OwnProposal = Proposal.extend({ intentKey: Proposal.shape.intentKey.max(200) });
const Loose = z.looseObject({}).openapi({ description: 'a proposal: intentKey, fence, action, target, rationale, …' });

export function proposeRoutes(deps: GateDeps): HttpApp {
  const app = httpApp();
  serveDryRun(app, deps);
  servePropose(app, deps);
  serveEnding(app, deps);
  return app;
}

function serveDryRun(app: HttpApp, deps: GateDeps): void {
  const dry = createRoute({
    method: 'post',
    path: '/api/v1/effects/dry-run',
    summary: 'What the gate would say to proposals, and why; nothing is stored or reserved',
    middleware: may('viewer', 'agent'),
    request: { body: jsonBody(z.strictObject({ proposals: z.array(Loose).min(1).max(100) })) },
    responses: {
      200: jsonAnswer(z.object({ items: z.array(DryVerdict) }), 'In their order'),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(dry, async (c) => c.json({ items: await dryRun(c.req.valid('json').proposals, deps) }, 200));
}

function servePropose(app: HttpApp, deps: GateDeps): void {
  const propose = createRoute({
    method: 'post',
    path: '/api/v1/effects/propose',
    summary: 'Ask the gate before acting; the agent that asks is the one that acts',
    middleware: may('agent'),
    request: { body: jsonBody(Loose) },
    responses: { 200: jsonAnswer(Verdict, 'What it says'), ...problems(400, 401, 403, 422) },
  });
  app.openapi(propose, async (c) => {
    const { principalId } = c.get('principal');
    const body = c.req.valid('json');
    // Who acts is who is asking: an agent cannot speak for another, nor for a room of the swarm.
    const scope = { ...(body.scope as object | undefined), room: 'agents', agentId: principalId };
    const proposal = { ...body, actor: principalId, scope };
    const parsed = OwnProposal.safeParse(proposal);
    if (!parsed.success) {
      const faults = problemsOf(parsed.error.issues, proposal);
      const detail = `A proposal explains itself completely or is refused: ${faults.map(({ path }) => path).join(', ')}`;
      throw new HttpProblem(422, 'incomplete_proposal', detail, faults);
    }
    // Nobody takes another's intent, neither an agent's nor a task's.
    const intentKey = `agent#${principalId}#${parsed.data.intentKey}`;
    const [verdict] = await gateOf(deps).propose([{ ...parsed.data, intentKey }]);
    return c.json(verdict as never, 200);
  });
}

function serveEnding(app: HttpApp, deps: GateDeps): void {
  const Ending = z.strictObject({
    status: z.enum(['confirmed', 'failed', 'unknown']),
    reason: Reason,
    real: Impact.optional(),
  });
  const settle = createRoute({
    method: 'post',
    path: '/api/v1/effects/{effectId}/settle',
    summary: 'Say what became of an effect; only with the fence that it was cleared for',
    middleware: may('agent'),
    request: { params: ById, body: jsonBody(Ending.extend({ fence: z.string().min(1).max(100) })) },
    responses: { 200: jsonAnswer(z.object({ effectId: z.string() }), 'Settled'), ...problems(400, 401, 403, 409) },
  });
  app.openapi(settle, async (c) => {
    const { effectId } = c.req.valid('param');
    const effect = await readEffect(effectId, deps);
    const isOwn = effect?.scope.room === 'agents' && effect.actor === c.get('principal').principalId;
    const answer = isOwn ? await gateOf(deps).settle({ effectId, ...c.req.valid('json') }) : 'not_yours';
    if (answer === 'settled') return c.json({ effectId }, 200);
    throw new HttpProblem(409, 'not_yours', `${effectId} is not executing under this fence`);
  });
  const resolve = createRoute({
    method: 'post',
    path: '/api/v1/effects/{effectId}/resolve',
    summary: 'Say what became of an effect of which nobody knows',
    middleware: may('operator', 'captain'),
    request: { params: ById, body: jsonBody(Ending.extend({ status: z.enum(['confirmed', 'failed']) })) },
    responses: {
      200: jsonAnswer(z.object({ effectId: z.string() }), 'Resolved'),
      ...problems(400, 401, 403, 404, 409),
    },
  });
  app.openapi(resolve, async (c) => {
    const { effectId } = c.req.valid('param');
    const answer = await resolveEffect({ effectId, by: c.get('principal').principalId, ...c.req.valid('json') }, deps);
    if (answer.kind === 'no_such_effect')
      throw new HttpProblem(404, 'no_such_effect', `There is no effect ${effectId}`);
    if (answer.kind === 'not_unknown')
      throw new HttpProblem(409, 'not_unknown', `${effectId} is ${answer.status}; only what is unknown is resolved`);
    return c.json({ effectId }, 200);
  });
}
