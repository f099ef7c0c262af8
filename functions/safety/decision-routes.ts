// HTTP of decisions: finding and reading them, voting, and the captain's veto.
import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { type AccessLog, logsAccess } from '../common/access-log.ts';
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
import { saidWhy } from '../common/said.ts';
import { BallotPaper, type Voter } from './admit-vote.ts';
import { castVote } from './cast-vote.ts';
import { DECISION_STATUSES, effectIdIn } from './decision.ts';
import { decisionSummary, decisionView, gateDecisionView } from './decision-view.ts';
import type { DecisionDeps } from './decision-work.ts';
import { listDecisions } from './list-decisions.ts';
import { vetoDecision } from './veto-decision.ts';

const Summary = z
  .looseObject({ decisionId: z.string(), status: z.string(), action: z.string(), reason: z.string().optional() })
  .openapi('DecisionSummary');
const View = z
  .looseObject({
    decisionId: z.string(),
    status: z.string(),
    digest: z.string(),
    proposed: z.array(z.looseObject({ effectId: z.string() })),
  })
  .openapi('Decision');
const Vetoed = z
  .object({ decisionId: z.string(), status: z.literal('vetoed'), effects: z.record(z.string(), z.string()) })
  .openapi('Veto');
const Filter = PageQuery.extend({
  actor: z.string().max(500).optional(),
  action: z.string().max(100).optional(),
  status: z.enum(DECISION_STATUSES).optional(),
  waitingFor: z.literal('me').optional(),
});
const params = z.object({ decisionId: z.string().openapi({ param: { name: 'decisionId', in: 'path' } }) });
const Reason = saidWhy(500, 3);

export function decisionRoutes(deps: DecisionDeps, log: AccessLog): HttpApp {
  const app = httpApp();
  const list = createRoute({
    method: 'get',
    path: '/api/v1/decisions',
    summary:
      'What was put to the vote or before a person, newest first; waitingFor=me: what the caller may still vote on',
    middleware: may('viewer', 'agent'),
    request: { query: Filter },
    responses: {
      200: pageAnswer(Summary),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(list, async (c) => {
    const { waitingFor, ...filter } = c.req.valid('query');
    const page = await listDecisions({ ...filter, waitingForMe: waitingFor === 'me' }, callerOf(c), deps);
    return c.json({ ...page, items: page.items.map(decisionSummary) } as never, 200);
  });
  const show = createRoute({
    method: 'get',
    path: '/api/v1/decisions/{decisionId}',
    summary:
      'One decision: what was proposed and why, the votes with their reasons, what became of it, who may still act',
    middleware: may('viewer', 'agent'),
    request: { params },
    responses: { 200: jsonAnswer(View, 'The decision'), ...problems(401, 403, 404) },
  });
  app.openapi(show, async (c) =>
    c.json((await shown(c.req.valid('param').decisionId, callerOf(c), deps)) as never, 200),
  );
  addVote(app, deps);
  addVeto(app, deps, log);
  return app;
}

function addVote(app: HttpApp, deps: DecisionDeps): void {
  const vote = createRoute({
    method: 'post',
    path: '/api/v1/decisions/{decisionId}/vote',
    summary: 'Vote once: approve, reject or abstain, or rank proposals that exclude each other',
    middleware: may('agent', 'approver', 'captain'),
    request: { params, body: jsonBody(BallotPaper) },
    responses: { 200: jsonAnswer(View, 'The decision with the vote'), ...problems(400, 401, 403, 404, 409) },
  });
  app.openapi(vote, async (c) => {
    const { decisionId } = c.req.valid('param');
    const caller = callerOf(c);
    const answer = await castVote(decisionId, caller, c.req.valid('json'), deps);
    if (answer.kind === 'no_such_decision') throw unknown(decisionId);
    if (answer.kind === 'refused') throw refusal(answer);
    return c.json((await shown(decisionId, caller, deps)) as never, 200);
  });
}

function addVeto(app: HttpApp, deps: DecisionDeps, log: AccessLog): void {
  const veto = createRoute({
    method: 'post',
    path: '/api/v1/decisions/{decisionId}/veto',
    summary: 'The captain’s veto: denied before it begins, fenced off while it executes, reversed when it is done',
    middleware: [logsAccess('decision vetoed', log), may('captain')] as const,
    request: { params, body: jsonBody(z.strictObject({ reason: Reason })) },
    responses: { 200: jsonAnswer(Vetoed, 'What became of each effect'), ...problems(400, 401, 403, 404) },
  });
  app.openapi(veto, async (c) => {
    const { decisionId } = c.req.valid('param');
    const { reason } = c.req.valid('json');
    const answer = await vetoDecision({ decisionId, reason, by: c.get('principal').principalId }, deps);
    if (answer.kind === 'no_such_decision') throw unknown(decisionId);
    return c.json({ decisionId: answer.decision.decisionId, status: 'vetoed', effects: answer.effects } as const, 200);
  });
}

const callerOf = (c: Context<HttpEnv>): Voter => ({ ...c.get('principal'), inside: false });

async function shown(decisionId: string, caller: Voter, deps: DecisionDeps): Promise<object> {
  const decision = await deps.decisions.read(decisionId);
  if (decision) {
    const effects = await Promise.all(decision.options.map(({ effectId }) => deps.effect(effectId)));
    return decisionView(decision, effects, caller, deps.now().toISOString());
  }
  const effect = await deps.effect(effectIdIn(decisionId));
  if (!effect || !decisionId.startsWith('dec_')) throw unknown(decisionId);
  return gateDecisionView(effect);
}

const unknown = (decisionId: string) => new HttpProblem(404, 'no_such_decision', `There is no decision ${decisionId}`);

/** What the voter can mend is a bad request, who they are is 403, when they come is a conflict. */
const STATUS = {
  voting_not_begun: 409,
  voting_closed: 409,
  too_many_votes: 409,
  digest_changed: 409,
  already_voted: 409,
  not_a_voter: 403,
  own_proposal: 403,
  choice_missing: 400,
  unknown_option: 400,
} as const;

function refusal({
  reason,
  detail,
  path,
}: {
  reason: keyof typeof STATUS;
  detail: string;
  path?: string;
}): HttpProblem {
  return new HttpProblem(STATUS[reason], reason, detail, path ? [{ path, expected: detail }] : undefined);
}
