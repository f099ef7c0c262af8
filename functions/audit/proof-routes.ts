// HTTP of what proves the audit: signed roots, proofs, what is anchored, and sealing now.
import { createRoute } from '@hono/zod-openapi';
import { type HttpApp, HttpProblem, httpApp, jsonAnswer, may, PageQuery, problems, z } from '../common/http.ts';
import { rootName } from './anchor-root.ts';
import type { Archive } from './archive.client.ts';
import type { Lanes } from './lanes.store.ts';
import { proveConsistency, proveEntry } from './prove-entry.ts';
import { fingerprintOf, said, shownRoot } from './root.ts';
import type { KeptRoot, Roots } from './roots.store.ts';
import type { Sealed } from './seal-root.ts';

export type ProofRouteDeps = {
  lanes: Lanes;
  roots: Roots;
  archive: Pick<Archive, 'names' | 'read'>;
  /** calls the function that seals, and waits for it */
  seal(): Promise<Sealed>;
};

const Signed = z
  .object({ statement: z.string(), signature: z.string(), algorithm: z.string() })
  .openapi('SignedAuditRoot', { description: 'The statement is what was signed, byte for byte' });
const Root = Signed.extend({
  epoch: z.int(),
  at: z.string(),
  key: z.string(),
  lanes: z.array(z.object({ lane: z.string(), size: z.int(), root: z.string(), head: z.string() })),
}).openapi('AuditRoot');
const Proof = z
  .looseObject({ entry: z.looseObject({}), index: z.int(), size: z.int(), path: z.array(z.string()), root: Signed })
  .openapi('AuditProof');
const Consistency = z
  .object({
    from: Signed,
    to: Signed,
    lanes: z.array(z.object({ lane: z.string(), from: z.int(), to: z.int(), proof: z.array(z.string()) })),
    keys: z.array(z.string()),
  })
  .openapi('AuditConsistency');

const who = { middleware: may('auditor', 'operator', 'captain') };
const Epoch = z.coerce.number().int().min(1).max(1e12);

export function proofRoutes(deps: ProofRouteDeps): HttpApp {
  const app = httpApp();
  addRoots(app, deps);
  addProofs(app, deps);
  return app;
}

function addRoots(app: HttpApp, { roots, archive, seal }: ProofRouteDeps): void {
  const list = createRoute({
    ...{ method: 'get', path: '/api/v1/audit/roots', summary: 'Signed roots, newest first' },
    ...who,
    request: { query: PageQuery },
    responses: {
      200: jsonAnswer(
        z.object({
          items: z.array(Root),
          cursor: z.string().optional(),
          keys: z.array(z.object({ fingerprint: z.string(), publicKey: z.string() })),
        }),
        'A page, with the keys that signed',
      ),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(list, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    const [page, keys] = await Promise.all([roots.page({ limit, cursor, newestFirst: true }), roots.keys()]);
    const shown = keys.map((publicKey) => ({ fingerprint: fingerprintOf(publicKey), publicKey }));
    return c.json({ items: page.roots.map(viewOf), cursor: page.cursor, keys: shown }, 200);
  });
  const anchors = createRoute({
    ...{ method: 'get', path: '/api/v1/audit/anchors', summary: 'Roots as they lie in the write-once archive' },
    ...who,
    request: {
      query: z.object({ from: Epoch.default(1), limit: z.coerce.number().int().min(1).max(100).default(20) }),
    },
    responses: { 200: jsonAnswer(z.object({ items: z.array(Signed) }), 'In order'), ...problems(400, 401, 403) },
  });
  app.openapi(anchors, async (c) => {
    const { from, limit } = c.req.valid('query');
    const names = await archive.names('roots/', rootName(from - 1), limit);
    const texts = await Promise.all(names.map((name) => archive.read(name)));
    return c.json({ items: texts.map((text) => JSON.parse(text)) }, 200);
  });
  const sealNow = createRoute({
    ...{ method: 'post', path: '/api/v1/audit/seal', summary: 'Seal what is new now, instead of within a minute' },
    ...who,
    responses: {
      200: jsonAnswer(z.object({ kind: z.string(), epoch: z.int(), entries: z.int(), more: z.boolean() }), 'Sealed'),
      ...problems(401, 403, 503),
    },
  });
  app.openapi(sealNow, async (c) => c.json(await seal(), 200));
}

function addProofs(app: HttpApp, deps: ProofRouteDeps): void {
  const proof = createRoute({
    ...{ method: 'get', path: '/api/v1/audit/proof/{entryId}', summary: 'That an entry is in the audit' },
    ...who,
    request: { params: z.object({ entryId: z.string().openapi({ param: { name: 'entryId', in: 'path' } }) }) },
    responses: { 200: jsonAnswer(Proof, 'The proof'), ...problems(401, 403, 404, 409) },
  });
  app.openapi(proof, async (c) => {
    const { entryId } = c.req.valid('param');
    const { kind, ...found } = await proveEntry(entryId, deps);
    if (kind === 'no_such_entry') throw new HttpProblem(404, kind, `There is no audit entry ${entryId}`);
    if (kind === 'not_sealed_yet') throw new HttpProblem(409, kind, 'The entry is sealed within a minute; ask again');
    return c.json(found as never, 200);
  });
  const consistency = createRoute({
    ...{ method: 'get', path: '/api/v1/audit/consistency', summary: 'That the audit of one root only grew into that' },
    ...who,
    request: { query: z.object({ from: Epoch, to: Epoch }) },
    responses: { 200: jsonAnswer(Consistency, 'A proof for each lane'), ...problems(400, 401, 403, 404) },
  });
  app.openapi(consistency, async (c) => {
    const { from, to } = c.req.valid('query');
    const found = await proveConsistency(from, to, deps);
    if (!found) throw new HttpProblem(404, 'no_such_roots', `There are no roots ${from} and ${to}, in this order`);
    return c.json(found, 200);
  });
}

function viewOf(root: KeptRoot) {
  const { key, lanes } = said(root);
  return { epoch: root.epoch, at: root.at, key, lanes, ...shownRoot(root) };
}
