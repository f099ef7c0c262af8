// HTTP of credentials: how they are and when they end, never what they are; and a new one before its time.
import { createRoute } from '@hono/zod-openapi';
import { type AccessLog, logsAccess } from '../common/access-log.ts';
import { type HttpApp, HttpProblem, httpApp, jsonAnswer, may, problems, z } from '../common/http.ts';
import { type Credential, type CredentialState, chooseFromPool, rotateBy, warningOf } from './credential.ts';
import type { Credentials } from './credentials.store.ts';

export type CredentialRoutesDeps = AccessLog & {
  catalogue: readonly Credential[];
  credentials: Pick<Credentials, 'get' | 'note'>;
  rotate(secretId: string): Promise<'started' | 'not_rotatable'>;
  secretIdOf(name: string): string;
};

const View = z
  .object({
    name: z.string(),
    kind: z.string(),
    provider: z.string(),
    pool: z.string().nullable(),
    /** the one of its pool that is used now */
    chosen: z.boolean(),
    status: z.enum(['new', 'ok', 'refused', 'wanted']),
    reason: z.string().nullable(),
    rotatedAt: z.string().nullable(),
    rotateBy: z.string().nullable(),
    expiresAt: z.string().nullable(),
    warning: z.enum(['expiring', 'overdue', 'expired', 'refused']).nullable(),
  })
  .openapi('Credential');
const ByName = z.object({
  name: z
    .string()
    .max(60)
    .openapi({ param: { name: 'name', in: 'path' } }),
});

export function credentialRoutes(deps: CredentialRoutesDeps): HttpApp {
  const app = httpApp();
  const list = createRoute({
    method: 'get',
    path: '/api/v1/credentials',
    summary: 'Every credential with its dates; never a value',
    middleware: [logsAccess('credentials read', deps), may('operator', 'captain', 'auditor')] as const,
    responses: { 200: jsonAnswer(z.object({ items: z.array(View) }), 'All of them'), ...problems(401, 403) },
  });
  app.openapi(list, async (c) => c.json({ items: await viewsOf(deps) }, 200));
  const rotate = createRoute({
    method: 'post',
    path: '/api/v1/credentials/{name}/rotate',
    summary: 'Replace a credential now; the old one works until the new one does',
    middleware: [logsAccess('credential rotated', deps), may('captain')] as const,
    request: { params: ByName },
    responses: {
      202: jsonAnswer(z.object({ name: z.string(), rotation: z.string() }), 'It is being replaced'),
      ...problems(401, 403, 404, 409),
    },
  });
  app.openapi(rotate, async (c) => {
    const { name } = c.req.valid('param');
    const credential = deps.catalogue.find((one) => one.name === name);
    if (!credential) throw new HttpProblem(404, 'no_such_credential', `There is no credential ${name}`);
    return c.json({ name, rotation: await begin(credential, c.get('principal').principalId, deps) }, 202);
  });
  return app;
}

async function begin({ name, kind, provider }: Credential, by: string, deps: CredentialRoutesDeps): Promise<string> {
  if (kind === 'api-key')
    throw new HttpProblem(
      409,
      'rotated_by_hand',
      `${provider} makes new keys on its own pages; docs/identity.md says how`,
    );
  if (kind === 'oauth2') {
    await deps.credentials.note(name, { status: 'wanted' }, by, 'a new one was asked for');
    return 'within five minutes';
  }
  if ((await deps.rotate(deps.secretIdOf(name))) === 'not_rotatable')
    throw new HttpProblem(409, 'not_rotatable', `${name} has no rotation in this deployment`);
  return 'started';
}

async function viewsOf({ catalogue, credentials, now }: CredentialRoutesDeps) {
  const nowMs = now().getTime();
  const known = await Promise.all(
    catalogue.map(async (credential) => ({ credential, state: await credentials.get(credential.name) })),
  );
  const stateOf = ({ credential: { name }, state }: (typeof known)[number]): CredentialState =>
    state ?? { name, status: 'new' };
  return known.map((one) => {
    const { credential, state } = one;
    const { name, kind, provider, pool = name } = credential;
    const members = known.filter((other) => (other.credential.pool ?? other.credential.name) === pool).map(stateOf);
    const choice = chooseFromPool(members, nowMs);
    return {
      ...{ name, kind, provider, pool: credential.pool ?? null },
      chosen: choice.kind === 'chosen' && choice.name === name,
      status: state?.status ?? ('new' as const),
      reason: state?.reason || null,
      rotatedAt: state?.rotatedAt ?? null,
      rotateBy: rotateBy(credential, state) ?? null,
      expiresAt: state?.expiresAt ?? credential.expiresAt ?? null,
      warning: warningOf(credential, state, nowMs)?.urgency ?? null,
    };
  });
}
