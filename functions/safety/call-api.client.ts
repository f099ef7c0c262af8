// The action api.call: one request to a listed host. Its undo is the request that its proposer names, if there is one.
import * as z from 'zod';
import type { OutsideHost } from '../common/outside-address.ts';
import type { FetchAnswer, FetchRequest, SafeFetch } from '../common/safe-fetch.client.ts';
import type { Done, Performer } from './performer.ts';

const READING = ['GET', 'HEAD'];
const Header = z
  .string()
  .max(1_000)
  .regex(/^[\x20-\x7e]*$/, 'printable characters');
const SECRET_HEADER = /^(authorization|cookie|proxy-authorization|x-api-key|idempotency-key)$/i;
const Call = z.strictObject({
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']),
  url: z.url({ protocol: /^https?$/ }).max(2_000),
  headers: z
    .record(z.string().regex(/^[A-Za-z0-9-]{1,60}$/), Header)
    .refine((headers) => !Object.keys(headers).some((name) => SECRET_HEADER.test(name)), {
      error: 'no credentials: they are not the proposer’s to give',
    })
    .default({}),
  body: z.string().max(100_000).optional(),
});
const Parameters = Call.extend({
  /** the request that undoes it */
  undo: Call.optional(),
  /** a GET whose status tells whether it has happened */
  lookUp: z.strictObject({ url: z.url({ protocol: /^https?$/ }).max(2_000), happenedStatus: z.int() }).optional(),
});
type Parameters = z.infer<typeof Parameters>;

export const callApiBy = (reach: SafeFetch, allow: readonly OutsideHost[]): Performer<Parameters> => ({
  action: 'api.call',
  schema: Parameters,
  targetOf: ({ method, url }) => `${method} ${new URL(url).origin}`,
  impactOf: () => ({ spendCents: 0, apiCalls: 1, files: 0, tokens: 0 }),
  undoOf: ({ method, undo }) => {
    if (READING.includes(method)) return { reversible: 'nothing_to_undo' };
    return undo ? { reversible: 'yes', undo: `${undo.method} ${undo.url}`.slice(0, 500) } : { reversible: 'no' };
  },
  plan: async ({ undo }) => ({ before: {}, ...(undo && { undo: { action: 'api.call', parameters: undo } }) }),
  perform: async ({ method, url, headers, body }, effectId) => {
    // The effect's id lets the other side recognise a repetition (the Idempotency-Key header).
    const request: FetchRequest = {
      url,
      allow,
      method,
      // A redirected request would be sent twice.
      ...(READING.includes(method) ? {} : { limits: { redirectsMax: 0 } }),
      headers: { ...headers, 'idempotency-key': effectId },
      ...(body === undefined ? {} : { body }),
    };
    return outcomeOf(await reach(request), READING.includes(method));
  },
  lookUp: async ({ lookUp }) => {
    if (!lookUp) return { kind: 'unknown', detail: 'the request named no way to look up what became of it' };
    const answer = await reach({ url: lookUp.url, allow });
    if (answer.kind !== 'answered') return { kind: 'unknown', detail: `the look-up failed: ${answer.detail}` };
    return answer.status === lookUp.happenedStatus
      ? { kind: 'happened', detail: `the look-up answered ${answer.status}` }
      : { kind: 'did_not_happen', detail: `the look-up answered ${answer.status}, not ${lookUp.happenedStatus}` };
  },
});

/** What is refused of an answer was sent all the same. */
const REFUSED_AFTERWARDS = ['too_many_redirects', 'too_large', 'media_type_not_allowed', 'encoded_body'];

/** A request without an answer, or answered with 5xx, may have been carried out: only reading changes nothing. */
function outcomeOf(answer: FetchAnswer, isReading: boolean): Done {
  if (answer.kind === 'refused' && !REFUSED_AFTERWARDS.includes(answer.reason)) {
    return { kind: 'did_not_happen', detail: `not sent: ${answer.detail}` };
  }
  if (answer.kind === 'answered' && answer.status < 400) return { kind: 'happened', detail: `${answer.status}` };
  if (answer.kind === 'answered' && answer.status < 500) {
    return { kind: 'did_not_happen', detail: `refused with ${answer.status}` };
  }
  const detail = answer.kind === 'answered' ? `answered ${answer.status}` : `no answer: ${answer.detail}`;
  return { kind: isReading ? 'did_not_happen' : 'unknown', detail };
}
