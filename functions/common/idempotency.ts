// Honours `Idempotency-Key` on POSTs: the same request again gets the same answer, another request under the key is refused.
import { createHash } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { ulid } from 'ulid';
import { type HttpEnv, HttpProblem } from './http.ts';
import type { Tables } from './table.ts';

type Remembered = { digest: string; requestUlid: string; status?: number; body?: string; shownOnce?: boolean };

const KEPT_SECONDS = 400 * 24 * 3_600;

/**
 * Middleware for a room's app. The key is remembered in the room's own table for 400 days, per principal and path.
 * A crash between the work and the answer leaves the key open; the repeat then does the work again, which is why every
 * route behind this is idempotent by itself: what it creates is named after `requestUlid`, remembered with the key.
 */
export function honourIdempotencyKey(tables: Tables, table: string, now: () => Date): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const key = c.req.header('idempotency-key');
    if (c.req.method !== 'POST' || !key) return next();
    if (key.length > 200)
      throw new HttpProblem(400, 'invalid_request', 'The Idempotency-Key is too long', [
        { path: 'Idempotency-Key', expected: 'at most 200 characters' },
      ]);
    const item = { pk: `idempotency#${c.get('principal').principalId}#${c.req.path}#${key}`, sk: 'request' };
    const digest = createHash('sha256')
      .update(await c.req.raw.clone().arrayBuffer().then(Buffer.from))
      .digest('hex');
    const expiresAt = Math.floor(now().getTime() / 1_000) + KEPT_SECONDS;
    const opened = { ...item, digest, requestUlid: ulid(now().getTime()), expiresAt };
    const outcome = await tables.write([{ table, put: opened, if: { missing: 'pk' } }]);
    const found: Remembered = outcome.written
      ? opened
      : ((outcome.refused[0]?.found ?? (await tables.get(table, item))) as unknown as Remembered);
    if (found.digest !== digest)
      throw new HttpProblem(409, 'idempotency_key_reused', 'This Idempotency-Key came with another request before', [
        { path: 'Idempotency-Key', expected: 'a new key for a new request' },
      ]);
    if (found.shownOnce)
      throw new HttpProblem(409, 'answer_shown_once', 'This was done before; its answer held a secret and is not kept');
    if (found.status)
      return c.body(found.body ?? '', found.status as 200, {
        'content-type': 'application/json',
        'idempotent-replayed': 'true',
      });
    c.set('requestUlid', found.requestUlid);
    await next();
    const set = await toRemember(c.res);
    if (set) await tables.write([{ table, update: item, changes: { set } }]);
  };
}

/** Only what was done is remembered, and of an answer for one reader only that it was given. */
async function toRemember(answer: Response): Promise<[string, string | number | boolean][] | undefined> {
  if (!answer.ok) return undefined;
  if (isSecret(answer.headers)) return [['shownOnce', true]];
  const body = await answer.clone().text();
  return body.length < 100_000
    ? [
        ['status', answer.status],
        ['body', body],
      ]
    : undefined;
}

/** `cache-control: no-store` says that an answer is for the one who asked, once: a new token, for example. */
const isSecret = (headers: Headers): boolean => headers.get('cache-control')?.includes('no-store') ?? false;
