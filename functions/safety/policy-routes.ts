// HTTP of the policies: which are in force, since when and why; changing them, and going back.
import { createRoute } from '@hono/zod-openapi';
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
import { saidWhy } from '../common/said.ts';
import {
  type ChangeAnswer,
  currentPolicy,
  type PolicyDeps,
  policyHistory,
  policyVersion,
  rollBackPolicies,
  setPolicies,
} from './change-policies.ts';
import { checkPolicies } from './check-policies.ts';
import type { PolicyProblem, PolicyVersion } from './policy-set.ts';

const Reason = saidWhy(400);
const Files = z
  .record(z.string().max(100), z.string().max(200_000))
  .openapi({ description: 'gate.yaml and any number of *.cedar, whole: what is not named is no part of the set' });
const Summary = z.object({
  version: z.int(),
  digest: z.string(),
  by: z.string(),
  reason: z.string(),
  at: z.string(),
});
const Policies = Summary.extend({
  files: z.record(z.string(), z.string()),
  policies: z.array(z.object({ id: z.string(), file: z.string(), effect: z.string(), action: z.string().optional() })),
  thresholds: z.looseObject({}),
}).openapi('Policies');
const Changed = z.object({ version: z.int(), changed: z.boolean() });
const VersionOf = z.object({
  version: z.coerce
    .number()
    .int()
    .min(1)
    .openapi({ param: { name: 'version', in: 'path' } }),
});

const view = ({ policies, ...rest }: PolicyVersion) => {
  const { actions, ...version } = rest;
  return { ...version, policies: policies.map(({ text, ...policy }) => policy) };
};

export function policyRoutes(deps: PolicyDeps): HttpApp {
  const app = httpApp();
  serveReading(app, deps);
  serveChanging(app, deps);
  return app;
}

function serveReading(app: HttpApp, deps: PolicyDeps): void {
  const current = createRoute({
    method: 'get',
    path: '/api/v1/policies',
    summary: 'The policies in force, with their files and thresholds',
    middleware: may('viewer'),
    responses: { 200: jsonAnswer(Policies, 'The set in force'), ...problems(401, 403, 404) },
  });
  app.openapi(current, async (c) => c.json(view(await found((await currentPolicy(deps))?.version ?? 0, deps)), 200));
  const history = createRoute({
    method: 'get',
    path: '/api/v1/policies/history',
    summary: 'Every change of the policies, newest first',
    middleware: may('viewer'),
    request: { query: PageQuery },
    responses: {
      200: pageAnswer(Summary.extend({ files: z.array(z.string()) })),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(history, async (c) => c.json(await policyHistory(c.req.valid('query'), deps), 200));
  const version = createRoute({
    method: 'get',
    path: '/api/v1/policies/history/{version}',
    summary: 'One version of the policies',
    middleware: may('viewer'),
    request: { params: VersionOf },
    responses: { 200: jsonAnswer(Policies, 'That version'), ...problems(400, 401, 403, 404) },
  });
  app.openapi(version, async (c) => c.json(view(await found(c.req.valid('param').version, deps)), 200));
}

async function found(version: number, deps: PolicyDeps): Promise<PolicyVersion> {
  const stored = await policyVersion(version, deps);
  if (stored) return stored;
  const which = version === 0 ? 'no policy yet: bootstrap the swarm' : `no version ${version}`;
  throw new HttpProblem(404, 'no_such_policies', `There is ${which}`);
}

function serveChanging(app: HttpApp, deps: PolicyDeps): void {
  const put = createRoute({
    method: 'put',
    path: '/api/v1/policies',
    summary: 'Put another set in force; it is live within five seconds',
    middleware: [logsAccess('policies changed', deps), may('captain')] as const,
    request: {
      body: jsonBody(z.strictObject({ files: Files, reason: Reason, expectedVersion: z.int().min(0).optional() })),
    },
    responses: { 200: jsonAnswer(Changed, 'In force'), ...problems(400, 401, 403, 409, 422) },
  });
  app.openapi(put, async (c) => {
    const by = c.get('principal').principalId;
    return c.json(changed(await setPolicies({ ...c.req.valid('json'), by }, deps)), 200);
  });
  const rollback = createRoute({
    method: 'post',
    path: '/api/v1/policies/rollback',
    summary: 'Put an earlier version in force again',
    middleware: [logsAccess('policies rolled back', deps), may('captain')] as const,
    request: { body: jsonBody(z.strictObject({ version: z.int().min(1), reason: Reason })) },
    responses: { 200: jsonAnswer(Changed, 'In force'), ...problems(400, 401, 403, 404, 409, 422) },
  });
  app.openapi(rollback, async (c) => {
    const { version, reason } = c.req.valid('json');
    const answer = await rollBackPolicies({ version, reason, by: c.get('principal').principalId }, deps);
    if (answer.kind === 'no_such_version') throw new HttpProblem(404, 'no_such_policies', `No version ${version}`);
    return c.json(changed(answer), 200);
  });
  const check = createRoute({
    method: 'post',
    path: '/api/v1/policies/check',
    summary: 'Whether a set is right; changes nothing',
    middleware: may('viewer'),
    request: { body: jsonBody(z.strictObject({ files: Files })) },
    responses: {
      200: jsonAnswer(z.object({ digest: z.string(), policies: z.int() }), 'It is right'),
      ...problems(400, 401, 403, 422),
    },
  });
  app.openapi(check, async (c) => {
    const checked = checkPolicies(c.req.valid('json').files, await deps.checkDeps());
    if (checked.kind === 'wrong') throw refused(checked.problems);
    return c.json({ digest: checked.compiled.digest, policies: checked.compiled.policies.length }, 200);
  });
}

function changed(answer: ChangeAnswer): z.infer<typeof Changed> {
  if (answer.kind === 'refused') throw refused(answer.problems);
  if (answer.kind === 'conflict')
    throw new HttpProblem(409, 'policies_changed', `Version ${answer.version} is in force by now; look at it first`);
  return { version: answer.version, changed: answer.kind === 'set' };
}

const refused = (faults: readonly PolicyProblem[]): HttpProblem =>
  new HttpProblem(
    422,
    'invalid_policies',
    `${faults.length === 1 ? 'One place is' : `${faults.length} places are`} wrong; what was in force stays so`,
    faults.map(({ file, line, column, message }) => ({ path: `${file}:${line}:${column}`, expected: message })),
  );
